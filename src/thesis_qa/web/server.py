"""The web chat's server: the page in both languages beside places, pictures and files."""

import asyncio
import errno
import hashlib
import logging
import os
import secrets
import socket
import sys
import threading
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path
from urllib.parse import urlsplit

from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse, PlainTextResponse, RedirectResponse, Response

from thesis_qa.api.access import ToApi
from thesis_qa.api.service import Service
from thesis_qa.api.v1 import create_api
from thesis_qa.assistant import Assistant
from thesis_qa.errors import DocumentError, SettingError, ThesisQAError
from thesis_qa.index.database import is_writable
from thesis_qa.lang.data import text
from thesis_qa.library import Index
from thesis_qa.model.telemetry import disable_telemetry
from thesis_qa.settings import Settings
from thesis_qa.web.accounts import Accounts, SignIn
from thesis_qa.web.changes import MAX_FILES, MEGABYTE, UNCLAIMED, UPLOADS, sweep
from thesis_qa.web.context import AppContext, is_closed
from thesis_qa.web.guard import (
    LOOPBACK,
    Outermost,
    PageCalls,
    Sessions,
    SignedIn,
    TrustedProxies,
    is_network,
)
from thesis_qa.web.keeping import conversation_routes
from thesis_qa.web.look import icon, render, script, style_sheet, theme
from thesis_qa.web.markup import missing_page
from thesis_qa.web.operation import Metrics, Watched, failing, log_to_stderr
from thesis_qa.web.page import build_page
from thesis_qa.web.picture import PagePictures
from thesis_qa.web.routes import (
    html,
    picture_of,
    place_routes,
    refused,
    spoken,
    start_route,
    translation_routes,
)
from thesis_qa.web.texts import texts_under
from thesis_qa.web.thesis_page import thesis_routes
from thesis_qa.write import language_model

DEFAULTS = Settings()
GRACE = 2  # seconds for open connections when the server stops


def serve(settings: Settings) -> None:
    """Serve the web chat until it is interrupted.

    Raises SettingError if the port can't be had, IndexStateError if the index can't be used.
    """
    listening = _listen(settings.host, settings.port)
    with listening:
        import uvicorn

        if settings.log_requests:
            log_to_stderr()
        app = create_app(settings)
        _tell("serving", address=settings.address)
        config = uvicorn.Config(
            app, log_level="warning", timeout_graceful_shutdown=GRACE, proxy_headers=False
        )
        server = uvicorn.Server(config)
        # Whoever stops it need not read that pages still open in a browser are cut off.
        logging.getLogger("uvicorn.error").addFilter(lambda _: not server.should_exit)
        server.run(sockets=[listening])


def index_and_serve(settings: Settings) -> None:
    """Bring the index up to date with the documents folder, if there is one, then serve."""
    index = _index(settings)
    if Path(settings.documents).is_dir():
        _tell("reading_folder", folder=settings.documents)
        try:
            for report in index.update(settings.documents).documents:
                _say(f"{report.document}: {report.error or report.status}")
        except DocumentError as error:  # nothing in it yet: theses can be brought in by the page
            _say(f"thesis-qa: {error}")
    index.close()
    serve(settings)


def _tell(key: str, **values: object) -> None:
    _say(text(f"text.server.{key}", None, **values))


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def _index(settings: Settings) -> Index:
    index = Index.create(
        settings.index, embedding=settings.chosen_embedding, rerank=settings.rerank
    )
    index.public_url = settings.address
    return index


def _listen(host: str, port: int) -> socket.socket:
    """The socket to serve on, taken before anything slow is done."""
    try:
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        return socket.create_server((host, port), family=family)
    except (OSError, OverflowError) as error:
        taken = isinstance(error, OSError) and error.errno == errno.EADDRINUSE
        code = "port-taken" if taken else "port-refused"
        raise SettingError(code, host=repr(host), port=port, next=port + 1, reason=error) from error


def create_app(settings: Settings) -> FastAPI:
    """The whole web chat as a FastAPI application."""
    disable_telemetry()
    import gradio as gr

    index = _index(settings)
    if is_writable(index.folder):  # a folder of our own, so that what nobody claims can be swept;
        # Gradio knows one for all servers of a process
        os.environ.setdefault("GRADIO_TEMP_DIR", str((index.folder / UPLOADS).resolve()))
    app = create_places(index, settings)
    problems = app.state.problems
    threading.Thread(target=_warm_up, args=(index, problems), daemon=True).start()
    texts = texts_under(settings.root)
    context: AppContext = app.state.context
    app.include_router(start_route(context.started))
    if context.assistant.writing:
        app.include_router(translation_routes(context.assistant.writing, index.catalog, texts))
    for language, spoken_texts in texts.items():
        page = build_page(context, spoken_texts)
        page.has_launched = True  # else Gradio takes any file of this machine for an upload
        app.state.events |= set(page.fns)
        gr.mount_gradio_app(
            app,
            page,
            path=f"/{language}",
            theme=theme(),
            css=style_sheet(),
            head=render("head.html", spoken_texts, script=script()),
            footer_links=[],
            run_history=False,
            max_file_size=f"{settings.max_upload_mb}mb",
            show_error=True,
        )
    return app


def _warm_up(index: Index, problems: list[str]) -> None:
    """Load what the first question needs, so that it need not wait for it."""
    try:
        index.refresh()
        index.embedding.query_vector("")
        _ = index.retriever
    except ThesisQAError as error:
        problems.append("model")
        _say(f"thesis-qa: {error}")  # the first question gets it too


def create_places(index: Index, settings: Settings = DEFAULTS) -> FastAPI:
    """The server without the chat: places, pictures of pages, files, health, signing in."""
    pictures = PagePictures()
    context = AppContext(Assistant(index, language_model(settings)), settings)
    draw = partial(picture_of, index.catalog, pictures)
    api = create_api(Service(context.assistant, context.line, draw), settings, is_closed(settings))

    @asynccontextmanager
    async def running(_: FastAPI) -> AsyncIterator[None]:
        pictures.warm_up()
        sweeping = asyncio.create_task(_sweep(index.folder / UPLOADS))
        async with api.router.lifespan_context(api):
            yield
        sweeping.cancel()
        pictures.close()
        index.close()

    app = FastAPI(lifespan=running, docs_url=None, redoc_url=None, openapi_url=None)
    app.state.events = set()  # of the page, by number
    app.state.problems = []  # found when it started, for /healthz
    app.state.metrics = Metrics(index, context.line)
    app.state.context = context
    _add_guards(app, settings, api)
    _add_start(app, index, settings)
    texts = texts_under(settings.root)
    app.include_router(place_routes(index.catalog, pictures, texts))
    app.include_router(thesis_routes(index.catalog, settings.address, texts))
    app.include_router(conversation_routes(index.folder))
    return app


async def _sweep(folder: Path) -> None:
    while True:
        await asyncio.to_thread(sweep, folder, time.time())
        await asyncio.sleep(UNCLAIMED / 6)


def _add_guards(app: FastAPI, settings: Settings, api: FastAPI) -> None:
    """What requests pass before the page; the guard that is added last is passed first."""
    proxies, header = trusted_proxies(settings), settings.trusted_user_header or ""
    most = 0 if settings.read_only else MAX_FILES * settings.max_upload_mb * MEGABYTE
    app.add_middleware(PageCalls, most=most)
    if is_closed(settings):
        sign_in = SignIn(Accounts(settings.users) if settings.users else None, settings.root)
        app.include_router(sign_in.routes())
        app.add_middleware(SignedIn, is_inside=sign_in.is_inside, form=bool(settings.users))
        app.add_middleware(Sessions, secret=secrets.token_hex(), cookie=_cookie(settings))
    metrics: Metrics = app.state.metrics
    api.add_api_route("/metrics", metrics.page, include_in_schema=False)
    app.add_middleware(ToApi, api=api)  # which knows keys, not sessions
    app.add_middleware(TrustedProxies, proxies=proxies, user_header=header)
    app.add_middleware(Outermost, hosts=hosts(settings), root=settings.root)
    app.add_middleware(Watched, metrics=metrics, log=settings.log_requests)


def _cookie(settings: Settings) -> str:
    """A name that no other server on this machine gives its cookie."""
    own = f"{Path(settings.index).resolve()} {settings.port}"
    return f"thesis-qa-{hashlib.sha256(own.encode()).hexdigest()[:12]}"


def _listed(setting: str | None) -> list[str]:
    return (setting or "").replace(",", " ").lower().split()


def trusted_proxies(settings: Settings) -> list[str]:
    """Their addresses. Raises SettingError for what is none, and if there must be one."""
    proxies = _listed(settings.trusted_proxies)
    for proxy in proxies:
        if not is_network(proxy):
            raise SettingError("proxies-unreadable", address=repr(proxy))
    if settings.trusted_user_header and not proxies:
        raise SettingError("header-without-proxies")
    return proxies


def hosts(settings: Settings) -> set[str]:
    """By which names the server may be asked for; any, if the set is empty."""
    public = urlsplit(settings.public_url or "")
    if settings.public_url and not (public.scheme in ("http", "https") and public.hostname):
        raise SettingError("public-url", url=repr(settings.public_url))
    stated = set(_listed(settings.allowed_hosts))
    if "*" in stated or not (stated or settings.host in LOOPBACK):
        return set()
    return stated | LOOPBACK | {settings.host, public.hostname or settings.host}


def _add_start(app: FastAPI, index: Index, settings: Settings) -> None:
    texts, counted = texts_under(settings.root), not is_closed(settings)

    @app.exception_handler(404)
    def missing(request: Request, _: Exception) -> Response:
        return html(missing_page(texts[spoken(request)]), 404)

    app.add_exception_handler(DocumentError, refused)

    @app.get("/")
    def choose(request: Request) -> Response:
        return RedirectResponse(f"/{spoken(request)}/", headers={"Vary": "Accept-Language"})

    @app.get("/healthz")
    def healthz() -> Response:
        problems = failing(index, app.state.problems)
        if problems:  # which, is for whoever runs it
            said = {"status": "failing", **({"failing": problems} if counted else {})}
            return JSONResponse(said, 503)
        known = {"documents": len(index.documents())} if counted else {}
        return JSONResponse({"status": "ok", **known})

    @app.get("/style.css")
    def stylesheet() -> Response:
        return PlainTextResponse(style_sheet(), media_type="text/css")

    @app.get("/favicon.ico")
    def favicon() -> Response:
        return PlainTextResponse(icon(), media_type="image/svg+xml")
