"""What a question is after, learned from examples: route, topic, and whether it stands alone.

Two layers of logistic regression over one input: the question's vector, less the mean of all, and
hashed words and letter groups (feature hashing, Weinberger et al., 2009), which catch what vectors
blur: "siapa penulisnya" and "siapa pembimbingnya" lie close together. `benchmarks/fit_router.py`
makes `data/router.npz` from labelled examples.
"""

import re
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from itertools import pairwise
from typing import Any, Literal, cast, get_args

import numpy as np

from thesis_qa.lang.data import cue, word_set
from thesis_qa.lang.words import fold
from thesis_qa.model.weights import Floats
from thesis_qa.types import Route

BUCKETS = 4096  # of hashed features; twice as many changed 1 of 380 held-out examples
SURELY_TALK = 0.6  # probability from which a message is small talk: a question that is taken for
# talk costs more than talk that is taken for a question
LIKELY_IF_FEW, FEW = 0.3, 4  # the same for messages of so few words
AGAIN = 0.5  # probability from which only the answer before is asked about
UNNAMED = 0.75  # probability from which theses are asked for without a word for them
OPENING = 2  # words among which "yang" stands for a thesis: "ada yang 2017?"
LONGEST = 12  # words from which questions count as equally long
LETTERS = (3, 4)  # of letter groups: catch spellings and affixes

Again = Literal["pages", "quotes", "in_id", "in_en", "more", "why", "how"]
"""What may be asked of the answer before, and of nothing else: where it stands, its very words, the
same in a language, more of it, its reason, its way."""

Repeat = Literal["item", "more", "why", "pages", "quotes", "language"]
"""What is asked of the answer before: one of its statements, what it didn't say, the reason of it,
or the same with its pages, in its very words, in another language."""

_TOKEN = re.compile(r"\w+|[^\w\s]")


@dataclass(frozen=True, slots=True)
class Intent:
    """What a question is taken for; probabilities add up to 1."""

    routes: Mapping[Route, float]
    topics: Mapping[tuple[Route, str], float]  # of each route: ("standing", "aims")
    alone: float  # probability that it can be understood without what was said before
    again: Again | None = None  # what it asks of the answer before, if it asks nothing else

    @property
    def route(self) -> Route:
        """The likeliest route."""
        return max(self.routes, key=lambda route: self.routes[route])

    def topic(self, route: Route) -> tuple[str, float]:
        """The likeliest topic of a route, and its share of the route's probability."""
        of_route = {topic: p for (r, topic), p in self.topics.items() if r == route}
        best = max(of_route, key=lambda topic: of_route[topic])
        return best, of_route[best] / max(sum(of_route.values()), 1e-9)


def is_talk(intent: Intent, question: str) -> bool:
    """Whether a message is small talk; a message of few words is, if that is what is likeliest."""
    if cue("question.expects.reason").search(question):
        return False  # whoever asks why asks about something
    chance = intent.routes.get("talk", 0.0)
    few = len(question.split()) <= FEW and intent.route == "talk"
    return chance >= (LIKELY_IF_FEW if few else SURELY_TALK)


def library_chance(intent: Intent, question: str) -> float:
    """The probability that a question is about the library; less where no word for a thesis is
    said: "Apa hambatan pada tahun 2018?" is like "Skripsi apa pada tahun 2018?"."""
    chance = intent.routes.get("library", 0.0)
    tokens = [token.removesuffix("nya") for token in _TOKEN.findall(fold(question))]
    theses = word_set("question.thesis") | word_set("question.stands_for_thesis", "en")
    begins = word_set("question.stands_for_thesis", "id")  # "yang 2017?"; elsewhere it joins
    said = not theses.isdisjoint(tokens) or not begins.isdisjoint(tokens[:OPENING])
    named = said or cue("follow_up.any_thesis").search(question)
    return chance if named or chance >= UNNAMED else chance / 2


def intent(question: str, vector: Floats) -> Intent:
    """What `question` is after; `vector` is its embedding, shape (dimensions,)."""
    weights = _weights()
    given = features(question, vector, weights["mean"])
    topics: dict[tuple[Route, str], float] = {}
    routes: dict[Route, float] = {}
    for name, chance in _chances("topic", given):
        route, topic = cast("tuple[Route, str]", tuple(name.split("/", 1)))
        topics[route, topic] = chance
        routes[route] = routes.get(route, 0.0) + chance
    alone = float(weights["alone"] @ given + weights["alone_bias"])
    kind, likely = max(_chances("again", given), key=lambda each: each[1])
    again = cast("Again", kind) if kind in get_args(Again) and likely >= AGAIN else None
    return Intent(routes, topics, 1 / (1 + float(np.exp(-alone))), again)


def _chances(layer: str, given: Floats) -> Iterator[tuple[str, float]]:
    """The classes of a layer and how likely each is."""
    of = {name: _weights()[f"{layer}_{name}"] for name in ("classes", "weights", "scales", "bias")}
    scores = (of["weights"].astype(np.float32) @ given) * of["scales"] + of["bias"]
    chances = np.exp(scores - scores.max())
    return zip(of["classes"].tolist(), (chances / chances.sum()).tolist(), strict=True)


def features(question: str, vector: Floats, mean: Floats) -> Floats:
    """What the layers see, shape (dimensions + BUCKETS,): both halves have length 1."""
    centred = vector - mean
    hashed = np.zeros(BUCKETS, np.float32)
    for gram in _grams(question):
        number = zlib.crc32(gram.encode())
        hashed[number % BUCKETS] += 1.0 if number >> 20 & 1 else -1.0
    halves = (half / max(float(np.linalg.norm(half)), 1e-9) for half in (centred, hashed))
    return np.concatenate(list(halves)).astype(np.float32)


def _grams(question: str) -> Iterator[str]:
    """Words, pairs of words, how it begins and ends, how long it is, and groups of letters."""
    tokens = _TOKEN.findall(fold(question))
    yield f"long {min(len(tokens), LONGEST)}"
    if tokens:
        yield from (f"first {tokens[0]}", f"last {tokens[-1]}", f"begins {' '.join(tokens[:2])}")
    yield from (f"word {token}" for token in tokens)
    yield from (f"pair {a} {b}" for a, b in pairwise(tokens))
    for token in tokens:
        padded = f" {token} "
        for size in LETTERS:
            yield from (padded[at : at + size] for at in range(len(padded) - size + 1))


@cache
def _weights() -> dict[str, Any]:
    with (files("thesis_qa") / "data" / "router.npz").open("rb") as stream:
        stored = np.load(stream, allow_pickle=False)
        return {name: stored[name] for name in stored.files}
