"""Nothing leaves the machine: with every socket blocked it indexes and answers."""

import subprocess
import sys
from pathlib import Path

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


def test_libraries_are_told_not_to_report_home() -> None:
    script = (
        "import os; from thesis_qa.model.encoder import open_embedding; open_embedding();"
        "print(os.environ['ORT_DISABLE_TELEMETRY'], os.environ['ANONYMIZED_TELEMETRY'])"
    )
    shown = subprocess.check_output([sys.executable, "-c", script], text=True)
    assert shown.split() == ["1", "False"]
