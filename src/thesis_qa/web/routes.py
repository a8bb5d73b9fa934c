"""What is given out beside the chat: places in documents, pictures of their pages, the files."""

from pathlib import Path
from typing import Annotated

from fastapi import APIRouter, HTTPException, Query, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import FileResponse, HTMLResponse, Response

from thesis_qa.errors import DocumentError
from thesis_qa.index.catalog import Catalog
from thesis_qa.lang.language import language_of
from thesis_qa.read.files import with_stated
from thesis_qa.read.glyphs import boxes
from thesis_qa.types import Box, Language
from thesis_qa.web import TEXTS, Highlight, Place, place_page, preferred, translation_page
from thesis_qa.web.guard import PLACE_POLICY
from thesis_qa.web.picture import PagePictures
from thesis_qa.write import Writing

CACHED = "private, max-age=3600"
MARKS, MAX_QUOTE = 8, 3000  # parts of a quote that is translated, and its characters
PAGES = 999_999  # as many as a mark can name

Page = Annotated[int, Query(le=PAGES)]
Marks = Annotated[list[str], Query(alias="mark", default_factory=list)]


def html(markup: str, status: int = 200) -> Response:
    """A page that loads nothing but its style sheet and pictures of ours."""
    return HTMLResponse(markup, status, {"Content-Security-Policy": PLACE_POLICY})


def place_routes(catalog: Catalog, pictures: PagePictures) -> APIRouter:
    """The places, pictures and files of what is in `catalog`, and of nothing else."""
    router = APIRouter()

    @router.get("/place")
    def place(document: str, marks: Marks, page: Page = 1, language: Language = "en") -> Response:
        found = _find(catalog, document, page, marks)
        return html(place_page(found, TEXTS[language], stale=_is_stale(catalog, document)))

    @router.get("/picture")
    async def picture(
        request: Request, document: str, page: Page, marks: Marks, width: int = 1000
    ) -> Response:
        def look_up() -> tuple[Path, list[Box]]:
            found = _find(catalog, document, page, marks)
            return unchanged_file(catalog, document), mark_boxes(found)

        try:
            path, marked = await run_in_threadpool(look_up)
            drawn = await pictures.draw(path, page, marked, width)
        except DocumentError as error:
            raise HTTPException(409, _said(error, request)) from error
        return Response(drawn, media_type="image/png", headers={"Cache-Control": CACHED})

    @router.get("/file")
    def file(request: Request, document: str) -> Response:
        try:
            path = unchanged_file(catalog, document)
        except DocumentError as error:
            raise HTTPException(404, _said(error, request)) from error
        is_pdf = path.suffix.lower() == ".pdf"
        return FileResponse(
            path,
            media_type="application/pdf" if is_pdf else "application/octet-stream",
            content_disposition_type="inline" if is_pdf else "attachment",
            filename=path.name,
        )

    return router


def translation_routes(writing: Writing, catalog: Catalog) -> APIRouter:
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
        return html(translation_page(found, TEXTS[language]))

    return router


def spoken(request: Request) -> Language:
    """The language that the browser prefers."""
    return preferred(request.headers.get("accept-language", ""))


def _said(error: DocumentError, request: Request) -> str:
    remedy = error.remedy_in(spoken(request))
    return f"{error.problem_in(spoken(request))}. {remedy}".strip()


def _find(catalog: Catalog, document: str, page: int, marks: list[str]) -> Place:
    try:
        return find_place(catalog, document, page, marks)
    except (KeyError, ValueError) as error:
        raise HTTPException(404, "No such place") from error


def find_place(catalog: Catalog, document: str, page: int, marks: list[str]) -> Place:
    """A page of a document, counted from 1. Raises KeyError or ValueError if there is none."""
    if page < 1:
        raise ValueError("pages are counted from 1")
    info = catalog.document(document)
    parsed = tuple(map(Highlight.parse, marks))
    return Place(
        document, info.metadata.title, catalog.page(document, page - 1), page, info.pages, parsed
    )


def _marked_text(catalog: Catalog, document: str, mark: Highlight) -> str:
    try:
        text = catalog.page(document, mark.page - 1).text
    except KeyError as error:
        raise HTTPException(404, "No such place") from error
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
