"""A conversation: what was asked and answered last, what a question asks in it, and questions put
together anew: with another question word, or about something else."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache
from itertools import pairwise
from typing import Literal

from thesis_qa.lang.data import (
    LANGUAGES,
    SPOKEN,
    alternatives,
    cue,
    entry,
    text,
    word_map,
    word_set,
)
from thesis_qa.lang.detect import language_of
from thesis_qa.lang.numbers import number_value
from thesis_qa.lang.words import chat_spellings, stop_words, words
from thesis_qa.question.named_places import written_places
from thesis_qa.question.read import Meaning, content_terms, framing_words, read_question
from thesis_qa.question.route import Again, Repeat
from thesis_qa.types import Language

SHORT = 3  # content words up to which a question with a pronoun lacks its subject
MOST = 4  # words that tell what a question was about

LANGUAGE_AGAIN: dict[Again, Language] = {"in_id": "id", "in_en": "en"}

_YEAR = re.compile(r"\b(?:1[89]|20)\d\d(?:\s*[-–/]\s*(?:\d{2}|\d{4}))?\b")
_NAME = re.compile(r"(?<=[\w,] )[A-Z][\w-]*(?: [A-Z][\w-]*)*")
CHAPTER = re.compile(r"\b(?:bab|chapter) (?:\d+|[IVX]+)\b", re.IGNORECASE)
_QUOTE = re.compile(r"“(?P<quote>[^“”]+)” \[(?P<number>\d+)\]")

OFFERS = ("text.library.none", "text.clarify.no_such_thesis")  # texts that name what there is

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
    meanings: tuple[Meaning, ...] = ()  # all that it may mean, if that isn't clear
    heard: tuple[str, ...] = ()  # quotes right before it, which it may go on with
    alone: float = 1.0  # probability that it could be understood as it was typed


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


def only_offers(answer: str) -> bool:
    """Whether an answer says that there is no such thesis, and names others instead."""
    said = (entry(key, lang) for key in OFFERS for lang in LANGUAGES)
    return any(answer.startswith(lead.partition("{")[0]) for lead in said)


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


def item_asked(question: str, before: Conversation | None) -> int | None:
    """Which item of the answer before a question asks about: "yang kedua?", "point 3"; -1 is the
    last. None if it asks about anything else."""
    said = words(question)
    beside = stop_words() | word_set("follow_up.beside_item") | word_set("follow_up.joining")
    numbers = [n for word in said if (n := ordinal(word)) is not None]
    about = {word for _, word in content_terms(before.question)} if before else set()
    if before and any(ordinal(word) for word in words(before.question)):
        about = set()  # another of what was asked about: "di lokasi kedua?", "di lokasi pertama?"
    others = [w for w in said if w not in beside | about and ordinal(w) is None]
    asks = cue("follow_up.item").search(question)
    return numbers[0] if asks and len(numbers) == 1 and not others else None


def of_item(question: str, number: int, before: Conversation | None) -> Resolved:
    """A question about the `number`th thesis or statement of the answer before."""
    if before is None:
        return Resolved(question, unclear="nothing_before")
    one = set(before.documents) < set(before.listed) and len(before.statements) < 2
    several = len(before.listed) > 1 and (before.of_library or not before.statements or one)
    items = before.listed if several else before.statements
    at = number - 1 if number > 0 else len(items) - 1
    numbered = [i for i, item in enumerate(items) if item.startswith((f"{number}.", f"{number})"))]
    at = numbered[0] if numbered else at
    if not 0 <= at < len(items):
        return Resolved(
            question, unclear="which_item" if items else "nothing_before", items=len(items)
        )
    if several:
        asked = text("answer.what_about", language_of(question) or language_of(before.question))
        same = before.asked_back or (one and not before.of_library)
        return Resolved(before.question if same else asked, (items[at],), follows=True)
    return Resolved(
        before.question, before.documents, follows=True, repeat="item", quotes=(items[at],)
    )


def asked_again(question: str, again: Again, before: Conversation) -> Resolved:
    """A question for the answer before: more of it, its reason, its pages, its very words, the
    other language."""
    among, said = before.documents, before.last
    numbers = [n for word in words(question) if (n := ordinal(word)) is not None]
    if len(numbers) == 1 and 0 < numbers[0] <= len(before.statements):  # "quote the second one"
        said = (before.statements[numbers[0] - 1],)
    same = Resolved(before.question, among, follows=True, quotes=said, of_library=before.of_library)
    if again == "in_id" or again == "in_en":
        return replace(same, repeat="language", language=LANGUAGE_AGAIN[again])
    if again in ("why", "how") and before.of_library and not said:
        return Resolved(question, unclear="nothing_before")
    if again == "more" and before.of_library and not said:
        if len(among) == 1:  # "tell me more about it", of the only one listed
            asked = text("answer.what_about", language_of(question) or language_of(before.question))
            return Resolved(asked, among, follows=True)
        points = cue("follow_up.pronouns").search(question) and len(before.listed) > 1
        return Resolved(question, before.listed, unclear="which_thesis") if points else same
    if again == "why" or again == "how":
        asked = asked_otherwise(before.question, again, question)
        return replace(same, question=asked, repeat="why" if again == "why" and said else None)
    return replace(same, repeat=again)


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
    places, number = written_places(plain), other.rpartition(" ")[2]
    if places and number[:1].isdecimal() and not written_places(other):  # "and 4.6?"
        return plain.replace(places[0], f"{places[0].rpartition(' ')[0]} {number}") + "?"
    if (most := _superlatives(plain)) and (least := _superlatives(other)):
        return plain.replace(most[0], least[0]) + "?"
    ordinals = [[w for w in each.split() if ordinal(w.lower())] for each in (plain, other)]
    if all(ordinals):
        return plain.replace(ordinals[0][0], ordinals[1][0]) + "?"
    names = _NAME.findall(plain)
    first, _, rest = other.partition(" ")
    bare = rest if rest and first.lower() in word_set("follow_up.before_name") else other
    if len(names) == 1 and bare[:1].isupper():
        return plain.replace(names[0], bare) + "?"
    return f"{plain}, {other}?"


def _superlatives(text: str) -> list[str]:
    """ "paling lemah", "most common", "highest" in a text."""
    return [match.group() for match in cue("follow_up.superlative").finditer(text)]


def subject(question: str, before: str) -> list[str]:
    """The words that the question before was about, the nearest first; none if it asked for the
    thesis's own data."""
    if read_question(before).fields:
        return []
    known = {term for term, _ in content_terms(question)}
    about = (word for term, word in content_terms(before) if term not in known)
    return [word for word in about if word not in framing_words()][:MOST]


def about_other(before: Conversation, other: str) -> Resolved:
    """The question before, of something else; of a place, or behind a question for the thesis's own
    data, that is all there is to ask."""
    if read_question(before.question).fields:
        return Resolved(other)
    if read_question(other).places and not CHAPTER.search(before.question):
        return Resolved(other, follows=True)
    base = before.base or before.question
    if "," in other:  # "QPOs, were they found?"
        return Resolved(other, otherwise=with_other(base, other))
    return Resolved(with_other(base, other), follows=True, otherwise=other, base=base)


def points_at_thing(question: str) -> bool:
    """Whether a pronoun points back at what was spoken of; "she" and "dia" are the author."""
    found = (match.group().lower() for match in cue("follow_up.pronouns").finditer(question))
    return any(word not in word_set("follow_up.persons") for word in found)


def added(question: str, known: Sequence[str]) -> Resolved:
    """A question with the words that the one before was about; those come second where it names
    itself what it asks for: "their average age?"."""
    asked = with_words(question, known)
    found = {match.group().lower() for match in cue("follow_up.pronouns").finditer(question)}
    possessive = found & word_set("follow_up.possessives")
    if found & word_set("follow_up.pronouns") - possessive:  # "itu", but not "-nya"
        return Resolved(asked, follows=True)
    first, second = (question, asked) if possessive else (asked, question)
    return Resolved(first, follows=True, otherwise=second)


def with_words(question: str, known: Sequence[str]) -> str:
    """A question with words behind it that say what it is about."""
    return f"{question.rstrip(' ?.!')} ({' '.join(known)})?"


def behind_colon(question: str) -> str:
    """What is asked, without what it is asked of: "this thesis: how many experts?"."""
    rest = question.replace(" - ", ": ").replace(" – ", ": ").partition(":")[2].strip()
    return rest if len(rest.split()) > 1 else question


def compares_age(question: str) -> bool:
    """Whether a question asks which thesis is older or newer, and nothing else."""
    for age in (cue("question.newest"), cue("question.oldest")):
        if age.search(question):
            left = content_terms(age.sub(" ", question))
            return all(word in framing_words() for _, word in left)
    return False


@cache
def form(kind: str) -> re.Pattern[str]:
    """What a whole question of some kind looks like, from the words of the language files."""
    said, joining = (alternatives(f"follow_up.{key}") for key in (kind, "joining"))
    behind = " (?P<other>.{2,60}?)" if kind == "about" else r"\b"
    return re.compile(rf"\W*(?:(?:{joining})[ ,]+)?(?:{said}){behind}\W*", re.IGNORECASE)


def says_something(plain: str) -> bool:
    """Whether a question without the words for a thesis still asks anything."""
    this = " ".join(text("question.this_thesis", language) for language in LANGUAGES)
    beside = word_set("question.thesis").union(word_set("follow_up.joining"), words(this))
    left = [word for word in words(plain) if word not in beside]
    return any(word not in stop_words() or word in word_set("question.asking") for word in left)


def is_phrase(question: str) -> bool:
    """Whether a message only names something: "financial targets?", "standar deviasinya?"."""
    asking = (
        word_set("question.which") | word_set("question.commands") | word_set("question.polite")
    )
    said = [w for word in words(question) for w in chat_spellings().get(word, word).split()]
    return len(said) <= MOST and asking.isdisjoint(said) and bool(content_terms(question))
