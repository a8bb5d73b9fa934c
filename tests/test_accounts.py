"""Who may use the web chat: names with passwords that are kept nowhere."""

import io
import os
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from thesis_qa.cli import main
from thesis_qa.errors import SettingError
from thesis_qa.library import Index
from thesis_qa.settings import Settings
from thesis_qa.web import accounts
from thesis_qa.web.accounts import ATTEMPTS, Door, TooManyAttemptsError, read_users, user_line
from thesis_qa.web.server import create_places

PASSWORD = "tanah air beta"


@pytest.fixture(scope="module")
def line() -> str:
    return user_line("ana", PASSWORD)


def test_a_users_line_holds_no_password_and_differs_each_time(line: str) -> None:
    assert PASSWORD not in line
    assert user_line("ana", PASSWORD) != line
    assert read_users(line)["ana"].matches(PASSWORD)
    assert not read_users(line)["ana"].matches(PASSWORD + " ")


def test_users_come_from_a_file_or_from_the_setting_itself(tmp_path: Path, line: str) -> None:
    other = user_line("budi", PASSWORD)
    (tmp_path / "users.txt").write_text(f"# who may ask\n\n{line}\n{other}\n")
    assert set(read_users(str(tmp_path / "users.txt"))) == {"ana", "budi"}
    assert set(read_users(f"{line} {other}")) == {"ana", "budi"}


@pytest.mark.parametrize(
    "text",
    [
        "",
        "# nobody",
        "ana:geheim",
        "ana:plain:geheim",
        "ana:scrypt:0:8:1:c2FsdA:aGFzaA",
        "ana:scrypt:3:8:1:c2FsdA:aGFzaA",
        "ana:scrypt:1073741824:8:1:c2FsdA:aGFzaA",  # a gigabyte for every attempt
        "ana:scrypt:16384:8:9999:c2FsdA:aGFzaA",
        ":scrypt:16384:8:1:c2FsdA:aGFzaA",
        "ana:scrypt:16384:8:1:geheim",
    ],
)
def test_a_file_without_users_is_refused_without_repeating_it(tmp_path: Path, text: str) -> None:
    file = tmp_path / "users.txt"
    file.write_text(text)
    with pytest.raises(SettingError, match="thesis-qa user") as caught:
        read_users(str(file))
    assert "geheim" not in str(caught.value)


def test_the_command_line_makes_a_line_of_what_is_typed(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO(f"{PASSWORD}\n"))
    assert main(["user", "citra"]) == 0
    assert read_users(capsys.readouterr().out)["citra"].matches(PASSWORD)
    monkeypatch.setattr("sys.stdin", io.StringIO("short\n"))
    assert main(["user", "citra"]) == 1


def test_a_missing_file_is_named() -> None:
    with pytest.raises(SettingError, match=r"nowhere\.txt"):
        read_users("nowhere.txt")


@pytest.mark.parametrize("name", ["", "a b", "a:b", "a\nb"])
def test_names_that_cannot_be_and_short_passwords_are_refused(name: str) -> None:
    for given, password in ((name, PASSWORD), ("ana", "short")):
        with pytest.raises(SettingError):
            user_line(given, password)


def test_a_user_taken_out_of_the_file_is_out_at_once(tmp_path: Path, line: str) -> None:
    file = tmp_path / "users.txt"
    file.write_text(f"{line}\n{user_line('budi', PASSWORD)}")
    door = Door(str(file))
    token = door.sign_in("ana", PASSWORD, "1.2.3.4")
    assert token is not None
    assert door.name(token) == "ana"
    file.write_text(user_line("budi", PASSWORD))
    os.utime(file, ns=(0, file.stat().st_mtime_ns + 1))
    assert door.name(token) is None


def test_guessing_is_stopped_and_others_are_not(line: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(accounts.Stored, "matches", lambda stored, given: given == PASSWORD)
    door = Door(line)
    for _ in range(ATTEMPTS):
        assert door.sign_in("ana", "wrong", "1.2.3.4") is None
    with pytest.raises(TooManyAttemptsError):
        door.sign_in("ana", PASSWORD, "1.2.3.4")
    assert door.sign_in("ana", PASSWORD, "5.6.7.8")
    later = time.monotonic() + accounts.WITHIN
    monkeypatch.setattr(time, "monotonic", lambda: later)
    assert door.sign_in("ana", PASSWORD, "1.2.3.4")


@pytest.fixture
def client(sister_city: Index, line: str) -> Iterator[TestClient]:
    app = create_places(Index.open(sister_city.folder), Settings(users=line))
    with TestClient(app, follow_redirects=False) as client:
        yield client


NAME = "kerja-sama-sister-city-jakarta-hanoi.md"
PRIVATE = ["/", "/en/", f"/place?document={NAME}", f"/picture?document={NAME}&page=1",
           f"/file?document={NAME}", "/en/config", "/en/gradio_api/queue/data?session_hash=a",
           "/nowhere", "//healthz", "/healthz/", "/login/../file"]  # fmt: skip


@pytest.mark.parametrize("path", PRIVATE)
def test_nothing_is_given_out_before_signing_in(client: TestClient, path: str) -> None:
    assert client.get(path).status_code == 401
    client.cookies.set("thesis-qa", "guess")
    assert client.get(path).status_code == 401
    assert client.post(path, content=b"x").status_code == 401


def test_health_stays_open_and_says_nothing_private(client: TestClient) -> None:
    assert client.get("/healthz").json() == {"status": "ok"}


def test_a_browser_is_led_to_the_page_to_sign_in_and_back(client: TestClient) -> None:
    wanted = f"/place?document={NAME}&mark=1:0-9"
    asked = client.get(wanted, headers={"Accept": "text/html"})
    assert asked.status_code == 303
    form = client.get(asked.headers["location"])
    assert "script" not in form.text
    assert wanted.replace("&", "&amp;") in form.text
    wrong = client.post("/login", data={"name": "ana", "password": "wrong", "next": wanted})
    assert wrong.status_code == 401
    assert "Check both" in wrong.text
    right = client.post("/login", data={"name": "ana", "password": PASSWORD, "next": wanted})
    assert right.headers["location"] == wanted
    cookie = right.headers["set-cookie"].lower()
    assert "httponly" in cookie
    assert "samesite=lax" in cookie
    assert client.get(wanted).status_code == 200
    client.post("/logout")
    assert client.get(wanted).status_code == 401


@pytest.mark.parametrize(
    "back",
    ["//evil.example", "https://evil.example", "/\\evil.example", "javascript:x", "/\r\nX: y"],
)
def test_signing_in_never_leads_elsewhere(client: TestClient, back: str) -> None:
    answer = client.post("/login", data={"name": "ana", "password": PASSWORD, "next": back})
    assert answer.headers["location"] == "/"


def test_what_is_typed_into_the_form_is_never_markup(client: TestClient) -> None:
    page = client.get("/login", params={"next": '/"><script>alert(1)</script>'})
    assert "<script>" not in page.text
    assert client.post("/login", content=b"name=" + b"x" * 100_000).status_code == 401


def test_uploads_end_where_the_limit_is(sister_city: Index) -> None:
    for settings, status in ((Settings(read_only=True), 403), (Settings(max_upload_mb=1), 413)):
        with TestClient(create_places(Index.open(sister_city.folder), settings)) as client:
            sent = client.post("/en/gradio_api/upload", content=b"x" * 20_000_001)
            assert sent.status_code == status
