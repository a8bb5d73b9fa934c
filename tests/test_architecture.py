"""The file list is the pipeline: imports point one way, heavy libraries have one home."""

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import thesis_qa

SOURCE = Path(thesis_qa.__file__).parent
MAX_LINES = 400

# Every module or package, in the order of the pipeline; each may import what stands before it.
PIPELINE = """
    errors telemetry settings schema language files load split weights graph embed
    tables catalog vectors question retrieve retriever index evidence answer cite assistant
    verify evaluate picture page server cli __main__
""".split()

# graph, weights and embed are one stage, tables and catalog another: tables is what embed's
# vectors are typed with, weights calls graph when it unpacks.
SAME_STAGE = ({"weights", "graph"}, {"embed", "tables"}, {"retriever", "index"})

HOMES = {
    "torch": {"embed"},
    "sentence_transformers": {"embed"},
    "transformers": {"embed"},
    "onnxruntime": {"embed"},
    "onnx": {"graph"},
    "tokenizers": {"embed", "weights"},
    "safetensors": {"weights"},
    "chromadb": {"vectors"},
    "pypdfium2": {"load", "picture"},
    "rapidocr": {"load"},
    "lxml": {"load"},
    "markdown_it": {"load"},
    "gradio": {"page"},
    "fastapi": {"server"},
    "uvicorn": {"server"},
    "langchain_core": {"embed", "retriever"},
}
LIGHT = {"tokenizers", "safetensors", "lxml", "markdown_it", "langchain_core"}


def modules() -> list[tuple[str, Path]]:
    """Every file with the name of its stage."""
    paths = (path.relative_to(SOURCE).with_suffix("") for path in sorted(SOURCE.rglob("*.py")))
    return [(p.parts[0], SOURCE / p.with_suffix(".py")) for p in paths if p.parts != ("__init__",)]


def imports(path: Path) -> Iterator[tuple[str, bool]]:
    """Imported modules and whether the import is made when the module is imported."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    typing_only = {
        id(node)
        for branch in ast.walk(tree)
        if isinstance(branch, ast.If) and "TYPE_CHECKING" in ast.unparse(branch.test)
        for node in ast.walk(branch)
    }
    at_top = {id(node) for node in tree.body}
    for node in ast.walk(tree):
        if id(node) in typing_only:
            continue
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield alias.name, id(node) in at_top
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module, id(node) in at_top


@pytest.mark.parametrize(("stage", "path"), modules(), ids=lambda value: str(value)[-40:])
def test_imports_point_backwards_along_the_pipeline(stage: str, path: Path) -> None:
    assert stage in PIPELINE, f"{stage} has no place in the pipeline"
    for name, _ in imports(path):
        if not name.startswith("thesis_qa."):
            continue
        other = name.split(".")[1]
        together = other == stage or any({stage, other} <= group for group in SAME_STAGE)
        assert together or PIPELINE.index(other) < PIPELINE.index(stage), f"{stage} uses {other}"


@pytest.mark.parametrize(("stage", "path"), modules(), ids=lambda value: str(value)[-40:])
def test_each_heavy_library_has_one_home_and_is_imported_where_it_is_used(
    stage: str, path: Path
) -> None:
    for name, at_top in imports(path):
        library = name.split(".")[0]
        if library in HOMES:
            assert stage in HOMES[library], f"{library} is used in {stage}"
            assert not at_top or library in LIGHT or stage in ("page", "server"), library


@pytest.mark.parametrize(("stage", "path"), modules(), ids=lambda value: str(value)[-40:])
def test_files_fit_a_reading(stage: str, path: Path) -> None:
    assert len(path.read_text(encoding="utf-8").splitlines()) <= MAX_LINES


def test_importing_the_package_loads_nothing_heavy() -> None:
    heavy = set(HOMES) | {"langchain", "pandas"}
    script = "import sys, thesis_qa, thesis_qa.cli; print(*sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )
    assert not heavy & set(done.stdout.split())


def test_all_names_what_the_package_offers() -> None:
    public = {name for name in vars(thesis_qa) if not name.startswith("_")}
    submodules = {path.stem for path in SOURCE.iterdir()}
    assert set(thesis_qa.__all__) == public - submodules
