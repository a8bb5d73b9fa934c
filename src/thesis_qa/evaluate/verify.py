"""Read files afresh, and check against them an index that was made of them."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from thesis_qa.errors import DocumentError
from thesis_qa.lang.data import SPOKEN, text
from thesis_qa.library import Index
from thesis_qa.read.glyphs import PLACES_PER_POINT, Places
from thesis_qa.types import Box, Page

LISTED = 10  # pages that are named


@dataclass(frozen=True, slots=True)
class Discrepancy:
    """Something about a document that a reader of its citations should know."""

    document: str
    problem: str


def verify(index: Index, documents: list[str] | None = None) -> list[Discrepancy]:
    """What no longer agrees: files gone or changed, pages that read differently, lost vectors.

    Every file is read afresh, as it was when it was indexed.
    """
    index.check_documents(documents)
    index.refresh()
    names = documents or sorted(index.catalog.sources())
    return [finding for name in names for finding in _verify_document(index, name)]


def _verify_document(index: Index, name: str) -> list[Discrepancy]:
    from thesis_qa.structure.document import load

    path = Path(index.catalog.sources()[name].path)
    if not path.is_file():
        return [_discrepancy(name, "gone", file=path)]
    try:
        fresh = load(path, name).pages
    except DocumentError as error:
        return [_discrepancy(name, "unreadable", reason=error)]
    stored = index.catalog.pages(name)
    if len(fresh) != len(stored):
        return [_discrepancy(name, "pages", now=len(fresh), indexed=len(stored))]
    pairs = zip(fresh, stored, strict=True)
    differing = [str(page.number or 1) for page, old in pairs if page.text != old.text]
    if differing:
        return [_discrepancy(name, "text", pages=", ".join(differing[:LISTED]))]
    return []


def _discrepancy(name: str, code: str, **values: object) -> Discrepancy:
    return Discrepancy(name, text(f"text.evaluate.verify.{code}", SPOKEN, **values))


@dataclass(frozen=True, slots=True)
class Health:
    """How well a document could be read."""

    document: str
    pages: int  # 0 where the format has none
    by_ocr: int
    failed: int  # could not be read at all
    blank: int  # without anything to quote: empty, or a number only
    with_printed_number: int
    recognised: float | None  # share of the running text that is Indonesian or English
    sections: tuple[str, ...]  # their paths, in reading order


def health(index: Index, name: str) -> Health:
    """How well the document `name` could be read, from what the index holds of it."""
    catalog = index.catalog
    pages = [page for page in catalog.pages(name) if page.number is not None]
    passages = catalog.passages_of(name)
    quotable = {span.page + 1 for p in passages for s in p.sentences for span in s.spans}
    running = [s for p in passages for s in p.sentences if s.kind in ("text", "list")]
    letters = sum(len(s.text) for s in running)
    return Health(
        document=name,
        pages=len(pages),
        by_ocr=sum(page.ocr for page in pages),
        failed=sum(not page.height for page in pages),
        blank=sum(bool(page.height) and page.number not in quotable for page in pages),
        with_printed_number=sum(page.label is not None for page in pages),
        recognised=sum(len(s.text) for s in running if s.language) / letters if letters else None,
        sections=tuple(dict.fromkeys(p.section for p in passages if p.section)),
    )


# Pages to check quotes and question sets against


PagesOf = Callable[[str], Sequence[Page]]
"""The pages of a document, extracted afresh from its file; empty where the file is gone."""


@dataclass(frozen=True, slots=True)
class FreshPages:
    """Reads each file once, when first asked for it; `paths` are by document name."""

    paths: Mapping[str, str]
    _read: dict[str, tuple[Page, ...]] = field(default_factory=dict)
    _own: dict[tuple[str, int], tuple[str, Places]] = field(default_factory=dict)
    _gone: dict[str, str] = field(default_factory=dict)

    def __call__(self, document: str) -> Sequence[Page]:
        """The pages of a document; none if its file is gone or can't be read any more."""
        if document not in self._read:
            self._read[document] = self._load(document)
        return self._read[document]

    @property
    def unreadable(self) -> tuple[str, ...]:
        """Documents asked for whose file is gone or can't be read, each with the reason."""
        return tuple(f"{name}: {reason}" for name, reason in sorted(self._gone.items()))

    def said(self, document: str, page: int, boxes: Sequence[Box]) -> tuple[str, str] | None:
        """What stands in boxes of a page (from 1) of a PDF, in the file's own order and not in that
        in which we read it: those characters alone, and with what the file has between them; what
        runs on beyond the page's edge has no place, and stands with what it goes on with. None
        where the file has no text there: it is no PDF, scanned, or set sideways."""
        path = Path(self.paths.get(document, ""))
        if path.suffix.lower() != ".pdf" or not boxes or not path.is_file():
            return None
        if (document, page) not in self._own:
            from thesis_qa.read.pdf.pages import own_order

            self._own[document, page] = own_order(path, page - 1)
        text, places = self._own[document, page]
        inside: list[int] = []
        for at, place in enumerate(places.tolist()):
            off_page = not any(place) and inside[-1:] == [at - 1]
            if off_page or _lies_in(place, boxes):
                inside.append(at)
        if not inside:
            return None
        return "".join(text[at] for at in inside), text[inside[0] : inside[-1] + 1]

    def _load(self, document: str) -> tuple[Page, ...]:
        from thesis_qa.structure.document import load

        path = Path(self.paths.get(document, ""))
        if not path.is_file():
            self._gone[document] = text("text.evaluate.file-gone", SPOKEN)
            return ()
        try:
            return load(path, document).pages
        except (DocumentError, OSError) as error:
            self._gone[document] = str(error)
            return ()


def _lies_in(place: Sequence[int], boxes: Sequence[Box]) -> bool:
    """Whether the middle of a character lies in one of the boxes."""
    x, y = (place[0] + place[2]) / 2, (place[1] + place[3]) / 2
    x, y = x / PLACES_PER_POINT, y / PLACES_PER_POINT
    return place[2] > 0 and any(x0 <= x <= x1 and y0 <= y <= y1 for x0, y0, x1, y1 in boxes)


@dataclass(frozen=True, slots=True)
class TextPages:
    """The same for texts that are their own source: the contexts of a SQuAD-style set."""

    texts: Mapping[str, str]
    unreadable: tuple[str, ...] = ()

    def __call__(self, document: str) -> Sequence[Page]:
        return (Page(None, None, self.texts[document]),) if document in self.texts else ()


def find_document(name: str, known: Collection[str]) -> str | None:
    """The document of this name, or the only one in any folder whose file is named so."""
    if name in known:
        return name
    alike = [document for document in known if document.rpartition("/")[2] == name]
    return alike[0] if len(alike) == 1 else None
