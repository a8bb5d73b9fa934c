"""The text of an answer: quotes with their numbers, and what has to be said around them."""

import re
from collections.abc import Sequence
from itertools import groupby

from thesis_qa.answer.phrases import Phrases, phrases
from thesis_qa.answer.select import Shown
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
    say = phrases(language)
    pairs = list(zip(shown, citations, strict=True))
    documents = dict.fromkeys(c.document for c in citations)
    parts = [_opening(say, language, shown)]
    for _, group in groupby(pairs, key=lambda pair: pair[1].document):
        members = list(group)
        if len(documents) > 1 or silent:
            parts.append(f"{members[0][1].title}:")
        for columns, rows in groupby(members, key=lambda pair: _columns(pair[0])):
            parts += [columns, *(_quote(say, s, c) for s, c in rows)]
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
    return "\n\n".join(f"{title}: {phrases(language).not_stated}." for title in silent)


def _opening(say: Phrases, language: Language | None, shown: Sequence[Shown]) -> str:
    """Announces evidence in the other language, if all of it is, with the text around it.

    A sentence full of English terms may be taken for English in an Indonesian text.
    """
    spoken = {of.language for s in shown for of in (s.evidence.sentence, s.evidence.passage)}
    if len(spoken) == 1 and (other := next(iter(spoken))) and language and other != language:
        return say.quoted_foreign.format(language=say.languages[other])
    return say.quoted


def _quote(say: Phrases, shown: Shown, citation: Citation) -> str:
    text = f"“{citation.quote}” [{citation.number}]"
    if shown.label:
        text = f"{say.fields[shown.label]}: {text}"
    if shown.contradicts:
        text = f"{say.contradicts}\n\n{text}"
    return text


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
    say = phrases(language)
    count = f"{passages:,}".replace(",", "." if language == "id" else ",")
    searched = say.searched_one if documents == 1 else say.searched
    where = searched.format(passages=count, documents=documents, document=title)
    lines = [f"{say.declined} {where}"]
    if missing:
        lines[0] += " " + say.missing.format(words=", ".join(f"“{w}”" for w in missing))
    if nearest:
        lines += [say.nearest, f"“{_shortened(nearest[0].quote)}”"]
    if suggestion:
        lines.append(say.suggestion.format(question=suggestion))
    return "\n\n".join(lines)


def _shortened(quote: str) -> str:
    return quote if len(quote) <= MAX_NEAREST else quote[:MAX_NEAREST].rsplit(" ", 1)[0] + " …"
