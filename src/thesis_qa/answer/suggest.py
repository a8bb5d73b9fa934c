"""What could be asked next, or instead: topics near the one asked for, or sections near what was
cited. Each is tried before it is offered."""

import time
from collections.abc import Callable, Iterator, Sequence

from thesis_qa.answer.evidence import NO_CONTENT
from thesis_qa.index.catalog import Catalog
from thesis_qa.lang.data import cue, text
from thesis_qa.lang.words import words
from thesis_qa.question.read import read_question
from thesis_qa.question.topics import TOPICS, topic_named
from thesis_qa.retrieve.corpus import read_sections
from thesis_qa.types import Answer, Heading, Language, Role

OFFERED = 3
TRIED = 8  # sections; each takes about as long as a search
SECONDS = 0.8  # that are spent on trying; whoever waits sees the answer meanwhile
MAX_TITLE = 60  # characters of a heading that is worth a button
SHORT = 4  # words of a heading that names a thing; a longer one tells about something
MIN_TEXT = 300  # characters below a heading from which there is something to be asked

UNASKED: frozenset[Role] = NO_CONTENT | frozenset({
    "abstract", "introduction", "conclusion", "suggestions", "appendix", "biography",
})  # fmt: skip
"""Roles of sections that nobody asks about by their name."""

Answers = Callable[[str, Sequence[str]], bool]
"""Whether a question can be answered from some documents."""


def next_questions(
    catalog: Catalog, answers: Answers, answer: Answer, seconds: float = SECONDS
) -> tuple[str, ...]:
    """At most OFFERED questions, near to what was asked or cited, that can be answered."""
    if not answer.citations:
        return ()
    first = answer.citations[0]
    until = time.monotonic() + seconds
    offered: list[str] = []
    spoken = catalog.document(first.document).languages
    same = answer.language == max(spoken, key=lambda each: spoken[each], default=answer.language)
    titles = sections_near(catalog, first.document, first.section)
    asked = (_question(title, answer.language, same) for title in _unasked(titles, answer.question))
    near = [question for question in asked if question]
    topics = near_topics(answer.resolved_question or answer.question, answer.language)
    for question in list(dict.fromkeys([*topics, *near]))[:TRIED]:
        if time.monotonic() < until and answers(question, [first.document]):
            offered.append(question)
        if len(offered) == OFFERED:
            break
    return tuple(offered)


def near_topics(question: str, language: Language | None) -> list[str]:
    """Questions for the topics near the one that was asked for."""
    topics = read_question(question).topics[:1]
    return [topic_named(near).question(language) for topic in topics for near in topic.near]


def about_section(heading: Heading, language: Language | None) -> str | None:
    """A question about a section; None where its heading makes none."""
    fits = 0 < len(heading.text) <= MAX_TITLE
    return text("answer.said_about", language, section=heading.text) if fits else None


def _question(heading: Heading, language: Language | None, named_so: bool) -> str | None:
    """A question about a section; by its name only if that is of the same language."""
    named = max(TOPICS, key=lambda topic: topic.share(heading))
    if named.share(heading):
        return named.question(language)
    key = "answer.said_about" if len(heading.title.split()) > SHORT else "answer.what_is"
    return text(key, language, section=heading.title) if named_so else None


def sections_near(catalog: Catalog, document: str, section: str) -> list[Heading]:
    """Headings of the sections that hold text, those after `section` first, then those before."""
    lengths = read_sections(catalog, document)
    paths = [p for p, length in lengths.items() if p and (length >= MIN_TEXT or _is(p, section))]
    at = next((i for i, path in enumerate(paths) if _is(path, section)), -1)
    near = [*paths[at + 1 :], *reversed(paths[: max(at, 0)])]
    return list({path[-1].title: path[-1] for path in near if _asked_about(path)}.values())


def _is(path: Sequence[Heading], section: str) -> bool:
    return " › ".join(heading.text for heading in path) == section


def _asked_about(path: Sequence[Heading]) -> bool:
    """Whether the heading at the end of a section's path names something to be asked about."""
    title, roles = path[-1].title, {heading.role for heading in path}
    letters = sum(c.isalpha() or c.isspace() for c in title)
    names = 3 < len(title) <= MAX_TITLE and letters > 0.8 * len(title)
    quiet = path[-1].role in UNASKED or not NO_CONTENT.isdisjoint(roles)
    return names and not quiet and not cue("answer.quiet_headings").fullmatch(title)


def _unasked(headings: Sequence[Heading], question: str) -> Iterator[Heading]:
    asked = set(words(question))
    return (heading for heading in headings if not set(words(heading.title)) <= asked)
