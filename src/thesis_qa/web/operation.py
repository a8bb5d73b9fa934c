"""What whoever runs the server looks at: whether it works, how much, and a line a request.

None of it holds what was asked, answered, uploaded or typed, nor by whom: routes are named, never
whole addresses.
"""

import json
import logging
import shutil
import sqlite3
import time
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from functools import cache
from typing import TYPE_CHECKING, Any

from fastapi import FastAPI
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from thesis_qa.api.access import PATHS, route_path
from thesis_qa.library import Index

if TYPE_CHECKING:
    from prometheus_client import Metric

LOG = logging.getLogger("thesis_qa.requests")
ROOM = 50_000_000  # bytes on the disk of the index, without which nothing more comes in
BUCKETS = (0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0, 30.0)  # seconds


def failing(index: Index, problems: Iterable[str] = ()) -> list[str]:
    """What doesn't work of what every visitor needs; empty where all does."""
    found = list(problems)
    try:
        index.catalog.names()
        index.catalog.count_passages()
    except sqlite3.Error:
        found.append("catalog")
    try:
        if shutil.disk_usage(index.folder).free < ROOM:
            found.append("disk")
    except OSError:
        found.append("folder")
    return found


class Metrics:
    """What is counted, for Prometheus."""

    def __init__(self, index: Index, waiting: Any) -> None:
        """`waiting` has the length of the line of questions."""
        from prometheus_client import CollectorRegistry, Histogram
        from prometheus_client.platform_collector import PlatformCollector
        from prometheus_client.process_collector import ProcessCollector

        self._index, self._waiting = index, waiting
        self.registry = CollectorRegistry()
        ProcessCollector(registry=self.registry)
        PlatformCollector(registry=self.registry)
        self.registry.register(self)
        self.seconds = Histogram(
            "thesis_qa_request_seconds", "Seconds to the end of a response",
            ("method", "route", "status"), registry=self.registry, buckets=BUCKETS,
        )  # fmt: skip

    def collect(self) -> "Iterable[Metric]":
        """The state of the library and of the line, when they are asked for."""
        from prometheus_client.core import GaugeMetricFamily

        index = self._index
        for name, told, value in (
            ("documents", "Theses in the library", lambda: len(index.documents())),
            ("passages", "Passages in the library", index.catalog.count_passages),
            ("questions", "Questions worked on and in line", lambda: len(self._waiting)),
        ):
            try:
                yield GaugeMetricFamily(f"thesis_qa_{name}", told, value=value())  # type: ignore[no-untyped-call]
            except sqlite3.Error:  # /healthz says so
                continue

    def page(self) -> Response:
        """All of it, as Prometheus reads it."""
        from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

        told: bytes = generate_latest(self.registry)
        return Response(told, media_type=CONTENT_TYPE_LATEST)


class Watched:
    """ASGI middleware: counts every request and, if asked to, writes a line of JSON about it."""

    def __init__(self, app: ASGIApp, metrics: Metrics, log: bool) -> None:
        self.app, self.metrics, self.log = app, metrics, log

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        started, status = time.perf_counter(), 500  # of what breaks before it answers

        async def noted(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            await self.app(scope, receive, noted)
        finally:
            seconds = time.perf_counter() - started
            method, route = known_method(scope["method"]), route_of(scope)
            self.metrics.seconds.labels(method, route, str(status)).observe(seconds)
            if self.log:
                LOG.info(log_line(method=method, route=route, status=status, seconds=seconds))


def known_method(method: str) -> str:
    """A method of HTTP; whatever else a client makes up is one."""
    return method if method in ("GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS") else "OTHER"


def route_of(scope: Scope) -> str:
    """The first part of an address, if it is one of ours; nobody can make up more of them."""
    first = first_part(route_path(scope))
    return first if first in routes(scope["app"]) else "other"


def first_part(path: str) -> str:
    return f"/{path.strip('/').partition('/')[0]}"


@cache
def routes(app: FastAPI) -> frozenset[str]:
    """The first parts of all addresses of a server."""
    return frozenset(map(first_part, (*_addresses(app.routes), *PATHS)))


def _addresses(routes: Iterable[Any]) -> Iterator[str]:
    for route in routes:
        yield getattr(route, "path", "")
        yield from _addresses(getattr(getattr(route, "original_router", None), "routes", ()))


def log_line(**values: object) -> str:
    """A line of a log that programs read."""
    rounded = {k: round(v, 4) if isinstance(v, float) else v for k, v in values.items()}
    return json.dumps({"time": datetime.now(UTC).isoformat(timespec="milliseconds"), **rounded})


def log_to_stderr() -> None:
    """Write the lines of requests where whoever started the server sees them."""
    handler = logging.StreamHandler()
    handler.setFormatter(logging.Formatter("%(message)s"))
    LOG.addHandler(handler)
    LOG.setLevel(logging.INFO)
    LOG.propagate = False
