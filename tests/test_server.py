"""The server gives out pages, pictures and files, and nothing else."""

import io
import json
import re
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import httpx
import lxml.html
import pytest
from fastapi import Request
from fastapi.testclient import TestClient
from hypothesis import assume, given
from hypothesis import strategies as st
from PIL import Image, ImageChops
from reportlab.lib.pagesizes import A4
from reportlab.pdfbase.pdfmetrics import stringWidth
from reportlab.pdfgen.canvas import Canvas

from scripted import scripted
from thesis_qa.errors import DocumentError, SettingError
from thesis_qa.lang.data import entry, preferred
from thesis_qa.library import Index
from thesis_qa.question.topics import TOPICS
from thesis_qa.settings import Settings
from thesis_qa.types import Answer, Citation, CitedSpan
from thesis_qa.web.changes import MAX_NAME, check_upload, keep, safe_name
from thesis_qa.web.markup import answer_markup, source_group
from thesis_qa.web.picture import MARKER
from thesis_qa.web.places import Highlight
from thesis_qa.web.routes import translation_routes
from thesis_qa.web.server import create_places, serve
from thesis_qa.web.texts import TEXTS, texts_under
from thesis_qa.write import Writing

ADDRESS = "http://127.0.0.1:7860"
SENTENCE = "Responden penelitian ini berjumlah 137 orang nelayan."


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    folder = tmp_path_factory.mktemp("served")
    documents = folder / "documents"
    documents.mkdir()
    canvas = Canvas(str(documents / "nelayan.pdf"), pagesize=A4)
    for text in ("Halaman pembuka tentang pesisir.", SENTENCE):
        canvas.drawString(100, 700, text)
        canvas.showPage()
    canvas.save()
    stated = 'title = "Nelayan & laut"\nauthor = "Ana Sari, Budi"\nyear = 2021\n'
    (documents / "nelayan.pdf.meta.toml").write_text(
        stated + 'university = "Universitas Wakatobi"\n'
    )
    (documents / "catatan.txt").write_text("Catatan lapangan.\n\nHujan turun <b>deras</b>.\n")
    (folder / "secret.txt").write_text("not a document")
    Index.build(documents, folder / "index").close()
    return Settings(index=str(folder / "index"), documents=str(documents), max_upload_mb=1)


@pytest.fixture(scope="module")
def client(settings: Settings) -> Iterator[TestClient]:
    with TestClient(create_places(Index.open(settings.index)), ADDRESS) as client:
        yield client


def test_health_says_how_many_documents_there_are(client: TestClient) -> None:
    assert client.get("/healthz").json() == {"status": "ok", "documents": 2}


def test_health_tells_what_does_not_work(
    client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("shutil.disk_usage", lambda _: SimpleNamespace(free=0))
    refused = client.get("/healthz")
    assert refused.status_code == 503
    assert refused.json() == {"status": "failing", "failing": ["disk"]}


def test_metrics_count_requests_by_route_and_hold_no_contents(client: TestClient) -> None:
    client.get("/place", params={"document": "rahasia.pdf", "page": 1})
    client.get("/made-up-by-a-visitor")
    told = client.get("/metrics").text
    assert 'request_seconds_count{method="GET",route="/place",status="404"}' in told
    assert 'route="other"' in told
    assert "thesis_qa_documents 2.0" in told
    assert "thesis_qa_questions 0.0" in told
    assert "rahasia" not in told
    assert "made-up" not in told


def test_a_line_a_request_says_what_was_done_and_not_what_was_asked(
    settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO", "thesis_qa.requests")
    logging = replace(settings, log_requests=True)
    with TestClient(create_places(Index.open(settings.index), logging), ADDRESS) as client:
        client.get("/place", params={"document": "rahasia.pdf", "page": 1})
    [line] = [json.loads(record.getMessage()) for record in caplog.records]
    assert {"method": "GET", "route": "/place", "status": 404}.items() <= line.items()
    assert line.keys() == {"time", "method", "route", "status", "seconds"}


@pytest.mark.parametrize("path", ["/healthz", "/style.css", "/nowhere"])
def test_no_page_may_load_anything_from_elsewhere(client: TestClient, path: str) -> None:
    response = client.get(path)
    policy = response.headers["content-security-policy"]
    assert policy.startswith(("default-src 'self'", "default-src 'none'"))
    assert "http" not in policy
    assert response.headers["x-content-type-options"] == "nosniff"


@pytest.mark.parametrize(
    ("accepted", "language"),
    [
        ("id-ID,id;q=0.9,en;q=0.8", "id"),
        ("en-US,en;q=0.9,id;q=0.8", "en"),
        ("fr-FR, id;q=0.3", "id"),
        ("de", "en"),
        ("", "en"),
        ("en;q=broken, id;q=0.1", "id"),
    ],
)
def test_the_start_page_follows_the_browsers_language(
    client: TestClient, accepted: str, language: str
) -> None:
    response = client.get("/", headers={"Accept-Language": accepted}, follow_redirects=False)
    assert response.headers["location"] == f"/{language}/"
    assert preferred(accepted) == language


def highlighted(picture: Image.Image) -> tuple[int, int, int, int] | None:
    """The box around all pixels in the marker's colour."""
    other = ImageChops.difference(picture, Image.new("RGB", picture.size, MARKER)).convert("L")
    return other.point(lambda difference: 255 * (difference == 0)).getbbox()


def test_the_picture_highlights_the_sentence_and_only_it(
    client: TestClient, settings: Settings
) -> None:
    index = Index.open(settings.index)
    page = index.catalog.page("nelayan.pdf", 1)
    index.close()
    start = page.text.index("137 orang")
    asked = {"document": "nelayan.pdf", "page": 2, "width": 1000}
    plain = client.get("/picture", params=asked)
    marked = client.get("/picture", params={**asked, "mark": f"2:{start}-{start + 9}"})
    assert plain.headers["content-type"] == "image/png"
    assert highlighted(Image.open(io.BytesIO(plain.content))) is None
    box = highlighted(Image.open(io.BytesIO(marked.content)))
    assert box is not None
    scale = 1000 / A4[0]
    left = 100 + stringWidth(SENTENCE[: SENTENCE.index("137")], "Helvetica", 12)
    right = left + stringWidth("137 orang", "Helvetica", 12)
    assert abs(box[0] / scale - left) < 4
    assert abs(box[2] / scale - right) < 4
    assert abs(box[3] / scale - (A4[1] - 700)) < 8  # on its base line
    assert (box[3] - box[1]) / scale < 20  # one line high


def test_a_mark_of_another_page_highlights_nothing_here(client: TestClient) -> None:
    asked = {"document": "nelayan.pdf", "page": 1, "mark": "2:0-9"}
    picture = Image.open(io.BytesIO(client.get("/picture", params=asked).content))
    assert highlighted(picture) is None


def test_the_place_of_a_text_is_its_paragraph_escaped(client: TestClient) -> None:
    asked = {"document": "catatan.txt", "mark": "1:19-36", "language": "id"}
    response = client.get("/place", params=asked)
    assert '<html lang="id">' in response.text
    assert "<mark>" in response.text
    assert "&lt;b&gt;" in response.text
    assert "<b>" not in response.text
    assert "script-src" not in response.headers["content-security-policy"]


@pytest.mark.parametrize(
    "asked",
    [
        {"document": "../secret.txt"},
        {"document": "/etc/passwd"},
        {"document": "nelayan.pdf", "page": 3},
        {"document": "nelayan.pdf", "page": 0},
        {"document": "nelayan.pdf", "page": 10**12},
        {"document": "nelayan.pdf", "page": 1, "mark": "1:0-9;drop"},
        {"document": "nelayan.pdf\x00", "page": 1},
    ],
)
@pytest.mark.parametrize("route", ["/place", "/picture"])
def test_what_is_not_in_the_library_is_not_given_out(
    client: TestClient, route: str, asked: dict[str, str]
) -> None:
    assert client.get(route, params={"page": 1, **asked}).status_code in (404, 422)


@pytest.mark.parametrize("name", ["../secret.txt", "/etc/passwd", "nelayan.pdf\x00", ""])
def test_only_files_of_the_library_are_given_out(client: TestClient, name: str) -> None:
    assert client.get("/file", params={"document": name}).status_code == 404


def test_a_pdf_opens_in_the_browser_and_anything_else_is_saved(client: TestClient) -> None:
    pdf = client.get("/file", params={"document": "nelayan.pdf"})
    assert pdf.headers["content-type"] == "application/pdf"
    assert pdf.headers["content-disposition"].startswith("inline")
    text = client.get("/file", params={"document": "catatan.txt"})
    assert text.headers["content-disposition"].startswith("attachment")


def test_a_file_that_changed_since_is_not_passed_off_as_the_source(
    client: TestClient, settings: Settings
) -> None:
    path = Path(settings.documents) / "nelayan.pdf"
    kept = path.read_bytes()
    try:
        path.write_bytes(kept + b"%")
        asked = {"document": "nelayan.pdf", "page": 1}
        response = client.get("/picture", params=asked)
        assert response.status_code == 409
        assert "changed" in response.text
    finally:
        path.write_bytes(kept)


def test_a_page_that_cannot_be_drawn_is_refused_in_the_language_of_the_browser(
    client: TestClient,
) -> None:
    asked = {"document": "catatan.txt", "page": 1}
    for language, said in (("en", "can't be drawn"), ("id", "tidak dapat digambar")):
        response = client.get("/picture", params=asked, headers={"Accept-Language": language})
        assert response.status_code == 409
        assert said in response.json()["detail"]


# Hostile visitors


def test_only_for_its_own_names_does_the_server_answer(settings: Settings) -> None:
    for change, asked, status in (
        ({}, ADDRESS, 200), ({}, "http://localhost:1", 200), ({}, "http://[::1]:7860", 200),
        ({}, "http://evil.example:7860", 400), ({}, "http://127.0.0.1.evil.example", 400),
        ({"allowed_hosts": "a.example, *.b.example"}, "http://a.example", 200),
        ({"allowed_hosts": "a.example, *.b.example"}, "http://x.b.example", 200),
        ({"allowed_hosts": "a.example, *.b.example"}, "http://b.example.evil", 400),
        ({"allowed_hosts": "a.example"}, ADDRESS, 200),
        ({"public_url": "https://theses.example/x"}, "http://theses.example", 200),
        ({"host": "0.0.0.0"}, "http://library.campus.example", 200),
        ({"host": "0.0.0.0", "allowed_hosts": "a.example"}, "http://evil.example", 400),
    ):  # fmt: skip
        app = create_places(Index.open(settings.index), replace(settings, **change))
        with TestClient(app, asked) as client:
            assert client.get("/healthz").status_code == status, (change, asked)
            page = client.get("/place", params={"document": "catatan.txt"})
            assert page.status_code == status
            assert ("Hujan" in page.text) == (status == 200)


@pytest.mark.parametrize("number", [10**6, 2**63, 10**30, -(10**30), "9" * 5000, "1e9", "٣"])
@pytest.mark.parametrize("route", ["/place", "/picture"])
def test_no_number_breaks_the_server(client: TestClient, route: str, number: object) -> None:
    asked = {"document": "nelayan.pdf", "page": 1}
    for name in ("page", "width"):
        response = client.get(route, params={**asked, name: str(number)})
        assert response.status_code < 500
    assert client.get(route, params={**asked, "mark": f"1:0-{number}"}).status_code < 500


@pytest.fixture(scope="module")
def gradio(settings: Settings) -> Iterator[TestClient]:
    """A server with a stand-in for Gradio that has two events and says what it was sent."""
    app = create_places(Index.open(settings.index), settings)
    app.state.events = {0, 1}

    @app.api_route("/en/{path:path}", methods=["GET", "POST"])
    async def stand_in(request: Request) -> object:
        return await request.json()

    with TestClient(app, ADDRESS) as client:
        yield client


EVENT = {"data": ["Apa?", 1.5], "session_hash": "h", "fn_index": 1}


def test_what_the_page_sends_comes_through_whole(gradio: TestClient) -> None:
    assert gradio.post("/en/gradio_api/queue/join", json=EVENT).json() == EVENT


@pytest.mark.parametrize(
    "sent",
    [
        *({**EVENT, "fn_index": n} for n in (2, -1, 10**30, True, 1.0, None, "0", [])),
        {**EVENT, "data": [float("inf")]},
        {**EVENT, "session_hash": float("nan")},
        {**EVENT, "data": [{"a": [{"path": " HTTPS://evil.example/x"}]}]},
        {"data": [], "session_hash": "h"},
        [],
        None,
        7,
    ],
)
def test_an_event_that_the_page_has_not_is_refused(gradio: TestClient, sent: object) -> None:
    assert gradio.post("/en/gradio_api/queue/join", content=json.dumps(sent)).status_code == 400


@pytest.mark.parametrize(
    "body", ["", "{", "[" * 5000, '{"fn_index": ' + "9" * 5000 + "}", '{"fn_index": 1, "a": 1e999}']
)
def test_what_is_no_event_is_refused(gradio: TestClient, body: str) -> None:
    assert gradio.post("/en/gradio_api/queue/join", content=body).status_code == 400


@pytest.mark.parametrize(
    "call", ["run/predict", "api/predict", "call/x", "run/0/gradio_api/cancel", "vibe-edit/", ""]
)
def test_nothing_runs_past_the_line(gradio: TestClient, call: str) -> None:
    assert gradio.post(f"/en/gradio_api/{call}", json=EVENT).status_code == 404


def test_too_much_of_anything_is_refused(gradio: TestClient) -> None:
    long = {**EVENT, "data": ["x" * 2_000_001]}
    assert gradio.post("/en/gradio_api/queue/join", json=long).status_code == 413
    assert gradio.get(f"/en/static/{'a' * 5000}").status_code == 414


SERVER = """
import sys
from thesis_qa.lang.data import entry
from thesis_qa.library import Index
from thesis_qa.settings import Settings
from thesis_qa.web.server import create_places
import uvicorn

if __name__ == "__main__":
    app = create_places(Index.open(sys.argv[1]), Settings())
    uvicorn.run(app, port=int(sys.argv[2]), log_level="error")
"""


@pytest.fixture(scope="module")
def attacked(data: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A server of a good thesis and of one made to hang whoever draws it."""
    folder = tmp_path_factory.mktemp("attacked")
    (folder / "documents").mkdir()
    bad = data / "attack" / "pdf-nested-forms.pdf"
    (folder / "documents" / bad.name).write_bytes(bad.read_bytes())
    canvas = Canvas(str(folder / "documents" / "baik.pdf"), pagesize=A4)
    for number in range(5):
        canvas.drawString(100, 700, f"{SENTENCE} Halaman {number}.")
        canvas.showPage()
    canvas.save()
    Index.build(folder / "documents", folder / "index").close()
    (folder / "server.py").write_text(SERVER)
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    command = [sys.executable, str(folder / "server.py"), str(folder / "index"), str(port)]
    server = subprocess.Popen(command)
    address = f"http://127.0.0.1:{port}"
    try:
        wait_until(lambda: is_up(address))
        yield address
        workers = children(server.pid)
        assert workers
        server.send_signal(signal.SIGKILL)  # even so, nothing of it stays
        wait_until(lambda: not any(Path(f"/proc/{worker}").exists() for worker in workers))
    finally:
        server.kill()
        server.wait(30)


def is_up(address: str) -> bool:
    try:
        return httpx.get(f"{address}/healthz").status_code == 200
    except httpx.TransportError:
        return False


def wait_until(condition: Callable[[], bool]) -> None:
    end = time.monotonic() + 90
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.1)


def children(pid: int) -> list[str]:
    """The processes that a process has started and that are still there (Linux)."""
    return Path(f"/proc/{pid}/task/{pid}/children").read_text().split()


@pytest.mark.enable_socket
@pytest.mark.skipif(sys.platform != "linux", reason="looks for processes in /proc")
def test_a_page_made_to_hang_keeps_nobody_else_waiting(attacked: str) -> None:
    http = httpx.Client(base_url=attacked, timeout=120, limits=httpx.Limits(max_connections=None))
    refused: list[int] = []

    def picture(document: str, page: int) -> httpx.Response:
        asked = {"document": document, "page": page, "width": 640}
        return http.get("/picture", params=asked)

    def ask() -> None:
        refused.append(picture("pdf-nested-forms.pdf", 2).status_code)

    visitors = [threading.Thread(target=ask) for _ in range(45)]
    with http:
        assert picture("baik.pdf", 1).status_code == 200  # the server is awake
        for visitor in visitors:
            visitor.start()
        for page in range(2, 6):
            assert picture("baik.pdf", page).headers["content-type"] == "image/png"
        assert http.get("/healthz").status_code == 200
        for visitor in visitors:
            visitor.join(60)
    assert refused == [409] * 45


@pytest.mark.enable_socket
def test_a_port_in_use_is_one_line_with_a_remedy(settings: Settings) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(SettingError, match=rf"{port}.*in use.*--port {port + 1}"):
            serve(Settings(index=settings.index, port=port))


def test_every_topic_has_a_name() -> None:
    for language in TEXTS:
        assert entry("text.web.card.topics", language).keys() == {topic.name for topic in TOPICS}


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("thesis.pdf", "thesis.pdf"),
        ("../../etc/passwd.txt", "passwd.txt"),
        ("C:\\Users\\x\\skripsi.docx", "skripsi.docx"),
        (".hidden.pdf", "hidden.pdf"),
        ("a\nb\x00c.pdf", "abc.pdf"),
        ('bab "4": <isi>?.pdf', "bab 4 isi.pdf"),
        ("nul.txt", "_nul.txt"),
        ("skripsi 🎓 saya.pdf", "skripsi 🎓 saya.pdf"),
        ("..", "document"),
    ],
)
def test_names_of_uploads_are_names(sent: str, kept: str) -> None:
    assert safe_name(sent) == kept


@given(st.text(max_size=400))
def test_any_name_becomes_a_file_of_the_folder(name: str) -> None:
    safe = safe_name(name)
    assert safe == Path(safe).name
    assert safe not in ("", ".", "..")
    assert not safe.startswith(".")
    assert len(safe.encode()) <= MAX_NAME + 30


def test_uploads_over_the_limits_are_refused_on_the_server(tmp_path: Path) -> None:
    large = tmp_path / "large.pdf"
    large.write_bytes(b"%PDF" + b"0" * 1_000_001)
    empty = tmp_path / "empty.pdf"
    empty.touch()
    for path, reason in ((large, "larger than 1 MB"), (empty, "empty")):
        with pytest.raises(DocumentError, match=reason):
            check_upload(path, path.name, 1)
    with pytest.raises(DocumentError, match="Save it as DOCX"):
        check_upload(large, "thesis.doc", 5)


def test_an_upload_never_replaces_another_file(tmp_path: Path) -> None:
    folder = tmp_path / "documents"
    names = []
    for number, content in enumerate(("one", "two", "one")):
        sent = tmp_path / f"sent-{number}"
        sent.write_text(content)
        names.append(keep(sent, "bab.txt", folder).name)
    assert names == ["bab.txt", "bab (2).txt", "bab.txt"]
    assert (folder / "bab.txt").read_text() == "one"


def citation(number: int, quote: str) -> Citation:
    return Citation(number, "a.pdf", "", "", None, 1, "1", "", "en", quote, ())


def test_a_number_inside_a_quote_is_no_citation_of_ours() -> None:
    quote = "As shown in [2] the tide [1] rises <i>daily</i>."
    answer = Answer(
        question="?",
        language="en",
        answered=True,
        confidence=0.9,
        text=f"In its words:\n\n“{quote}” [1]\n\n“Plain.” [2] [7]",
        citations=(citation(1, quote), citation(2, "Plain.")),
        passages=(),
        model="quotes",
        timings={},
    )
    markup = answer_markup(answer, "k", TEXTS["en"])
    assert markup.count('class="cite"') == 2
    assert "shown in [2] the tide [1] rises &lt;i&gt;daily&lt;/i&gt;" in markup
    assert "[7]" in markup  # there is no such source


@given(st.text())
def test_what_is_no_mark_is_refused(text: str) -> None:
    assume(not re.fullmatch(r"[0-9]+:[0-9]+-[0-9]+", text))
    with pytest.raises(ValueError, match="not a mark"):
        Highlight.parse(text)


def test_marks_are_read_back_as_written() -> None:
    assert str(Highlight.parse("61:1204-1318")) == "61:1204-1318"


def test_of_a_file_that_changed_only_the_stored_text_is_shown(
    client: TestClient, settings: Settings
) -> None:
    path = Path(settings.documents) / "nelayan.pdf"
    kept = path.read_bytes()
    try:
        path.write_bytes(kept + b"%")
        asked = {"document": "nelayan.pdf", "page": 2, "mark": "2:0-9", "language": "en"}
        page = client.get("/place", params=asked)
        assert "changed or moved" in page.text
        assert "<mark>Responden</mark>" in page.text
        assert "<img" not in page.text
    finally:
        path.write_bytes(kept)


def test_what_a_folder_states_of_its_documents_makes_none_of_them_stale(tmp_path: Path) -> None:
    (tmp_path / "documents").mkdir()
    (tmp_path / "documents" / "a.txt").write_text("Perahu itu biru.")
    (tmp_path / "documents" / ".meta.toml").write_text('author = "Ana"')
    index = Index.build(tmp_path / "documents", tmp_path / "index")
    with TestClient(create_places(index), ADDRESS) as client:
        assert client.get("/file", params={"document": "a.txt"}).status_code == 200


def test_reference_managers_read_a_thesis_off_its_own_page(client: TestClient) -> None:
    page = client.get("/thesis?document=nelayan.pdf&language=id")
    tags = [
        (tag.get("name"), tag.get("content"))
        for tag in lxml.html.fromstring(page.content).iterfind(".//meta[@name]")
    ]
    for tag in [
        ("citation_title", "Nelayan & laut"),
        ("citation_author", "Sari, Ana"),
        ("citation_author", "Budi"),
        ("citation_publication_date", "2021"),
        ("citation_dissertation_institution", "Universitas Wakatobi"),
        ("citation_pdf_url", f"{ADDRESS}/file?document=nelayan.pdf"),
        ("DC.creator", "Sari, Ana"),
        ("DC.type", "Thesis"),
    ]:
        assert tag in tags
    assert "Sari, A., &amp; Budi (2021). <em>Nelayan &amp; laut</em> [Skripsi" in page.text
    for link in lxml.html.fromstring(page.content).iterfind(".//a[@download]"):
        file = client.get(link.get("href"))
        assert "Nelayan" in file.text
        assert "attachment; filename*=utf-8''sari2021." in file.headers["content-disposition"]
    assert client.get("/thesis?document=secret.txt").status_code == 404
    assert client.get("/reference?document=nelayan.pdf&style=APA").status_code == 404


def test_where_there_is_nothing_a_page_says_so(client: TestClient) -> None:
    page = client.get("/place", params={"document": "<b>x"}, headers={"Accept-Language": "id"})
    assert page.status_code == 404
    assert "Tidak ada apa-apa di sini" in page.text
    assert "<b>" not in page.text


def test_a_card_shows_translation_and_other_places() -> None:
    span = CitedSpan(61, "29", 0, 5, ((0.0, 0.0, 9.0, 9.0),))
    other = CitedSpan(12, "xii", 3, 9, ((0.0, 0.0, 9.0, 9.0),))
    cited = replace(
        citation(1, "Kapal <b>biru</b>."), language="id", page=61, page_label="29", spans=(span,),
        places=(other,), translation="Blue <b>boat</b>.", author="Ana", year=2021, title="Kapal",
        section="BAB II › 2.1 Warna", context="Tabel 1", answer=(6, 9),
    )  # fmt: skip
    answer = Answer("?", "id", True, 0.9, "", (cited,), (), "quotes", {})
    card = source_group(answer, "k", TEXTS["en"])
    for shown in ("Kapal", "Ana · 2021", "p. 29 (file page 61)", "BAB II › 2.1 Warna", "Indonesian",
                  "Tabel 1", "<mark>&lt;b&gt;</mark>", "In the thesis’s own English",
                  "Blue &lt;b&gt;boat&lt;/b&gt;.", "p. xii (file page 12)",
                  "page=12&amp;mark=12%3A3-9"):  # fmt: skip
        assert shown in card, shown
    assert "<b>" not in card


def test_a_quote_is_translated_by_the_model_and_marked_as_its_own(settings: Settings) -> None:
    model = scripted("The respondents of this study were 137 fishermen <b>in all</b>.")
    asked = {"document": "nelayan.pdf", "page": 2, "language": "en", "mark": "2:0-60"}
    index = Index.open(settings.index)
    app = create_places(index)
    app.include_router(translation_routes(Writing(index, model), index.catalog, texts_under("")))
    with TestClient(app, ADDRESS) as client:
        page = client.get("/translation", params=asked)
        nowhere = client.get("/translation", params={**asked, "document": "../secret.txt"})
        beyond = client.get("/translation", params={**asked, "mark": "9:0-60"})
    assert "137 fishermen &lt;b&gt;in all&lt;/b&gt;." in page.text
    assert "Scripted" in page.text
    assert page.headers["content-security-policy"].startswith("default-src 'none'")
    [heard] = model.heard  # nothing but what stands in a document goes to the model
    assert SENTENCE in heard
    assert (nowhere.status_code, beyond.status_code) == (404, 404)


def test_without_a_model_nothing_is_translated(client: TestClient) -> None:
    asked = {"document": "nelayan.pdf", "page": 2, "mark": "2:0-60"}
    assert client.get("/translation", params=asked).status_code == 404
