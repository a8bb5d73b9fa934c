"""What tests share: the data folder, and an index of the sister-city abstract."""

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from filelock import FileLock
from hypothesis import settings

from thesis_qa.library import Index
from thesis_qa.settings import NAMES, PREFIX

if TYPE_CHECKING:
    from thesis_qa.web.chat import Turns
    from thesis_qa.web.context import AppContext

ROOT = Path(__file__).parent.parent
CONVERSED = ROOT / "evaluation" / "conversations" / "documents"
METHOD = "Metode penelitian apa yang digunakan?"
SISTER_CITY = ROOT / "documents" / "kerja-sama-sister-city-jakarta-hanoi.md"

# Tests see the defaults, whatever is set in the shell they are started from.
for name in NAMES:
    os.environ.pop(f"{PREFIX}{name.upper()}", None)
os.environ["LC_ALL"] = "C.UTF-8"  # the command line speaks English

# No test asserts a time, so no example has a deadline.
settings.register_profile("thesis-qa", deadline=None, print_blob=True)
settings.load_profile("thesis-qa")


@pytest.fixture(scope="session")
def data() -> Path:
    """The folder with theses and question sets; tests that need it skip where it is missing."""
    folder = Path(os.environ.get("THESIS_QA_DATA", ROOT.parent / "shared" / "data"))
    if not folder.is_dir():
        pytest.skip(f"no data folder at {folder} (set THESIS_QA_DATA)")
    return folder


@pytest.fixture(scope="session")
def once(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str, Callable[[Path], None]], Path]:
    """Fills a folder once for the whole run, in whichever of its processes needs it first, and
    gives each process a copy."""
    root = tmp_path_factory.getbasetemp()
    shared = root.parent if "PYTEST_XDIST_WORKER" in os.environ else root

    def folder(name: str, fill: Callable[[Path], None]) -> Path:
        filled = shared / name
        with FileLock(shared / f"{name}.lock"):
            if not filled.exists():
                draft = shared / f"{name}.draft"
                fill(draft)
                draft.rename(filled)
        return Path(shutil.copytree(filled, tmp_path_factory.mktemp(name) / name))

    return folder


@pytest.fixture(scope="session")
def sister_city(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Index]:
    """An index of the sister-city abstract, with the real model and the real store."""
    folder = tmp_path_factory.mktemp("sister-city")
    (folder / "documents").mkdir()
    (folder / "documents" / SISTER_CITY.name).write_bytes(SISTER_CITY.read_bytes())
    index = Index.build(folder / "documents", folder / "index")
    yield index
    index.close()


@pytest.fixture(scope="session")
def eight(once: Callable[[str, Callable[[Path], None]], Path]) -> Iterator[Index]:
    """An index of the eight small theses that conversations are about, with the real model."""
    index = Index.open(once("eight", lambda folder: Index.build(CONVERSED, folder).close()))
    yield index
    index.close()


@pytest.fixture(scope="module")
def app(sister_city: Index) -> "AppContext":
    """What the page of the sister-city library works with."""
    from thesis_qa.assistant import Assistant
    from thesis_qa.settings import Settings
    from thesis_qa.web.context import AppContext

    return AppContext(Assistant(sister_city), Settings())


@pytest.fixture(scope="module")
def talk(app: "AppContext") -> "Turns":
    """A conversation of one question, answered."""
    from thesis_qa.web.chat import growing_turns
    from thesis_qa.web.texts import TEXTS

    *_, turns = growing_turns(app, (), METHOD, None, TEXTS["en"])
    return turns
