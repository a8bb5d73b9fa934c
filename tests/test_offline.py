"""Nothing leaves the machine: with every socket blocked it indexes and answers."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from thesis_qa.model.encoder import open_embedding

BLOCKED = """
import socket, sys

def refuse(*args, **kwargs):
    raise SystemExit(f"a socket was used: {args[1:]}")

socket.socket.connect = socket.socket.connect_ex = socket.getaddrinfo = refuse
socket.socket.sendto = socket.create_connection = refuse

from thesis_qa.cli import main
for arguments in (["index"], ["ask", "Apa hambatan yang terjadi?"], ["info", "--verify"]):
    assert main(arguments) == 0, arguments
from thesis_qa import Index
print(Index.open("index").as_retriever(k=1).invoke("metode penelitian")[0].page_content)
"""


def test_indexing_and_answering_use_no_socket(tmp_path: Path) -> None:
    (tmp_path / "documents").mkdir()
    thesis = "Namun kerja sama mengalami hambatan karena perizinan sulit didapatkan."
    (tmp_path / "documents" / "a.txt").write_text(thesis)
    done = subprocess.run(
        [sys.executable, "-c", BLOCKED], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert thesis in done.stdout


def test_libraries_are_told_not_to_report_home(monkeypatch: pytest.MonkeyPatch) -> None:
    switches = ("ORT_DISABLE_TELEMETRY", "ANONYMIZED_TELEMETRY")
    for name in switches:
        monkeypatch.delenv(name, raising=False)
    open_embedding()
    assert [os.environ[name] for name in switches] == ["1", "False"]
