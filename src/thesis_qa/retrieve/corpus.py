"""What search reads from the catalog: all passages as arrays, postings of words, and vectors."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from threading import Lock
from typing import Any, Generic, TypeVar, cast

import numpy as np
import numpy.typing as npt

from thesis_qa.index.catalog import Catalog
from thesis_qa.index.rows import batches, load_headings, marks, matrix
from thesis_qa.retrieve.rank import LANGUAGES, Floats, Ints
from thesis_qa.types import Heading, Kind, Language, Role

Mask = npt.NDArray[np.bool_]
T = TypeVar("T")

MOST_POSTINGS = 20_000
"""Postings read for one question; commoner words, which say least, are left out beyond it."""
MOST_ALONE = 50_000  # of a word that is the rarest of its question

READ_AT_ONCE = 200  # documents
NO_PAGE = -1


@dataclass(frozen=True, slots=True)
class Column(Generic[T]):
    """Values of which many are equal: each once, and which of them every passage has."""

    values: list[T]
    codes: Ints

    def where(self, holds: Callable[[T], object]) -> Mask:
        """Which passages have a value that `holds`; every value is looked at once."""
        found: Mask = np.fromiter(map(bool, map(holds, self.values)), bool, len(self.values))
        return found[self.codes] if self.values else np.zeros(len(self.codes), bool)

    def each(self, worth: Callable[[T], float]) -> Floats:
        """What the value of every passage is worth."""
        found = np.fromiter(map(worth, self.values), np.float32, len(self.values))
        return found[self.codes] if self.values else np.zeros(len(self.codes), np.float32)


@dataclass(frozen=True, slots=True)
class Corpus:
    """All passages of one generation of the catalog, ordered by row; arrays of one length."""

    generation: int
    rows: Ints
    documents: Ints  # rows of the catalog
    languages: Ints  # positions in rank.LANGUAGES
    lengths: Floats  # characters
    pages: Ints  # NO_PAGE for none
    headings: Column[tuple[Heading, ...]]
    sections: Column[str]
    kinds: Column[Kind]
    labels: Column[str | None]
    roles: Column[Role | None]

    def __len__(self) -> int:
        return len(self.rows)

    def mask(
        self, documents: Sequence[int] | None, section: str | None, language: Language | None
    ) -> Mask:
        """Which passages a search may find."""
        found = np.ones(len(self), bool)
        if documents is not None:
            found &= np.isin(self.documents, documents)
        if section:
            part = section.casefold()
            found &= self.sections.where(lambda title: part in title.casefold())
        if language:
            found &= self.languages == LANGUAGES.index(language)
        return found

    def places(self, rows: Sequence[int] | Ints) -> Ints:
        """Positions of those of `rows`, ascending, that are here."""
        wanted = np.asarray(rows, np.int64)
        return self.found(wanted)[1]

    def found(self, wanted: Ints) -> tuple[Mask, Ints]:
        """Which of some rows, ascending, are here, and at which positions those are."""
        at = np.searchsorted(self.rows, wanted)
        inside = at < len(self)
        inside[inside] = self.rows[at[inside]] == wanted[inside]
        return inside, at[inside]

    def sizes(self, allowed: Mask) -> dict[int, tuple[int, float]]:
        """How many passages there are of each language, and their mean length."""
        counts = np.bincount(self.languages[allowed], minlength=len(LANGUAGES))
        totals = np.bincount(self.languages[allowed], self.lengths[allowed], len(LANGUAGES))
        return {
            code: (int(n), float(total) / max(1, int(n)))
            for code, (n, total) in enumerate(zip(counts, totals, strict=True))
        }


@dataclass(frozen=True, slots=True)
class UnitVectors:
    """Vectors of some passages, by their order, and of all their sentences."""

    passages: Floats  # (n, dimensions)
    sentences: Floats  # (m, dimensions)
    owners: Ints  # (m,) to which of the n passages each sentence belongs


class CorpusReader:
    """Keeps the corpus up to date: documents that came are read, those that went are left out."""

    def __init__(self, catalog: Catalog) -> None:
        self._catalog, self._lock = catalog, Lock()
        self._values: dict[str, list[Any]] = {name: [] for name in CODED}
        self._codes: dict[str, dict[Any, int]] = {name: {} for name in CODED}
        self._corpus = self._of(-1, [np.zeros(0, kind) for kind in (*NUMBERS.values(), *CODES)])

    def corpus(self) -> Corpus:
        """Every passage of the catalog as it is now."""
        with self._lock:
            if self._corpus.generation != (generation := self._catalog.generation):
                self._corpus = self._brought(generation)
            return self._corpus

    def _brought(self, generation: int) -> Corpus:
        before, there = self._corpus, set(self._catalog.ids())
        known = set(np.unique(before.documents).tolist())
        kept = np.isin(before.documents, list(there)) if known - there else slice(None)
        numbers = [getattr(before, name)[kept] for name in NUMBERS]
        parts = [[c] for c in (*numbers, *(getattr(before, n).codes[kept] for n in CODED))]
        for some in batches(sorted(there - known), READ_AT_ONCE):
            query = f"{COLUMNS} WHERE document IN ({marks(some)}) ORDER BY id"
            rows = [self._numbers(*row) for row in self._catalog.read(query, some)]
            table = np.array(rows, np.int64).reshape(-1, len(parts)).T
            for part, column in zip(parts, table, strict=True):
                part.append(column.astype(part[0].dtype))
        return self._of(generation, [np.concatenate(part) for part in parts])

    def _numbers(
        self, row: int, document: int, language: Language | None, length: int, page: int | None,
        *values: str | None,
    ) -> list[int]:  # fmt: skip
        code = LANGUAGES.index(language)
        coded = (self._code(name, value) for name, value in zip(CODED, values, strict=True))
        return [row, document, code, length, NO_PAGE if page is None else page, *coded]

    def _code(self, name: str, value: str | None) -> int:
        codes = self._codes[name]
        if value not in codes:
            codes[value] = len(codes)
            self._values[name].append(load_headings(value or "[]") if name == "headings" else value)
        return codes[value]

    def _of(self, generation: int, columns: Sequence[npt.NDArray[Any]]) -> Corpus:
        numbers, codes = columns[: len(NUMBERS)], columns[len(NUMBERS) :]
        coded = (Column(self._values[name], c) for name, c in zip(CODED, codes, strict=True))
        fields: tuple[Any, ...] = (*numbers, *coded)
        return Corpus(generation, *fields)


NUMBERS = {
    "rows": np.int64, "documents": np.int32, "languages": np.int8, "lengths": np.float32,
    "pages": np.int32,
}  # fmt: skip
CODED = ("headings", "sections", "kinds", "labels", "roles")
CODES = [np.int32] * len(CODED)
COLUMNS = (
    "SELECT id, document, language, length(text), page, headings, section, kind, page_label, role"
    " FROM passages"
)


def read_postings(
    catalog: Catalog, terms: Sequence[str], corpus: Corpus, most: int = MOST_POSTINGS
) -> dict[str, tuple[Ints, Floats]]:
    """Where each term occurs and how often: positions in `corpus`, counts.

    Rare terms come first; the commonest are left out once `most` postings are read.
    """
    found: dict[str, tuple[Ints, Floats]] = {}
    total = 0
    frequencies = catalog.frequencies(terms).items()
    for term, frequency in sorted(frequencies, key=lambda item: (item[1], item[0])):
        total += frequency
        if total > (most if found else MOST_ALONE):
            break
        if frequency:
            rows = catalog.read(
                "SELECT doc, count(*) FROM occurrences WHERE term = ? GROUP BY doc", (term,)
            )
            table = np.array(rows, np.int64).reshape(-1, 2)
            known, places = corpus.found(table[:, 0])
            found[term] = places, table[known, 1].astype(np.float32)
    return found


def read_passage_vectors(catalog: Catalog, rows: Sequence[int]) -> Floats:
    """Vectors of passages, shape (n, dimensions). `rows` must be ascending."""
    return matrix([
        blob for batch in batches(rows) for (blob,) in catalog.read(
            "SELECT v.vector FROM passages p JOIN vectors v ON v.hash = p.vector"
            f" WHERE p.id IN ({marks(batch)}) ORDER BY p.id", batch)
    ])  # fmt: skip


def read_vectors(catalog: Catalog, rows: Sequence[int]) -> UnitVectors:
    """Vectors of passages and of their sentences. `rows` must be ascending."""
    sentences: list[bytes] = []
    owners: list[int] = []
    order = {row: place for place, row in enumerate(rows)}
    for batch in batches(list(rows)):
        for row, blob in catalog.read(
            "SELECT s.passage, v.vector FROM sentences s JOIN vectors v ON v.hash = s.vector"
            f" WHERE s.passage IN ({marks(batch)})", batch,
        ):  # fmt: skip
            sentences.append(blob)
            owners.append(order[row])
    passages = read_passage_vectors(catalog, rows)
    return UnitVectors(passages, matrix(sentences), np.array(owners, np.int64))


def sample_vectors(catalog: Catalog, size: int = 500) -> dict[Language, Floats]:
    """Passage vectors of each language, at most `size`, the same ones every time.

    Where no passage has a language, vectors of any stand for both.
    """
    samples: dict[Language, Floats] = {}
    for language, condition in (("id", "= 'id'"), ("en", "= 'en'"), ("id", "IS NULL")):
        if condition != "IS NULL" or not samples:
            rows = catalog.read(
                "SELECT v.vector FROM passages p JOIN vectors v ON v.hash = p.vector"
                f" WHERE p.language {condition} ORDER BY p.vector LIMIT ?",
                (size,),
            )
            if rows:
                samples[cast(Language, language)] = matrix([blob for (blob,) in rows])
    return samples


def read_sections(catalog: Catalog, document: str) -> dict[tuple[Heading, ...], int]:
    """The headings above each section of a document, in reading order, with the length of the
    running text under the last of them."""
    rows = catalog.read(
        "SELECT p.headings, sum(CASE WHEN p.kind IN ('text', 'list') THEN length(p.text) ELSE 0"
        " END) FROM passages p JOIN documents d ON d.id = p.document WHERE d.name = ?"
        " GROUP BY p.headings ORDER BY min(p.id)",
        (document,),
    )
    return {load_headings(headings): length for headings, length in rows}


def term_weights(catalog: Catalog, terms: Sequence[tuple[str, str]]) -> dict[str, float]:
    """How rare each term (stem, word) is: its inverse document frequency over passages."""
    known = catalog.document_frequency([word for _, word in terms])
    total = catalog.count_passages() + 0.5
    return {term: math.log(1 + total / (known.get(word, 0) + 0.5)) for term, word in terms}
