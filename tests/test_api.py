"""The library over HTTP: what the chat answers, as JSON; and who may ask for it."""

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

import hypothesis
import pytest
import schemathesis
from fastapi.testclient import TestClient

from conftest import SISTER_CITY
from serving import ASKED, FISHERS, QUOTED, SENTENCE, UNANSWERABLE, small_library
from thesis_qa.api.access import Calls, new_key, read_keys
from thesis_qa.api.service import WAITING
from thesis_qa.assistant import Assistant
from thesis_qa.errors import SettingError
from thesis_qa.library import Index
from thesis_qa.settings import Settings
from thesis_qa.types import to_json
from thesis_qa.web.server import create_places

ADDRESS = "http://127.0.0.1:7860"


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    return small_library(tmp_path_factory.mktemp("api"))


@pytest.fixture(scope="module")
def client(settings: Settings) -> Iterator[TestClient]:
    with TestClient(create_places(Index.open(settings.index), settings), ADDRESS) as client:
        yield client


def problem(response: Any, status: int) -> str:
    assert response.status_code == status
    assert response.headers["content-type"] == "application/problem+json"
    told = response.json()
    assert told["status"] == status
    return str(told["detail"])


def test_an_answer_is_the_assistants_own(client: TestClient, settings: Settings) -> None:
    answer = client.post("/v1/ask", json={"question": ASKED}).json()
    index = Index.open(settings.index)
    own = to_json(Assistant(index).ask(ASKED))
    index.close()
    assert QUOTED in answer["citations"][0]["quote"]
    assert {**answer, "timings": {}} == {**own, "timings": {}}


def test_the_address_of_a_citation_opens_it(client: TestClient) -> None:
    [citation] = client.post("/v1/ask", json={"question": "Berapa responden nelayan?"}).json()[
        "citations"
    ]
    parts = urlsplit(citation["url"])
    assert citation["page"] == 2
    assert client.get(f"{parts.path}?{parts.query}").status_code == 200


def test_what_the_documents_do_not_say_is_an_answer_too(client: TestClient) -> None:
    response = client.post("/v1/ask", json={"question": UNANSWERABLE})
    assert response.status_code == 200
    assert response.json()["answered"] is False
    assert response.json()["citations"] == []


def test_an_answer_grows_in_events(client: TestClient) -> None:
    headers = {"Accept": "text/event-stream"}
    with client.stream("POST", "/v1/ask", json={"question": ASKED}, headers=headers) as response:
        events = "".join(response.iter_text()).strip().split("\n\n")
    names = [event.split("\n")[0].removeprefix("event: ") for event in events]
    assert names == ["answer"] * (len(events) - 1) + ["done"]
    last = json.loads(events[-2].split("\ndata: ")[1])
    assert QUOTED in last["text"]


def test_a_search_can_be_narrowed(client: TestClient) -> None:
    asked = {"question": "nelayan", "documents": [FISHERS], "top_k": 1.0}
    [passage] = client.post("/v1/search", json=asked).json()["passages"]
    assert (passage["document"], passage["page"]) == (FISHERS, 2)
    english = client.post("/v1/search", json={"question": "cooperation", "language": "en"}).json()
    assert {p["language"] for p in english["passages"]} == {"en"}
    assert "sentences" not in passage


def test_the_library_its_outlines_and_pages_can_be_read(client: TestClient) -> None:
    listed = client.get("/v1/documents").json()["documents"]
    assert [d["document"] for d in listed] == [SISTER_CITY.name, FISHERS]
    assert "path" not in listed[0]  # where the file is on the server is nobody's business
    sections = client.get(f"/v1/documents/{SISTER_CITY.name}/outline").json()["sections"]
    assert "ABSTRAK" in [section["title"] for section in sections]
    page = client.get(f"/v1/documents/{FISHERS}/pages/2").json()
    assert (page["page"], page["pages"], page["text"].strip()) == (2, 2, SENTENCE)
    picture = client.get(f"/v1/documents/{FISHERS}/pages/2.png", params={"mark": "2:0-9"})
    assert picture.content.startswith(b"\x89PNG")


def test_where_a_sentence_of_a_draft_stands(client: TestClient) -> None:
    draft = (
        f"Menurut penelitian itu: {SENTENCE} Responden penelitian ini berjumlah 150 orang nelayan"
        " di pesisir Wakatobi. Kucing tetangga saya suka makan ikan setiap pagi."
    )
    matches = client.post("/v1/find", json={"text": draft}).json()["matches"]
    assert [m["how"] for m in matches] == ["nearly", "nearly", "nowhere"]
    [exact] = client.post("/v1/find", json={"text": SENTENCE}).json()["matches"]
    assert (exact["how"], exact["score"]) == ("verbatim", 1.0)
    assert exact["citation"]["quote"] == SENTENCE
    assert exact["citation"]["page"] == 2
    assert exact["citation"]["url"].startswith(f"{ADDRESS}/place?")


def test_theses_stand_beside_each_other(client: TestClient, settings: Settings) -> None:
    asked = {"topics": ["method"], "questions": ["Berapa responden nelayan?"]}
    table = client.post("/v1/compare", json=asked).json()
    assert table["documents"] == [SISTER_CITY.name, FISHERS]
    assert table["columns"] == ["method", "Berapa responden nelayan?"]
    stated = {(c["document"], c["column"]): c["citations"] for c in table["cells"]}
    assert QUOTED in stated[SISTER_CITY.name, "method"][0]["quote"]
    assert stated[FISHERS, "method"] == []  # isn't stated
    assert stated[FISHERS, "Berapa responden nelayan?"][0]["quote"] == SENTENCE
    index = Index.open(settings.index)
    assert table == to_json(Assistant(index).compare(**asked))
    index.close()
    accept = {"Accept": "text/event-stream"}
    got = client.post("/v1/compare", json=asked, headers=accept).text.strip().split("\n\n")
    told = [each.removeprefix("event: ").split("\ndata: ") for each in got]
    assert [name for name, _ in told] == ["table", *["cell"] * 4, "done"]
    assert [json.loads(data) for name, data in told if name == "cell"] == table["cells"]
    one = client.post("/v1/compare", json={"documents": [FISHERS]}).json()
    assert one["columns"][:2] == ["objectives", "method"]


def test_an_empty_list_of_theses_names_none_so_all_are_meant(client: TestClient) -> None:
    for path, asked in (
        ("search", {"question": "nelayan"}),
        ("find", {"text": SENTENCE}),
        ("compare", {"topics": ["method"]}),
    ):
        found = [client.post(f"/v1/{path}", json=asked | d).json() for d in ({}, {"documents": []})]
        assert found[0] == found[1] != []


def test_words_too_few_to_be_looked_for_stand_nowhere(client: TestClient) -> None:
    assert client.post("/v1/find", json={"text": "pendek"}).json() == {"matches": []}


def test_a_conversation_may_hold_what_asks_nothing(client: TestClient) -> None:
    asked = {"question": "Kenapa?", "history": [{"question": "", "answer": "…"}]}
    assert client.post("/v1/ask", json=asked).status_code == 200


@pytest.mark.parametrize("said", [[], [{"role": "system", "content": "Hi"}], [{}]])
def test_who_asks_nothing_in_openais_shape_is_told_how(client: TestClient, said: Any) -> None:
    made = client.post("/v1/responses", json={"input": said}).json()
    assert "Ask in words" in made["output"][0]["content"][0]["text"]


@pytest.mark.parametrize(
    ("method", "path", "body", "status"),
    [
        ("POST", "/v1/compare", {"topics": ["weather"]}, 400),
        ("POST", "/v1/compare", {"documents": ["gone.pdf"]}, 404),
        ("POST", "/v1/compare", {"questions": ["?"] * 3}, 422),
        ("POST", "/v1/ask", {"question": ""}, 422),
        ("POST", "/v1/ask", {"question": "?!"}, 422),
        ("POST", "/v1/ask", {"question": "x" * 5000}, 422),
        ("POST", "/v1/ask", {"question": "Apa?", "documents": ["gone.pdf"]}, 404),
        ("POST", "/v1/ask", {"question": "Apa?", "surprise": 1}, 422),
        ("POST", "/v1/ask", {"question": "\ud800"}, 422),
        ("POST", "/v1/ask", {}, 422),
        ("POST", "/v1/search", {"question": "Apa?", "top_k": 0}, 422),
        ("POST", "/v1/search", {"question": "Apa?", "top_k": True}, 422),
        ("POST", "/v1/search", {"question": "Apa?", "top_k": 1.5}, 422),
        ("POST", "/v1/search", {"question": "Apa?", "language": "fr"}, 422),
        ("GET", "/v1/documents/gone.pdf/outline", None, 404),
        ("GET", f"/v1/documents/{FISHERS}/pages/3", None, 404),
        ("GET", f"/v1/documents/{FISHERS}/pages/0", None, 422),
        ("GET", f"/v1/documents/{FISHERS}/pages/{10**30}", None, 422),
        ("GET", f"/v1/documents/{FISHERS}/pages/1.png?mark=drop", None, 404),
        ("GET", f"/v1/documents/{SISTER_CITY.name}/pages/1.png", None, 409),
        ("GET", "/v1/documents/..%2F..%2Fetc%2Fpasswd/pages/1", None, 404),
        ("GET", "/v1/nowhere", None, 404),
        ("GET", "/v1/ask", None, 405),
    ],
)
def test_what_cannot_be_done_is_a_problem_with_details(
    client: TestClient, method: str, path: str, body: object, status: int
) -> None:
    content = None if body is None else json.dumps(body)
    headers = {"Content-Type": "application/json", "Accept-Language": "id"}
    response = client.request(method, path, content=content, headers=headers)
    assert problem(response, status)
    if status == 400:
        assert response.json()["detail"].startswith(("Pertanyaan", "Tidak", "Teks", "Tulis"))


def test_too_much_at_once_is_refused(client: TestClient) -> None:
    assert problem(client.post("/v1/ask", json={"question": "x" * 1_100_000}), 413)


def test_the_description_names_every_operation_and_what_it_does(client: TestClient) -> None:
    described = client.get("/openapi.json").json()
    operations = {
        operation["operationId"]: operation
        for path in described["paths"].values()
        for operation in path.values()
    }
    assert {"askQuestion", "searchPassages", "findQuote", "listDocuments"} <= operations.keys()
    for operation in operations.values():
        assert operation["summary"]
        assert operation["description"]
        assert "default" in operation["responses"]
    assert "url" in described["components"]["schemas"]["Citation"]["properties"]
    assert "sentences" not in described["components"]["schemas"]["Passage"]["properties"]


def test_only_where_keys_are_needed_the_description_asks_for_them(
    client: TestClient, settings: Settings
) -> None:
    assert "securitySchemes" not in client.get("/openapi.json").json()["components"]
    key, line = new_key("portal")
    app = create_places(Index.open(settings.index), replace(settings, api_keys=line))
    with TestClient(app, ADDRESS) as closed:
        described = closed.get("/openapi.json", headers={"X-API-Key": key}).json()
    assert "HTTPBearer" in described["components"]["securitySchemes"]


@pytest.fixture
def described(settings: Settings) -> Any:
    app = create_places(Index.open(settings.index), replace(settings, allowed_hosts="*"))
    return schemathesis.openapi.from_asgi("/openapi.json", app)


def test_whatever_the_description_allows_is_answered(described: Any) -> None:
    for operation in (found.ok() for found in described.get_all_operations()):

        @hypothesis.settings(max_examples=4, suppress_health_check=[*hypothesis.HealthCheck])
        @hypothesis.given(case=operation.as_strategy())
        def called(case: Any) -> None:
            assert case.call().status_code < 500

        called()


def test_nobody_elses_web_page_may_call_unless_that_is_set(settings: Settings) -> None:
    asked = {"Origin": "https://portal.example", "Access-Control-Request-Method": "POST"}
    for origins, allowed in ((None, None), ("https://portal.example", "https://portal.example")):
        app = create_places(Index.open(settings.index), replace(settings, cors_origins=origins))
        with TestClient(app, ADDRESS) as client:
            response = client.options("/v1/ask", headers=asked)
            assert response.headers.get("access-control-allow-origin") == allowed


# Who may


@pytest.mark.parametrize(
    ("method", "path"),  # a GET of /mcp is a stream without end
    [("GET", "/v1/documents"), ("GET", "/openapi.json"), ("GET", "/v1/models"), ("POST", "/mcp")],
)
def test_with_keys_only_who_has_one_is_let_in(
    settings: Settings, tmp_path: Path, method: str, path: str
) -> None:
    key, line = new_key("zotero")
    file = tmp_path / "keys.txt"
    file.write_text(f"# who may\n{line}\n")
    assert key not in line
    app = create_places(Index.open(settings.index), replace(settings, api_keys=str(file)))
    with TestClient(app, ADDRESS) as client:
        for headers in ({}, {"Authorization": "Bearer tqa_x"}, {"Authorization": "x"}):
            response = client.request(method, path, headers=headers)
            assert problem(response, 401)
            assert response.headers["www-authenticate"] == "Bearer"
        for headers in ({"Authorization": f"Bearer {key}"}, {"X-API-Key": key}):
            assert client.request(method, path, headers=headers).status_code != 401
        assert client.get("/place", params={"document": FISHERS}).status_code == 200
        file.write_text("")  # nobody may any more
        assert client.request(method, path, headers={"X-API-Key": key}).status_code == 401


def test_where_visitors_sign_in_the_api_is_not_open(settings: Settings) -> None:
    from thesis_qa.web.accounts import user_line

    closed = replace(settings, users=user_line("ana", "kata sandi"))
    with TestClient(create_places(Index.open(settings.index), closed), ADDRESS) as client:
        assert problem(client.get("/v1/documents"), 401)
    key, line = new_key("portal")
    both = replace(closed, api_keys=line)
    with TestClient(create_places(Index.open(settings.index), both), ADDRESS) as client:
        headers = {"Authorization": f"Bearer {key}"}
        assert client.get("/v1/documents", headers=headers).status_code == 200
        assert client.get("/place?document=x", headers=headers).status_code == 401


def test_who_calls_too_often_has_to_wait(settings: Settings) -> None:
    app = create_places(Index.open(settings.index), replace(settings, api_rate=3))
    with TestClient(app, ADDRESS) as client:
        called = [client.get("/v1/documents").status_code for _ in range(3)]
        assert called == [200] * 3
        refused = client.get("/v1/documents")
        assert problem(refused, 429)
        assert 1 <= int(refused.headers["retry-after"]) <= 21


@pytest.mark.parametrize(
    ("path", "asked"),
    [
        ("/v1/ask", {"question": ASKED}),
        ("/v1/search", {"question": ASKED}),
        ("/v1/find", {"text": SENTENCE}),
        ("/v1/compare", {}),
        ("/v1/responses", {"input": ASKED}),
        ("/retrieval", {"query": ASKED}),
    ],
)
def test_programs_stand_in_line_with_the_visitors_of_the_page(
    client: TestClient, path: str, asked: Any
) -> None:
    line = client.app.state.context.line  # type: ignore[attr-defined]
    tickets = [line.enter() for _ in range(WAITING)]
    for accept in ("application/json", "text/event-stream"):
        response = client.post(path, json=asked, headers={"Accept": accept})
        assert response.status_code == 503
        assert "line-full" in response.text
    for ticket in tickets:
        line.leave(ticket)


def test_calls_are_counted_for_each_client() -> None:
    calls = Calls(60)
    assert [calls.wait("a") for _ in range(60)] == [0.0] * 60
    assert 0 < calls.wait("a") <= 1
    assert calls.wait("b") == 0.0


@pytest.mark.parametrize("setting", ["/nowhere/keys", "ana:sha256:short", "ana:sha256:"])
def test_keys_that_cannot_be_read_are_one_line(setting: str) -> None:
    with pytest.raises(SettingError, match="thesis-qa key NAME"):
        read_keys(setting)


def test_a_name_in_a_path_may_hold_anything(client: TestClient) -> None:
    for name in ("a/b.pdf", "a b#c?.pdf", "💥.pdf", "a\nb"):
        assert problem(client.get(f"/v1/documents/{quote(name, safe='')}/outline"), 404)
