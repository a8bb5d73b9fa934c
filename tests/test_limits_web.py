"""Where the page and the ways in for programs part two things by a number, what lies on either
side."""

import asyncio
import json
from collections.abc import Callable, Iterator
from contextlib import nullcontext
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest
from pydantic import TypeAdapter, ValidationError

from statement import passage, statements
from thesis_qa.address import place_address
from thesis_qa.api import access, chat_completions, service, tools, v1
from thesis_qa.api.service import Service, WaitingLine
from thesis_qa.cli.terminal import answer_lines
from thesis_qa.errors import DocumentError
from thesis_qa.index.catalog import Catalog
from thesis_qa.settings import Settings
from thesis_qa.types import Answer, Metadata, Page, Progress, Span
from thesis_qa.web import (
    accounts,
    changes,
    first_screen,
    guard,
    keeping,
    picture,
    routes,
    server,
    takeaway,
    work,
)
from thesis_qa.web.accounts import Accounts, TooManyAttemptsError
from thesis_qa.web.context import AppContext
from thesis_qa.web.first_screen import Pick
from thesis_qa.web.keeping import Kept, conversation_routes, spans_of, unpack_link
from thesis_qa.web.library_tab import LONG
from thesis_qa.web.markup import Place, confidence_words, place_page
from thesis_qa.web.picture import PagePictures
from thesis_qa.web.places import Highlight
from thesis_qa.web.texts import TEXTS
from thesis_qa.write.lookup import Lookup

ENGLISH = TEXTS["en"]
ANSWER = Answer("?", "id", False, 0.1, "", (), (), "quotes", {})


def accepts(kind: Any, value: object) -> bool:
    try:
        TypeAdapter(kind).validate_python(value)
    except ValidationError:
        return False
    return True


def ticking(step: float) -> Callable[[], float]:
    """A clock that goes on by `step` whenever it is looked at."""
    now = [-step]

    def look() -> float:
        now[0] += step
        return now[0]

    return look


# Signing in


@pytest.fixture
def known(monkeypatch: pytest.MonkeyPatch) -> Accounts:
    """Accounts that nobody gets into, with a clock that stands still."""
    made = Accounts.__new__(Accounts)
    made._failed, made._nobody = [], ""
    monkeypatch.setattr(Accounts, "users", {})
    monkeypatch.setattr(accounts, "matches", lambda stored, password: False)
    monkeypatch.setattr(accounts.time, "monotonic", lambda: 1000.0)
    return made


def tries(known: Accounts, names: Iterator[str]) -> int:
    """How often may be tried before one has to wait."""
    for count, name in enumerate(names):
        try:
            known.check(name, "", "10.0.0.1")
        except TooManyAttemptsError:
            return count
    return -1


def test_a_name_may_be_tried_ten_times_and_fifty_names_once(known: Accounts) -> None:
    assert tries(known, iter(["ana"] * 99)) == 10
    known._failed = []
    assert tries(known, (f"ana{n}" for n in range(99))) == 50


def test_who_failed_may_try_again_after_five_minutes(
    known: Accounts, monkeypatch: pytest.MonkeyPatch
) -> None:
    tries(known, iter(["ana"] * 11))
    monkeypatch.setattr(accounts.time, "monotonic", lambda: 1299.0)
    with pytest.raises(TooManyAttemptsError):
        known.check("ana", "", "10.0.0.1")
    monkeypatch.setattr(accounts.time, "monotonic", lambda: 1301.0)
    assert not known.check("ana", "", "10.0.0.1")


@pytest.mark.parametrize(("size", "read"), [(10_000, 10_000), (10_001, 0)])
async def test_the_form_to_sign_in_sends_ten_thousand_bytes(size: int, read: int) -> None:
    async def stream() -> Any:
        yield b"a" * size

    body = await accounts._body(cast(Any, SimpleNamespace(stream=stream)))
    assert len(body) == read


# Changing the library


def test_names_of_files_have_a_hundred_and_fifty_bytes() -> None:
    assert len(changes.safe_name("a" * 300)) == 150
    assert len(changes.safe_name(f"{'a' * 300}.pdf")) == 151  # with the dot


@pytest.mark.parametrize(("size", "taken"), [(2_000_000, True), (2_000_001, False)])
def test_a_megabyte_is_a_million_bytes(tmp_path: Path, size: int, taken: bool) -> None:
    path = tmp_path / "a.pdf"
    with path.open("wb") as sparse:
        sparse.truncate(size)
    if taken:
        changes.check_upload(path, "a.pdf", 2)
    else:
        with pytest.raises(DocumentError):
            changes.check_upload(path, "a.pdf", 2)


def test_twenty_files_are_taken_at_once(tmp_path: Path) -> None:
    sent: list[Any] = []
    intake = SimpleNamespace(send=lambda files, out: sent.extend(files), watch=lambda: iter(()))
    app: Any = SimpleNamespace(settings=Settings(), intake=intake)
    files = [(tmp_path / f"{n}.pdf", f"{n}.pdf") for n in range(25)]
    assert list(changes.add_files(app, files, ENGLISH)) == []
    assert len(sent) == 20


def test_what_is_stated_has_a_thousand_characters() -> None:
    assert len(changes.read_form({"title": "a" * 2000, "year": ""}).title) == 1000


# The first screen


def picks(count: int) -> list[Pick]:
    return [Pick(f"{n}.pdf", Metadata(year=2000 + n), "") for n in range(count)]


def test_seven_theses_can_be_filtered() -> None:
    assert first_screen._choices(picks(6)) == {}
    assert len(first_screen._choices(picks(7))["year"]) == 7


class Offers:
    """A page whose assistant answers anything, or nothing."""

    def __init__(self, answers: bool) -> None:
        self.asked = 0
        self.answers = answers
        self.assistant = self

    def can_answer(self, question: str, names: object) -> bool:
        self.asked += 1
        return self.answers


@pytest.mark.parametrize(
    ("answers", "step", "asked", "offered"), [(True, 0.0, 3, 3), (False, 0.9, 4, 0)]
)
def test_questions_are_tried_for_four_seconds_to_offer_three(
    monkeypatch: pytest.MonkeyPatch, answers: bool, step: float, asked: int, offered: int
) -> None:
    monkeypatch.setattr(first_screen.time, "monotonic", ticking(step))
    app = Offers(answers)
    found = first_screen._offered(cast(AppContext, app), (), "en", 0)
    assert (app.asked, len(found)) == (asked, offered)


@pytest.mark.parametrize(("length", "said"), [(40, True), (39, False)])
def test_a_sentence_that_says_something_has_forty_characters(length: int, said: bool) -> None:

    text = ("Petani " * 9)[: length - 1] + "."
    known = Metadata(abstracts={"id": (Span(0, 0, len(text)),)})
    catalog: Any = SimpleNamespace(page=lambda name, page: Page(1, None, text))
    assert bool(first_screen._begins(cast(Catalog, catalog), "a.pdf", known, "id")) == said


# What is sent to the page


async def statuses(app: Any, scope: Any, body: bytes = b"") -> list[int]:
    sent: list[int] = []

    async def receive() -> Any:
        return {"type": "http.request", "body": body, "more_body": False}

    async def send(message: Any) -> None:
        if message["type"] == "http.response.start":
            sent.append(message["status"])

    await app({"type": "http", "method": "POST", "query_string": b"", **scope}, receive, send)
    return sent


async def passed(scope: Any, receive: Any, send: Any) -> None:
    await send({"type": "http.response.start", "status": 200, "headers": []})


@pytest.mark.parametrize(("length", "status"), [(1000, 200), (1001, 414)])
async def test_a_path_has_a_thousand_characters(length: int, status: int) -> None:
    outermost = guard.Outermost(passed, {"localhost"})
    scope = {"path": "/" + "a" * (length - 1), "headers": [(b"host", b"localhost")]}
    assert await statuses(outermost, scope) == [status]


@pytest.mark.parametrize(("size", "status"), [(2_000_000, 200), (2_000_001, 413)])
async def test_an_event_has_two_megabytes(size: int, status: int) -> None:
    app = SimpleNamespace(state=SimpleNamespace(events={1}))
    body = json.dumps({"fn_index": 1, "data": ""}).encode()
    body = body.replace(b'""', b'"' + b"a" * (size - len(body)) + b'"')
    scope = {"path": f"{guard.API}{guard.EVENT}", "headers": [], "app": app}
    assert await statuses(guard.PageCalls(passed, 0), scope, body) == [status]


# What is kept


@pytest.mark.parametrize(
    ("kind", "most"),
    [
        (keeping._Name, "a" * 500),
        (keeping._TURNS, [{"key": "a", "question": "?"}] * 200),
        (v1.Earlier, {"question": "?", "answer": "a" * 20_000}),
        (v1.FindRequest, {"text": "a" * 20_000}),
        (chat_completions.TextPart, {"type": "text", "text": "a" * 50_000}),
        (chat_completions.Message, {"content": "a" * 50_000}),
    ],
)
def test_how_long_what_is_sent_may_be(kind: Any, most: Any) -> None:
    def longer(value: Any) -> Any:
        return value + value[:1]

    over = {key: longer(v) if len(v) > 9 else v for key, v in most.items()} if isinstance(
        most, dict
    ) else longer(most)  # fmt: skip
    check = kind if isinstance(kind, TypeAdapter) else TypeAdapter(kind)
    check.validate_python(most)
    with pytest.raises(ValidationError):
        check.validate_python(over)


def test_pages_are_counted_to_a_million() -> None:
    assert accepts(v1.Number, 999_999)
    assert not accepts(v1.Number, 1_000_000)
    assert accepts(routes.Page, 999_999)
    assert not accepts(routes.Page, 1_000_000)


def link(cited: list[Any]) -> str:
    import base64

    packed = json.dumps(["?", cited]).encode()
    return base64.urlsafe_b64encode(packed).rstrip(b"=").decode()


def test_a_link_cites_eight_places() -> None:
    place = ["a.pdf", "1:0-9", ""]
    assert len(unpack_link(link([place] * 8))[1]) == 8
    with pytest.raises(ValueError, match="at most 8"):
        unpack_link(link([place] * 9))


def test_a_link_has_sixteen_thousand_characters() -> None:
    with pytest.raises(ValueError, match="16001"):
        unpack_link("a" * 16_001)
    with pytest.raises(ValueError, match="valid"):  # it is read, and is none
        unpack_link("a" * 16_000)


def test_a_quote_has_twenty_parts_of_five_thousand_characters() -> None:
    assert len(spans_of(["1:0-5000"] * 20)) == 20
    for marks in (["1:0-9"] * 21, ["1:0-5001"]):
        with pytest.raises(ValueError, match="1:0"):
            spans_of(marks)


def test_a_mark_has_numbers_of_nine_digits() -> None:
    assert Highlight.parse("1:0-999999999").end == 999_999_999
    with pytest.raises(ValueError, match="mark"):
        Highlight.parse("1:0-1000000000")


def keeps(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.setattr(keeping, "_own", lambda folder, request: tmp_path)
    [put] = [r for r in conversation_routes(tmp_path).routes if "PUT" in r.methods]  # type: ignore[attr-defined]
    return put.endpoint  # type: ignore[attr-defined]


def sends(body: bytes) -> Any:
    async def stream() -> Any:
        yield body

    return SimpleNamespace(stream=stream)


def test_a_kept_conversation_has_a_megabyte_and_a_half(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from fastapi import HTTPException

    keep = keeps(tmp_path, monkeypatch)
    for size, status in ((1_500_000, 422), (1_500_001, 413)):
        with pytest.raises(HTTPException) as refused:
            asyncio.run(keep(sends(b"a" * size), "0" * 16))
        assert refused.value.status_code == status


def test_five_hundred_conversations_are_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    keep = keeps(tmp_path, monkeypatch)
    kept = Kept(id="f" * 16, title="?", turns=[])
    for count, left in ((499, 500), (500, 500)):
        for path in tmp_path.iterdir():
            path.unlink()
        for n in range(count):
            (tmp_path / f"{n:016x}.json").write_text("{}")
        olds = [SimpleNamespace(id=f"{n:016x}") for n in range(count)]
        monkeypatch.setattr(keeping, "_all_kept", lambda own, olds=olds: [kept, *olds])
        asyncio.run(keep(sends(kept.model_dump_json().encode()), kept.id))
        assert len(list(tmp_path.iterdir())) == left


# How it looks


@pytest.mark.parametrize(
    ("confidence", "words"), [(0.76, "strong"), (0.74, "fair"), (0.51, "fair"), (0.49, "weak")]
)
def test_how_strong_evidence_is_called(confidence: float, words: str) -> None:
    assert confidence_words(confidence, ENGLISH) == str(getattr(ENGLISH, words))


def test_a_place_is_shown_with_air_and_not_too_narrow() -> None:
    page = Page(1, None, "", 600, 800)
    place = Place("a.pdf", "", page, 1, 1, (), crop=(200, 300, 400, 500))
    assert place.shown == (78, 288, 522, 512)


def test_paragraphs_are_looked_for_three_thousand_characters_around() -> None:
    text = "a" * 4000 + "Padi." + "b" * 4000
    place = Place("a.txt", "", Page(None, None, text), 1, 1, (Highlight(1, 4000, 4005),))
    shown = place_page(place, ENGLISH)
    assert (shown.count("a" * 3000), shown.count("b" * 3000)) == (1, 1)
    assert "a" * 3001 not in shown


def test_sixteen_visitors_change_the_library_at_once() -> None:
    assert LONG["concurrency_limit"] == 16


def test_a_hundred_and_twenty_eight_pictures_are_kept() -> None:
    kept: dict[object, Any] = {}
    for n in range(200):
        picture._keep(kept, n, b"")
    assert len(kept) == 128


def test_three_documents_are_drawn_from_for_eight_seconds_a_page(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    pictures = picture.PagePictures()
    assert len(pictures._workers) == 3
    assert pictures._at_once.total_tokens == 3
    waited: list[float] = []
    drawing = pictures._workers[0]
    connection = SimpleNamespace(send=lambda task: None, poll=lambda s: waited.append(s))
    monkeypatch.setattr(drawing, "start", lambda: connection)
    monkeypatch.setattr(drawing, "stop", lambda: None)
    assert drawing.draw("page") == b""
    assert waited == [16]  # a starting process needs time too


def test_drawing_may_take_eight_seconds_and_a_gigabyte_and_a_half(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    import resource

    limits: list[Any] = []
    alarms: list[int] = []
    told = iter([("page",)])

    def recv() -> Any:
        try:
            return next(told)
        except StopIteration:
            raise EOFError from None

    monkeypatch.setattr(resource, "setrlimit", lambda kind, most: limits.append(most))
    monkeypatch.setattr(picture.signal, "alarm", alarms.append)
    monkeypatch.setattr(picture.signal, "signal", lambda *given: None)
    monkeypatch.setattr(picture.os, "nice", lambda by: by)
    picture._work(cast(Any, SimpleNamespace(recv=recv, send_bytes=lambda drawn: None)))
    assert limits == [(1_500_000_000, 1_500_000_000)]
    assert alarms == [8, 0]


def test_a_quote_is_shown_on_two_more_pages() -> None:
    marks = tuple(Highlight(n, 0, 9) for n in range(1, 6))
    place = Place("a.pdf", "", Page(1, None, "a" * 9), 1, 9, marks)
    catalog: Any = SimpleNamespace(page=lambda name, page: place.page)
    assert len(list(routes._going_on(catalog, place))) == 2


def test_open_connections_have_two_seconds(monkeypatch: pytest.MonkeyPatch) -> None:
    import uvicorn

    told: dict[str, Any] = {}

    def config(app: object, **more: Any) -> Any:
        told.update(more)
        raise InterruptedError

    monkeypatch.setattr(uvicorn, "Config", config)
    monkeypatch.setattr(server, "_listen", lambda host, port: nullcontext())
    monkeypatch.setattr(server, "create_app", lambda settings: None)
    with pytest.raises(InterruptedError):
        server.serve(Settings(port=0))
    assert told["timeout_graceful_shutdown"] == 2


def test_names_of_saved_files_have_eighty_characters() -> None:
    saved = json.loads(takeaway.as_file([], "Markdown", "en", "a" * 200))
    assert saved["name"] == "a" * 80 + ".md"


def test_references_hang_by_a_centimetre() -> None:
    from docx.shared import Cm

    setting = SimpleNamespace()
    takeaway._hang(setting)
    assert (setting.left_indent, setting.first_line_indent) == (Cm(1), Cm(-1))


def test_progress_is_told_four_times_a_second(monkeypatch: pytest.MonkeyPatch) -> None:
    waited: list[float] = []
    states = iter([work.Work(), work.Work(done=True)])
    intake = work.Intake.__new__(work.Intake)
    monkeypatch.setattr(work.Intake, "state", lambda self: next(states))
    monkeypatch.setattr(work.time, "sleep", waited.append)
    assert len(list(intake.watch())) == 2
    assert waited == [0.25]


# Ways in for programs


def test_an_address_has_twenty_marks() -> None:
    marks = [f"1:{n}-{n + 1}" for n in range(30)]
    assert place_address("", "a.pdf", 1, marks).count("mark=") == 20


@pytest.mark.parametrize(("size", "status"), [(1_000_000, 200), (1_000_001, 413)])
async def test_a_request_has_a_megabyte(size: int, status: int) -> None:
    way = access.Checked.__new__(access.Checked)
    way.app, way.closed = passed, False
    way.keys = cast(Any, SimpleNamespace(owner=lambda key: None, needed=False))
    way.calls = access.Calls(60)
    scope = {"path": "/v1/ask", "headers": [(b"content-length", str(size).encode())]}
    assert await statuses(way, scope) == [status]


def test_ten_thousand_callers_are_counted() -> None:
    calls = access.Calls(1)
    for n in range(10_001):
        calls.wait(str(n))
    assert len(calls._left) == 10_000


def test_four_are_answered_and_sixty_four_wait() -> None:
    line = WaitingLine()
    tickets = [line.enter() for _ in range(70)]
    assert tickets.index(None) == 64

    async def place(ticket: object) -> int:
        return await anext(aiter(line.wait(ticket)), 0)

    assert [asyncio.run(place(tickets[n])) for n in (3, 4)] == [0, 1]


def test_the_line_is_looked_at_five_times_a_second(monkeypatch: pytest.MonkeyPatch) -> None:
    waited: list[float] = []
    line = WaitingLine(1)
    first, second = line.enter(), line.enter()

    async def sleep(seconds: float) -> None:
        waited.append(seconds)
        line.leave(first)

    monkeypatch.setattr(service.asyncio, "sleep", sleep)

    async def through() -> None:
        async for _ in line.wait(second):
            pass

    asyncio.run(through())
    assert waited == [0.2]


def test_a_passage_comes_with_one_on_either_side() -> None:
    asked: list[Any] = []
    catalog = SimpleNamespace(around=lambda name, *around: asked.extend(around) or [passage()])
    index = SimpleNamespace(catalog=catalog, public_url="")
    Service.passage(cast(Any, SimpleNamespace(index=index)), "p")
    assert asked == [1, 1]


def test_a_tool_finds_ten_passages() -> None:
    asked: list[int] = []
    index: Any = SimpleNamespace(search=lambda query, most, *among: asked.append(most) or [])

    async def in_turn(work: Callable[..., Any], *given: object) -> Any:
        return work(*given)

    serving = SimpleNamespace(lookup=Lookup(index), in_turn=in_turn)
    assert asyncio.run(tools._searched(cast(Any, serving), "padi")).results == []
    assert asked == [10]


def test_a_streamed_answer_comes_in_pieces_of_eighty_characters() -> None:
    assert [len(piece) for piece in chat_completions._pieces("a" * 200)] == [80, 80, 40]


def test_the_command_line_shows_three_passages_that_are_near() -> None:
    near = tuple(passage(statements(1), str(n)) for n in range(6))
    lines = list(answer_lines(replace(ANSWER, passages=near)))
    assert sum(line.startswith("\n- ") for line in lines) == 3


def test_sixty_four_wait_in_line_and_one_more_is_told_to_come_back() -> None:
    line = AppContext(cast(Any, None), Settings()).line
    assert all(line.enter() is not None for _ in range(64))
    assert line.enter() is None


@pytest.mark.parametrize(("done", "told"), [(4, False), (6, True)])
def test_the_time_left_is_told_from_a_twentieth_of_the_work(
    monkeypatch: pytest.MonkeyPatch, done: int, told: bool
) -> None:
    from thesis_qa.web import work

    states: Iterator[Progress | None] = iter([Progress("x", 1, 1, done, 100)])
    [shown] = work._watched(states, "x")
    assert (shown.left is not None) == told


async def test_a_page_that_could_not_be_drawn_is_tried_again_after_a_minute(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "a.pdf").write_bytes(b"")
    tried: list[float] = []
    now = [1000.0]
    pictures = PagePictures()

    async def fails(*given: object) -> None:
        tried.append(now[0])

    monkeypatch.setattr(pictures, "_draw", fails)
    monkeypatch.setattr(picture.time, "monotonic", lambda: now[0])
    for later in (0.0, 50.0, 65.0):
        now[0] = 1000 + later
        with pytest.raises(Exception, match=r"a\.pdf"):
            await pictures.draw(tmp_path / "a.pdf", 1, [], 640)
    assert tried == [1000.0, 1065.0]
