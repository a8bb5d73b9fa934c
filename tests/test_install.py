"""The ways to get it: a wheel in any folder, by hashes, a hosted space."""

import os
import re
import shutil
import subprocess
import sys
import time
import tomllib
import urllib.request
from pathlib import Path

import pytest
import yaml
from packaging.requirements import Requirement

from conftest import METHOD, ROOT, SISTER_CITY
from serving import QUOTED, started

LOCKED = (ROOT / "requirements.txt").read_text(encoding="utf-8")
PINNED = re.findall(r"^([\w.-]+)==(\S+)", LOCKED, re.MULTILINE)


def alone() -> dict[str, str]:
    """The environment of somebody who has none of this checkout on their path."""
    return {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}


# The wheel


@pytest.fixture(scope="module")
def program(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """`thesis-qa` of the wheel, in an environment that has its libraries and nothing of ours."""
    folder = tmp_path_factory.mktemp("wheel")
    build = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    subprocess.run(build, cwd=ROOT, check=True, capture_output=True)
    [wheel] = folder.glob("*.whl")
    home = folder / "venv"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", home], check=True)
    [libraries] = home.glob("lib/python*/site-packages")
    (libraries / "libraries.pth").write_text(str(Path(yaml.__file__).parent.parent))
    install = ["pip", "--python", str(home), "install", "--no-deps", "--no-index", str(wheel)]
    subprocess.run([sys.executable, "-m", *install], check=True, capture_output=True)
    return home / "bin" / "thesis-qa"


@pytest.mark.skipif(sys.platform == "win32", reason="its environments are laid out otherwise")
def test_the_wheel_answers_in_a_folder_that_has_only_a_thesis(
    program: Path, tmp_path: Path
) -> None:
    (tmp_path / "documents").mkdir()
    shutil.copy(SISTER_CITY, tmp_path / "documents")
    began = time.monotonic()
    for arguments in (["index"], ["ask", METHOD]):
        command = [program, *arguments]
        done = subprocess.run(
            command, cwd=tmp_path, env=alone(), capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stderr
    assert QUOTED in " ".join(done.stdout.split())
    assert {path.name for path in tmp_path.iterdir()} == {"documents", "index"}
    print(f"index and first answer: {time.monotonic() - began:.1f} s")


@pytest.mark.enable_socket
@pytest.mark.skipif(sys.platform == "win32", reason="its environments are laid out otherwise")
def test_alone_it_serves_the_page_in_an_empty_folder(program: Path, tmp_path: Path) -> None:
    with started([program], tmp_path, alone()) as address:
        assert b'"documents":0' in urllib.request.urlopen(f"{address}/healthz").read()
    assert (tmp_path / "index").is_dir()


# By hashes


def test_all_that_it_needs_is_locked_with_hashes_in_the_tested_versions() -> None:
    tested = dict(re.findall(r"^([\w.-]+)==(\S+)", (ROOT / "constraints.txt").read_text(), re.M))
    assert {name: version for name, version in PINNED if tested.get(name, version) != version} == {}
    parts = re.split(r"^(?=[\w.-]+==)", LOCKED, flags=re.MULTILINE)[1:]
    assert [part for part in parts if "--hash=sha256:" not in part] == []
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    needed = {Requirement(line).name.lower() for line in project["dependencies"]}
    assert needed - {name for name, _ in PINNED} == set()
    # Whoever has no NVIDIA card doesn't load gigabytes for one.
    assert [name for name, _ in PINNED if name.startswith(("nvidia", "cuda", "triton"))] == []


# A hosted space


@pytest.mark.enable_socket
def test_a_hosted_space_has_what_it_needs_and_answers(tmp_path: Path) -> None:
    space = tmp_path / "space"
    subprocess.run([sys.executable, ROOT / "scripts" / "space.py", space], check=True)
    _, front, _ = (space / "README.md").read_text(encoding="utf-8").split("---\n", 2)
    told = yaml.safe_load(front)
    assert (told["sdk"], told["sdk_version"]) == ("gradio", dict(PINNED)["gradio"])
    assert (space / told["app_file"]).is_file()
    index, *required = (space / "requirements.txt").read_text(encoding="utf-8").splitlines()
    assert index.startswith("--extra-index-url ")
    assert len([Requirement(line) for line in required]) == len(PINNED)
    settings = tomllib.loads((space / "thesis-qa.toml").read_text(encoding="utf-8"))
    assert settings == {"host": "0.0.0.0", "read_only": True}
    environment = {**alone(), "THESIS_QA_HOST": "127.0.0.1"}
    with started([sys.executable, told["app_file"]], space, environment) as address:
        listed = urllib.request.urlopen(f"{address}/v1/documents").read().decode()
    assert SISTER_CITY.name in listed
