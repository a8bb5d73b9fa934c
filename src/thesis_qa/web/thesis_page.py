"""A thesis's own page, which reference managers and search engines can read, and its references."""

from collections.abc import Iterator, Mapping
from typing import get_args
from urllib.parse import quote, urlencode

from fastapi import APIRouter, HTTPException, Request
from fastapi.responses import Response

from thesis_qa.index.catalog import Catalog
from thesis_qa.lang.data import preferred
from thesis_qa.types import Language, Metadata, Span
from thesis_qa.web.look import render
from thesis_qa.web.references import DATA, STYLES, Fields, Style, dublin_terms, reference_to
from thesis_qa.web.routes import html
from thesis_qa.web.texts import Texts

Tag = tuple[str, str]
"""Name and content of a meta tag."""


def thesis_routes(catalog: Catalog, address: str, texts: Mapping[Language, Texts]) -> APIRouter:
    """The page of each thesis in `catalog`, and its references as files.

    `address` is the server's.
    """
    router = APIRouter()

    @router.get("/thesis")
    def page(request: Request, document: str, language: Language | None = None) -> Response:
        spoken = language or preferred(request.headers.get("accept-language", ""))
        return html(
            thesis_page(catalog, document, _known(catalog, document), address, texts[spoken])
        )

    @router.get("/reference")
    def reference(document: str, style: Style) -> Response:
        if style not in DATA:
            raise HTTPException(404)
        suffix, kind = DATA[style]
        made = reference_to(document, _known(catalog, document), style, texts["en"])
        name = quote(f"{made.theses[0]['key']}.{suffix}")
        sent = {"Content-Disposition": f"attachment; filename*=utf-8''{name}"}
        return Response(made.data(), media_type=kind, headers=sent)

    return router


def _known(catalog: Catalog, document: str) -> Metadata:
    try:
        return catalog.document(document).metadata
    except KeyError as error:
        raise HTTPException(404) from error


def thesis_page(
    catalog: Catalog, document: str, known: Metadata, address: str, texts: Texts
) -> str:
    """What is known of a thesis, for people and in meta tags, with how it is cited."""
    cited = {style: reference_to(document, known, style, texts) for style in get_args(Style)}
    [thesis] = cited["APA"].theses
    abstracts = {
        language: _abstract(catalog, document, spans) for language, spans in known.abstracts.items()
    }
    own = f"{address}/thesis?{urlencode({'document': document})}"
    file = f"{address}/file?{urlencode({'document': document})}"
    pdf = file if document.lower().endswith(".pdf") else ""
    return render(
        "thesis_page.html", texts, document=document, known=known, abstracts=abstracts,
        tags=list(_tags(thesis, own, pdf, abstracts)),
        written={style: cited[style].entries()[0] for style in STYLES if style not in DATA},
        data=DATA,
    )  # fmt: skip


def _abstract(catalog: Catalog, document: str, spans: tuple[Span, ...]) -> str:
    parts = (catalog.page(document, span.page).text[span.start : span.end] for span in spans)
    return " ".join(" ".join(parts).split())


def _tags(thesis: Fields, own: str, pdf: str, abstracts: Mapping[str, str]) -> Iterator[Tag]:
    """As Google Scholar and Zotero read them, and Dublin Core's."""
    terms = dublin_terms(thesis)
    yield from (("citation_author", value) for term, value in terms if term == "creator")
    named = {
        "citation_title": thesis["title"],
        "citation_publication_date": thesis["year"],
        "citation_dissertation_institution": thesis["university"],
        "citation_dissertation_name": thesis["degree"],
        "citation_language": thesis["language"],
        "citation_keywords": thesis["keywords"],
        "citation_public_url": own,
        "citation_pdf_url": pdf,
    }
    yield from ((name, content) for name, content in named.items() if content)
    yield from ((f"DC.{term}", value) for term, value in terms)
    yield "DC.identifier", own
    yield from (("DC.description", abstract) for abstract in abstracts.values())
