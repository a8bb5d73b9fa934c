"""Every citation has an address that opens its page with the quote marked."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from fastapi.testclient import TestClient

from thesis_qa.address import place_address
from thesis_qa.assistant import Assistant
from thesis_qa.library import Index
from thesis_qa.settings import Settings
from thesis_qa.types import Answer
from thesis_qa.web.server import create_places

SENTENCE = "Sumur warga mengering pada bulan Agustus karena kemarau panjang."
PUBLIC = "https://theses.example.ac.id/tesis"


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    (tmp_path / "documents").mkdir()
    (tmp_path / "documents" / "air.txt").write_text(f"{SENTENCE} Warga lalu membeli air tangki.")
    return Settings(
        index=str(tmp_path / "index"), documents=str(tmp_path / "documents"), public_url=PUBLIC
    )


@pytest.fixture
def index(settings: Settings) -> Iterator[Index]:
    index = Index.build(settings.documents, settings.index)
    index.public_url = settings.address
    yield index
    index.close()


@pytest.fixture
def answer(index: Index) -> Answer:
    return Assistant(index).ask("Kapan sumur warga mengering?")


def opened(client: TestClient, url: str) -> str:
    """What the place shows; the address is asked for as a proxy passes it on."""
    parts = urlsplit(url)
    response = client.get(f"{parts.path}?{parts.query}")
    assert response.status_code == 200
    return response.text


@pytest.fixture
def client(index: Index, settings: Settings) -> Iterator[TestClient]:
    with TestClient(create_places(index, settings), "http://theses.example.ac.id") as client:
        yield client


def test_the_address_of_a_citation_opens_its_quote_marked(
    client: TestClient, answer: Answer
) -> None:
    [citation] = answer.citations
    assert citation.url.startswith(f"{PUBLIC}/place?")
    page = opened(client, citation.url)
    assert f"<mark>{SENTENCE}</mark>" in page
    assert "Other words" not in page


def test_what_has_changed_since_is_said(
    client: TestClient, answer: Answer, index: Index, settings: Settings
) -> None:
    [citation] = answer.citations
    path = Path(settings.documents) / "air.txt"
    path.write_text(SENTENCE.replace("Agustus", "Oktober") + " Warga lalu membeli air tangki.")
    index.update(settings.documents)
    assert "Other words stand here" in opened(client, citation.url)
    path.write_text("Pendek.")
    index.update(settings.documents)
    assert "Other words stand here" in opened(client, citation.url)


def test_the_address_of_a_passage_opens_it_whole(client: TestClient, index: Index) -> None:
    [passage] = index.search("air tangki", top_k=1)
    page = opened(client, passage.url)
    assert "<mark>Sumur warga" in page
    assert "air tangki.</mark>" in page


@pytest.mark.parametrize(
    ("change", "address"),
    [
        ({}, "http://127.0.0.1:7860"),
        ({"host": "::1", "port": 80}, "http://[::1]:80"),
        ({"host": "0.0.0.0", "root_path": "tesis/"}, "http://127.0.0.1:7860/tesis"),
        ({"public_url": "https://a.example/"}, "https://a.example"),
        ({"public_url": "https://a.example", "root_path": "/x"}, "https://a.example/x"),
        ({"public_url": "https://a.example/y/", "root_path": "/x"}, "https://a.example/y"),
    ],
)
def test_where_the_server_is_found(change: dict[str, object], address: str) -> None:
    assert replace(Settings(), **change).address == address  # type: ignore[arg-type]


def test_names_of_documents_are_no_part_of_the_address_but_its_values() -> None:
    address = place_address("http://a", "a/b?c=1&d#e.pdf", 3, ["3:0-9"], "quote")
    assert urlsplit(address).fragment == ""
    assert address.startswith(
        "http://a/place?document=a%2Fb%3Fc%3D1%26d%23e.pdf&page=3&mark=3%3A0-9"
    )


def test_under_a_path_every_address_is_there_whether_or_not_the_proxy_takes_it_off(
    client: TestClient,
) -> None:
    for start in ("/tesis", "/tesis/", "/"):
        led = client.get(start, follow_redirects=False)
        assert led.headers["location"] == "/tesis/en/"
    for path in ("/tesis/nowhere", "/nowhere"):
        missing = client.get(path)
        assert missing.status_code == 404
        assert 'href="/tesis/style.css"' in missing.text
    assert client.get("/tesis/style.css").status_code == 200
    assert client.get("/tesisx/style.css").status_code == 404
