"""Questions of one index: read, embedded and understood once."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from thesis_qa.index.catalog import Catalog
from thesis_qa.model.weights import Vectors
from thesis_qa.question.read import Question, read_question, understood
from thesis_qa.question.route import Intent, intent
from thesis_qa.question.theses import ThesisNames
from thesis_qa.retrieve.corpus import term_weights
from thesis_qa.retrieve.retriever import FITTED_MODEL
from thesis_qa.types import Language

if TYPE_CHECKING:
    from thesis_qa.model.encoder import Embedding

REMEMBERED = 500  # questions whose vector is kept: conversations are read again at each turn


class QuestionReader:
    """Reads questions with what an index knows: its vectors, rare words and theses."""

    def __init__(self, catalog: Catalog, embedding: "Embedding") -> None:
        self._catalog, self._embedding = catalog, embedding
        self._vectors: dict[str, Vectors] = {}
        self._intents: dict[str, Intent] = {}
        self._names: tuple[object, ThesisNames] | None = None

    def question(
        self, text: str, documents: Sequence[str] = (), language: Language | None = None
    ) -> Question:
        """A question; `language` is spoken where the text doesn't tell which.

        Raises QuestionError for what can't be asked.
        """
        asked = read_question(text, language)
        return understood(
            asked,
            documents=tuple(documents),
            vector=self._vector(asked.text),
            weights=term_weights(self._catalog, asked.terms),
            intent=self.intent(asked.text),
        )

    def intent(self, text: str) -> Intent | None:
        """What a question is after, as learned from examples on the vectors of the bundled model;
        None for another model."""
        if not self._embedding.name.startswith(FITTED_MODEL):
            return None
        found = self._intents.get(text)
        if found is None:
            found = self._intents[text] = intent(text, self._vector(text))
            for old in list(self._intents)[:-REMEMBERED]:
                self._intents.pop(old, None)
        return found

    def thesis_names(self, documents: Sequence[str] | None = None) -> ThesisNames:
        """By what words the theses of the index, or some `documents`, may be named."""
        key = self._catalog.generation, tuple(documents or ())
        names = self._names  # another thread may replace it
        if names is None or names[0] != key:
            known = [d for d in self._catalog.documents() if not documents or d.name in documents]
            self._names = names = key, ThesisNames(known, self._catalog.holding)
        return names[1]

    def _vector(self, text: str) -> Vectors:
        found = self._vectors.get(text)
        if found is None:
            found = self._vectors[text] = self._embedding.query_vector(text)
            for old in list(self._vectors)[:-REMEMBERED]:
                self._vectors.pop(old, None)
        return found
