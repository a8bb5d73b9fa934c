"""What lies before a language model: numbered sentences of theses, as data.

Each sentence that is shown has a number, and only what was shown can be cited. It is on one line,
between marks that nothing inside it can imitate; what orders a reader about isn't shown at all.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from threading import Lock

from thesis_qa.answer.cite import cite
from thesis_qa.answer.found import Evidence, Shown
from thesis_qa.index.catalog import Catalog
from thesis_qa.types import Citation, Language, Mark, Passage, Sentence, Span
from thesis_qa.write.checker import Premise


@dataclass(frozen=True, slots=True)
class ShownSentence:
    """A sentence that was shown, and those of its passage."""

    passage: Passage
    sentence: Sentence

    @property
    def lead(self) -> Sentence | None:
        """The sentence before it, if it leans on that."""
        at = self.passage.sentences.index(self.sentence)
        leans = at and Mark.LEANS in self.sentence.marks
        return self.passage.sentences[at - 1] if leans else None


class Desk:
    """The sentences shown to a model for one answer; tools of an agent may add to them at once."""

    def __init__(
        self, catalog: Catalog, orders: Callable[[Sequence[Sentence]], Sequence[bool]], room: int
    ) -> None:
        """`orders` tells which sentences order a reader about; `room` is for how many characters
        there is room."""
        self._catalog, self._orders = catalog, orders
        self.left = room
        self._shown: list[ShownSentence] = []
        self._numbers: dict[tuple[str, tuple[Span, ...]], int] = {}
        self._lock = Lock()

    def __contains__(self, number: int) -> bool:
        return 0 < number <= len(self._shown)

    @property
    def passages(self) -> list[Passage]:
        """Those that sentences were shown of, in order."""
        return list({s.passage.passage_id: s.passage for s in self._shown}.values())

    def lines(self, passages: Iterable[Passage], room: int) -> str:
        """Passages as numbered sentences below where they stand, in up to `room` characters; the
        first sentence is cut rather than left out."""
        found = list[str]()
        for line in (line for passage in passages for line in self._of(passage)):
            if found and len(line) > room:
                break
            found.append(line[: max(room, 1)])
            room -= len(line)
            self.left -= len(line)
        return "\n".join(found)

    def _of(self, passage: Passage) -> Iterator[str]:
        held = [s for s in passage.sentences if s.text.strip()]
        kept = [s for s, order in zip(held, self._orders(held), strict=True) if not order]
        for at, sentence in enumerate(kept):
            line = f"[{self._number(passage, sentence)}] {data_line(_in_context(sentence))}"
            yield line if at else f"# {self._where(passage)}\n{line}"

    def _number(self, passage: Passage, sentence: Sentence) -> int:
        key = passage.document, sentence.spans
        with self._lock:
            if key not in self._numbers:
                self._shown.append(ShownSentence(passage, sentence))
                self._numbers[key] = len(self._shown)
            return self._numbers[key]

    def _where(self, passage: Passage) -> str:
        about = self._catalog.document(passage.document).metadata
        page = f"p. {passage.page}" if passage.page else ""
        parts = (passage.document, about.title, about.author, about.year, passage.section, page)
        return data_line(" | ".join(str(part) for part in parts if part))

    def premises(self, numbers: Sequence[int]) -> list[Premise]:
        """What a statement that cites these sentences is checked against."""
        found = [self._shown[number - 1] for number in numbers]
        return [Premise(_in_context(f.sentence), _language(f), self._around(f)) for f in found]

    def _around(self, shown: ShownSentence) -> str:
        """Where a sentence stands, and what it leans on."""
        about = self._catalog.document(shown.passage.document).metadata
        named = (about.title, about.author, str(about.year or ""), shown.passage.section)
        lead = shown.lead.text if shown.lead else ""
        return "\n".join(filter(None, (*named, lead)))

    def citations(self, numbers: Sequence[int]) -> tuple[Citation, ...]:
        """These sentences as citations, numbered from 1 in this order."""
        found = (self._shown[number - 1] for number in numbers)
        return cite(self._catalog, [Shown(Evidence(f.passage, f.sentence), f.lead) for f in found])


def _language(found: ShownSentence) -> Language | None:
    return found.sentence.language or found.passage.language


def _in_context(sentence: Sentence) -> str:
    """A sentence behind the column heads or the caption that it is understood with."""
    return f"({sentence.context}) {sentence.text}" if sentence.context else sentence.text


def data_line(written: str, most: int | None = None) -> str:
    """Text on one line, without what could pass for a mark or a number of ours."""
    printable = "".join(c if c.isprintable() else " " for c in written)
    plain = re.sub(r"\[(\d+)\]", r"(\1)", printable).replace("<", "‹").replace(">", "›")
    return " ".join(plain.split())[:most]
