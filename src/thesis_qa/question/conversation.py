"""A conversation: what was asked and answered last, what a question asks in it, and questions put
together anew: with another question word, or about something else."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from typing import Literal

from thesis_qa.lang.data import LANGUAGES, SPOKEN, alternatives, text, word_map, word_set
from thesis_qa.lang.detect import language_of
from thesis_qa.lang.numbers import number_value
from thesis_qa.question.read import content_terms, framing_words
from thesis_qa.question.route import Repeat
from thesis_qa.types import Language

MOST = 4  # words that tell what a question was about

_YEAR = re.compile(r"\b(?:1[89]|20)\d\d(?:\s*[-–/]\s*(?:\d{2}|\d{4}))?\b")
_NAME = re.compile(r"(?<=[\w,] )[A-Z][\w-]*(?: [A-Z][\w-]*)*")
CHAPTER = re.compile(r"\b(?:bab|chapter) (?:\d+|[IVX]+)\b", re.IGNORECASE)
_QUOTE = re.compile(r"“(?P<quote>[^“”]+)” \[(?P<number>\d+)\]")

Unclear = Literal["nothing_before", "which_item", "which_thesis", "no_such_thesis"]


@dataclass(frozen=True, slots=True)
class Resolved:
    """What a question asks, once what it leaves out is known."""

    question: str
    documents: tuple[str, ...] = ()  # theses that it, or the conversation, names; or may mean
    phrase: str = ""  # by which words it names them itself
    follows: bool = False  # something came from the conversation
    repeat: Repeat | None = None  # what it asks of the answer before
    quotes: tuple[str, ...] = ()  # the statements of that answer that it asks about
    language: Language | None = None  # that it asks to be answered in
    ambiguous: bool = False  # several theses fit the words that name one
    unknown: str = ""  # names a thesis in these words that isn't here
    unclear: Unclear | None = None
    items: int = 0  # of the answer before, where it isn't clear which is meant
    of_library: bool = False  # goes on with a question about the library
    otherwise: str = ""  # what else may be meant, where this finds nothing
    base: str = ""  # the question before, where only its subject is another


@dataclass(frozen=True, slots=True)
class Conversation:
    """What was asked last, and what was answered."""

    question: str  # spelt out
    answer: str
    documents: tuple[str, ...] = ()  # theses that it is about
    listed: tuple[str, ...] = ()  # theses that the last answer names, in its order
    spoken_of: tuple[str, ...] = ()  # every thesis named so far
    of_library: bool = False  # the last question was about the library
    base: str = ""  # the question with the subject it had first
    last: tuple[str, ...] = ()  # quotes of the last answer, also where it was about one of a list
    asked_back: bool = False  # it was asked back which thesis is meant

    @property
    def statements(self) -> tuple[str, ...]:
        """The quotes of the answer to that question."""
        return quotes_in(self.answer)


def history_of(said: Sequence[tuple[str, str]], asker: str, answerer: str) -> list[tuple[str, str]]:
    """Questions and their answers, of messages with the role of who said them."""
    pairs = pairwise(said)
    return [(q, a) for (asks, q), (says, a) in pairs if (asks, says) == (asker, answerer)]


def quotes_in(answer: str) -> tuple[str, ...]:
    """What the text of an answer quotes."""
    return tuple(match["quote"] for match in _QUOTE.finditer(answer))


def reference_in(answer: str, number: int) -> tuple[int, int] | None:
    """Where the text of an answer refers to its citation of this number: "[2]"."""
    written = f"[{number}]"
    at = answer.rfind(written)
    return (at, at + len(written)) if at >= 0 else None


def ordinal(word: str) -> int | None:
    """Which of several a word names: "kedua", "3"; -1 is the last."""
    if word in word_map("follow_up.ordinals"):
        return int(word_map("follow_up.ordinals")[word])
    return number_value(word) if word.isdecimal() and len(word) < 3 else None


def asked_otherwise(before: str, kind: str, word: str) -> str:
    """The question before, asked with another question word: "Why obstacles occurred?"."""
    rest = _asking().sub("", before).strip(" ?.!")
    while rest.rpartition(" ")[2].lower() in word_set("question.which"):  # "pakai model apa"
        rest = rest.rpartition(" ")[0]
    spoken = {language_of(before), language_of(word)}
    language = next((one for one in LANGUAGES if one in spoken and one != SPOKEN), SPOKEN)
    return f"{text(f'follow_up.opening_{kind}', language)} {rest}?"


@cache
def _asking() -> re.Pattern[str]:
    words, behind = alternatives("follow_up.asking"), alternatives("follow_up.behind_asking")
    return re.compile(rf"^\W*(?:(?:{words})(?:kah)?(?: (?:{behind}))*)\b\W*", re.IGNORECASE)


def with_other(before: str, other: str) -> str:
    """The question before, about something else of the same kind: another year, chapter, name."""
    plain = before.rstrip(" ?.!")
    for kind in (_YEAR, CHAPTER):
        new = kind.search(other)
        if new and kind.search(plain):
            return kind.sub(new.group(), plain, count=1) + "?"
    ordinals = [[w for w in each.split() if ordinal(w.lower())] for each in (plain, other)]
    if all(ordinals):
        return plain.replace(ordinals[0][0], ordinals[1][0]) + "?"
    names = _NAME.findall(plain)
    first, _, rest = other.partition(" ")
    bare = rest if rest and first.lower() in word_set("follow_up.before_name") else other
    if len(names) == 1 and bare[:1].isupper():
        return plain.replace(names[0], bare) + "?"
    return f"{plain}, {other}?"


def subject(question: str, before: str) -> list[str]:
    """The words that the question before was about, the nearest first."""
    known = {term for term, _ in content_terms(question)}
    about = (word for term, word in content_terms(before) if term not in known)
    return [word for word in about if word not in framing_words()][:MOST]
