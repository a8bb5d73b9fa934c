"""The text of an answer: quotes with their numbers, and what has to be said around them."""

import re
from collections.abc import Sequence
from itertools import groupby

from thesis_qa.answer.found import Found, Shown
from thesis_qa.lang.data import text
from thesis_qa.question.read import Question
from thesis_qa.types import Citation, Language

NAMED_SILENT = 2  # theses that say nothing and are named; more are counted
MAX_NEAREST = 240  # characters of a nearest quote that a refusal shows, or of column heads

_REFERENCE = re.compile(r"\s*\[\d[^\]]*\]")


def answer_text(question: Question, found: Found, citations: Sequence[Citation]) -> str:
    """Quotes in order, as many as there are citations; by thesis where there are several."""
    language, shown = question.language, found.shown[: len(citations)]
    silent = found.silent if len(citations) == len(found.shown) else ()
    pairs = list(zip(shown, citations, strict=True))
    several = len({c.document for c in citations}) > 1 or bool(silent)
    parts = [_opening(question, shown, () if several else citations)]
    for _, group in groupby(pairs, key=lambda pair: pair[1].document):
        members = list(group)
        if several:
            parts.append(f"{members[0][1].title}:")
        for columns, rows in groupby(members, key=lambda pair: _columns(pair[0])):
            parts += [columns, *(_quote(question, s, c) for s, c in rows)]
    return "\n\n".join(filter(None, [*parts, silence(language, silent)]))


def _columns(shown: Shown) -> str:
    sentence = shown.evidence.sentence
    return column_line(sentence.context or "") if sentence.kind == "table" else ""


def column_line(context: str) -> str:
    """What names the numbers of a table's row: caption and column heads, without references, which
    would look like ours. Empty where a row has none."""
    return f"{_shortened(_REFERENCE.sub('', context).strip())}:" if context else ""


def silence(language: Language | None, silent: Sequence[str]) -> str:
    """The theses that say nothing: by their titles, or how many they are."""
    if len(silent) > NAMED_SILENT:
        return text("answer.others_silent", language, count=len(silent))
    return "\n\n".join(f"{title}: {text('answer.not_stated', language)}." for title in silent)


def _opening(question: Question, shown: Sequence[Shown], citations: Sequence[Citation]) -> str:
    """Announces evidence in the other language, if all of it is, with the text around it; else
    what is quoted, and of which thesis.

    A sentence full of English terms may be taken for English in an Indonesian text.
    """
    language = question.language
    spoken = {of.language for s in shown for of in (s.evidence.sentence, s.evidence.passage)}
    if len(spoken) == 1 and (other := next(iter(spoken))) and language and other != language:
        name = text(f"answer.languages.{other}", language)
        said = text("answer.quoted_foreign", language, language=name)
        about = citations and question.fields.about
        return f"{_lead(question, citations[0])}\n\n{said}" if about else said
    told = question.named_by or question.fields.about or len(question.topics) == 1
    if citations and citations[0].author and told:
        return _lead(question, citations[0])
    return text("answer.quoted", language)


def _lead(question: Question, citation: Citation) -> str:
    """What is quoted and of which thesis: "Saran menurut skripsi Jihan Aurelia (2026):"."""
    if question.fields.about:
        about = ", ".join(filter(None, (citation.author, str(citation.year or ""))))
        return f"{citation.title} ({about}):" if about else f"{citation.title}:"
    by = citation.author.title() if citation.author.isupper() else citation.author
    thesis = f"{by} ({citation.year})" if citation.year else by
    if len(question.topics) == 1:
        topic = text(f"answer.leads.{question.topics[0].name}", question.language)
        return text("answer.lead_topic", question.language, topic=topic, thesis=thesis)
    return text("answer.lead", question.language, thesis=thesis)


def _quote(question: Question, shown: Shown, citation: Citation) -> str:
    language = question.language
    quote = f"“{citation.quote}” [{citation.number}]"
    if question.repeat == "pages":
        quote += f" · {_page(language, citation)}"
    if shown.under:
        quote = f"{shown.under}: {quote}"
    if shown.label:
        quote = f"{text(f'answer.fields.{shown.label}', language)}: {quote}"
    if shown.contradicts:
        quote = f"{text('answer.contradicts', language)}\n\n{quote}"
    return quote


def _page(language: Language | None, citation: Citation) -> str:
    """Where a quote stands, in words: its page as printed, or its section."""
    if citation.page is None:
        return citation.section
    printed = citation.page_label or str(citation.page)
    return text("answer.on_page", language, page=printed, counted=citation.page)


def refusal_text(
    language: Language | None,
    *,
    passages: int,
    documents: int,
    title: str,
    missing: Sequence[str],
    nearest: Sequence[Citation],
    suggestion: str | None,
) -> str:
    """Why there is no answer: what was searched, what is missing, what is near, what can be asked.

    `documents` is the number of those searched, `title` that of the only one.
    """
    searched = "answer.searched_one" if documents == 1 else "answer.searched"
    count = f"{passages:,}".replace(",", text("answer.thousands", language))
    where = text(searched, language, passages=count, documents=documents, document=title)
    lines = [f"{text('answer.declined', language)} {where}"]
    if missing:
        words = ", ".join(f"“{w}”" for w in missing)
        lines[0] += " " + text("answer.missing", language, words=words)
    if nearest:
        lines += [text("answer.nearest", language), f"“{_shortened(nearest[0].quote)}”"]
    if suggestion:
        lines.append(text("answer.suggestion", language, question=suggestion))
    return "\n\n".join(lines)


def _shortened(quote: str) -> str:
    return quote if len(quote) <= MAX_NEAREST else quote[:MAX_NEAREST].rsplit(" ", 1)[0] + " …"
