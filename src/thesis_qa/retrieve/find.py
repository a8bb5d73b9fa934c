"""Where a sentence of a draft stands: word for word, nearly, or in the other language."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np
from rapidfuzz.distance import LCSseq

from thesis_qa.errors import QuestionError
from thesis_qa.index.catalog import Catalog
from thesis_qa.index.quote import quoted
from thesis_qa.index.rows import vector_key
from thesis_qa.index.vectors import COLLECTIONS
from thesis_qa.lang.detect import language_of
from thesis_qa.lang.words import stem, words
from thesis_qa.retrieve.corpus import read_vectors
from thesis_qa.retrieve.rank import Floats, less_means
from thesis_qa.split import sentence_spans
from thesis_qa.types import How, Language, Match, Passage, Sentence

if TYPE_CHECKING:
    from thesis_qa.index.vectors import VectorSearch
    from thesis_qa.model.encoder import Embedding

MOST_CHARACTERS = 20_000  # of a text: some eight pages
MIN_WORDS = 4  # fewer stand anywhere
NEAR = 200  # nearest passages in each language …
LOOKED_AT = 12  # … and of them those that are, or hold, the nearest sentence
HOLDING = 12  # passages with the most of its words
SHOWN = 3  # places of a sentence

NEARLY = 0.75  # share of the words that stand in a sentence, in their order
ALIEN = 0.5  # share of that sentence's own words between its first and last that may be others
# Centred cosine from which two sentences in two languages translate each other: of sentences of
# machine-translated SQuAD, 82 % of the pairs lie above, and 0.8 % of the nearest other ones.
TRANSLATION = 0.65


class Places:
    """The sentences of an index, among which those of a draft are looked for."""

    def __init__(
        self,
        catalog: Catalog,
        vectors: "VectorSearch",
        embedding: "Embedding",
        means: Mapping[Language, Floats],
    ) -> None:
        self._catalog, self._vectors, self._embedding = catalog, vectors, embedding
        self._means = means

    def of(self, text: str, documents: Sequence[str] | None) -> list[Match]:
        """Each sentence of `text` with the places where it stands, best first.

        Raises QuestionError for a text that is empty or too long.
        """
        if len(text) > MOST_CHARACTERS:
            raise QuestionError("text-long", length=f"{len(text):,}", most=f"{MOST_CHARACTERS:,}")
        asked = [" ".join(text[start:end].split()) for start, end in sentence_spans(text)]
        telling = [sentence for sentence in asked if len(words(sentence)) >= MIN_WORDS]
        if not telling:
            raise QuestionError("text-short", least=MIN_WORDS)
        vectors = self._embedding.passage_vectors(telling)
        found = zip(telling, vectors, strict=True)
        return [
            match for sentence, vector in found for match in self._of(sentence, vector, documents)
        ]

    def _of(self, asked: str, vector: Floats, documents: Sequence[str] | None) -> list[Match]:
        language = language_of(asked)
        matches: list[Match] = []
        near = self._near(asked, vector, documents)
        compared = [(p, s) for p in near for s in p.sentences if s.kind != "heading"]
        likeness = self._likeness(vector, language, [s for _, s in compared])
        for (passage, sentence), cosine in zip(compared, likeness, strict=True):
            how, score = how_alike(asked, language, sentence, cosine)
            if how != "nowhere":
                document = passage.document
                cited = quoted(self._catalog, 1, document, sentence.spans, passage)
                matches.append(Match(asked, how, round(score, 4), cited))
        order: list[How] = ["verbatim", "nearly", "translated"]
        matches.sort(key=lambda match: (order.index(match.how), -match.score))
        return matches[:SHOWN] or [Match(asked, "nowhere")]

    def _near(self, asked: str, vector: Floats, documents: Sequence[str] | None) -> list[Passage]:
        """Passages near in meaning, in each language, or with many of the words."""
        if documents is not None and not documents:
            return []
        rows = [
            row for language in COLLECTIONS for row in self._nearest(vector, language, documents)
        ]
        wanted = " OR ".join(f'"{term}"' for term in dict.fromkeys(map(stem, words(asked))))
        holding = self._catalog.read(
            "SELECT rowid FROM words WHERE words MATCH ? ORDER BY rank LIMIT ?",
            (f"text : ({wanted})", HOLDING),
        )
        rows += [row for (row,) in holding]
        passages = self._catalog.passages(list(dict.fromkeys(rows))).values()
        return [p for p in passages if documents is None or p.document in documents]

    def _nearest(self, vector: Floats, language: str, documents: Sequence[str] | None) -> list[int]:
        """The passages that are, or hold a sentence, nearest to `vector`."""
        near = self._vectors.nearest(vector, NEAR, documents=documents, language=language)
        rows = sorted(neighbour.passage for neighbour in near)
        units = read_vectors(self._catalog, rows)
        if not len(units.passages) == len(rows) > 0:  # a document went meanwhile
            return rows
        cosines = units.passages @ vector
        if len(units.owners):
            np.maximum.at(cosines, units.owners, units.sentences @ vector)
        return [rows[at] for at in np.argsort(-cosines, kind="stable")[:LOOKED_AT]]

    def _likeness(
        self, vector: Floats, language: Language | None, sentences: Sequence[Sentence]
    ) -> list[float]:
        """Centred cosines with sentences of the other language; 0 for those of the same."""
        foreign = [s for s in sentences if {language, s.language} == {"id", "en"}]
        found = {}
        if foreign:
            there = self._catalog.vectors([vector_key(s.text) for s in foreign])
            there = less_means(there, [s.language for s in foreign], self._means)
            [here] = less_means(vector[None], [language], self._means)
            sizes = np.linalg.norm(there, axis=1) * np.linalg.norm(here)
            cosines = (there @ here) / np.maximum(sizes, 1e-9)
            found = {id(s): float(c) for s, c in zip(foreign, cosines, strict=True)}
        return [found.get(id(s), 0.0) for s in sentences]


def how_alike(
    asked: str, language: Language | None, sentence: Sentence, cosine: float
) -> tuple[How, float]:
    """How `asked` stands in a sentence, and the share of its words there or the likeness."""
    wanted, there = words(asked), words(sentence.text)
    if f" {' '.join(wanted)} " in f" {' '.join(there)} ":
        return "verbatim", 1.0
    aligned = [block for block in LCSseq.opcodes(wanted, there) if block.tag == "equal"]
    if aligned:
        shared = sum(block.src_end - block.src_start for block in aligned)
        within = aligned[-1].dest_end - aligned[0].dest_start
        if shared / len(wanted) >= NEARLY and within - shared <= ALIEN * within:
            return "nearly", shared / len(wanted)
    same = numbers_among(wanted) == numbers_among(there)
    if {language, sentence.language} == {"id", "en"} and cosine >= TRANSLATION and same:
        return "translated", cosine
    return "nowhere", 0.0


def numbers_among(tokens: Sequence[str]) -> frozenset[str]:
    """The numbers among words."""
    return frozenset(token for token in tokens if token[0].isdigit())
