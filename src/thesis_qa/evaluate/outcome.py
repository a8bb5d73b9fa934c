"""What came of one question, and of all of them."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from thesis_qa.evaluate.conversations import ConversationOutcome
from thesis_qa.evaluate.metrics import Metric
from thesis_qa.evaluate.question_set import GoldPlace
from thesis_qa.types import Citation

Verdict = Literal[
    "right", "wrong-place", "answered", "declined", "answered-anyway", "rightly-declined"
]


@dataclass(frozen=True, slots=True)
class SearchHit:
    """A passage that the search found."""

    passage_id: str
    document: str
    page: int | None
    last_page: int | None
    score: float
    rank: int


@dataclass(frozen=True, slots=True)
class Outcome:
    """One question: what was expected, what came, and how it was judged.

    `scores` holds (numerator, denominator) of each metric that is a mean; one that doesn't apply
    to the question is missing.
    """

    id: str
    question: str
    question_lang: str | None
    answerable: bool
    document: str | None
    document_lang: str | None
    type: str | None
    difficulty: str | None
    expected: str  # the reference answer
    evidence: tuple[GoldPlace, ...]
    key_facts: tuple[str, ...]
    answered: bool
    confidence: float
    text: str
    citations: tuple[Citation, ...]
    nearest: tuple[Citation, ...]  # the evidence considered, also where declined
    passages: tuple[SearchHit, ...]
    hits: tuple[bool, ...]  # whether each passage is right; () where that can't be said
    cited_hits: tuple[bool, ...]  # the same of each citation
    right: bool | None  # answered rightly; None where that can't be said
    seconds: float
    scores: dict[str, tuple[float, float]]

    @property
    def good(self) -> bool | None:
        """Answered rightly, or rightly declined; None where that can't be said."""
        return self.right if self.answerable else not self.answered

    @property
    def verdict(self) -> Verdict:
        """What came of the question, in a word."""
        if not self.answerable:
            return "answered-anyway" if self.answered else "rightly-declined"
        if not self.answered:
            return "declined"
        return "answered" if self.right is None else "right" if self.right else "wrong-place"

    @property
    def languages(self) -> str:
        """Those of question and document."""
        return f"{self.question_lang or '?'} × {self.document_lang or '?'}"

    @property
    def plain(self) -> bool:
        """Whether its text says little beside the quotes, which are shown anyway."""
        rest = self.text
        for citation in self.citations:
            rest = rest.replace(citation.quote, "")
        return len(rest) < len(self.text) / 3


@dataclass(frozen=True, slots=True)
class Report:
    """A finished run. `print(report)` shows the table; `save` writes the page."""

    metrics: dict[str, Metric]
    slices: dict[str, dict[str, dict[str, Metric]]]  # kind of slice → its value → metrics
    questions: tuple[Outcome, ...]
    risk_coverage: tuple[tuple[float, float, float], ...]  # confidence, coverage, risk
    reliability: tuple[tuple[float, float, float], ...]  # questions, mean confidence, share right
    unchecked: tuple[str, ...]  # documents whose file is gone, so that quotes can't be checked
    index: Mapping[str, Any]
    settings: Mapping[str, Any]
    conversations: tuple[ConversationOutcome, ...] = ()

    def __str__(self) -> str:
        from thesis_qa.evaluate.report import report_table

        return report_table(self)


def read_outcomes(saved: Any) -> tuple[Outcome, ...]:
    """The questions of a run from what JSON made of them; unknown fields are ignored.

    Raises ValueError where they don't fit.
    """
    from pydantic import TypeAdapter

    return TypeAdapter(tuple[Outcome, ...]).validate_python(saved)
