"""What search reads from the catalog: all passages as arrays, postings of words, and vectors."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import cast

import numpy as np
import numpy.typing as npt

from thesis_qa.index.catalog import Catalog
from thesis_qa.index.rows import batches, load_headings, marks, matrix
from thesis_qa.retrieve.rank import LANGUAGES, Floats, Ints
from thesis_qa.types import Heading, Kind, Language, Role

Mask = npt.NDArray[np.bool_]

MOST_POSTINGS = 20_000
"""Postings read for one question; commoner words, which say least, are left out beyond it."""


@dataclass(frozen=True, slots=True)
class Corpus:
    """All passages of one generation of the catalog, ordered by row; arrays of one length."""

    generation: int
    rows: Ints
    languages: Ints  # positions in rank.LANGUAGES
    lengths: Floats  # characters
    headings: list[tuple[Heading, ...]]
    documents: list[str]
    sections: list[str]
    kinds: list[Kind]
    pages: list[int | None]
    labels: list[str | None]
    roles: list[Role | None]

    def __len__(self) -> int:
        return len(self.rows)

    def mask(
        self, documents: Sequence[str] | None, section: str | None, language: Language | None
    ) -> Mask:
        """Which passages a search may find."""
        found = np.ones(len(self), bool)
        if documents is not None:
            wanted = set(documents)
            found &= np.fromiter((d in wanted for d in self.documents), bool, len(self))
        if section:
            part = section.casefold()
            found &= np.fromiter((part in s.casefold() for s in self.sections), bool, len(self))
        if language:
            found &= self.languages == LANGUAGES.index(language)
        return found

    def places(self, rows: Sequence[int] | Ints) -> Ints:
        """Positions of rows, which must be known."""
        found: Ints = np.searchsorted(self.rows, np.asarray(rows, np.int64))
        return found


@dataclass(frozen=True, slots=True)
class UnitVectors:
    """Vectors of some passages, by their order, and of all their sentences."""

    passages: Floats  # (n, dimensions)
    sentences: Floats  # (m, dimensions)
    owners: Ints  # (m,) to which of the n passages each sentence belongs


def read_corpus(catalog: Catalog) -> Corpus:
    """Every passage of the catalog as it is now."""
    generation = catalog.generation
    rows = catalog.read(
        "SELECT p.id, p.language, length(p.text), p.headings, d.name, p.section, p.kind, p.page,"
        " p.page_label, p.role FROM passages p JOIN documents d ON d.id = p.document ORDER BY p.id"
    )
    columns = [list(column) for column in zip(*rows, strict=True)] or [[] for _ in range(10)]
    ids, languages, lengths, headings, *others = columns
    codes = [LANGUAGES.index(language) for language in languages]
    return Corpus(
        generation, np.array(ids, np.int64), np.array(codes, np.int64),
        np.array(lengths, np.float32), list(map(load_headings, headings)), *others,
    )  # fmt: skip


def read_postings(
    catalog: Catalog, terms: Sequence[str], corpus: Corpus, most: int = MOST_POSTINGS
) -> dict[str, tuple[Ints, Floats]]:
    """Where each term occurs and how often: positions in `corpus`, counts.

    Rare terms come first; the commonest are left out once `most` postings are read.
    """
    frequencies = dict(
        catalog.read(f"SELECT term, doc FROM vocabulary WHERE term IN ({marks(terms)})", terms)
    )
    found: dict[str, tuple[Ints, Floats]] = {}
    total = 0
    for term, frequency in sorted(frequencies.items(), key=lambda item: (item[1], item[0])):
        total += frequency
        if total > most and found:
            break
        rows = catalog.read(
            "SELECT doc, count(*) FROM occurrences WHERE term = ? GROUP BY doc", (term,)
        )
        table = np.array(rows, np.int64).reshape(-1, 2)
        known = np.isin(table[:, 0], corpus.rows)
        found[term] = corpus.places(table[known, 0]), table[known, 1].astype(np.float32)
    return found


def read_vectors(catalog: Catalog, rows: Sequence[int]) -> UnitVectors:
    """Vectors of passages and of their sentences. `rows` must be ascending."""
    passages: list[bytes] = []
    sentences: list[bytes] = []
    owners: list[int] = []
    order = {row: place for place, row in enumerate(rows)}
    for batch in batches(list(rows)):
        passages += [blob for (blob,) in catalog.read(
            "SELECT v.vector FROM passages p JOIN vectors v ON v.hash = p.vector"
            f" WHERE p.id IN ({marks(batch)}) ORDER BY p.id", batch)]  # fmt: skip
        for row, blob in catalog.read(
            "SELECT s.passage, v.vector FROM sentences s JOIN vectors v ON v.hash = s.vector"
            f" WHERE s.passage IN ({marks(batch)})", batch,
        ):  # fmt: skip
            sentences.append(blob)
            owners.append(order[row])
    return UnitVectors(matrix(passages), matrix(sentences), np.array(owners, np.int64))


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
