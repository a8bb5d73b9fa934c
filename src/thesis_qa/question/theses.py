"""Theses named in words: "skripsi jihan", "the blockchain thesis", "the ITB one", "yang 2023".

A thesis is named by its author, year, university, file, a part of its title, or what it is about,
near a word for a thesis; an author's name also stands alone. Names may be misspelt. What stands
for a thesis is taken out of the question, and the search is narrowed to it instead.
"""

import re
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property, lru_cache

from rapidfuzz import fuzz

from thesis_qa.index.rows import DocumentInfo
from thesis_qa.lang.data import LANGUAGES, alternatives, cue, text, word_set
from thesis_qa.lang.glossary import readings
from thesis_qa.lang.numbers import years_in
from thesis_qa.lang.words import abbreviates, fold, stem, stop_words
from thesis_qa.question.read import framing_words, read_question
from thesis_qa.question.route import OPENING
from thesis_qa.question.topics import ASKED
from thesis_qa.types import Language

MISSPELT = 80.0
"""Likeness in percent of letters (Indel) from which two names are one: one letter of five that is
another gives 80; "hanoi" and "hadi", the nearest of other words, 67."""
LONG_NAME = 5  # letters from which a name may be misspelt; shorter ones would be other names
MOST_WORDS = 6  # words behind "skripsi" or before "thesis" that may name it
COMMON = 0.5  # share of the theses above which a word that they all use tells none of them
LIKELY = 0.3  # probability from which a translation of a word may be meant
REMEMBERED = 500  # words whose theses are kept
ENOUGH = 3  # theses from which such a share says anything

_TOKEN = re.compile(r"[^\W_]+(?:[.'’-][^\W_]+)*")


@dataclass(frozen=True, slots=True)
class Named:
    """Theses that a question names; empty `documents` where it names one that isn't here."""

    documents: tuple[str, ...]
    phrase: str  # as it was typed
    ambiguous: bool  # several theses fit one of its names
    rest: str  # the question, with "this thesis" instead
    besides: str = ""  # another thesis that it names, in words that fit none by themselves


@dataclass(frozen=True, slots=True)
class Identity:
    """By what words one thesis may be named, folded; `about` holds stems."""

    document: str
    title: str
    author: frozenset[str]
    places: frozenset[str]  # words of university, faculty and degree
    institutions: tuple[tuple[str, ...], ...]  # the same three, word by word
    year: str
    file: frozenset[str]
    about: frozenset[str]  # of title and keywords
    spelt: frozenset[str]  # the same, as they are written
    language: Language


@dataclass(frozen=True, slots=True)
class Token:
    """A word of a question, and where it stands."""

    word: str
    start: int
    end: int
    ends: bool = False  # a clause, by a comma or the like behind it


class ThesisNames:
    """The theses of one library by what names them. `held` counts the passages of theses that hold
    one of some stems: "analysis" in a title names it only if the others don't speak of it."""

    def __init__(
        self,
        documents: Sequence[DocumentInfo],
        held: Callable[[Collection[str]], Mapping[str, int]] | None = None,
    ) -> None:
        self._known = [identity(document) for document in documents]
        self._passages = {document.name: document.passages for document in documents}
        self._held = lru_cache(REMEMBERED)(held) if held else None

    @property
    def documents(self) -> tuple[str, ...]:
        """All of them."""
        return tuple(self._passages)

    def entitled(self, wanted: Sequence[frozenset[str]]) -> bool:
        """Whether title and keywords of one thesis hold one of each of these sets of stems."""
        return any(all(stems & known.about for stems in wanted) for known in self._known)

    def titled(self, question: str) -> tuple[str, ...]:
        """The thesis whose title holds several words of `question` that no other title holds and
        few theses use: "How did the pupils of SMK Itikurih rate it?"."""
        words = {stem(token.word) for token in _tokens(question)} - _empty()
        own = [w for w in words if self._rarity.get(w) == 1 and not self._is_common(w, None)]
        theirs = {k.document: sum(word in k.about for word in own) for k in self._known}
        return tuple(name for name, count in theirs.items() if count > 1 and count == len(own))

    def shares(self, wanted: Sequence[frozenset[str]]) -> Mapping[str, float]:
        """Which share of the passages of each thesis holds one of each of these sets of stems;
        nothing, if most theses hold each."""
        held = [self._held(stems) for stems in wanted] if self._held else []
        held = [each for each in held if not self._in_most(each)]
        fewest = {n: min(each.get(n, 0) for each in held) for n in self._passages if held}
        return {name: count / max(1, self._passages[name]) for name, count in fewest.items()}

    def named(
        self, question: str, language: Language | None, *, pointing: bool = False
    ) -> Named | None:
        """Which theses `question` names, or None if it names none. `pointing` if "yang kucing?"
        may name one: a short question in a conversation."""
        tokens = _tokens(question)
        found = [
            *self._by_file(tokens),
            *self._by_author(tokens),
            *self._near_thesis_word(tokens, language, pointing),
        ]
        if not found:
            return None
        found.sort(key=lambda each: min(each[0]))
        documents = dict.fromkeys(name for _, names in found for name in names)
        at = sorted({place for places, _ in found for place in places})
        rest = _without(question, tokens, at, text("question.this_thesis", language))
        ambiguous = any(len(names) > 1 for _, names in found)
        other = self.unknown(rest, language) if len(documents) == 1 else None
        besides, rest = (other.phrase, other.rest) if other else ("", rest)
        return Named(tuple(documents), _cut(question, tokens, at), ambiguous, rest, besides)

    def listed_in(self, answer: str) -> tuple[str, ...]:
        """The theses whose titles stand in the text of an answer, in its order."""
        folded = " ".join(fold(answer).split())
        places = {k.document: folded.find(k.title) for k in self._known if len(k.title) > LONG_NAME}
        return tuple(sorted((d for d, at in places.items() if at >= 0), key=lambda d: places[d]))

    def unknown(self, question: str, language: Language | None) -> Named | None:
        """Which thesis `question` names in words that fit none by themselves, "skripsi tentang
        kubernetes"; None if it names none. What is left says "this thesis" if that asks for what
        any thesis has."""
        tokens = _tokens(question)
        for at in range(len(tokens)):
            for places in _beside_thesis_word(tokens, at):
                told = _before_topic(tokens, places)
                if not all(self._is_common(tokens[place].word, language) for place in told):
                    this = text("question.this_thesis", language)
                    rest = _without(question, tokens, sorted([*told, at]), this)
                    read = read_question(rest)
                    rest = rest if read.fields or read.topics else question
                    return Named((), _cut(question, tokens, sorted(told)), False, rest)
        return None

    def _by_file(self, tokens: Sequence[Token]) -> Iterator[tuple[list[int], list[str]]]:
        """Names of files: "ringkas kucing.pdf"."""
        for at, token in enumerate(tokens):
            if named := [k.document for k in self._known if fold(k.document) == token.word]:
                yield [at], named

    def _by_author(self, tokens: Sequence[Token]) -> Iterator[tuple[list[int], list[str]]]:
        """Runs of words that are names of one author."""
        at = 0
        while at < len(tokens):
            run, fitting = self._author_run(tokens, at)
            if fitting:
                yield run, fitting
            at += max(1, len(run))

    def _author_run(self, tokens: Sequence[Token], at: int) -> tuple[list[int], list[str]]:
        """Words from `at` on that are names of one author: one that is written rightly, or one
        behind a word that introduces it, or several; the last two may be misspelt."""
        run: list[int] = []
        fitting = list(self._known)
        for place in range(at, len(tokens)):
            word = _owner(tokens[place].word)
            more = [known for known in fitting if _names_author(word, known.author)]
            if not more:
                break
            run, fitting = [*run, place], more
        first = _owner(tokens[at].word)
        exact = any(first in known.author for known in fitting) and first not in _empty()
        introducing = word_set("question.thesis") | word_set("question.before_author")
        introduced = at > 0 and tokens[at - 1].word in introducing
        if run and (exact or introduced or len(run) > 1):
            return run, [known.document for known in fitting]
        return [], []

    def _near_thesis_word(
        self, tokens: Sequence[Token], language: Language | None, pointing: bool
    ) -> Iterator[tuple[list[int], list[str]]]:
        for at in range(len(tokens)):
            for places in _beside_thesis_word(tokens, at, pointing, loose=True):
                run, fitting = self._named_run(tokens, places, language)
                if run:
                    yield [*run, at], fitting
                    break

    def _named_run(
        self, tokens: Sequence[Token], places: Sequence[int], language: Language | None
    ) -> tuple[list[int], list[str]]:
        """The words next to a word for a thesis, nearest first, as far as one thesis holds them
        all, and the theses that do."""
        run: list[int] = []
        told = 0  # of the run, up to the last word that says something
        fitting = list(self._known)
        for place in places:
            word = _owner(tokens[place].word)
            silent = _says_nothing(word)
            more = [k for k in fitting if not silent and self._holds(word, k, language)]
            if silent or (not more and self._is_common(word, language)):
                run.append(place)
                continue
            may_tell = 1 < len(fitting) < len(self._known)  # which of several is meant
            if word in _topic_words() or not (more or may_tell):
                break
            run, fitting = [*run, place], more or fitting
            told = len(run)
        return run[:told], [known.document for known in fitting] if told else []

    @cached_property
    def _rarity(self) -> Mapping[str, float]:
        counts = Counter(word for known in self._known for word in known.about)
        return {word: 1 / count for word, count in counts.items()}

    def _holds(self, word: str, known: Identity, language: Language | None) -> float:
        if word == known.year or word in known.places or word in known.file:
            return 1.0
        if any(abbreviates(word, institution) for institution in known.institutions):
            return 1.0
        if any(word == name or alike(word, name) for name in known.author):
            return 1.0
        read = readings(stem(word), language, known.language)
        fits = [self._rarity[w] for w, p in read.items() if w in known.about and p >= LIKELY]
        fits += [0.5] * any(alike(word, other) for other in known.spelt)
        return max(fits) if fits and not self._is_common(word, language) else 0.0

    def _is_common(self, word: str, language: Language | None) -> bool:
        """Whether most theses use a word, in either language."""
        if self._held is None:
            return False
        read = (readings(stem(word), language, to) for to in LANGUAGES)
        stems = frozenset(w for each in read for w, p in each.items() if p >= LIKELY)
        return self._in_most(self._held(stems))

    def _in_most(self, held: Mapping[str, int]) -> bool:
        here = held.keys() & self._passages.keys()
        return len(self._known) >= ENOUGH and len(here) > COMMON * len(self._known)


def identity(document: DocumentInfo) -> Identity:
    """What names a thesis, from its metadata and its file name."""
    known = document.metadata
    institutions = [_words(text) for text in (known.university, known.faculty, known.degree)]
    places = {word for each in institutions for word in each} - _empty()
    about = " ".join((known.title, *known.keywords))
    about = f"{about} {about.replace('-', ' ')}"  # "peer-assisted" is "peer" too
    return Identity(
        document=document.name,
        title=" ".join(fold(known.title or document.name).split()),
        author=frozenset(w for w in _words(known.author) if len(w) > 2),
        places=frozenset(places),
        institutions=tuple(
            tuple(word for word in each if word not in stop_words()) for each in institutions
        ),
        year=str(known.year or ""),
        file=frozenset(_words(document.name.rpartition(".")[0].replace("_", " "))) - _empty(),
        about=frozenset(stem(w) for w in _words(about) if w not in _empty()),
        spelt=frozenset(w for w in _words(about) if w not in _empty()),
        language=document.main_language,
    )


def _beside_thesis_word(
    tokens: Sequence[Token], at: int, pointing: bool = False, loose: bool = False
) -> Iterator[list[int]]:
    """The words behind and before a word for a thesis that may name it, the nearest first:
    "skripsi (tentang) surat akademik", "the blockchain thesis", "yang soal padi"; `loose` if also
    before one for other works, "the rice trial"."""
    word = _owner(tokens[at].word)
    first = tokens[at + 1].word if at + 1 < len(tokens) else ""
    says = at < OPENING and first in word_set("question.collection")  # "yang bahas padi gimana"
    told = says or first in word_set("question.behind_one")
    begins = at + 1 + says
    behind = _until_clause(tokens, range(begins, min(len(tokens), begins + MOST_WORDS)))
    dated = bool(behind) and bool(years_in(tokens[behind[0]].word))
    stands_for_one = word in word_set("question.stands_for_thesis")
    ahead = word_set("question.thesis_kinds", "en") | word_set("question.stands_for_thesis", "en")
    if not says and word in (ahead | word_set("question.works", "en") if loose else ahead):
        # English puts the name before, and may go on with what is asked: "the rice thesis finds"
        yield _until_clause(tokens, range(at - 1, max(-1, at - 1 - MOST_WORDS), -1))
    if (
        word in word_set("question.thesis_kinds")
        or (stands_for_one and (told or dated or pointing))
        or (told and word in word_set("question.thesis"))
    ):
        yield behind


def _before_topic(tokens: Sequence[Token], places: Sequence[int]) -> list[int]:
    """Those of `places` that say which thesis, up to what is asked of it: "x metodenya"."""
    told: list[int] = []
    for place in places:
        word = _owner(tokens[place].word)
        asks = word in _topic_words() or any(
            cue(f"question.fields.{name}").fullmatch(word) for name in PERSONAL
        )
        if told and asks:
            break
        if not asks and not _says_nothing(word):
            told.append(place)
    return told


def _until_clause(tokens: Sequence[Token], places: Sequence[int]) -> list[int]:
    """`places` up to a word that asks, another word for a thesis, or the end of a clause."""
    found: list[int] = []
    for place in places:
        if tokens[place].word in word_set("question.asking") | word_set("question.thesis_kinds"):
            break
        found.append(place)
        if tokens[place].ends:
            break
    return found


def _cut(question: str, tokens: Sequence[Token], places: Sequence[int]) -> str:
    return question[tokens[places[0]].start : tokens[places[-1]].end]


def _without(question: str, tokens: Sequence[Token], places: Sequence[int], this: str) -> str:
    """The question with "this thesis" for the words at `places`, and for an article beside them."""
    gone = sorted({*places, *range(places[0], places[-1] + 1)})
    articles = word_set("question.articles")
    if gone[0] > 0 and tokens[gone[0] - 1].word in articles:
        gone.insert(0, gone[0] - 1)
    if gone[-1] + 1 < len(tokens) and tokens[gone[-1] + 1].word in articles:
        gone.append(gone[-1] + 1)  # "skripsi padi itu"
    before, behind = question[: tokens[gone[0]].start], question[tokens[gone[-1]].end :]
    return " ".join(f"{before} {this}{behind}".split())


def _tokens(question: str) -> list[Token]:
    found = []
    for match in _TOKEN.finditer(question):
        behind = question[match.end() : match.end() + 1]
        stops = behind == "." and len(match.group()) >= LONG_NAME  # that of "Dr." ends no clause
        ends = stops or behind in set(",;:?!-–")
        found.append(Token(fold(match.group()), *match.span(), ends))
    return found


PERSONAL = ("title", "author", "supervisors", "examiners", "year", "keywords", "about")
"""Fields whose words name no thesis; places do: "skripsi Universitas Indonesia"."""


@cache
def _topic_words() -> frozenset[str]:
    """Words by which a topic or a field is asked for; they name no thesis: "hasil penelitian"."""
    asked = "|".join(alternatives(f"topics.{topic.name}.asks") for topic in ASKED)
    fields = (alternatives(f"question.fields.{name}") for name in PERSONAL)
    return frozenset(re.findall(r"[a-z]+", "|".join([asked, *fields])))


@cache
def _says_nothing(word: str) -> bool:
    """Whether a word names no thesis, or is one that leads to the name, misspelt: "tntang"."""
    leading = word_set("question.about_thesis")
    return word in _empty() or any(alike(word, each) for each in leading)


def _words(text: str) -> list[str]:
    return [fold(m.group()) for m in _TOKEN.finditer(text)]


def _owner(word: str) -> str:
    """A name without the English possessive and the Indonesian one."""
    endings = ("'s", "’s", "'", "’", "nya")
    bare = next((word.removesuffix(e) for e in endings if word.endswith(e)), word)
    return bare if len(bare) > 2 or not word.endswith("nya") else word  # "Anya" is a name


def _names_author(word: str, author: frozenset[str]) -> bool:
    return word in author or any(alike(word, name) for name in author)


def alike(word: str, other: str) -> bool:
    """Whether one is the other misspelt."""
    return min(len(word), len(other)) >= LONG_NAME and fuzz.ratio(word, other) >= MISSPELT


@cache
def _empty() -> frozenset[str]:
    """Words that name no thesis."""
    return framing_words() | word_set("question.about_thesis") | word_set("question.behind_one")
