"""The text of an answer: quotes with their numbers, and what has to be said around them."""

import re
from collections.abc import Sequence
from itertools import groupby

from thesis_qa.answer.found import Shown
from thesis_qa.lang.data import text
from thesis_qa.types import Citation, Language

MAX_NEAREST = 240  # characters of a nearest quote that a refusal shows, or of column heads

_REFERENCE = re.compile(r"\s*\[\d[^\]]*\]")


def answer_text(
    language: Language | None,
    shown: Sequence[Shown],
    citations: Sequence[Citation],
    silent: Sequence[str] = (),
) -> str:
    """Quotes in order; by thesis where there are several. `silent` are titles that say nothing."""
    pairs = list(zip(shown, citations, strict=True))
    several = len({c.document for c in citations}) > 1 or bool(silent)
    parts = [_opening(language, shown)]
    for _, group in groupby(pairs, key=lambda pair: pair[1].document):
        members = list(group)
        if several:
            parts.append(f"{members[0][1].title}:")
        for columns, rows in groupby(members, key=lambda pair: _columns(pair[0])):
            parts += [columns, *(_quote(language, s, c) for s, c in rows)]
    return "\n\n".join(filter(None, [*parts, silence(language, silent)]))


def _columns(shown: Shown) -> str:
    """What names the numbers of a table's row: caption and column heads, without references, which
    would look like ours. Empty for everything else."""
    sentence = shown.evidence.sentence
    if sentence.kind != "table" or not sentence.context:
        return ""
    return f"{_shortened(_REFERENCE.sub('', sentence.context).strip())}:"


def silence(language: Language | None, silent: Sequence[str]) -> str:
    """Names the theses that say nothing, by their titles."""
    return "\n\n".join(f"{title}: {text('answer.not_stated', language)}." for title in silent)


def _opening(language: Language | None, shown: Sequence[Shown]) -> str:
    """Announces evidence in the other language, if all of it is, with the text around it.

    A sentence full of English terms may be taken for English in an Indonesian text.
    """
    spoken = {of.language for s in shown for of in (s.evidence.sentence, s.evidence.passage)}
    if len(spoken) == 1 and (other := next(iter(spoken))) and language and other != language:
        name = text(f"answer.languages.{other}", language)
        return text("answer.quoted_foreign", language, language=name)
    return text("answer.quoted", language)


def _quote(language: Language | None, shown: Shown, citation: Citation) -> str:
    quote = f"“{citation.quote}” [{citation.number}]"
    if shown.label:
        quote = f"{text(f'answer.fields.{shown.label}', language)}: {quote}"
    if shown.contradicts:
        quote = f"{text('answer.contradicts', language)}\n\n{quote}"
    return quote


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
