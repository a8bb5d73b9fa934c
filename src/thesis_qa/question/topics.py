"""The standing questions of any thesis: what is asked of all of them.

In which words each is asked, and which phrases answer it, stands in the language files under
`topics`; here stand the roles of the sections that answer it and how their text is to be read.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from itertools import combinations
from typing import Literal

from thesis_qa.lang.data import alternatives, cue, text, word_set
from thesis_qa.lang.words import chat_spellings, stop_words, words
from thesis_qa.question.expects import Expected
from thesis_qa.types import Heading, Language, Role

Zone = Literal["abstract", "introduction", "results", "end", "body"]
"""Where in a thesis something stands."""

HALF = 0.5  # what "Kesimpulan dan Saran" counts for who asks for suggestions


@dataclass(frozen=True, slots=True)
class Topic:
    """A standing question. `words` name its tables in the language files."""

    name: str
    roles: tuple[Role, ...]  # of sections that answer it
    zones: tuple[Zone, ...] = ()  # where its phrases are believed without such a heading
    near: tuple[str, ...] = ()  # topics that lie near: asked next, or instead
    shares: tuple[Role, ...] = ()  # roles of sections that answer it if their title names it
    words: tuple[str, ...] = ()  # its own, if no others are named
    asked_by: str = ""  # the table of the words that ask for it, if those aren't its own
    late: bool = False  # of several headings, the last is meant
    phrase_first: bool = False  # what the zones say goes before what stands under the heading
    several: bool = False  # more than one thing is asked for
    parts: bool = False  # sections under the heading are its items, named by their headings
    expects: Expected = "any"  # kind of answer that a question for it expects

    @property
    def asked(self) -> re.Pattern[str]:
        """The words that ask for it."""
        return _pattern("asks", self._asking)

    @property
    def beside(self) -> re.Pattern[str]:
        """Words that may stand beside those and add nothing."""
        return _pattern("beside", self._asking)

    @property
    def phrase(self) -> re.Pattern[str]:
        """What gives its answer."""
        return _pattern("phrases", self.words or (self.name,))

    @property
    def _asking(self) -> tuple[str, ...]:
        return (self.asked_by,) if self.asked_by else self.words or (self.name,)

    def share(self, heading: Heading) -> float:
        """How purely a heading names the topic, 0 to 2: 0 unless its section may answer it, and
        over 1 if it has words by which the topic is asked for ("Landasan Teori" rather than
        "Tinjauan Pustaka")."""
        title = heading.title or heading.text
        asked = self.asked.search(title) is not None
        if heading.role in self.shares:
            return HALF if asked else 0.0
        if heading.role not in self.roles:
            return 0.0
        names = cue(f"headings.roles.{heading.role}").finditer(title)
        return max((len(name.group()) for name in names), default=1) / len(title) + asked

    def question(self, language: Language | None) -> str:
        """A question that asks for it."""
        return text(f"topics.{self.name}.question", language)


@cache
def _pattern(kind: str, names: tuple[str, ...]) -> re.Pattern[str]:
    """The words of some topics, with the possessive that Indonesian adds to them."""
    spoken = "|".join(alternatives(f"topics.{name}.{kind}") for name in names)
    return re.compile(rf"\b(?:{spoken})(?:nya)?\b", re.IGNORECASE)


_INTRODUCTION: tuple[Zone, ...] = ("introduction", "abstract")
_ABSTRACT: tuple[Zone, ...] = ("abstract", "introduction")
_CLOSING: tuple[Zone, ...] = ("end", "abstract")

TOPICS = (
    Topic("problem", ("problem",), _INTRODUCTION, ("questions", "objectives", "method")),
    Topic("questions", ("questions",), _INTRODUCTION, ("objectives", "method", "findings")),
    Topic("objectives", ("aims",), _ABSTRACT, ("questions", "method", "findings")),
    Topic("scope", ("scope",), _ABSTRACT, ("objectives", "data", "limits")),
    Topic("theory", ("theory",), _ABSTRACT, ("method", "data", "findings"), parts=True),
    Topic("method", ("method",), _ABSTRACT, ("data", "findings", "theory")),
    Topic("data", ("data",), ("abstract",), ("method", "findings", "limits")),
    Topic(
        "findings", ("results",), ("abstract", "end"), ("conclusion", "limits", "suggestions"),
        phrase_first=True,
    ),
    Topic(
        "obstacles", ("obstacles", "limits"), ("abstract", "results", "end"),
        ("limits", "suggestions", "conclusion"), words=("obstacles", "limits"),
        late=True, several=True, parts=True,
    ),
    Topic(
        "conclusion", ("conclusion",), _CLOSING, ("findings", "suggestions", "limits"),
        late=True, several=True,
    ),
    Topic(
        "suggestions", ("suggestions",), _CLOSING, ("conclusion", "limits", "findings"),
        shares=("conclusion",), late=True, several=True, parts=True,
    ),
)  # fmt: skip
"""The topics of a thesis's card, in its order."""

_HINDRANCES: tuple[Zone, ...] = ("abstract", "results", "end")
ASKED = (
    *(topic for topic in TOPICS if topic.name != "obstacles"),
    # Who asks for obstacles is not told of limits.
    Topic(
        "obstacles", ("obstacles",), _HINDRANCES, ("limits", "suggestions", "conclusion"),
        late=True, several=True, parts=True,
    ),
    Topic(
        "limits", ("limits",), _HINDRANCES, ("obstacles", "suggestions", "conclusion"),
        late=True, several=True, parts=True,
    ),
    Topic(
        "problem", ("problem",), _INTRODUCTION, ("questions", "objectives", "method"),
        asked_by="reason", expects="reason",
    ),
    Topic("benefits", ("benefits",), _ABSTRACT, shares=("aims",), several=True),
    Topic("hypotheses", ("hypotheses",), _ABSTRACT, several=True),
    Topic("earlier", ("earlier_work",), several=True, parts=True),
)  # fmt: skip
"""The topics that questions ask for."""


def topic_names() -> dict[str, str]:
    """The names of topics by what the learned examples call them."""
    renamed = {"aims": "objectives", "earlier_work": "earlier", "novelty": "benefits"}
    return {**{topic.name: topic.name for topic in ASKED}, **renamed}


def topic_named(name: str) -> Topic:
    """The topic of that name, as questions ask for it."""
    return next(topic for topic in ASKED if topic.name == name)


def asked_topics(question: str, expects: Expected, language: Language | None) -> tuple[Topic, ...]:
    """The topic, or the two joined ones, that `question` asks for; none if it asks for anything
    else besides."""
    if not word_set("question.denies").isdisjoint(words(question)):
        return ()
    named = [t for t in ASKED if t.expects == expects and t.asked.search(question)]
    found: list[tuple[Topic, ...]] = [(t,) for t in named if _only((t,), question)]
    found = found or [
        _joined_or_head(pair, question, language)
        for pair in combinations(named, 2)
        if _only(pair, question)
    ]
    return max(found, key=lambda topics: _named(topics, question), default=())


def _joined_or_head(
    pair: tuple[Topic, Topic], question: str, language: Language | None
) -> tuple[Topic, ...]:
    """Both topics if "and" joins them; else the one that the other only qualifies.

    "Kelemahan metode" and "limitations of the method" begin with what is asked for; the "method
    limitations" of English end with it.
    """
    places = [(match.start(), match.end(), t) for t in pair if (match := t.asked.search(question))]
    (_, begin, first), (end, _, second) = sorted(places, key=lambda place: place[0])
    between = question[begin:end]
    if cue("question.joins").search(between) or not {",", "&", "/"}.isdisjoint(between):
        return first, second
    return (second,) if language == "en" and between.isspace() else (first,)


def _only(topics: Sequence[Topic], question: str) -> bool:
    """Whether no word of a question means anything but `topics`."""
    for topic in topics:
        question = topic.beside.sub(" ", topic.asked.sub(" ", question))
    left = {w for word in words(question) for w in chat_spellings().get(word, word).split()}
    frame = word_set("question.thesis") | word_set("question.frame") | stop_words()
    return all(word in frame or word.removesuffix("nya") in frame for word in left)


def _named(topics: Sequence[Topic], question: str) -> int:
    """Characters of a question in which topics are named."""
    return sum(len(name) for topic in topics for name in topic.asked.findall(question))
