"""Who may use the web chat: names with passwords that are kept nowhere."""

import io
import os
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from argon2 import PasswordHasher
from fastapi.testclient import TestClient

from thesis_qa.cli import main
from thesis_qa.errors import SettingError
from thesis_qa.library import Index
from thesis_qa.settings import Settings
from thesis_qa.web import accounts
from thesis_qa.web.accounts import (
    Accounts,
    TooManyAttemptsError,
    matches,
    read_users,
    user_line,
)
from thesis_qa.web.guard import is_within
from thesis_qa.web.server import create_places

PASSWORD = "tanah air beta"


@pytest.fixture(scope="module")
def line() -> str:
    return user_line("ana", PASSWORD)


def test_a_users_line_holds_no_password_and_differs_each_time(line: str) -> None:
    assert PASSWORD not in line
    assert user_line("ana", PASSWORD) != line
    assert matches(read_users(line)["ana"], PASSWORD)
    assert not matches(read_users(line)["ana"], PASSWORD + " ")


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
        "ana:scrypt:16384:8:1:c2FsdA:geheim",  # of version 0.1
        "ana:$argon2id$geheim",
        "ana:$argon2id$v=19$m=1048576,t=3,p=4$c2FsdHNhbHQ$Z2VoZWlt",  # a gigabyte an attempt
        ":$argon2id$v=19$m=65536,t=3,p=4$c2FsdHNhbHQ$Z2VoZWlt",
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
    assert read_users(capsys.readouterr().out)["citra"].startswith("$argon2id$")
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


def test_a_line_of_version_0_1_is_to_be_made_anew() -> None:
    with pytest.raises(SettingError, match=r"older version\. Make the line anew: thesis-qa user"):
        read_users("ana:scrypt:32768:8:3:c2FsdA:aGFzaA")


def test_a_user_taken_out_of_the_file_or_with_a_new_password_is_out_at_once(
    tmp_path: Path, line: str
) -> None:
    file = tmp_path / "users.txt"
    file.write_text(f"{line}\n{user_line('budi', PASSWORD)}")
    known = Accounts(str(file))
    before = known.fingerprint("ana"), known.fingerprint("budi")
    assert all(before)
    file.write_text(user_line("budi", PASSWORD + "!"))
    os.utime(file, ns=(0, file.stat().st_mtime_ns + 1))
    assert known.fingerprint("ana") is None
    assert known.fingerprint("budi") not in (None, before[1])
    file.unlink()
    assert known.fingerprint("budi") is None


@pytest.fixture
def known(line: str, monkeypatch: pytest.MonkeyPatch) -> Accounts:
    """Ana and Budi, checked without the time that hashing takes."""
    monkeypatch.setattr(accounts, "matches", lambda stored, given: given == PASSWORD)
    return Accounts(f"{line} {line.replace('ana', 'budi')}")


def guesses(known: Accounts, name: str, address: str = "1.2.3.4", most: int = 999) -> int:
    """How many wrong passwords may be tried before it has to wait."""
    for number in range(most):
        try:
            assert not known.check(name, "wrong", address)
        except TooManyAttemptsError:
            return number
    return most


def test_a_mistyped_password_does_no_harm_and_guessing_is_stopped(
    known: Accounts, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert guesses(known, "ana", most=4) == 4
    assert known.check("ana", PASSWORD, "1.2.3.4")  # what was mistyped before is forgotten
    assert 4 < guesses(known, "ana") <= 20
    with pytest.raises(TooManyAttemptsError):
        known.check("ana", PASSWORD, "1.2.3.4")
    assert known.check("budi", PASSWORD, "1.2.3.4")  # others at the same address are not kept out
    assert known.check("ana", PASSWORD, "5.6.7.8")
    later = time.monotonic() + 301  # "in five minutes", as the page says
    monkeypatch.setattr(time, "monotonic", lambda: later)
    assert known.check("ana", PASSWORD, "1.2.3.4")


def test_signing_in_with_an_own_account_allows_no_more_guesses_at_another(known: Accounts) -> None:
    tried = 0
    for _ in range(20):
        tried += guesses(known, "ana", most=3)
        known.check("budi", PASSWORD, "1.2.3.4")
    assert tried <= 20


def test_one_address_cannot_try_one_password_on_many_names(known: Accounts) -> None:
    tried = [guesses(known, f"name-{number}", most=1) for number in range(200)]
    assert sum(tried) <= 100


def test_addresses_of_one_ipv6_network_are_one(known: Accounts) -> None:
    tried = [guesses(known, "ana", f"2001:db8::{number:x}", most=1) for number in range(40)]
    assert sum(tried) <= 20


def test_networks_hold_their_addresses() -> None:
    assert is_within("10.1.2.3", ["192.168.0.1", "10.0.0.0/8"])
    assert is_within("::1", ["::1"])
    assert not is_within("11.1.2.3", ["10.0.0.0/8"])
    assert not is_within("testclient", ["10.0.0.0/8"])


@pytest.fixture(scope="module")
def quick_line() -> str:
    """A user whose password is checked at once."""
    return f"ana:{PasswordHasher(1, 8, 1).hash(PASSWORD)}"


def visiting(
    index: Index, settings: Settings, address: str = "203.0.113.9", **more: object
) -> TestClient:
    """A browser at `address`, that asks for this machine by its own name."""
    app = create_places(Index.open(index.folder), settings)
    base = "http://127.0.0.1:7860"
    return TestClient(app, base, follow_redirects=False, client=(address, 50_000), **more)  # type: ignore[arg-type]


@pytest.fixture
def client(sister_city: Index, quick_line: str) -> Iterator[TestClient]:
    with visiting(sister_city, Settings(users=quick_line)) as client:
        yield client


def sign_in(client: TestClient, password: str = PASSWORD, **headers: str) -> int:
    """The status of the answer."""
    form = {"name": "ana", "password": password}
    return client.post("/login", data=form, headers=headers).status_code


NAME = "kerja-sama-sister-city-jakarta-hanoi.md"
PRIVATE = ["/", "/en/", f"/place?document={NAME}", f"/picture?document={NAME}&page=1",
           f"/file?document={NAME}", "/en/config", "/en/gradio_api/queue/data?session_hash=a",
           "/nowhere", "//healthz", "/healthz/", "/login/../file"]  # fmt: skip


@pytest.mark.parametrize("path", PRIVATE)
def test_nothing_is_given_out_before_signing_in(client: TestClient, path: str) -> None:
    assert client.get(path).status_code == 401
    client.cookies.set("thesis-qa", "guess")
    client.cookies.set("session", "eyJ1c2VyIjogImFuYSJ9.aaaa.bbbb")
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


def test_no_cookie_of_another_application_signs_anybody_out(client: TestClient) -> None:
    assert sign_in(client) == 303
    [ours] = list(client.cookies)
    assert ours != "thesis-qa"  # another library on this machine may have that name
    for name, value in (("thesis-qa", "x"), ("session", '{"a": [1, 2]}'), ("a b", "ü=;,")):
        header = f"{name}={value}; {ours}={client.cookies[ours]}; {name}={value}"
        answer = client.get(
            "/place", params={"document": NAME}, headers={"cookie": header.encode()}
        )
        assert answer.status_code == 200


def test_two_servers_on_one_machine_keep_their_visitors_apart(
    sister_city: Index, quick_line: str
) -> None:
    names = set()
    for port in (7860, 7861):
        with visiting(sister_city, Settings(users=quick_line, port=port)) as client:
            sign_in(client)
            names |= set(client.cookies)
    assert len(names) == 2


def test_a_copied_cookie_is_worth_nothing_after_signing_out_nor_when_it_is_altered(
    client: TestClient,
) -> None:
    sign_in(client)
    [(name, value)] = client.cookies.items()
    client.post("/logout")
    for kept in (value, value[:-2] + "xx", value.partition(".")[0], "null"):
        headers = {"cookie": f"{name}={kept}"}
        assert client.get("/place", params={"document": NAME}, headers=headers).status_code == 401


def test_over_https_the_cookie_is_for_https_only(sister_city: Index, quick_line: str) -> None:
    settings = Settings(users=quick_line, trusted_proxies="10.0.0.0/8")
    for proxy, secure in (("10.1.1.1", True), ("203.0.113.9", False)):
        with visiting(sister_city, settings, proxy) as client:
            form = {"name": "ana", "password": PASSWORD}
            headers = {"x-forwarded-proto": "https", "x-forwarded-for": "198.51.100.1"}
            answer = client.post("/login", data=form, headers=headers)
            assert ("secure" in answer.headers["set-cookie"].lower()) == secure


def statuses(client: TestClient, forwarded: str) -> list[int]:
    """Of guesses that each say they come from somewhere else."""
    addresses = (forwarded.format(number=number) for number in range(25))
    return [sign_in(client, "wrong", **{"x-forwarded-for": address}) for address in addresses]


def test_a_made_up_address_is_no_way_around_the_limit(sister_city: Index, quick_line: str) -> None:
    with visiting(sister_city, Settings(users=quick_line)) as client:
        assert statuses(client, "198.51.100.{number}")[-1] == 429


def test_behind_a_trusted_proxy_each_visitor_has_a_limit_of_their_own(
    sister_city: Index, quick_line: str
) -> None:
    settings = Settings(users=quick_line, trusted_proxies="10.0.0.1, 10.0.0.2")
    with visiting(sister_city, settings, "10.0.0.1") as client:
        assert set(statuses(client, "198.51.100.{number}")) == {401}
        assert statuses(client, "198.51.100.{number}, 203.0.113.9")[-1] == 429
        assert sign_in(client, **{"x-forwarded-for": "192.0.2.7"}) == 303


def test_only_a_trusted_proxy_says_who_has_signed_in(sister_city: Index, quick_line: str) -> None:
    settings = Settings(trusted_user_header="X-Remote-User", trusted_proxies="10.0.0.1")
    named = {"x-remote-user": "ana"}
    for address, headers, status in (
        ("10.0.0.1", named, 200), ("10.0.0.1", {}, 401), ("10.0.0.1", {"x-remote-user": " "}, 401),
        ("203.0.113.9", named, 401), ("203.0.113.9", {**named, "x-forwarded-for": "10.0.0.1"}, 401),
    ):  # fmt: skip
        with visiting(sister_city, settings, address) as client:
            asked = client.get("/place", params={"document": NAME}, headers=headers)
            assert asked.status_code == status, (address, headers)
    both = Settings(users=quick_line, trusted_user_header="X-Remote-User", trusted_proxies="::1")
    with visiting(sister_city, both) as client:
        assert sign_in(client) == 303
        assert client.get("/place", params={"document": NAME}).status_code == 200


@pytest.mark.parametrize(
    ("wrong", "remedy"),
    [
        ({"trusted_user_header": "X-User"}, "trusted_proxies is not"),
        ({"trusted_proxies": "10.0.0.1 nonsense"}, "'nonsense'"),
        ({"public_url": "theses.example"}, "https://"),
    ],
)
def test_settings_that_would_let_nobody_or_anybody_in_are_refused(
    sister_city: Index, wrong: dict[str, str], remedy: str
) -> None:
    index = Index.open(sister_city.folder)
    with pytest.raises(SettingError, match=remedy):
        create_places(index, Settings(**wrong))  # type: ignore[arg-type]
    index.close()


def test_uploads_end_where_the_limit_is(sister_city: Index) -> None:
    for settings, status in ((Settings(read_only=True), 403), (Settings(max_upload_mb=1), 413)):
        with visiting(sister_city, settings) as client:
            sent = client.post("/en/gradio_api/upload", content=b"x" * 20_000_001)
            assert sent.status_code == status
