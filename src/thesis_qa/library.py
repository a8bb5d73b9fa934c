"""The index of a folder of theses: build it, keep it up to date, search it."""

import hashlib
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from functools import cached_property, partial
from pathlib import Path
from threading import RLock
from typing import TYPE_CHECKING, Any

from thesis_qa.address import addressed
from thesis_qa.errors import DocumentError, IndexStateError, QuestionError
from thesis_qa.index import folder as on_disk
from thesis_qa.index.catalog import Catalog
from thesis_qa.index.rows import FILE_NAME, DocumentInfo
from thesis_qa.model.rerank import DEFAULT_RERANK
from thesis_qa.read.files import Source, document_name, find_files, read_source, same_name, written
from thesis_qa.settings import Settings
from thesis_qa.split import SPLITTER
from thesis_qa.types import (
    Citation,
    Document,
    DocumentReport,
    IndexReport,
    Language,
    Match,
    OnProgress,
    Passage,
)

if TYPE_CHECKING:
    from langchain_core.documents import Document as LoadedDocument
    from langchain_core.tools import BaseTool

    from thesis_qa.index.vectors import VectorSearch
    from thesis_qa.model.encoder import Embedding
    from thesis_qa.model.span_reader import Reader
    from thesis_qa.notebook import QuotePicture
    from thesis_qa.question.read import Question
    from thesis_qa.retrieve.langchain import ThesisRetriever
    from thesis_qa.retrieve.questions import QuestionReader
    from thesis_qa.retrieve.retriever import Retriever

DEFAULT_EMBEDDING = "bundled:multilingual-e5-small"


class Index:
    """An index folder. Reading is safe from several threads; one process at a time writes.

    `public_url` is the address of the server that opens the places found, for their `url`.
    """

    def __init__(self, folder: Path, catalog: Catalog, rerank: str = DEFAULT_RERANK) -> None:
        self.folder = folder
        self.catalog = catalog
        self.rerank = rerank
        self.public_url = Settings().address
        self._changing = RLock()

    @classmethod
    def open(cls, folder: str | Path = "index", *, rerank: str = DEFAULT_RERANK) -> "Index":
        """An existing index; `rerank` says who takes a second look at what is found.

        Raises IndexStateError where there is none, or one this version can't read.
        """
        return cls(Path(folder), Catalog.open(Path(folder)), rerank)

    @classmethod
    def create(
        cls,
        folder: str | Path = "index",
        *,
        embedding: str | None = None,
        rerank: str = DEFAULT_RERANK,
        rebuild: bool = False,
    ) -> "Index":
        """The index in `folder`, made where it is missing.

        `embedding` chooses the model of a new index; an existing one keeps its own, and asking for
        another raises IndexStateError unless `rebuild` starts over.
        """
        folder = Path(folder)
        if rebuild:
            on_disk.clear_index(folder)
        if not (folder / FILE_NAME).is_file():
            return cls(folder, on_disk.new_catalog(folder, embedding or DEFAULT_EMBEDDING), rerank)
        index = cls.open(folder, rerank=rerank)
        made_with = index.catalog.about()["embedding"]
        if embedding and embedding != made_with:
            raise IndexStateError(
                "index-of-other-embedding", folder=str(folder), made_with=made_with, asked=embedding
            )
        return index

    @classmethod
    def build(
        cls,
        documents: str | Path = "documents",
        folder: str | Path = "index",
        *,
        embedding: str | None = None,
        rerank: str = DEFAULT_RERANK,
        rebuild: bool = False,
        progress: OnProgress | None = None,
    ) -> "Index":
        """Bring the index in `folder` up to date with `documents`, and open it.

        Files that can't be read are left out; `update` says which and why.
        """
        index = cls.create(folder, embedding=embedding, rerank=rerank, rebuild=rebuild)
        index.update(documents, progress=progress)
        return index

    @classmethod
    def from_texts(
        cls,
        texts: Mapping[str, str],
        folder: str | Path,
        *,
        rerank: str = DEFAULT_RERANK,
        progress: OnProgress | None = None,
    ) -> "Index":
        """A new index of plain texts by name, as question sets with contexts need it."""
        index = cls.create(folder, rerank=rerank, rebuild=True)
        index._add([Document.of_lines(*each) for each in texts.items()], progress)
        return index

    def close(self) -> None:
        """Give the files back."""
        if vectors := self.__dict__.pop("vectors", None):
            vectors.close()
        self.catalog.close()

    def __reduce__(self) -> tuple[object, ...]:
        opening = partial(Index.open, rerank=self.rerank)
        return opening, (str(self.folder.resolve()),), {"public_url": self.public_url}

    # What it works with, opened when first needed

    @cached_property
    def embedding(self) -> "Embedding":
        from thesis_qa.model.encoder import open_embedding

        about = self.catalog.about()
        embedding = open_embedding(about["embedding"])
        if (made_with := about.get("model", embedding.name)) != embedding.name:
            raise IndexStateError(
                "index-of-other-model", folder=str(self.folder), made_with=made_with,
                embedding=about["embedding"], here=embedding.name,
            )  # fmt: skip
        return embedding

    @cached_property
    def vectors(self) -> "VectorSearch":
        from thesis_qa.index.vectors import VectorSearch

        return VectorSearch(self.folder, self.catalog)

    @cached_property
    def retriever(self) -> "Retriever":
        from thesis_qa.model.rerank import open_reranker
        from thesis_qa.retrieve.retriever import Retriever

        reranker = open_reranker(self.rerank)
        return Retriever(self.catalog, self.vectors, self.embedding.name, reranker)

    @cached_property
    def reader(self) -> "Reader | None":
        """What reads question and passage together, if the setting `rerank` names it."""
        from thesis_qa.model.span_reader import open_reader

        return open_reader(self.rerank, self.embedding)

    @cached_property
    def questions(self) -> "QuestionReader":
        """What reads questions with what this index knows."""
        from thesis_qa.retrieve.questions import QuestionReader

        return QuestionReader(self.catalog, self.embedding)

    # Writing

    def update(
        self, path: str | Path, *, progress: OnProgress | None = None, again: bool = False
    ) -> IndexReport:
        """Bring the index up to date with a folder, or add one file.

        New and changed files are read, unchanged ones skipped unless `again` says so. A file
        recorded from under this folder and no longer there is forgotten; a single file never
        removes others.
        """
        started = time.perf_counter()
        path = Path(path)
        own = self.folder.resolve()
        files = [file for file in find_files(path) if not file.resolve().is_relative_to(own)]
        with on_disk.one_writer(self.folder, self._changing):
            known = self.catalog.sources()
            if not files and not known:
                raise DocumentError("folder-empty", folder=str(path))
            reports, late, reading = [], [], on_disk.Unfinished(self.folder)
            for number, file in enumerate(files, start=1):
                report = on_disk.reporter(progress, written(str(file)), number, len(files))
                bringing = partial(self._bring_in, file, path, known, report, again, reading)
                if brought := bringing():
                    reports.append(brought)
                else:
                    late.append(partial(bringing, last=True))
                if self.vectors.far_behind():
                    self.vectors.synchronise()
            reports += [brought for bringing in late if (brought := bringing())]
            reports += on_disk.link_reports(path)
            gone = on_disk.vanished(self.catalog.sources(), path, files, known)
            if gone and path.is_dir():
                self.catalog.remove(gone)
                reports += [DocumentReport(name, "removed") for name in gone]
            self.synchronise()
        spent = round(time.perf_counter() - started, 3)
        return IndexReport(tuple(reports), self.catalog.count_passages(), spent)

    def _bring_in(
        self,
        file: Path,
        given: Path,
        known: Mapping[str, Source],
        report: Callable[..., None],
        again: bool,
        reading: on_disk.Unfinished,
        last: bool = False,
    ) -> DocumentReport | None:
        """None for a file that the program was killed by, until it is the turn of such."""
        started = time.perf_counter()
        name = document_name(file, given, known)
        try:
            source = read_source(file, given, name, SPLITTER, known.get(name))
            old = known.get(name)
            same = old and (old.sha256, old.splitter) == (source.sha256, source.splitter)
            if same and not again:
                if old != source:
                    self.catalog.touch(source)
                return DocumentReport(name, "unchanged")
            killed = reading.killed(source) if given.is_dir() else 0
            if killed >= on_disk.MOST_TIMES:
                raise DocumentError("killed-reading", file=name)
            if killed and not last:
                return None
            with reading.of(source):
                document = on_disk.read(file, name, report, killed)
                return self._store(source, document, started, report, "updated" if old else "added")
        except DocumentError as error:
            problem = error
        except OSError as error:
            problem = DocumentError("file-unreadable", file=name, reason=error.strerror)
        return DocumentReport(written(name), "failed", error=str(problem), failure=problem)

    def add_documents(self, documents: "Sequence[LoadedDocument]") -> list[DocumentReport]:
        """Add what loaders of LangChain's have read, in place of what has the same `source`."""
        from thesis_qa.retrieve.langchain import documents_of

        reports = self._add(documents_of(documents))
        self.synchronise()
        return reports

    def _add(
        self, documents: Sequence[Document], progress: OnProgress | None = None
    ) -> list[DocumentReport]:
        reports = []
        with on_disk.one_writer(self.folder, self._changing):
            for number, document in enumerate(documents, start=1):
                text = "\f".join(page.text for page in document.pages)
                digest = hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()
                source = Source(document.name, "", "", len(text), 0, digest, SPLITTER)
                report = on_disk.reporter(progress, document.name, number, len(documents))
                reports.append(self._store(source, document, time.perf_counter(), report))
        return reports

    def _store(self, source: Source, document: Document, *how: Any) -> DocumentReport:
        return on_disk.store(self.catalog, self.embedding, source, document, *how)

    def remove(self, *documents: str) -> None:
        """Forget documents for real: their text, vectors and places in the search.

        Raises QuestionError if one isn't in the index; then nothing is removed.
        """
        self.check_documents(documents)
        with on_disk.one_writer(self.folder, self._changing):
            self.catalog.remove([*map(same_name, documents)])
            self.vectors.synchronise()

    def synchronise(self) -> None:
        """Bring the vector search into line with the catalog; embeds nothing."""
        self.vectors.synchronise()

    # Reading

    def documents(self) -> list[DocumentInfo]:
        """Every document in the index, by name."""
        return self.catalog.documents()

    def check_documents(self, names: Iterable[str] | None) -> None:
        """Raise QuestionError unless all `names` are in the index."""
        known = self.catalog.names() if names else []
        for name in names or ():
            if same_name(name) not in known:
                listed = ", ".join(known[:5]) or "–"
                raise QuestionError("document-unknown", document=name, held=listed)

    def question(
        self, text: str, documents: Sequence[str] = (), language: Language | None = None
    ) -> "Question":
        """A question of this index, or of some `documents`, read and embedded once.

        `language` is spoken where the text doesn't tell which. Raises QuestionError for what can't
        be asked, or for documents that aren't here.
        """
        self.check_documents(documents)
        return self.questions.question(text, [*map(same_name, documents)], language)

    def search(
        self,
        question: str,
        top_k: int = 5,
        documents: Sequence[str] | None = None,
        section: str | None = None,
        language: Language | None = None,
    ) -> list[Passage]:
        """The passages most likely to answer `question`, best first.

        `documents`, `section` (text that occurs in the section's path) and `language` narrow the
        search. Raises QuestionError for a question that can't be asked.
        """
        asked = self.question(question, documents or ())
        if documents is not None and not documents:
            return []
        found = self.passages(asked, top_k, section, language)
        return [addressed(passage, self.public_url) for passage in found]

    def passages(
        self,
        question: "Question",
        top_k: int = 5,
        section: str | None = None,
        language: Language | None = None,
    ) -> list[Passage]:
        """The same for a question that was read already."""
        self.refresh()
        ranked = self.retriever.ranked(question, top_k, section=section, language=language)
        return [item.passage for item in ranked]

    def find(self, text: str, documents: Sequence[str] | None = None) -> list[Match]:
        """Where the sentences of `text` stand, a few places of each. Raises QuestionError."""
        from thesis_qa.retrieve.find import Places

        self.check_documents(documents)
        self.refresh()
        among = None if documents is None else [*map(same_name, documents)]
        places = Places(self.catalog, self.vectors, self.embedding, self.retriever.fitted.means)
        return [addressed(match, self.public_url) for match in places.of(text, among)]

    def refresh(self) -> None:
        """Open what others have written once it is much, or is what a kill left undone."""
        if not self.vectors.far_behind() or not self._changing.acquire(blocking=False):
            return  # a thread that changes it brings it into line itself
        try:
            self.vectors.reopen()
            if self.vectors.far_behind():
                with suppress(IndexStateError), on_disk.one_writer(self.folder, self._changing):
                    self.synchronise()
        finally:
            self._changing.release()

    def picture(self, citation: Citation, width: int = 1000) -> "QuotePicture":
        """The place of a quote on its page, marked, as notebooks show it. Raises DocumentError."""
        from thesis_qa.index.quote import picture_of_quote

        return picture_of_quote(self.catalog, citation, width)

    def as_retriever(self, k: int = 5) -> "ThesisRetriever":
        """A LangChain retriever over this index."""
        from thesis_qa.retrieve.langchain import ThesisRetriever

        return ThesisRetriever(index=self, k=k)

    def as_tool(self, k: int = 5) -> "BaseTool":
        """This index as a tool for an agent of LangChain's."""
        from thesis_qa.retrieve.langchain import search_tool

        return search_tool(self.as_retriever(k))
