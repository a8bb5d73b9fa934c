"""Install this project into the environment whose Python runs this, in the tested versions.

    .venv/bin/python scripts/install.py ".[dev]"

uv does in seconds what takes pip minutes, but it reads none of pip's settings (mirrors, extra
indexes, folders of wheels), so they are handed on; where uv can't be had or fails, pip does it.
"""

import subprocess
import sys
from ast import literal_eval

UV = "uv>=0.9,<1"
TESTED = ("--constraint", "constraints.txt")
PIP = ("pip", "--disable-pip-version-check", "install", "--quiet", *TESTED)
SECTIONS = ("global", "install", ":env:")  # of pip's settings; later ones have precedence


def main(target: str) -> int:
    """Install `target`, editable; the exit code is 0 if that worked."""
    if run("pip", "--version", quiet=True) and run("ensurepip"):
        sys.exit("This Python can't make pip (Debian: apt install python3-venv), or remove .venv")
    uv = ("uv", "pip", "install", "--quiet", "--python", sys.executable, *TESTED)
    if run(*PIP, UV) == 0 and run(*uv, *as_options(pip_settings()), "--editable", target) == 0:
        return 0
    print("uv could not do it; pip does it now, in a few minutes …", file=sys.stderr)
    return run(*PIP, "--editable", target)


def pip_settings() -> dict[str, list[str]]:
    """What pip was told by its files and variables, by name; the last value has precedence."""
    command = [sys.executable, "-m", "pip", "config", "list"]
    listed = subprocess.run(command, capture_output=True, text=True, check=False).stdout
    told = dict(line.split("=", 1) for line in listed.splitlines() if "=" in line)
    settings: dict[str, list[str]] = {}
    for section in SECTIONS:
        for key, value in told.items():
            if key.startswith(f"{section}."):
                name = key.removeprefix(f"{section}.")
                settings.setdefault(name, []).extend(literal_eval(value).split())
    return settings


def as_options(pip: dict[str, list[str]]) -> list[str]:
    """pip's settings as options of uv."""
    options = ["--index-strategy", "unsafe-best-match"]  # the best of all indexes, as pip does
    for url in pip.get("index-url", [])[-1:]:
        options += ["--default-index", url]
    for url in pip.get("extra-index-url", []):
        options += ["--index", url]
    for place in pip.get("find-links", []):
        options += ["--find-links", place]
    return options


def run(module: str, *arguments: str, quiet: bool = False) -> int:
    """Exit code of `python -m module arguments…`."""
    output = subprocess.DEVNULL if quiet else None
    command = (sys.executable, "-m", module, *arguments)
    return subprocess.run(command, stdout=output, stderr=output, check=False).returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
