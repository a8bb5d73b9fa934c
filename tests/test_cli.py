"""The command line as a user meets it, in a fresh folder."""

import json
import subprocess
import sys
from contextlib import chdir, redirect_stderr, redirect_stdout
from io import StringIO
from pathlib import Path
from typing import Any

import pytest

from thesis_qa.cli import main

SISTER_CITY = Path(__file__).parent.parent / "documents" / "kerja-sama-sister-city-jakarta-hanoi.md"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A working folder with one thesis, indexed."""
    folder = tmp_path_factory.mktemp("work")
    (folder / "documents").mkdir()
    (folder / "documents" / SISTER_CITY.name).write_bytes(SISTER_CITY.read_bytes())
    done = run(folder, "index")
    assert done.returncode == 0, done.stderr
    return folder


def run(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """What the program does in `folder`, without the second that starting it takes."""
    out, err = StringIO(), StringIO()
    with chdir(folder), redirect_stdout(out), redirect_stderr(err):
        try:
            code = main(arguments)
        except SystemExit as usage:
            code = int(usage.code or 0)
    return subprocess.CompletedProcess(arguments, code, out.getvalue(), err.getvalue())


def test_it_is_a_program(folder: Path) -> None:
    program = Path(sys.executable).with_name("thesis-qa")
    done = subprocess.run(
        [program, "info", "--json"], cwd=folder, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert json.loads(done.stdout)["documents"][0]["name"] == SISTER_CITY.name


def run_json(folder: Path, *arguments: str) -> Any:
    done = run(folder, *arguments, "--json")
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def one_line(done: subprocess.CompletedProcess[str]) -> str:
    """The error line of a command that could not do it."""
    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    (line,) = done.stderr.splitlines()
    return line


@pytest.mark.parametrize("question", ["What obstacles occurred?", "Apa hambatan yang terjadi?"])
def test_the_first_question_is_answered_in_the_words_of_the_thesis(
    folder: Path, question: str
) -> None:
    answer = run_json(folder, "ask", question)
    assert answer["answered"]
    first = answer["citations"][0]
    assert "sulitnya mendapatkan perizinan" in first["quote"]
    assert "pasifnya Pemerintah Kota Hanoi" in first["quote"]
    assert "*" not in first["quote"]
    assert (first["number"], first["document"]) == (1, SISTER_CITY.name)
    assert (first["page"], first["language"]) == (None, "id")
    assert "[1]" in answer["text"]
    assert answer["model"] == "quotes"


@pytest.mark.parametrize("question", ["What is the capital of France?", "Berapa harga beras?"])
def test_what_the_thesis_does_not_say_is_declined(folder: Path, question: str) -> None:
    answer = run_json(folder, "ask", question)
    assert not answer["answered"]
    assert answer["citations"] == []
    assert answer["passages"]
    assert run(folder, "ask", question).returncode == 0


def test_answers_carry_every_field_of_the_contract(folder: Path) -> None:
    answer = run_json(folder, "ask", "What obstacles occurred?")
    assert answer.keys() >= {
        *("question", "language", "answered", "confidence", "text", "citations", "passages"),
        *("model", "timings"),
    }
    assert answer["citations"][0].keys() >= {
        *("number", "document", "title", "author", "year", "page", "page_label", "section"),
        *("language", "quote", "spans", "answer", "context", "passage_id"),
    }
    assert answer["citations"][0]["spans"][0].keys() >= {
        *("page", "page_label", "start", "end", "boxes"),
    }
    assert answer["passages"][0].keys() >= {
        *("passage_id", "document", "title", "page", "page_label", "last_page", "section"),
        *("language", "text", "score", "rank"),
    }
    assert answer["timings"].keys() >= {"retrieve", "answer", "total"}
    assert 0 <= answer["confidence"] <= 1


def test_the_answer_on_a_terminal_ends_with_its_sources(folder: Path) -> None:
    shown = run(folder, "ask", "Apa hambatan yang terjadi?").stdout
    assert "perizinan" in shown
    assert shown.splitlines()[-1].startswith("[")
    assert SISTER_CITY.name in shown.splitlines()[-1]


def test_search_ranks_passages(folder: Path) -> None:
    found = run_json(folder, "search", "metode penelitian", "--top-k", "3")
    assert [p["rank"] for p in found["passages"]] == [1, 2, 3]
    assert found["language"] == "id"
    english = run_json(folder, "search", "metode penelitian", "--language", "en")
    assert {p["language"] for p in english["passages"]} == {"en"}


def test_search_explains_how_the_scores_came_about(folder: Path) -> None:
    search = ("search", "metode penelitian", "--top-k", "2")
    assert "why" not in run_json(folder, *search)
    why = run_json(folder, *search, "--explain")["why"]
    assert len(why) == 2
    assert all(reason in run(folder, *search, "--explain").stdout for reason in why)
    assert why[0] not in run(folder, *search).stdout


def test_index_reports_what_it_did(folder: Path) -> None:
    report = run_json(folder, "index")
    assert [d["status"] for d in report["documents"]] == ["unchanged"]
    assert report["passages"] > 0
    assert report["documents"][0].keys() >= {
        *("document", "status", "pages", "passages", "languages", "seconds", "warnings", "error"),
    }


def test_a_failed_file_gives_exit_code_3_and_one_line(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "old thesis.doc").write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600)
    (tmp_path / "empty.pdf").write_bytes(b"")
    (tmp_path / "good.txt").write_text("Penelitian ini memakai metode survei.")
    done = run(folder, "index", str(tmp_path), "--index", str(tmp_path / "the index"))
    assert done.returncode == 3
    assert "added good.txt" in done.stdout
    lines = done.stderr.splitlines()
    assert len(lines) == 2
    assert any("'old thesis.doc'" in line and "DOCX" in line for line in lines)
    assert any("'empty.pdf'" in line and "empty" in line for line in lines)


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["ask", "   "], "question is empty"),
        (["ask", "?!…"], "question is empty"),
        (["ask", "mengapa " * 2500], "characters"),
        (["ask", "Apa?", "--document", "none.pdf"], "no document 'none.pdf'"),
        (["ask", "Apa?", "--index", "nowhere"], "thesis-qa index"),
        (["search", "Apa?", "--index", "nowhere"], "thesis-qa index"),
        (["remove", "none.pdf"], "no document 'none.pdf'"),
        (["index", "nowhere"], "'nowhere' doesn't exist"),
        (["search", "Apa?", "--top-k", "0"], "top_k"),
        (["search", "Apa?", "--top-k", "201"], "200"),
    ],
)
def test_what_cannot_be_done_is_one_line(folder: Path, arguments: list[str], says: str) -> None:
    assert says in one_line(run(folder, *arguments))


def test_an_empty_folder_says_what_to_do(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "documents").mkdir()
    done = run(tmp_path, "index")
    assert "holds no documents" in one_line(done)


def test_a_question_in_a_third_language_is_declined_or_quoted_never_a_crash(folder: Path) -> None:
    answer = run_json(folder, "ask", "¿Cuáles fueron los obstáculos?")
    assert answer["language"] is None
    assert answer["text"]


def test_wrong_usage_is_exit_code_2(folder: Path) -> None:
    assert run(folder, "ask").returncode == 2
    assert run(folder, "nonsense").returncode == 2


def test_info_shows_how_well_a_document_was_read(folder: Path) -> None:
    name = SISTER_CITY.name
    (health,) = run_json(folder, "info", "--document", name)["health"]
    assert (health["document"], health["pages"], health["failed"]) == (name, 0, 0)
    assert health["sections"] == ["ABSTRAK", "ABSTARCT"]
    assert health["recognised"] > 0.8
    shown = run(folder, "info", "--document", name).stdout
    assert "UPN “VETERAN” JAKARTA" in shown
    assert "2 sections in 2 chapters and parts" in shown


def test_info_verifies_that_every_quote_can_be_found_again(folder: Path) -> None:
    info = run_json(folder, "info", "--verify")
    assert [d["name"] for d in info["documents"]] == [SISTER_CITY.name]
    assert info["findings"] == []
    assert info["index"]["embedding"] == "bundled:multilingual-e5-small"


def test_removing_forgets(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("Kota Hanoi bersikap pasif.")
    index = ("--index", str(tmp_path / "index"))
    run(folder, "index", str(tmp_path / "a.txt"), *index)
    assert run_json(folder, "remove", "a.txt", *index) == {"removed": ["a.txt"]}
    assert run_json(folder, "info", *index)["documents"] == []


def test_the_model_of_a_new_index_is_the_one_that_was_set(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("Kota Hanoi bersikap pasif.")
    (tmp_path / "thesis-qa.toml").write_text('embedding = "nonsense:model"\n')
    assert "nonsense:model" in one_line(run(tmp_path, "index", "a.txt"))
    assert "--rebuild" in one_line(
        run(tmp_path, "index", "a.txt", "--index", str(folder / "index"))
    )


def test_what_is_not_there_is_not_counted(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "x.txt").write_text("Une thèse en français montre des résultats importants.")
    assert "x.txt: 1 passage\n" in run(tmp_path, "index", "x.txt").stdout
    shown = run(tmp_path, "info", "--document", "x.txt").stdout
    assert "- x.txt: 1 passage\n" in shown
    assert " 0 " not in shown
