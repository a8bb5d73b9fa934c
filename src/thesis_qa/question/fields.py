"""Questions about a thesis itself: which of its metadata are asked for, or what it is about."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from thesis_qa.lang.data import cue, word_map, word_set
from thesis_qa.lang.numbers import number_value
from thesis_qa.lang.words import stop_words, words
from thesis_qa.question.expects import Expected, expects_too

FIELDS = tuple(word_map("answer.fields"))
"""Of Metadata, that can be asked for."""

MOST_SUPERVISORS = 3
SHORT = 5  # words up to which "tentang apa?" needs no "thesis" to be about one


@dataclass(frozen=True, slots=True)
class AskedFields:
    """What a question wants to know of a thesis itself; empty if it asks anything else besides."""

    names: tuple[str, ...] = ()  # of FIELDS
    about: bool = False  # what the thesis is about
    ordinal: int = 1  # of several supervisors or examiners; a thesis that has fewer doesn't say

    def __bool__(self) -> bool:
        return bool(self.names or self.about)


def asked_fields(question: str, expects: Expected) -> AskedFields:
    """What `question`, which expects such an answer, asks of the thesis itself."""
    spoken = words(question)
    left = [w for w in spoken if w not in _beside()]
    found = [name for name in FIELDS if any(_asks(name, w) for w in left)]
    about = any(_asks("about", w) for w in left)
    known = ("about", *FIELDS)
    other = [w for w in left if w not in stop_words() and not any(_asks(n, w) for n in known)]
    several = not {"supervisors", "examiners"}.isdisjoint(found)
    if not all(several and _ordinal(word) for word in other):
        return AskedFields()
    if found and not about:
        ordinal = max(_ordinal(word) or 1 for word in spoken) if several else 1
        return AskedFields(_meant(found, question, expects), ordinal=ordinal)
    names_thesis = len(spoken) <= SHORT or not _beside().isdisjoint(spoken)
    return AskedFields(about=about and names_thesis and not found)


def _asks(field: str, word: str) -> bool:
    return cue(f"question.fields.{field}").fullmatch(word) is not None


def _meant(found: Sequence[str], question: str, expects: Expected) -> tuple[str, ...]:
    """ "When was it written?" asks for the year, "who wrote it?" for the author, "NIM penulis?" for
    a number, "who wrote it, and when?" for both."""
    both = all(expects_too(question, kind) for kind in ("person", "date"))
    if "author" in found and len(found) > 1 and not both:
        dated = expects in ("date", "place")
        other = "author" if dated or "student_number" in found else "year"
        found = [name for name in found if name != other]
    return tuple(found)


@cache
def _beside() -> frozenset[str]:
    """What may stand beside a field without making the question one about something else."""
    return word_set("question.thesis") | word_set("question.fields.beside")


def _ordinal(word: str) -> int | None:
    """Which of several supervisors a word names: "1", "II", "kedua"."""
    if word in word_map("question.ordinals"):
        return int(word_map("question.ordinals")[word])
    value = number_value(word) if word.isdecimal() or word.strip("i") == "" else None
    return value if value and value <= MOST_SUPERVISORS else None
