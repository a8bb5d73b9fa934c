"""What is given out beside the chat: places in documents, pictures of their pages, the files."""

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated

from fastapi import APIRouter, HTTPException, Query, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import FileResponse, HTMLResponse, JSONResponse, Response

from thesis_qa.address import print_of
from thesis_qa.answer.cite import recite
from thesis_qa.errors import DocumentError
from thesis_qa.index.catalog import Catalog
from thesis_qa.lang.data import preferred
from thesis_qa.lang.detect import language_of
from thesis_qa.read.files import with_stated
from thesis_qa.read.glyphs import boxes
from thesis_qa.types import Box, Language
from thesis_qa.web import Highlight, Place, place_page, translation_page
from thesis_qa.web.guard import PLACE_POLICY
from thesis_qa.web.permalink import spans_of
from thesis_qa.web.picture import PagePictures
from thesis_qa.web.texts import Texts, error_line
from thesis_qa.write import Writing

CACHED = "private, max-age=3600"
MARKS, MAX_QUOTE = 8, 3000  # parts of a quote that is translated, and its characters
PAGES = 999_999  # as many as a mark can name

Page = Annotated[int, Query(ge=1, le=PAGES)]
Marks = Annotated[list[str], Query(alias="mark", default_factory=list)]


def html(markup: str, status: int = 200) -> Response:
    """A page that loads nothing but its style sheet and pictures of ours."""
    return HTMLResponse(markup, status, {"Content-Security-Policy": PLACE_POLICY})


def place_routes(
    catalog: Catalog, pictures: PagePictures, texts: Mapping[Language, Texts]
) -> APIRouter:
    """The places, pictures and files of what is in `catalog`, and of nothing else."""
    router = APIRouter()

    @router.get("/place")
    def place(
        request: Request,
        document: str,
        marks: Marks,
        page: Page = 1,
        language: Language | None = None,
        stated: Annotated[str, Query(alias="print")] = "",
    ) -> Response:
        found = _find(catalog, document, page, marks)
        stale = _is_stale(catalog, document)
        changed = bool(stated) and _print_now(catalog, document, marks) != stated
        return html(place_page(found, texts[language or spoken(request)], stale, changed))

    @router.get("/picture")
    async def picture(document: str, page: Page, marks: Marks, width: int = 1000) -> Response:
        drawn = await picture_of(catalog, pictures, document, page, marks, width)
        return Response(drawn, media_type="image/png", headers={"Cache-Control": CACHED})

    @router.get("/file")
    def file(document: str) -> Response:
        _find(catalog, document, 1, [])
        path = unchanged_file(catalog, document)
        is_pdf = path.suffix.lower() == ".pdf"
        return FileResponse(
            path,
            media_type="application/pdf" if is_pdf else "application/octet-stream",
            content_disposition_type="inline" if is_pdf else "attachment",
            filename=path.name,
        )

    return router


async def picture_of(
    catalog: Catalog, pictures: PagePictures, document: str, page: int, marks: list[str], width: int
) -> bytes:
    """The picture of a page with marks; "not found" if there is none. Raises DocumentError."""

    def look_up() -> tuple[Path, list[Box]]:
        found = _find(catalog, document, page, marks)
        return unchanged_file(catalog, document), mark_boxes(found)

    path, marked = await run_in_threadpool(look_up)
    return await pictures.draw(path, page, marked, width)


def translation_routes(
    writing: Writing, catalog: Catalog, texts: Mapping[Language, Texts]
) -> APIRouter:
    """Quotes in the reader's language, by the language model; only what stands in a document."""
    router = APIRouter()

    @router.get("/translation")
    def translation(
        document: str, marks: Marks, page: Page = 1, language: Language = "en"
    ) -> Response:
        place = _find(catalog, document, page, marks[:MARKS])
        parts = [_marked_text(catalog, document, mark) for mark in place.marks]
        quote = " … ".join(parts)[:MAX_QUOTE]
        found = writing.translated(quote, language_of(quote), language)
        return html(translation_page(found, texts[language]))

    return router


def spoken(request: Request) -> Language:
    """The language that the browser prefers."""
    return preferred(request.headers.get("accept-language", ""))


def refused(request: Request, error: Exception) -> Response:
    """What is said of a document that can't be given out as it was read."""
    return JSONResponse({"detail": error_line(error, spoken(request))}, 409)


def _find(catalog: Catalog, document: str, page: int, marks: list[str]) -> Place:
    """A page of a document, counted from 1; "not found" if there is none."""
    try:
        title, pages = catalog.document(document).metadata.title, catalog.document(document).pages
        there = catalog.page(document, page - 1)
        return Place(document, title, there, page, pages, tuple(map(Highlight.parse, marks)))
    except (KeyError, ValueError) as error:
        raise HTTPException(404) from error


def _print_now(catalog: Catalog, document: str, marks: list[str]) -> str:
    """The fingerprint of what stands at the marks now; empty where nothing does."""
    try:
        return print_of(recite(catalog, 1, document, spans_of(marks)).quote)
    except (KeyError, ValueError, IndexError):
        return ""


def _marked_text(catalog: Catalog, document: str, mark: Highlight) -> str:
    text = _find(catalog, document, mark.page, []).page.text
    return " ".join(text[mark.start : mark.end].split())


def mark_boxes(place: Place) -> list[Box]:
    """The boxes of what is marked on the page, one a line."""
    return [box for mark in place.marked for box in boxes(place.page, mark.start, mark.end)]


def _is_stale(catalog: Catalog, document: str) -> bool:
    try:
        unchanged_file(catalog, document)
    except DocumentError:
        return True
    return False


def unchanged_file(catalog: Catalog, document: str) -> Path:
    """The file a document was read from. Raises DocumentError if it changed since, or is gone."""
    source = catalog.sources().get(document)
    if source is None:
        raise DocumentError("file-unknown", document=repr(document))
    path = Path(source.path)
    if not path.is_file():
        raise DocumentError("file-missing", document=repr(document))
    if sum(part.stat().st_size for part in with_stated(path)) != source.size:
        raise DocumentError("file-changed", document=repr(document))
    return path
