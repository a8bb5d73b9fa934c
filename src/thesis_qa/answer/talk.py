"""Small talk, and questions back: one friendly line, and questions worth asking of this library."""

from collections.abc import Iterator

from thesis_qa.answer.found import UNSTATED, Found, Library
from thesis_qa.answer.under_headings import of_topic
from thesis_qa.lang.data import text
from thesis_qa.question.read import Question
from thesis_qa.question.route import is_talk
from thesis_qa.question.topics import TOPICS

SUGGESTED = 3  # questions worth asking
CHOICES = 8  # theses that one line names
TRIED = 4  # theses that are looked into for them
WORTH_ASKING = ("findings", "objectives", "problem", "suggestions")  # by how often they interest


def by_talk(question: Question, library: Library) -> Found | None:
    """A line of small talk; None where something is asked."""
    language = question.language
    if question.unclear == "no_such_thesis":
        line = text("text.clarify.no_such_thesis", language, phrase=question.named_by)
        near = dict.fromkeys(p.document for p in library.passages(question))
        titles = [f"- {library.title(name)} ({_by(library, name)})" for name in [*near][:SUGGESTED]]
        return Found(UNSTATED, text="\n".join([line, "", *titles]))
    if question.unclear:
        choices = [_by(library, name) for name in question.choices[:CHOICES]]
        choices += ["…"] * (len(question.choices) > CHOICES)
        key = f"text.clarify.{question.unclear}"
        line = text(key, language, count=question.items, choices=", ".join(choices))
        return Found(1.0, kind="clarify", text=line)
    intent = question.intent
    if intent is None or not is_talk(intent, question.text):
        return None
    topic, _ = intent.topic("talk")
    line = text(f"text.talk.{topic}", language, count=len(library.catalog.names()))
    return Found(1.0, kind="talk", text="\n".join([line, *_suggestions(question, library, topic)]))


def _suggestions(question: Question, library: Library, topic: str) -> Iterator[str]:
    """Questions that this library answers, as a list; only where somebody may look for some."""
    if topic not in ("greeting", "identity", "ability", "acknowledge", "thanks"):
        return
    found = list(worth_asking(question, library))
    if found:
        yield "\n" + text("text.talk.worth_asking", question.language)
        yield from (f"- {example}" for example in found)


def _by(library: Library, name: str) -> str:
    """A thesis in few words: its author and year, or its title."""
    known = library.catalog.document(name).metadata
    author = known.author.title() if known.author.isupper() else known.author
    return f"{author} {known.year or ''}".strip() if author else library.title(name)


def worth_asking(question: Question, library: Library) -> Iterator[str]:
    """Up to SUGGESTED questions, each of another thesis where there are several, that are known to
    be answered."""
    names = library.catalog.names()[:TRIED]
    given = 0
    for number, name in enumerate(names * min(SUGGESTED, len(WORTH_ASKING))):
        if given == min(SUGGESTED, 2 * len(names)):
            return
        topic = WORTH_ASKING[(number + number // len(names)) % len(WORTH_ASKING)]
        wanted = [t for t in TOPICS if t.name == topic]
        if any(shown for _, shown in of_topic(library.catalog, name, wanted, library.thesis(name))):
            given += 1
            asked = wanted[0].question(question.language)
            thesis = _by(library, name)
            yield text("text.talk.example", question.language, question=asked, thesis=thesis)
