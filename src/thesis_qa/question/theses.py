"""Theses named in words: "skripsi jihan", "the blockchain thesis", "the ITB one", "yang 2023".

A thesis is named by its author, year, university, file, a part of its title, or what it is about,
near a word for a thesis; an author's name also stands alone. Names may be misspelt. What stands
for a thesis is taken out of the question, and the search is narrowed to it instead.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from rapidfuzz import fuzz

from thesis_qa.index.rows import DocumentInfo
from thesis_qa.lang.data import text, word_set
from thesis_qa.lang.glossary import readings
from thesis_qa.lang.words import fold, stem, stop_words
from thesis_qa.types import Language

MISSPELT = (
    84.0  # likeness, in percent of letters (Indel), from which two names are one: two letters
)
# swapped in a name of seven is 86; "hanoi" and "hadi", the nearest of other words, are 67
LONG_NAME = 5  # letters from which a name may be misspelt; shorter ones would be other names
MOST_WORDS = 6  # words behind "skripsi" or before "thesis" that may name it
FITS = 0.6  # share of a phrase's words that a thesis holds from which it is meant

_TOKEN = re.compile(r"[^\W_]+(?:[.'’-][^\W_]+)*")


@dataclass(frozen=True, slots=True)
class Named:
    """Theses that a question names; empty `documents` where it names one that isn't here."""

    documents: tuple[str, ...]
    phrase: str  # as it was typed
    rest: str  # the question, with "this thesis" instead


@dataclass(frozen=True, slots=True)
class Identity:
    """By what words one thesis may be named, folded; `about` holds stems."""

    document: str
    title: str
    author: frozenset[str]
    places: frozenset[str]  # university, faculty and degree, also their initials
    year: str
    file: frozenset[str]
    about: frozenset[str]  # of title and keywords
    language: Language


@dataclass(frozen=True, slots=True)
class Token:
    """A word of a question, and where it stands."""

    word: str
    start: int
    end: int


class ThesisNames:
    """The theses of one library by what names them."""

    def __init__(self, documents: Sequence[DocumentInfo]) -> None:
        self._known = [identity(document) for document in documents]

    def named(self, question: str, language: Language | None) -> Named | None:
        """Which theses `question` names, or None if it names none."""
        tokens = [Token(fold(m.group()), *m.span()) for m in _TOKEN.finditer(question)]
        found = [*self._by_author(tokens), *self._near_thesis_word(tokens, language)]
        if not found:
            return None
        documents = dict.fromkeys(name for _, names in found for name in names)
        at = sorted({place for places, _ in found for place in places})
        this = text("question.this_thesis", language)
        return Named(
            tuple(documents), _cut(question, tokens, at), _without(question, tokens, at, this)
        )

    def listed_in(self, answer: str) -> tuple[str, ...]:
        """The theses whose titles stand in the text of an answer, in its order."""
        folded = " ".join(fold(answer).split())
        places = {k.document: folded.find(k.title) for k in self._known if len(k.title) > LONG_NAME}
        return tuple(sorted((d for d, at in places.items() if at >= 0), key=lambda d: places[d]))

    def unknown(self, question: str) -> str:
        """In which words `question` names a thesis that isn't known here; empty if it names none:
        "skripsi tentang kubernetes"."""
        tokens = [Token(fold(m.group()), *m.span()) for m in _TOKEN.finditer(question)]
        for at, token in enumerate(tokens[:-1]):
            if token.word in word_set("question.thesis_kinds"):
                places = _behind(tokens, at)
                if places and tokens[places[0]].word in word_set("question.about_thesis"):
                    return _cut(question, tokens, places[1:]) if places[1:] else ""
        return ""

    def _by_author(self, tokens: Sequence[Token]) -> Iterator[tuple[list[int], list[str]]]:
        """Runs of words that are names of one author."""
        at = 0
        while at < len(tokens):
            run, fitting = self._author_run(tokens, at)
            if run and fitting:
                yield run, fitting
            at += max(1, len(run))

    def _author_run(self, tokens: Sequence[Token], at: int) -> tuple[list[int], list[str]]:
        run: list[int] = []
        fitting = [known.document for known in self._known]
        by_name = {known.document: known.author for known in self._known}
        for place in range(at, len(tokens)):
            word = _owner(tokens[place].word)
            sure = (place > 0 and self._introduces(tokens[place - 1].word)) or bool(run)
            more = [d for d in fitting if self._is_name(word, by_name[d], sure)]
            if not more:
                break
            run, fitting = [*run, place], more
        return run, fitting if run else []

    @staticmethod
    def _is_name(word: str, author: frozenset[str], near_thesis_word: bool) -> bool:
        if word in author:
            return near_thesis_word or len(word) >= LONG_NAME or word not in stop_words()
        likely = near_thesis_word and len(word) >= LONG_NAME
        return likely and any(_alike(word, name) for name in author)

    @staticmethod
    def _introduces(word: str) -> bool:
        return word in word_set("question.thesis") or word in word_set("question.before_author")

    def _near_thesis_word(
        self, tokens: Sequence[Token], language: Language | None
    ) -> Iterator[tuple[list[int], list[str]]]:
        for at, token in enumerate(tokens):
            if not _stands_for_thesis(tokens, at):
                continue
            for places in (_behind(tokens, at), _before(tokens, at)):
                if places and (fitting := self._fitting(tokens, places, language)):
                    yield [*places, at], fitting
                    break

    def _fitting(
        self, tokens: Sequence[Token], places: Sequence[int], language: Language | None
    ) -> list[str]:
        """The theses that the words at `places` fit best, if any fits well enough."""
        words = [_owner(tokens[place].word) for place in places]
        telling = [word for word in words if word not in _empty()]
        scores = {k.document: self._fit(telling, k, language) for k in self._known}
        best = max(scores.values(), default=0.0)
        return [name for name, score in scores.items() if score == best >= FITS]

    @cached_property
    def _rarity(self) -> Mapping[str, float]:
        counts: dict[str, int] = {}
        for known in self._known:
            for word in known.about:
                counts[word] = counts.get(word, 0) + 1
        return {word: 1 / count for word, count in counts.items()}

    def _fit(self, words: Sequence[str], known: Identity, language: Language | None) -> float:
        """Share of `words` that name `known`; rarer ones decide where several fit."""
        if not words:
            return 0.0
        held = [self._holds(word, known, language) for word in words]
        return sum(map(bool, held)) / len(words) * (1 + min(0.01, sum(held) / 100))

    def _holds(self, word: str, known: Identity, language: Language | None) -> float:
        if word == known.year or word in known.places or word in known.file:
            return 1.0
        if any(word == name or _alike(word, name) for name in known.author):
            return 1.0
        read = readings(stem(word), language, known.language)
        fits = [self._rarity[w] for w, p in read.items() if w in known.about and p >= 0.3]
        if fits:
            return max(fits)
        return 0.5 if any(_alike(word, other) for other in known.about) else 0.0


def identity(document: DocumentInfo) -> Identity:
    """What names a thesis, from its metadata and its file name."""
    known = document.metadata
    institution = (known.university, known.faculty, known.degree)
    places = {word for text in institution for word in _words(text)} - _empty()
    places |= {initials for text in institution if len(initials := _initials(text)) > 1}
    about = " ".join((known.title, *known.keywords))
    return Identity(
        document=document.name,
        title=" ".join(fold(known.title).split()),
        author=frozenset(w for w in _words(known.author) if len(w) > 2),
        places=frozenset(places),
        year=str(known.year or ""),
        file=frozenset(_words(document.name.rpartition(".")[0].replace("_", " "))) - _empty(),
        about=frozenset(stem(w) for w in _words(about) if w not in _empty()),
        language=document.main_language,
    )


def _stands_for_thesis(tokens: Sequence[Token], at: int) -> bool:
    """Whether a word is one for a thesis, or "one" or "yang" with what tells which."""
    if tokens[at].word in word_set("question.thesis"):
        return True
    behind = tokens[at + 1].word if at + 1 < len(tokens) else ""
    return tokens[at].word in word_set("question.stands_for_thesis") and (
        behind in word_set("question.behind_one")
        or (at > 0 and tokens[at].word in word_set("question.stands_for_thesis", "en"))
    )


def _behind(tokens: Sequence[Token], at: int) -> list[int]:
    """The words behind a word for a thesis that may name it: "skripsi (tentang) surat akademik"."""
    found: list[int] = []
    for place in range(at + 1, min(len(tokens), at + 1 + MOST_WORDS)):
        word = tokens[place].word
        if word in word_set("question.asking") or word in word_set("question.thesis"):
            break
        found.append(place)
    return _trimmed(tokens, found)


def _before(tokens: Sequence[Token], at: int) -> list[int]:
    """The words before it: "the blockchain thesis", "Aaron's thesis", "the 2021 one"."""
    found: list[int] = []
    for place in range(at - 1, max(-1, at - 1 - MOST_WORDS), -1):
        word = tokens[place].word
        if word in stop_words() or word in word_set("question.asking"):
            break
        found.insert(0, place)
    return _trimmed(tokens, found)


def _trimmed(tokens: Sequence[Token], places: list[int]) -> list[int]:
    """`places` without words at the end that name nothing; empty if none of them does."""
    while places and tokens[places[-1]].word in _empty():
        places = places[:-1]
    return places


def _cut(question: str, tokens: Sequence[Token], places: Sequence[int]) -> str:
    return question[tokens[places[0]].start : tokens[places[-1]].end]


def _without(question: str, tokens: Sequence[Token], places: Sequence[int], this: str) -> str:
    """The question with "this thesis" for the words at `places`, and for an article before them."""
    gone = sorted({*places, *range(places[0], places[-1] + 1)})
    if gone[0] > 0 and tokens[gone[0] - 1].word in word_set("question.articles"):
        gone.insert(0, gone[0] - 1)
    before, behind = question[: tokens[gone[0]].start], question[tokens[gone[-1]].end :]
    return " ".join(f"{before} {this}{behind}".split())


def _words(text: str) -> list[str]:
    return [fold(m.group()) for m in _TOKEN.finditer(text)]


def _initials(text: str) -> str:
    return "".join(word[0] for word in text.split() if word[:1].isupper()).lower()


def _owner(word: str) -> str:
    """A name without the English possessive and the Indonesian one."""
    return re.sub(r"['’]s?$|nya$", "", word) or word


def _alike(word: str, other: str) -> bool:
    """Whether one is the other misspelt."""
    return min(len(word), len(other)) >= LONG_NAME and fuzz.ratio(word, other) >= MISSPELT


def _empty() -> frozenset[str]:
    return stop_words() | word_set("question.thesis") | word_set("question.asking")
