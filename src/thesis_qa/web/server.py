"""The web chat's server: the page in both languages, pictures of cited pages, the files."""

import errno
import logging
import os
import socket
import sys
import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from thesis_qa.assistant import Assistant
from thesis_qa.errors import DocumentError, SettingError, ThesisQAError
from thesis_qa.index.catalog import Catalog
from thesis_qa.lang.language import language_of
from thesis_qa.library import Index
from thesis_qa.model.telemetry import disable_telemetry
from thesis_qa.read.files import with_stated
from thesis_qa.read.glyphs import boxes
from thesis_qa.settings import Settings, load_settings
from thesis_qa.types import Box, Language
from thesis_qa.web import (
    MAX_FILES,
    MEGABYTE,
    TEXTS,
    AppContext,
    Highlight,
    Place,
    build_page,
    icon,
    missing_page,
    place_page,
    preferred,
    script,
    style,
    theme,
    translation_page,
)
from thesis_qa.web.accounts import Door
from thesis_qa.web.guard import (
    PLACE_POLICY,
    NothingFetched,
    SecureHeaders,
    SignedIn,
    UploadLimit,
    add_sign_in,
)
from thesis_qa.web.picture import Drawer
from thesis_qa.write import Writing, language_model

if TYPE_CHECKING:
    from fastapi import FastAPI

DEFAULTS = Settings()
CACHED = "private, max-age=3600"
MARKS, MAX_QUOTE = 8, 3000  # parts of a quote that is translated, and its characters
GRACE = 2  # seconds for open connections when the server stops


def serve(settings: Settings) -> None:
    """Serve the web chat until it is interrupted.

    Raises SettingError if the port can't be had, IndexStateError if the index can't be used.
    """
    listening = _listen(settings.host, settings.port)
    with listening:
        import uvicorn

        app = create_app(settings)
        _say(f"Thesis QA is at {address(settings)} (Ctrl+C stops it)")
        config = uvicorn.Config(app, log_level="warning", timeout_graceful_shutdown=GRACE)
        server = uvicorn.Server(config)
        # Whoever stops it need not read that pages still open in a browser are cut off.
        logging.getLogger("uvicorn.error").addFilter(lambda _: not server.should_exit)
        server.run(sockets=[listening])


def main() -> None:
    """Bring the index up to date with the documents folder, then serve: `python app.py`."""
    try:
        settings = load_settings({}, os.environ, Path.cwd())
        index = Index.create(
            settings.index, embedding=settings.chosen_embedding, rerank=settings.rerank
        )
        if Path(settings.documents).is_dir():
            _say(f"Reading {settings.documents}")
            for report in index.update(settings.documents).documents:
                _say(f"{report.document}: {report.error or report.status}")
        index.close()
        serve(settings)
    except ThesisQAError as error:
        sys.exit(f"thesis-qa: {error}")


def address(settings: Settings) -> str:
    """Where a browser finds the page."""
    everywhere = settings.host in ("0.0.0.0", "::", "")
    host = "127.0.0.1" if everywhere else settings.host
    return f"http://{f'[{host}]' if ':' in host else host}:{settings.port}"


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def _listen(host: str, port: int) -> socket.socket:
    """The socket to serve on, taken before anything slow is done."""
    try:
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        return socket.create_server((host, port), family=family)
    except (OSError, OverflowError) as error:
        taken = isinstance(error, OSError) and error.errno == errno.EADDRINUSE
        reason = "is in use" if taken else f"can't be had ({error})"
        raise SettingError(
            f"Port {port} on {host!r} {reason}",
            f"Choose another: thesis-qa serve --port {port + 1}",
        ) from error


def create_app(settings: Settings) -> "FastAPI":
    """The whole web chat as a FastAPI application."""
    disable_telemetry()
    import gradio as gr

    index = Index.create(
        settings.index, embedding=settings.chosen_embedding, rerank=settings.rerank
    )
    app = create_places(index, settings)
    threading.Thread(target=_warm_up, args=(index,), daemon=True).start()
    desk = AppContext(Assistant(index, language_model(settings)), settings)
    if desk.assistant.writing:
        add_translations(app, desk.assistant.writing, index.catalog)
    for language, texts in TEXTS.items():
        page = build_page(desk, texts)
        page.has_launched = True  # else Gradio takes any file of this machine for an upload
        gr.mount_gradio_app(
            app,
            page,
            path=f"/{language}",
            theme=theme(),
            css=style(),
            head=f"<script>{script()}</script>",
            footer_links=[],
            run_history=False,
            max_file_size=f"{settings.max_upload_mb}mb",
            show_error=True,
        )
    return app


def _warm_up(index: Index) -> None:
    """Load what the first question needs, so that it need not wait for it."""
    try:
        index.refresh()
        index.embedding.query_vector("")
        _ = index.retriever
    except ThesisQAError as error:
        _say(f"thesis-qa: {error}")  # the first question gets it too


def create_places(index: Index, settings: Settings = DEFAULTS) -> "FastAPI":
    """The server without the chat: places, pictures of pages, files, health, signing in."""
    from fastapi import FastAPI

    drawer = Drawer()

    @asynccontextmanager
    async def running(_: FastAPI) -> AsyncIterator[None]:
        drawer.warm_up()
        yield
        drawer.close()
        index.close()

    app = FastAPI(lifespan=running, docs_url=None, redoc_url=None, openapi_url=None)
    most = 0 if settings.read_only else MAX_FILES * settings.max_upload_mb * MEGABYTE
    app.add_middleware(UploadLimit, most=most)
    app.add_middleware(NothingFetched)
    if settings.users:
        door = Door(settings.users)
        app.add_middleware(SignedIn, door=door)
        add_sign_in(app, door)
    app.add_middleware(SecureHeaders)  # the last one added is passed first
    _add_places(app, index, drawer, counted=not settings.users)
    return app


def _add_places(app: "FastAPI", index: Index, drawer: Drawer, counted: bool) -> None:
    from fastapi import HTTPException, Query, Request
    from fastapi.responses import (
        FileResponse,
        HTMLResponse,
        PlainTextResponse,
        RedirectResponse,
        Response,
    )

    @app.exception_handler(404)
    def missing(request: Request, _: Exception) -> Response:
        texts = TEXTS[preferred(request.headers.get("accept-language", ""))]
        return HTMLResponse(missing_page(texts), 404, {"Content-Security-Policy": PLACE_POLICY})

    def place_of(document: str, page: int, mark: list[str]) -> Place:
        try:
            return find_place(index.catalog, document, page, mark)
        except (KeyError, ValueError) as error:
            raise HTTPException(404, "No such place") from error

    @app.get("/")
    def choose(request: Request) -> Response:
        language = preferred(request.headers.get("accept-language", ""))
        return RedirectResponse(f"/{language}/", headers={"Vary": "Accept-Language"})

    @app.get("/healthz")
    def healthz() -> dict[str, object]:
        known = {"documents": len(index.documents())} if counted else {}
        return {"status": "ok", **known}

    @app.get("/style.css")
    def stylesheet() -> Response:
        return PlainTextResponse(style(), media_type="text/css")

    @app.get("/favicon.ico")
    def favicon() -> Response:
        return PlainTextResponse(icon(), media_type="image/svg+xml")

    @app.get("/place")
    def place(
        document: str,
        page: int = 1,
        language: Language = "en",
        mark: list[str] = Query(default=[]),  # noqa: B008
    ) -> Response:
        found = place_of(document, page, mark)
        markup = place_page(found, TEXTS[language], stale=_is_stale(index.catalog, document))
        return HTMLResponse(markup, headers={"Content-Security-Policy": PLACE_POLICY})

    @app.get("/picture")
    def picture(
        document: str,
        page: int,
        width: int = 1000,
        mark: list[str] = Query(default=[]),  # noqa: B008
    ) -> Response:
        found = place_of(document, page, mark)
        try:
            path = unchanged_file(index.catalog, document)
            drawn = drawer.draw(path, page, mark_boxes(found), width)
        except DocumentError as error:
            raise HTTPException(409, str(error)) from error
        return Response(drawn, media_type="image/png", headers={"Cache-Control": CACHED})

    @app.get("/file")
    def file(document: str) -> Response:
        try:
            path = unchanged_file(index.catalog, document)
        except DocumentError as error:
            raise HTTPException(404, str(error)) from error
        if path.suffix.lower() == ".pdf":
            return FileResponse(path, media_type="application/pdf",
                                content_disposition_type="inline", filename=path.name)  # fmt: skip
        return FileResponse(path, media_type="application/octet-stream", filename=path.name)


def add_translations(app: "FastAPI", writing: Writing, catalog: Catalog) -> None:
    """Quotes in the reader's language, by the language model; only what stands in a document."""
    from fastapi import HTTPException, Query
    from fastapi.responses import HTMLResponse, Response

    @app.get("/translation")
    def translation(
        document: str,
        page: int = 1,
        language: Language = "en",
        mark: list[str] = Query(default=[]),  # noqa: B008
    ) -> Response:
        try:
            place = find_place(catalog, document, page, mark[:MARKS])
            pages = [catalog.page(document, m.page - 1).text for m in place.marks]
        except (KeyError, ValueError) as error:
            raise HTTPException(404, "No such place") from error
        parts = (text[m.start : m.end] for text, m in zip(pages, place.marks, strict=True))
        quote = " … ".join(" ".join(part.split()) for part in parts)[:MAX_QUOTE]
        found = writing.translated(quote, language_of(quote), language)
        return HTMLResponse(
            translation_page(found, TEXTS[language]),
            headers={"Content-Security-Policy": PLACE_POLICY},
        )


def find_place(catalog: Catalog, document: str, page: int, marks: list[str]) -> Place:
    """A page of a document, counted from 1. Raises KeyError or ValueError if there is none."""
    if page < 1:
        raise ValueError("pages are counted from 1")
    info = catalog.document(document)
    parsed = tuple(map(Highlight.parse, marks))
    return Place(
        document, info.metadata.title, catalog.page(document, page - 1), page, info.pages, parsed
    )


def _is_stale(catalog: Catalog, document: str) -> bool:
    try:
        unchanged_file(catalog, document)
    except DocumentError:
        return True
    return False


def mark_boxes(place: Place) -> list[Box]:
    """The boxes of what is marked on the page, one a line."""
    return [box for mark in place.marked for box in boxes(place.page, mark.start, mark.end)]


def unchanged_file(catalog: Catalog, document: str) -> Path:
    """The file a document was read from. Raises DocumentError if it changed since, or is gone."""
    source = catalog.sources().get(document)
    if source is None:
        raise DocumentError(f"The index has no document {document!r}")
    path = Path(source.path)
    if not path.is_file():
        raise DocumentError(f"{document!r} is gone", "Put it back, or remove it from the index")
    if sum(part.stat().st_size for part in with_stated(path)) != source.size:
        raise DocumentError(f"{document!r} has changed since it was read", "Index it again")
    return path
