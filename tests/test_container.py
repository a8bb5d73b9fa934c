"""The container's files fit together; what Docker would copy and run is there."""

import re
from pathlib import Path

import yaml

ROOT = Path(__file__).parent.parent
LINES = re.sub(r"\\\n\s*", "", (ROOT / "Dockerfile").read_text(encoding="utf-8")).splitlines()
STEPS = [line.partition(" ")[::2] for line in LINES if line and not line.startswith("#")]


def of(kind: str) -> list[str]:
    return [rest for step, rest in STEPS if step == kind]


def test_all_that_is_copied_is_there_and_nothing_else_goes_along() -> None:
    ignored = (ROOT / ".dockerignore").read_text(encoding="utf-8").split()
    for files in (copied.split()[:-1] for copied in of("COPY")):
        for file in files:
            assert (ROOT / file).exists()
            assert f"!{file.removeprefix('./')}" in ignored
    assert ignored[0] == "*"


def test_it_runs_without_rights_and_is_asked_for_its_health() -> None:
    kinds = [step for step, _ in STEPS]
    assert of("USER") == ["thesis"]
    assert kinds.index("USER") < kinds.index("CMD")
    assert "RUN" not in kinds[kinds.index("USER") :]
    assert "/healthz" in of("HEALTHCHECK")[0]
    assert of("CMD") == ['["python", "/app/app.py"]']


def test_the_composition_opens_no_port_to_others() -> None:
    composed = yaml.safe_load((ROOT / "compose.yaml").read_text(encoding="utf-8"))
    [service] = composed["services"].values()
    assert all(port.startswith("127.0.0.1:") for port in service["ports"])
    volumes = dict(volume.split(":") for volume in service["volumes"])
    assert volumes["index"] == of("VOLUME")[0].strip('[]"')
    assert (ROOT / "documents").is_dir()
