"""Whoever speaks to the server without the page gets no further than with it."""

import json
import re
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from servers import indexed, serving

from thesis_qa.web.changes import MAX_FILES

API = "/en/gradio_api"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("api")
    (folder / "documents").mkdir()
    (folder / "documents" / "perahu.txt").write_text("Perahu nelayan berangkat pagi.")
    (folder / "secret.txt").write_text("not a document")
    (folder / "secret.pdf").write_bytes(b"%PDF-1.4 not a document")
    return indexed(folder)


@pytest.fixture(scope="module")
def client(folder: Path) -> Iterator["Client"]:
    with serving(folder) as address, httpx.Client(base_url=address, timeout=120) as http:
        yield Client(http)


@pytest.fixture(scope="module")
def reader(folder: Path) -> Iterator["Client"]:
    """A visitor of the same library where it is read-only."""
    closed = serving(folder, THESIS_QA_READ_ONLY="true")
    with closed as address, httpx.Client(base_url=address, timeout=120) as http:
        yield Client(http)


class Client:
    """Raises the page's events by hand, as a hostile visitor would."""

    def __init__(self, http: httpx.Client) -> None:
        self.http = http
        self.config = http.get("/en/config").json()
        self._names = {c["id"]: c["props"].get("elem_id") for c in self.config["components"]}

    def event(self, element: str, event: str) -> dict[str, Any] | None:
        """What happens at an event of an element; None if nothing does."""
        for found in self.config["dependencies"]:
            for target, kind in found["targets"]:
                if self._names.get(target) == element and kind == event:
                    return dict(found)
        return None

    def raise_event(self, used: dict[str, Any], values: dict[str, Any]) -> str:
        """All that comes back when the event is raised with values by the element's id."""
        data = [values.get(self._names.get(i) or "") for i in used["inputs"]]
        job = {"data": data, "fn_index": used["id"], "session_hash": "hostile"}
        joined = self.http.post(f"{API}/queue/join", json=job)
        if joined.status_code != 200:
            return joined.text
        return self.told("hostile")

    def told(self, session: str) -> str:
        """What the page would be told, until the event is over."""
        said = ""
        address = f"{API}/queue/data"
        with self.http.stream("GET", address, params={"session_hash": session}) as lines:
            for line in lines.iter_lines():
                said += f"{line}\n"
                if "process_completed" in line or "unexpected_error" in line:
                    break
        return said

    def send(self, *files: dict[str, Any]) -> str:
        used = self.event("files", "upload")
        assert used
        return self.raise_event(used, {"files": list(files)})

    def uploaded(self, name: str, content: bytes) -> dict[str, Any]:
        (path,) = self.http.post(f"{API}/upload", files={"files": (name, content)}).json()
        return {"path": path, "orig_name": name, "meta": {"_type": "gradio.FileData"}}


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in (folder / "documents").iterdir())


@pytest.mark.parametrize("path", ["secret.txt", "secret.pdf", "index/catalog.sqlite"])
def test_no_file_of_the_machine_can_be_passed_off_as_an_upload(
    client: Client, folder: Path, path: str
) -> None:
    wanted = str(folder / path)
    said = client.send({"path": wanted, "orig_name": "x.txt", "meta": {"_type": "gradio.FileData"}})
    assert "not a document" not in said
    assert "was not uploaded by a user" in said or "Invalid file type" in said
    assert names(folder) == ["perahu.txt"]
    assert (folder / path).exists()


def test_no_address_is_fetched_for_an_upload(client: Client, folder: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        url = f"http://127.0.0.1:{other.getsockname()[1]}/x.txt"
        file = {"path": url, "url": url, "meta": {"_type": "gradio.FileData"}}
        assert "from your computer only" in client.send(file)
        used = client.event("question", "submit")
        assert used
        assert "from your computer only" in client.raise_event(used, {"question": file})
        assert names(folder) == ["perahu.txt"]
        other.settimeout(0.2)
        with pytest.raises(TimeoutError):  # nobody has come
            other.accept()


def test_types_and_numbers_are_checked_though_the_page_is_passed_by(
    client: Client, folder: Path
) -> None:
    said = client.send(client.uploaded("bukan.exe", b"MZ" * 50))
    assert "success" in said
    assert names(folder) == ["perahu.txt"]
    sent = [client.uploaded(f"{i}.txt", b"%PDF-1.4") for i in range(MAX_FILES + 2)]
    assert "At most 20 files" in client.send(*sent)
    assert names(folder) == ["perahu.txt"]


def test_a_file_over_the_limit_is_refused_while_it_comes_in(client: Client) -> None:
    answer = client.http.post(f"{API}/upload", files={"files": ("a.txt", b"x" * 1_100_000)})
    assert answer.status_code == 413


def test_a_name_with_a_path_stays_in_the_folder(client: Client, folder: Path) -> None:
    client.send(client.uploaded("../../../x.txt", b"Perahu itu biru."))
    try:
        assert names(folder) == ["perahu.txt", "x.txt"]
    finally:
        (folder / "documents" / "x.txt").unlink(missing_ok=True)


@pytest.mark.parametrize("path", ["secret.txt", "documents/perahu.txt", "index/catalog.sqlite"])
def test_gradio_gives_out_no_file_of_the_machine(client: Client, folder: Path, path: str) -> None:
    for route in (f"{API}/file={folder / path}", f"{API}/file/{folder / path}",
                  f"/en/static/../../{path}", f"/en/assets/..%2f..%2f{path}"):  # fmt: skip
        assert client.http.get(route).status_code in (401, 403, 404, 405)


def test_gradio_fetches_nothing_for_others(client: Client) -> None:
    assert client.http.get(f"{API}/proxy=http://127.0.0.1:9/x").status_code in (400, 403, 404)


def test_no_event_is_offered_by_name(client: Client) -> None:
    named = client.http.get(f"{API}/info").json()["named_endpoints"]
    assert named == {}


READING = ["question.submit", "shelf.click", "book-back.click", "cancel.click"]
CHANGING = ["files.upload", "save-fields.click"]


def test_where_the_library_is_read_only_nothing_that_changes_it_is_connected(
    client: Client, reader: Client
) -> None:
    for name in (*READING[:3], *CHANGING):
        assert client.event(*name.split(".")), name
    assert [name for name in CHANGING if reader.event(*name.split("."))] == []
    assert reader.http.post(f"{API}/upload", files={"files": ("a.txt", b"x")}).status_code == 403


def test_a_document_that_is_not_there_opens_nothing(client: Client) -> None:
    used = client.event("shelf", "click")
    assert used
    job = {
        "data": [],
        "fn_index": used["id"],
        "session_hash": "h",
        "event_data": {"document": "../x"},
    }
    client.http.post(f"{API}/queue/join", json=job)
    said = client.told("h")
    (last,) = re.findall(r"\{.*process_completed.*\}", said)
    assert json.loads(last)["success"]


@pytest.mark.parametrize("number", [9999, -1, 10**30])
def test_an_event_that_is_not_there_is_refused(client: Client, number: int) -> None:
    job = {"data": [], "fn_index": number, "session_hash": "h"}
    for call, status in (("queue/join", 400), ("run/predict", 404)):
        assert client.http.post(f"{API}/{call}", json=job).status_code == status
