"""The container: its files keep the rules of such files, and its steps do what they say."""

import json
import os
import re
import shutil
import subprocess
import sys
import urllib.request
from pathlib import Path

import pytest
import yaml

from conftest import ROOT, SISTER_CITY
from serving import started

LINES = re.sub(r"\\\n\s*", "", (ROOT / "Dockerfile").read_text(encoding="utf-8")).splitlines()
STEPS = [line.partition(" ")[::2] for line in LINES if line and not line.startswith("#")]
KINDS = [step for step, _ in STEPS]
IGNORED = (ROOT / ".dockerignore").read_text(encoding="utf-8").split()

PIP = """#!/bin/sh
# Libraries are here already; what is ours is installed as in the container.
for last; do test "$before" = -r && { test -f "$last" || exit 1; }; before=$last; done
test "$last" = . || exit 0
exec "$PYTHON" -m pip install -q --no-deps --no-index --no-build-isolation --target "$SITE" .
"""
DONE = "#!/bin/sh\n"


def of(kind: str) -> list[str]:
    return [rest for step, rest in STEPS if step == kind]


def test_all_that_is_copied_is_there_and_nothing_else_goes_along() -> None:
    copied = {file for files in of("COPY") for file in files.split()[:-1]}
    assert all((ROOT / file).exists() for file in copied)
    assert IGNORED[0] == "*"
    assert {line.removeprefix("!") for line in IGNORED[1:]} == copied


def test_it_runs_without_rights_and_is_asked_for_its_health() -> None:
    assert of("USER") == ["thesis"]
    assert KINDS.index("USER") < KINDS.index("CMD")
    assert "RUN" not in KINDS[KINDS.index("USER") :]
    assert "/healthz" in of("HEALTHCHECK")[0]


def test_it_keeps_the_rules_of_such_files() -> None:
    assert re.fullmatch(r"python:3\.\d+-slim", of("FROM")[0])  # a version, not "latest"
    assert not {"ADD", "MAINTAINER", "ONBUILD", "SHELL"} & set(KINDS)
    assert all(path.startswith("/") for path in of("WORKDIR"))
    assert all("--no-cache-dir" in step for run in of("RUN") for step in run.split("&&")
               if "pip install" in step)  # fmt: skip
    for form in (of("CMD")[0], of("HEALTHCHECK")[0].partition("CMD ")[2]):
        assert all(isinstance(word, str) for word in json.loads(form))  # signals reach the program
    assert not re.search(r"(?i)password|secret|token|sudo|curl|wget|apt", " ".join(LINES))
    # What changes seldom comes first, so that a change of the source doesn't install anew.
    assert of("COPY")[0].split() == ["requirements.txt", "./"]


def test_the_composition_opens_no_port_to_others() -> None:
    composed = yaml.safe_load((ROOT / "compose.yaml").read_text(encoding="utf-8"))
    [service] = composed["services"].values()
    assert all(port.startswith("127.0.0.1:") for port in service["ports"])
    volumes = dict(volume.split(":") for volume in service["volumes"])
    assert volumes["index"] == of("VOLUME")[0].strip('[]"')
    assert (ROOT / "documents").is_dir()


@pytest.mark.enable_socket
@pytest.mark.skipif(sys.platform == "win32", reason="has no sh")
def test_its_steps_lead_to_a_server_that_is_well(tmp_path: Path) -> None:
    """Without Docker: in a folder instead of `/`, with libraries that are here already."""
    root, programs, site = (tmp_path / name for name in ("root", "programs", "site"))
    programs.mkdir()
    for name, script in {"pip": PIP, "useradd": DONE, "chown": DONE}.items():
        (programs / name).write_text(script)
        (programs / name).chmod(0o755)

    def inside(text: str) -> str:
        return re.sub(r"(?<![\w/.:])/(?=data|app)", f"{root}/", text)

    environment = {
        **os.environ, "PATH": f"{programs}:{os.environ['PATH']}", "PYTHON": sys.executable,
        "SITE": str(site),
    }  # fmt: skip
    for kind, rest in STEPS:
        if kind == "WORKDIR":
            folder = Path(inside(rest))
            folder.mkdir(parents=True, exist_ok=True)
        elif kind == "COPY":
            *files, target = rest.split()
            for file in files:
                if (ROOT / file).is_dir():
                    shutil.copytree(ROOT / file, folder / target)
                else:
                    shutil.copy(ROOT / file, folder / target)
        elif kind == "RUN":
            where = folder if "folder" in locals() else tmp_path
            subprocess.run(["sh", "-ec", inside(rest)], cwd=where, env=environment, check=True)
        elif kind == "ENV":
            environment |= dict(part.split("=", 1) for part in inside(rest).split())
    assert (site / "thesis_qa").is_dir()
    shutil.copy(SISTER_CITY, root / "data" / "documents")
    environment |= {"THESIS_QA_HOST": "127.0.0.1", "PYTHONPATH": str(site)}
    command = [sys.executable, *json.loads(inside(of("CMD")[0]))[1:]]
    with started(command, folder, environment) as address:
        asked = of("HEALTHCHECK")[0].partition("CMD ")[2].replace("http://127.0.0.1:7860", address)
        subprocess.run([sys.executable, *json.loads(asked)[1:]], check=True)
        listed = urllib.request.urlopen(f"{address}/v1/documents").read().decode()
    assert SISTER_CITY.name in listed
    assert (root / "data" / "index" / "cache").is_dir()
