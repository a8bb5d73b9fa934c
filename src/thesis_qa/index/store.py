"""A document that was read goes into the catalog, with what is embedded of it."""

import time
from collections.abc import Callable
from typing import TYPE_CHECKING

from thesis_qa.index.catalog import Catalog
from thesis_qa.index.rows import vector_key
from thesis_qa.read.files import Source
from thesis_qa.split import split
from thesis_qa.types import Document, DocumentReport, Status

if TYPE_CHECKING:
    from thesis_qa.model.encoder import Embedding


def store(
    catalog: Catalog,
    embedding: "Embedding",
    source: Source,
    document: Document,
    started: float,
    report: Callable[..., None],
    status: Status = "added",
) -> DocumentReport:
    """Split and embed a document, and put it in place of what was known under its name."""
    passages = split(document, embedding.count_tokens)
    texts = dict.fromkeys(t for p in passages for t in (p.text, *(s.text for s in p.sentences)))
    hashes = {text: vector_key(text) for text in texts}
    known = catalog.known_hashes(hashes.values())
    missing = [text for text, key in hashes.items() if key not in known]
    made = embedding.reported_vectors(missing, report)
    vectors = {hashes[text]: vector for text, vector in made.items()}
    if "model" not in catalog.about():
        made_by = {"model": embedding.name, "dimensions": str(embedding.dimensions)}
        catalog.describe(made_by)
    seconds = round(time.perf_counter() - started, 3)
    catalog.replace(
        source,
        document.pages,
        passages,
        hashes,
        vectors,
        metadata=document.metadata,
        warnings=document.warnings,
        seconds=seconds,
    )
    info = catalog.document(source.name)
    return DocumentReport(
        source.name, status, info.pages, info.passages, info.languages, seconds, info.warnings
    )
