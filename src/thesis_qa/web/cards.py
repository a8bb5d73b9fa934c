"""Source cards: who says it, where, in which words, and the place itself."""

from dataclasses import replace
from html import escape

from thesis_qa.types import Answer, Citation
from thesis_qa.web.markup import flat, marked_quote, page_words, place_link, where
from thesis_qa.web.texts import Texts


def no_sources(texts: Texts) -> str:
    """What the panel says before the first answer."""
    return f'<p class="nothing">{escape(texts.no_sources)}</p>'


def source_group(answer: Answer, key: str, texts: Texts) -> str:
    """The sources of one answer, or the nearest passages where the documents don't say."""
    citations = answer.citations if answer.answered else answer.nearest
    if not citations:
        return ""
    head = texts.sources_for if answer.answered else texts.nearest_for
    by_model = answer.model != "quotes" or bool(answer.problem)
    cards = "".join(_card(citation, key, texts, by_model) for citation in citations)
    kind = "cited" if answer.answered else "nearest"
    return (
        f'<section class="sources {kind}" id="sources-{key}">'
        f"<h2>{escape(head.format(question=answer.question))}</h2>{cards}</section>"
    )


def _card(citation: Citation, key: str, texts: Texts, by_model: bool) -> str:
    number = citation.number
    name = f"source-{key}-{number}"
    by = " · ".join(filter(None, (citation.author, str(citation.year or ""))))
    place = " · ".join(filter(None, (where(citation, texts), citation.section)))
    language = f' lang="{citation.language}"' if citation.language else ""
    named = _languages(texts).get(citation.language or "", "")
    context = f'<p class="context">{escape(citation.context)}</p>' if citation.context else ""
    title = citation.title if citation.title and citation.title != citation.document else ""
    return flat(
        f'<article class="card" id="{name}" tabindex="0" aria-labelledby="{name}-title">'
        f'<header><span class="number" aria-hidden="true">{number}</span><div>'
        f'<h3 id="{name}-title">{escape(title or citation.document)}</h3>'
        f'<p class="byline">{escape(by)}{" · " if by and title else ""}'
        f'<span class="file">{escape(citation.document if title else "")}</span></p>'
        f"</div></header>"
        f'<p class="where">{escape(place)}'
        f'<span class="language">{escape(named)}</span></p>{context}'
        f"<blockquote{language}>{marked_quote(citation)}</blockquote>"
        f"{_translation(citation, texts)}{_by_model(citation, texts) if by_model else ''}"
        f"{_also(citation, texts)}{_place(citation, texts)}</article>"
    )


def _by_model(citation: Citation, texts: Texts) -> str:
    """A frame for the quote in the reader's language, filled by the model when it is opened."""
    if citation.language in (None, texts.language):
        return ""
    link = place_link("translation", citation, texts)
    return (
        f'<details class="translation" data-place="{escape(link)}">'
        f"<summary>{escape(texts.translate)}</summary>"
        f'<div class="paragraphs" aria-live="polite"></div></details>'
    )


def _languages(texts: Texts) -> dict[str, str]:
    return {"id": texts.indonesian, "en": texts.english}


def _translation(citation: Citation, texts: Texts) -> str:
    """The document's own words for it in the other language, where it has them."""
    if not citation.translation:
        return ""
    other = "en" if citation.language == "id" else "id"
    label = texts.shelf.translated.format(language=_languages(texts)[other])
    said = escape(citation.translation)
    return (
        f'<p class="context">{escape(label)}</p>'
        f'<blockquote class="translation" lang="{other}">{said}</blockquote>'
    )


def _also(citation: Citation, texts: Texts) -> str:
    """Links to where else the document says the same."""
    links = []
    for place in citation.places:
        words = page_words(place.page, place.page_label, texts) or texts.show_place
        there = replace(citation, page=place.page, spans=(place,))
        link = escape(place_link("place", there, texts))
        links.append(f'<a href="{link}" data-reader>{escape(words)}</a>')
    if not links:
        return ""
    return f'<p class="also">{escape(texts.shelf.also).format(places=", ".join(links))}</p>'


def _place(citation: Citation, texts: Texts) -> str:
    """The pictures of the cited pages, or a frame for the paragraph, filled when it is opened."""
    link = place_link("place", citation, texts)
    if not any(span.boxes for span in citation.spans):
        return (
            f'<details class="place" data-place="{escape(link)}">'
            f"<summary>{escape(texts.show_place)}</summary>"
            f'<div class="paragraphs" aria-live="polite"></div></details>'
        )
    pages = dict.fromkeys(span.page for span in citation.spans if span.page is not None)
    pictures = "".join(_picture(replace(citation, page=page), texts) for page in pages)
    return (
        f'<details class="place"><summary>{escape(texts.show_page)}</summary>{pictures}</details>'
    )


def _picture(citation: Citation, texts: Texts) -> str:
    link = place_link("place", citation, texts)
    picture = place_link("picture", citation, texts, width="640")
    alternative = texts.page_picture.format(page=citation.page, document=citation.document)
    return (
        f'<a class="sheet" href="{escape(link)}" data-reader title="{escape(texts.open_large)}">'
        f'<img loading="lazy" width="640" height="905" src="{escape(picture)}"'
        f' alt="{escape(alternative)}"></a>'
    )
