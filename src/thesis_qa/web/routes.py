"""What is given out beside the chat: places in documents, pictures of their pages, the files."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Annotated
from urllib.parse import quote

from fastapi import APIRouter, HTTPException, Query, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import FileResponse, HTMLResponse, JSONResponse, Response

from thesis_qa.address import print_of
from thesis_qa.answer.cite import recite
from thesis_qa.errors import DocumentError
from thesis_qa.index.catalog import Catalog
from thesis_qa.index.quote import unchanged_file
from thesis_qa.lang.data import preferred
from thesis_qa.lang.detect import language_of
from thesis_qa.types import Box, Language
from thesis_qa.types import Page as PageText
from thesis_qa.web.guard import PLACE_POLICY
from thesis_qa.web.keeping import spans_of
from thesis_qa.web.markup import Place, place_page, translation_page
from thesis_qa.web.picture import PageMark, PagePictures
from thesis_qa.web.places import Highlight
from thesis_qa.web.texts import Texts, error_line
from thesis_qa.write import Writing

CACHED = "private, max-age=3600"
MARKS, MAX_QUOTE = 8, 3000  # parts of a quote that is translated, and its characters
PAGES = 999_999  # as many as a mark can name

MARKED = 100  # marks in a PDF that is downloaded
RUNS_OVER = 2  # pages after the first that a quote is shown on

Page = Annotated[int, Query(ge=1, le=PAGES)]
Crop = Annotated[str | None, Query(pattern=r"^\d{1,5}(-\d{1,5}){3}$")]
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
    async def place(
        request: Request,
        document: str,
        marks: Marks,
        page: Page = 1,
        language: Language | None = None,
        width: int = 1500,
        stated: Annotated[str, Query(alias="print")] = "",
    ) -> Response:
        def look_up() -> tuple[list[Place], Path | None, bool]:
            found = replace(_find(catalog, document, page, marks), width=width)
            changed = bool(stated) and _print_now(catalog, document, marks) != stated
            path = _current_file(catalog, document)
            return [found, *_going_on(catalog, found)], path, changed

        (first, *others), path, changed = await run_in_threadpool(look_up)
        if path and first.page.width:
            first, *others = [await _cut(pictures, path, each) for each in (first, *others)]
        spoken_texts = texts[language or spoken(request)]
        return html(place_page(first, spoken_texts, path is None, changed, others))

    @router.get("/picture")
    async def picture(
        document: str, page: Page, marks: Marks, width: int = 1000, crop: Crop = None
    ) -> Response:
        drawn = await picture_of(catalog, pictures, document, page, marks, width, crop)
        return Response(drawn, media_type="image/png", headers={"Cache-Control": CACHED})

    @router.get("/marked")
    async def marked(document: str, marks: Marks) -> Response:
        def look_up() -> tuple[Path, list[PageMark]]:
            path = unchanged_file(catalog, document)
            return path, list(_page_marks(catalog, document, marks[:MARKED]))

        path, found = await run_in_threadpool(look_up)
        if not found:
            raise HTTPException(404)
        owner = texts["en"].name
        name = quote(f"{path.stem} ({owner}).pdf")
        sent = {"Content-Disposition": f"attachment; filename*=utf-8''{name}"}
        pdf = await pictures.marked(path, found, owner)
        return Response(pdf, media_type="application/pdf", headers=sent)

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
    catalog: Catalog,
    pictures: PagePictures,
    document: str,
    page: int,
    marks: list[str],
    width: int,
    crop: str | None = None,
) -> bytes:
    """The picture of a page, or a part of it, with marks; "not found" if there is none.

    Raises DocumentError.
    """

    def look_up() -> tuple[Path, Place]:
        found = _find(catalog, document, page, marks)
        return unchanged_file(catalog, document), found

    path, found = await run_in_threadpool(look_up)
    return await pictures.draw(path, page, found.boxes, width, _part(crop, found.page))


def start_route(started: str) -> APIRouter:
    """By which a page sees that the server it came from is there, and was not started anew."""
    router = APIRouter()
    router.add_api_route("/started", lambda: {"started": started}, methods=["GET"])
    return router


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
        said = " … ".join(parts)[:MAX_QUOTE]
        found = writing.translated(said, language_of(said), language)
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


def _page_marks(catalog: Catalog, document: str, marks: list[str]) -> Iterator[PageMark]:
    """What is marked in a PDF: page, boxes and words of each mark."""
    for mark in marks:
        page = int(mark.partition(":")[0]) if mark[:1].isdecimal() else 0
        place = _find(catalog, document, page, [mark])
        if place.boxes:
            yield page, tuple(place.boxes), _marked_text(catalog, document, place.marks[0])


def _going_on(catalog: Catalog, place: Place) -> Iterator[Place]:
    """The pages that what is marked on this one runs over to."""
    following = {mark.page for mark in place.marks} if place.marked else set()
    for position in sorted(p for p in following if p > place.position)[:RUNS_OVER]:
        there = catalog.page(place.document, position - 1)
        yield replace(place, page=there, position=position)


async def _cut(pictures: PagePictures, path: Path, place: Place) -> Place:
    """The place without the white margins of its page, where they can be told."""
    try:
        return replace(place, crop=await pictures.ink(path, place.position))
    except DocumentError:
        return place


def _part(crop: str | None, page: PageText) -> Box | None:
    """The part of a page that an address asks for, if there is such a part."""
    if not crop:
        return None
    left, top, right, bottom = (float(edge) for edge in crop.split("-"))
    inside = 0 <= left < right <= page.width + 1 and 0 <= top < bottom <= page.height + 1
    return (left, top, right, bottom) if inside else None


def _current_file(catalog: Catalog, document: str) -> Path | None:
    try:
        return unchanged_file(catalog, document)
    except DocumentError:
        return None
