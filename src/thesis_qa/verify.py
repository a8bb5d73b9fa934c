"""Check an index against the files it was made from."""

from dataclasses import dataclass
from pathlib import Path

from thesis_qa.errors import DocumentError
from thesis_qa.index import Index


@dataclass(frozen=True, slots=True)
class Finding:
    """Something about a document that a reader of its citations should know."""

    document: str
    problem: str


def verify(index: Index, documents: list[str] | None = None) -> list[Finding]:
    """What no longer agrees: files gone or changed, pages that read differently, lost vectors.

    Every file is read afresh, as it was when it was indexed.
    """
    index.check_documents(documents)
    index.refresh()
    names = documents or sorted(index.catalog.sources())
    return [finding for name in names for finding in _verify_document(index, name)]


def _verify_document(index: Index, name: str) -> list[Finding]:
    from thesis_qa.load import load

    path = Path(index.catalog.sources()[name].path)
    if not path.is_file():
        return [Finding(name, f"the file {str(path)!r} is gone; its citations can't be opened")]
    try:
        fresh = load(path, name).pages
    except DocumentError as error:
        return [Finding(name, f"can't be read any more: {error}")]
    stored = index.catalog.pages(name)
    if len(fresh) != len(stored):
        return [Finding(name, f"has {len(fresh)} pages, {len(stored)} are indexed; index it again")]
    differing = [
        str(page.number or 1)
        for page, old in zip(fresh, stored, strict=True)
        if page.text != old.text
    ]
    if differing:
        pages = ", ".join(differing[:10])
        return [Finding(name, f"reads differently on page {pages}; index it again")]
    return []
