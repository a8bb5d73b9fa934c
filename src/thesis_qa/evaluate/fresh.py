"""Pages extracted afresh from the files of an index, to check quotes and question sets against."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from thesis_qa.errors import DocumentError
from thesis_qa.lang.data import SPOKEN, text
from thesis_qa.read.glyphs import PLACES_PER_POINT, Places
from thesis_qa.types import Box, Page

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
        in which we read it: those characters alone, and with what the file has between them. None
        where the file has no text there: it is no PDF, scanned, or set sideways."""
        path = Path(self.paths.get(document, ""))
        if path.suffix.lower() != ".pdf" or not boxes or not path.is_file():
            return None
        if (document, page) not in self._own:
            from thesis_qa.read.pdf.pages import own_order

            self._own[document, page] = own_order(path, page - 1)
        text, places = self._own[document, page]
        inside = [at for at, place in enumerate(places.tolist()) if _lies_in(place, boxes)]
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
    x, y = (
        (place[0] + place[2]) / 2 / PLACES_PER_POINT,
        (place[1] + place[3]) / 2 / PLACES_PER_POINT,
    )
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
