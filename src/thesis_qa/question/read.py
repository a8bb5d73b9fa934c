"""A question, read once: what search, answering and writing know of it they know from here."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from typing import Literal

import numpy as np
import numpy.typing as npt

from thesis_qa.errors import QuestionError
from thesis_qa.lang.data import alternatives, cue, word_set
from thesis_qa.lang.detect import language_of
from thesis_qa.lang.glossary import readings
from thesis_qa.lang.words import chat_spellings, fold, stem, stop_words, words
from thesis_qa.question.expects import Expected, expected_answer
from thesis_qa.question.fields import FIELDS, AskedFields, asked_fields
from thesis_qa.question.named_places import NamedPlaces, named_places
from thesis_qa.question.route import Intent, Repeat
from thesis_qa.question.topics import Topic, asked_topics, topic_named, topic_names
from thesis_qa.types import Language, Route

MAX_QUESTION = 2000  # characters; longer ones are texts, not questions
SHORT_WORD = 2  # letters of words that say nothing of what is asked about
UNSURE = 0.4  # share of the likeliest topic below which a thesis is summed up instead
LEARNED = 0.5  # probability of a learned field or topic from which it is taken
SPELT_OUT = 12  # numbers up to which texts write in words

# "langkah2" is "langkah-langkah", and no code.
_CODE = re.compile(r"(?<!\w)(?![A-Za-z][a-z]{3,}2[a-z]*\b)(?=[\w-]*[\d_])\w[\w-]*")
_RANGE = re.compile(r"(?<=\d)-(?=\d)")
_COUNTING = re.compile(r"^(?:ke-?)?(\d+)(?:-?an|s|st|nd|rd|th)?$")


Way = Literal["alone", "added", "exchanged", "item", "thing"]
"""How a question comes from a message: as it is, with the subject of the question before, as that
question of something else, with the words of a statement that it counts to; of a thing that was
explained, not of the thesis."""


@dataclass(frozen=True, slots=True)
class Meaning:
    """One thing that a follow-up may mean."""

    way: Way
    question: str


@dataclass(frozen=True, slots=True)
class Question:
    """A question, understood. An index adds the vector and the weights (Index.question)."""

    text: str  # with chat spellings written out
    language: Language | None
    terms: tuple[tuple[str, str], ...]  # stem and word of content words and numbers, once each
    codes: tuple[tuple[str, str], ...]  # numbers and identifiers, squeezed and as they are written
    expects: Expected
    figure: bool  # nothing without a number, a time, or an address can answer
    several: bool  # asks for a list or a comparison
    for_questions: bool  # asks which questions a thesis asks
    for_pictures: bool  # asks for a figure
    each: bool  # of every thesis by itself
    places: NamedPlaces
    fields: AskedFields  # of the thesis itself
    topics: tuple[Topic, ...]  # standing questions that it asks
    parts: tuple[str, ...]  # both questions, where two are joined by "and"
    documents: tuple[str, ...] = ()  # it is asked of these; of all, if there are none
    resolved_from: str | None = None  # a follow-up as it was typed
    meanings: tuple[Meaning, ...] = ()  # all that a follow-up may mean, if that isn't clear
    heard: tuple[str, ...] = ()  # quotes right before it, which it may go on with
    alone: float = 1.0  # probability that it could be understood as it was typed
    of_library: bool = False  # goes on with a question about the library
    repeat: Repeat | None = None  # what is asked of the answer before
    quotes: tuple[str, ...] = ()  # the statements of that answer that are asked about
    choices: tuple[str, ...] = ()  # theses that may be meant, where it has to be asked back
    unclear: str = ""  # why it has to be asked back
    items: int = 0  # of the answer before, where it isn't clear which is meant
    named_by: str = ""  # the words that name its documents
    intent: Intent | None = None  # what it is after, as learned from examples
    supposed: float = 0.0  # probability of topics that were learned, not named
    vector: npt.NDArray[np.float32] = field(
        default_factory=lambda: np.zeros(0, np.float32), compare=False, repr=False
    )  # shape (dimensions,)
    weights: Mapping[str, float] = field(default_factory=dict)  # of terms: how rare each is

    @property
    def besides(self) -> str:
        """What was answered before and is not wanted again."""
        return "\n".join(self.quotes) if self.repeat == "more" else ""

    @property
    def telling(self) -> tuple[frozenset[str], ...]:
        """Its words that say what it is about, each with its translations, as stems."""
        frame = framing_words()
        said = (t for t, word in self.terms if word not in frame and len(word) > SHORT_WORD)
        return tuple(frozenset(readings(term, self.language, None)) for term in said)

    @property
    def telling_besides_topics(self) -> tuple[frozenset[str], ...]:
        """The same, without the words by which its topics are asked for."""
        rest = self.text
        for topic in self.topics:
            rest = topic.beside.sub(" ", topic.asked.sub(" ", rest))
        kept = {term for term, _ in content_terms(rest)}
        return replace(self, terms=tuple(t for t in self.terms if t[0] in kept)).telling

    @property
    def route(self) -> Route:
        """What it is taken for."""
        if self.fields:
            return "metadata"
        if self.topics:
            return "standing"
        if self.places:
            return "section"
        return self.intent.route if self.intent else "content"

    def of(self, document: str) -> "Question":
        """The same, asked of one document."""
        return replace(self, documents=(document,))


def read_question(text: str, language: Language | None = None) -> Question:
    """What `text` asks; in `language`, if it doesn't tell which it is in ("GraphRAG?").

    Raises QuestionError for what can't be asked.
    """
    checked = checked_question(text)
    spoken = spoken_language(checked)
    asked = spelt_out(checked, spoken or language)
    expects = expected_answer(asked)
    counted = expects == "number" and cue("question.count").search(asked)
    return Question(
        text=asked,
        language=spoken or language,
        terms=content_terms(asked),
        codes=_codes(asked),
        expects=expects,
        figure=expects in ("duration", "address") or bool(counted),
        several=bool(cue("question.several").search(asked) or _plural().search(asked)),
        for_questions=bool(cue("question.questions").search(asked)),
        for_pictures=bool(cue("question.pictures").search(asked)),
        each=bool(_each().search(asked)),
        places=named_places(asked),
        fields=asked_fields(asked, expects),
        topics=asked_topics(asked, expects, spoken),
        parts=two_questions(asked),
    )


def understood(
    question: Question,
    *,
    documents: tuple[str, ...],
    vector: npt.NDArray[np.float32],
    weights: Mapping[str, float],
    intent: Intent | None,
) -> Question:
    """`question` with what an index knows of it, and with the fields and topics that are asked for
    in words that nobody listed, as learned from examples."""
    known = replace(question, documents=documents, vector=vector, weights=weights, intent=intent)
    if intent is None or question.fields or question.topics or question.places:
        return known
    fields, topics = _learned_fields(question, intent), _learned_topics(intent)
    if question.expects not in ("any", "reason"):  # "where was the app installed?"
        fields = replace(fields, about=False)
    if question.expects == "reason" and question.telling:  # "why" of something of its own
        topics = ()
    if fields or topics:
        return replace(known, fields=fields, topics=() if fields else topics,
                       supposed=intent.routes[intent.route])  # fmt: skip
    return known


def _learned_fields(question: Question, intent: Intent) -> AskedFields:
    field, share = intent.topic("metadata")
    if intent.routes["metadata"] * share >= LEARNED and field in FIELDS:
        return AskedFields((field,))
    topic, share = intent.topic("standing")
    standing = intent.routes["standing"]
    lacks = question.telling and intent.alone < LEARNED  # "what about his mother?"
    about = standing >= LEARNED and (topic == "summary" or share < UNSURE) and not lacks
    return AskedFields(about=about)


def _learned_topics(intent: Intent) -> tuple[Topic, ...]:
    topic, share = intent.topic("standing")
    if intent.routes["standing"] * share < LEARNED or topic not in topic_names():
        return ()
    return (topic_named(topic_names()[topic]),)


def checked_question(question: str) -> str:
    """The question, white space folded. Raises QuestionError if it can't be asked."""
    question = " ".join(question.replace("\0", " ").split())
    if not any(c.isalnum() for c in question):
        raise QuestionError("question-empty")
    if len(question) > MAX_QUESTION:
        raise QuestionError("question-long", length=f"{len(question):,}", most=MAX_QUESTION)
    return question


def spoken_language(question: str) -> Language | None:
    """Its language; an Indonesian imperative tells it whatever terms follow: "Jelaskan machine
    learning"."""
    rest = (word for word in words(question) if word not in word_set("question.polite", "id"))
    if next(rest, "") in word_set("question.commands", "id"):
        return "id"
    return language_of(question)


def spelt_out(question: str, language: Language | None) -> str:
    """An Indonesian question with its chat spellings written out: "gmn" as "bagaimana"."""
    if language != "id":
        return question
    written = []
    for word in question.split():
        bare = word.rstrip("?!.,")
        written.append(chat_spellings().get(bare.lower(), bare) + word[len(bare) :])
    return " ".join(written)


def content_terms(text: str) -> tuple[tuple[str, str], ...]:
    """The words and numbers of `text` that carry meaning, once each: (stem, word)."""
    found = (w for word in words(text) for w in chat_spellings().get(word, word).split())
    kept = (w for w in found if w not in stop_words() and (len(w) > 1 or w.isdigit()))
    return tuple({stem(word): (stem(word), word) for word in kept}.values())


def squeezed(text: str) -> str:
    """Letters and digits of `text` alone, in which codes are looked for: "GPT-5" is "gpt5"."""
    return "".join(c for c in fold(text) if c.isalnum())


def _codes(question: str) -> tuple[tuple[str, str], ...]:
    """Words of a question with a digit or an underscore, once each: ("gpt5", "GPT-5"); "1980s" and
    "ke-19" are numbers, and what texts may spell out is none."""
    found: dict[str, str] = {}
    for written in (part for code in _CODE.findall(question) for part in _RANGE.split(code)):
        code = squeezed(_COUNTING.sub(r"\1", fold(written)))
        if code and not (code.isdecimal() and int(code) <= SPELT_OUT):
            found.setdefault(code, written)
    return tuple(found.items())


@cache
def framing_words() -> frozenset[str]:
    """Words that say that theses are asked for, and nothing of which or of what."""
    keys = ("question.thesis", "question.frame", "question.asking", "question.collection",
            "words.telling", "follow_up.joining")  # fmt: skip
    return stop_words().union(*(word_set(key) for key in keys), chat_spellings())


def two_questions(question: str) -> tuple[str, ...]:
    """Both questions that "and" joins: "Which X is used, and why?"; none for one."""
    match = _twice().match(question)
    return (f"{match['first']}?", match["second"]) if match else ()


@cache
def _twice() -> re.Pattern[str]:
    asking = alternatives("question.which")
    return re.compile(
        r"^(?P<first>\W*(?:\S+ )+?\S+?),? (?:dan|serta|and) "
        rf"(?P<second>(?:\w+ )?(?:{asking}|di mana)\b.*)",
        re.IGNORECASE,
    )


@cache
def _plural() -> re.Pattern[str]:
    """ "What obstacles occurred?": a plural after the question word; "pertanyaan-pertanyaan"."""
    word, verbs = alternatives("question.plural_of"), alternatives("question.plural_verbs")
    return re.compile(
        rf"\b(?:{word}) (?:\w+[ -]){{0,3}}(?!(?:{alternatives('question.singular')})\b)"
        rf"[a-z]{{3,}}s(?= (?:{verbs}))|\b(\w{{4,}})-\1\w*\b",
        re.IGNORECASE,
    )


@cache
def _each() -> re.Pattern[str]:
    """ "Setiap skripsi", "skripsi mana saja", "each of the theses"."""
    thesis, each = alternatives("question.theses"), alternatives("question.each")
    which = rf"\b(?:{thesis}) (?:mana|apa) (?:saja|yang)\b"
    return re.compile(rf"\b(?:{each})(?: of)?(?: the)? (?:{thesis})\b|{which}", re.IGNORECASE)
