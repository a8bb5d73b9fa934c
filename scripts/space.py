"""Put together the folder of a hosted Gradio space: all that it needs, to be pushed as it is.

    .venv/bin/python scripts/space.py FOLDER

A space installs `requirements.txt` before it sees anything else, then runs what the first lines of
README.md name. Everybody on the web reaches it, so it takes in no files.
"""

import shutil
import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent
COPIED = ("app.py", "LICENSE", "src", "documents")
CPU = "--extra-index-url https://download.pytorch.org/whl/cpu"  # a space without a GPU
SETTINGS = 'host = "0.0.0.0"\nread_only = true\n'
README = """---
title: Thesis QA
emoji: 📖
colorFrom: indigo
colorTo: gray
sdk: gradio
sdk_version: {gradio}
python_version: "3.12"
app_file: app.py
license: mit
---

Ask theses a question, in Indonesian or English, and read the answer in their own words, each
sentence with its page. The theses are those in `documents/`. Open the space's own address
(`https://….hf.space`): the page doesn't let itself be shown inside another.
"""


def main(folder: Path) -> None:
    """Write everything into a new `folder`."""
    folder.mkdir(parents=True)
    for name in COPIED:
        copy = shutil.copytree if (ROOT / name).is_dir() else shutil.copy
        copy(ROOT / name, folder / name)
    needed = pinned()
    [gradio] = (line.partition("==")[2] for line in needed if line.startswith("gradio=="))
    (folder / "requirements.txt").write_text("\n".join([CPU, *needed, ""]), "utf-8")
    (folder / "README.md").write_text(README.format(gradio=gradio), "utf-8")
    (folder / "thesis-qa.toml").write_text(SETTINGS, "utf-8")


def pinned() -> list[str]:
    """The versions of the lock, without hashes: those of the CPU build of torch aren't in it."""
    lines = (ROOT / "requirements.txt").read_text("utf-8").splitlines()
    return [line.removesuffix(" \\") for line in lines if line[:1].isalnum()]


if __name__ == "__main__":
    main(Path(sys.argv[1]))
