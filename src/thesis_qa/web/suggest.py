"""What could be asked next: topics near the one asked for, or the sections around what was cited.

Each is tried before it is offered.
"""

import re
import time
from collections.abc import Iterator, Sequence

from thesis_qa.answer.phrases import phrases
from thesis_qa.answer.standing import KIN, asks_standing
from thesis_qa.assistant import Assistant
from thesis_qa.index.catalog import Catalog
from thesis_qa.lang.language import words
from thesis_qa.question.query import understand
from thesis_qa.question.topics import TOPICS
from thesis_qa.types import Answer, Language

OFFERED = 3
TRIED = 8  # sections; each takes about as long as a search
SECONDS = 0.8  # that are spent on trying; whoever waits sees the answer meanwhile
MAX_TITLE = 60  # characters of a heading that is worth a button
SHORT = 4  # words of a heading that names a thing; a longer one tells about something
MIN_TEXT = 300  # characters below a heading from which there is something to be asked

_NUMBERING = re.compile(
    r"^\W*(?:(?:bab|chapter|lampiran|appendix)\s+)?(?:[IVXLC]+\b|[A-Z]\b|\d+)?(?:\.?\d+)*[.):]?\s+",
    re.IGNORECASE,
)
_TELLS_NOTHING = re.compile(
    r"^(?:abst\w*|intisari|ringkasan|kata pengantar|pendahuluan|penutup|daftar .*"
    r"|lembar .*|pernyataan.*|halaman .*|lampiran.*|introduction|overview|summary|conclusions?"
    r"|preface|acknowledge?ments?|contents|list of .*|bibliography|references|appendix.*"
    r"|declaration.*|kesimpulan|saran)$",
    re.IGNORECASE,
)


def next_questions(
    assistant: Assistant, answer: Answer, seconds: float = SECONDS
) -> tuple[str, ...]:
    """At most OFFERED questions, near to what was asked or cited, that can be answered."""
    if not answer.citations:
        return ()
    first = answer.citations[0]
    until = time.monotonic() + seconds
    offered: list[str] = []
    titles = sections_near(assistant.index.catalog, first.document, first.section)
    near = [_question(title, answer.language) for title in _unasked(titles, answer.question)]
    for question in list(dict.fromkeys([*_kin(answer), *near]))[:TRIED]:
        if time.monotonic() < until and assistant.can_answer(question, [first.document]):
            offered.append(question)
        if len(offered) == OFFERED:
            break
    return tuple(offered)


def _kin(answer: Answer) -> list[str]:
    """Questions for the topics near the one that was asked for."""
    say = phrases(answer.language)
    topics = asks_standing(understand(answer.resolved_question or answer.question))
    return [say.topics[kin] for topic in topics[:1] for kin in KIN.get(topic.name, ())]


def _question(title: str, language: Language | None) -> str:
    say = phrases(language)
    named = max(TOPICS, key=lambda topic: topic.share(title))
    if named.share(title):
        return say.topics[named.name]
    if len(title.split()) > SHORT:
        return say.section.format(section=title)
    return f"Apa itu {title}?" if language == "id" else f"What is {title}?"


def sections_near(catalog: Catalog, document: str, section: str) -> list[str]:
    """Titles of the sections that hold text, those after `section` first, then those before."""
    rows = catalog.read(
        "SELECT p.section, sum(length(p.text)) FROM passages p JOIN documents d ON"
        " d.id = p.document WHERE d.name = ? AND p.kind IN ('text', 'list')"
        " GROUP BY p.section ORDER BY min(p.id)",
        (document,),
    )
    paths = [path for path, length in rows if length >= MIN_TEXT or path == section]
    at = paths.index(section) if section in paths else -1
    near = [*paths[at + 1 :], *reversed(paths[: max(at, 0)])]
    titles = (_title(path) for path in near)
    return list(dict.fromkeys(title for title in titles if title))


def _title(path: str) -> str:
    """The heading at the end of a section's path, without its number; "" if it tells nothing."""
    title = _NUMBERING.sub("", f"{path.rpartition(' › ')[2]} ").strip()
    letters = sum(c.isalpha() or c.isspace() for c in title)
    telling = 3 < len(title) <= MAX_TITLE and letters > 0.8 * len(title)
    return title if telling and not _TELLS_NOTHING.match(title) else ""


def _unasked(titles: Sequence[str], question: str) -> Iterator[str]:
    asked = set(words(question))
    return (title for title in titles if not set(words(title)) <= asked)
