"""Settings come from four places, and what can't be meant is said, with its place and remedy."""

from pathlib import Path

import pytest

from thesis_qa.errors import SettingError
from thesis_qa.retrieve.retriever import MAX_TOP_K
from thesis_qa.settings import LIMITS, NAMES, Settings, load_settings


def test_nothing_set_gives_the_defaults(tmp_path: Path) -> None:
    assert load_settings({}, {}, tmp_path) == Settings()


def test_command_line_beats_environment_beats_file_beats_default(tmp_path: Path) -> None:
    (tmp_path / "thesis-qa.toml").write_text('port = 1\ntop_k = 1\nindex = "from file"\n')
    environment = {"THESIS_QA_PORT": "2", "THESIS_QA_TOP_K": "2", "HOME": "/"}
    assert load_settings({"port": 3}, environment, tmp_path) == Settings(
        port=3, top_k=2, index="from file"
    )


@pytest.mark.parametrize(
    ("environment", "port"), [({}, 1), ({"THESIS_QA_PORT": ""}, 1), ({"THESIS_QA_PORT": "0"}, 0)]
)
def test_an_empty_variable_is_not_set(
    tmp_path: Path, environment: dict[str, str], port: int
) -> None:
    (tmp_path / "thesis-qa.toml").write_text("port = 1")
    assert load_settings({}, environment, tmp_path).port == port


def test_none_turns_off_what_a_file_has_set(tmp_path: Path) -> None:
    (tmp_path / "thesis-qa.toml").write_text('llm = "ollama:qwen3:4b"')
    assert load_settings({}, {}, tmp_path).llm == "ollama:qwen3:4b"
    assert load_settings({}, {"THESIS_QA_LLM": "none"}, tmp_path).llm is None


def test_some_variables_are_no_settings(tmp_path: Path) -> None:
    environment = {"THESIS_QA_DATA": "x", "THESIS_QA_CACHE": "y"}
    assert load_settings({}, environment, tmp_path) == Settings()


@pytest.mark.parametrize(
    ("file", "told"),
    [
        ("prot = 1", ["prot", "thesis-qa.toml", "port"]),
        ('port = "7860"', ["port", "thesis-qa.toml", "'7860'", "whole number"]),
        ("port = true", ["port", "True", "whole number"]),
        ("port = 65536", ["port", "65536", "0 to 65535"]),
        ("top_k = 0", ["top_k", "1 to 200"]),
        ("index = 3", ["index", "text"]),
        ("port = [1]", ["port", "[1]"]),
        ("[server]\nport = 1", ["server", "There are: index"]),
        ("port 7860", ["thesis-qa.toml", "line 1"]),
    ],
)
def test_a_file_that_cannot_be_meant_is_refused(tmp_path: Path, file: str, told: list[str]) -> None:
    (tmp_path / "thesis-qa.toml").write_text(file)
    refused({}, {}, tmp_path, told)


@pytest.mark.parametrize(
    ("variable", "text", "told"),
    [
        ("THESIS_QA_PORT", "high", ["THESIS_QA_PORT", "'high'", "0 to 65535"]),
        ("THESIS_QA_PORT", "²", ["THESIS_QA_PORT"]),
        ("THESIS_QA_PORT", "1" * 5_000, ["THESIS_QA_PORT"]),
        ("THESIS_QA_PORT", "-1", ["THESIS_QA_PORT", "-1"]),
        ("THESIS_QA_TOPK", "3", ["THESIS_QA_TOPK", "top_k"]),
    ],
)
def test_a_variable_that_cannot_be_meant_is_refused(
    tmp_path: Path, variable: str, text: str, told: list[str]
) -> None:
    refused({}, {variable: text}, tmp_path, told)


def test_an_option_that_cannot_be_meant_is_refused(tmp_path: Path) -> None:
    refused({"port": 70_000}, {}, tmp_path, ["port", "command line", "70000"])


def test_a_file_written_by_a_windows_editor_is_read(tmp_path: Path) -> None:
    (tmp_path / "thesis-qa.toml").write_bytes(b"\xef\xbb\xbfport = 1\r\n")
    assert load_settings({}, {}, tmp_path).port == 1


@pytest.mark.parametrize("content", [b"\xff\xfe", None])
def test_a_file_that_cannot_be_read_is_named(tmp_path: Path, content: bytes | None) -> None:
    path = tmp_path / "thesis-qa.toml"
    if content is None:
        path.mkdir()
    else:
        path.write_bytes(content)
    refused({}, {}, tmp_path, ["thesis-qa.toml can't be read", "Correct or remove it"])


def test_limits_name_settings_and_agree_with_the_search() -> None:
    assert LIMITS.keys() <= set(NAMES)
    assert LIMITS["top_k"] == range(1, MAX_TOP_K + 1)


def refused(
    given: dict[str, object], environment: dict[str, str], folder: Path, told: list[str]
) -> None:
    with pytest.raises(SettingError) as caught:
        load_settings(given, environment, folder)
    assert "\n" not in str(caught.value)
    assert [part for part in told if part not in str(caught.value)] == []
