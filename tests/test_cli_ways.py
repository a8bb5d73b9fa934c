"""The command line for other programs: pipes, drafts, keys, an index as one file."""

import json
import signal
import subprocess
import sys
import tarfile
import time
from io import StringIO
from pathlib import Path
from shutil import which

import pytest

from conftest import SISTER_CITY
from serving import ASKED, FISHERS, QUOTED, SENTENCE, small_library
from thesis_qa.api.access import read_keys
from thesis_qa.cli import main
from thesis_qa.settings import Settings


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    return small_library(tmp_path_factory.mktemp("cli"))


def test_questions_come_from_a_pipe_and_answers_go_into_one(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.stdin", StringIO(f"{ASKED}\n\nHalo\n"))
    assert main(["ask", "-", "--jsonl", "--index", settings.index]) == 0
    answers = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [a["question"] for a in answers] == [ASKED, "Halo"]
    assert QUOTED in answers[0]["citations"][0]["quote"]
    assert answers[0]["citations"][0]["url"].startswith("http://127.0.0.1:7860/place?")
    monkeypatch.setattr("sys.stdin", StringIO("nelayan\npesisir\n"))
    assert main(["search", "-", "--json", "--index", settings.index]) == 0
    found = json.loads(capsys.readouterr().out)
    assert [each["question"] for each in found] == ["nelayan", "pesisir"]


def test_a_draft_is_looked_for(settings: Settings, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["find", SENTENCE, "--index", settings.index]) == 0
    shown = capsys.readouterr().out
    assert shown.startswith(f"Verbatim: {SENTENCE}\n  {FISHERS}, p. 2")
    assert main(["find", "pendek", "--index", settings.index]) == 1


def test_a_key_is_shown_once_and_kept_as_a_hash(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["key", "zotero"]) == 0
    out, err = capsys.readouterr()
    key = err.split()[-1]
    assert key not in out
    assert [*read_keys(out.strip()).values()] == ["zotero"]


def test_an_index_travels_as_one_file(
    settings: Settings, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file, there = str(tmp_path / "theses.tar.gz"), str(tmp_path / "there")
    assert main(["export", file, "--index", settings.index]) == 0
    assert main(["export", file, "--index", settings.index]) == 1  # nothing is overwritten
    assert main(["import", file, "--index", there]) == 0
    assert main(["import", file, "--index", there]) == 1
    capsys.readouterr()
    found = []
    for index in (settings.index, there):
        main(["search", "nelayan", "--json", "--index", index])
        found.append(json.loads(capsys.readouterr().out))
    assert found[0] == found[1]


def test_a_damaged_file_is_no_index(settings: Settings, tmp_path: Path) -> None:
    file, there = tmp_path / "theses.tar.gz", tmp_path / "there"
    main(["export", str(file), "--index", settings.index])
    with tarfile.open(file) as bundle:
        bundle.extractall(tmp_path / "parts", filter="data")
    catalog = tmp_path / "parts" / "catalog.sqlite"
    catalog.write_bytes(catalog.read_bytes()[:-1] + b"x")
    changed = tmp_path / "changed.tar.gz"
    with tarfile.open(changed, "w:gz") as bundle:
        for part in (tmp_path / "parts").iterdir():
            bundle.add(part, part.name)
    for broken in (changed, tmp_path / "nowhere", catalog):
        assert main(["import", str(broken), "--index", str(there)]) == 1
        assert not (there / "catalog.sqlite").exists()


def test_a_shell_can_complete_commands(capsys: pytest.CaptureFixture[str]) -> None:
    for shell in ("zsh", "tcsh", "bash"):
        assert main(["completion", shell]) == 0
    completion = capsys.readouterr().out.partition("# AUTOMATICALLY")[2]
    assert "thesis-qa" in completion


@pytest.mark.skipif(which("bash") is None, reason="has no bash")
def test_bash_completes_commands(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    main(["completion", "bash"])
    (tmp_path / "completion").write_text(capsys.readouterr().out)
    typed = """
        source completion; COMP_WORDS=(thesis-qa se) COMP_CWORD=1
        _shtab_thesis_qa; echo "${COMPREPLY[@]}"
    """
    done = subprocess.run(
        ["bash", "-c", typed], cwd=tmp_path, capture_output=True, text=True, check=True
    )
    assert done.stdout.split() == ["search", "serve"]


WITHOUT_TORCH = """
import sys
from thesis_qa.cli import main
from thesis_qa.settings import Settings
from thesis_qa.web.server import create_app

documents, index = sys.argv[1:]
for command in ("index", documents), ("ask", "Apa metodenya?"), ("search", "metode"), ("compare",):
    assert main([*command, "--index", index]) == 0
create_app(Settings(index=index))
assert not {"torch", "transformers", "sentence_transformers"} & set(sys.modules)
"""


def test_torch_is_loaded_by_nothing_that_works_with_the_model_that_comes_along(
    settings: Settings, tmp_path: Path
) -> None:
    command = [sys.executable, "-c", WITHOUT_TORCH, settings.documents, str(tmp_path / "index")]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_theses_are_compared_in_a_pipe_and_in_a_file(
    settings: Settings, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    compare = ("compare", "--topic", "method", "--index", settings.index)
    assert main([*compare, "--json"]) == 0
    table = json.loads(capsys.readouterr().out)
    quotes = {cell["document"]: cell["citations"] for cell in table["cells"]}
    assert QUOTED in quotes[SISTER_CITY.name][0]["quote"]
    assert quotes[FISHERS] == []
    written = tmp_path / "table.csv"
    assert main([*compare, "--out", str(written)]) == 0
    assert QUOTED in written.read_text(encoding="utf-8-sig")
    assert main([*compare, "--out", "table.pdf"]) == 1
    assert "'table.pdf'" in capsys.readouterr().err


@pytest.mark.skipif(sys.platform == "win32", reason="has no SIGTERM")
def test_an_agents_server_ends_when_it_is_told_to(settings: Settings) -> None:
    command = [sys.executable, "-m", "thesis_qa.cli", "mcp", "--index", settings.index]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as server:
        assert server.stdin
        assert server.stdout
        asked = {"protocolVersion": "2025-06-18", "capabilities": {},
                 "clientInfo": {"name": "test", "version": "1"}}  # fmt: skip
        message = {"jsonrpc": "2.0", "id": 1, "method": "initialize", "params": asked}
        server.stdin.write(json.dumps(message).encode() + b"\n")
        server.stdin.flush()
        assert json.loads(server.stdout.readline())["result"]["serverInfo"]["name"] == "thesis-qa"
        server.send_signal(signal.SIGTERM)
        started = time.monotonic()
        server.wait(30)
        assert time.monotonic() - started < 20
