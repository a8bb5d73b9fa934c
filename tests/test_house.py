"""The house is in order: languages have one home, names one meaning, imports one direction."""

import ast
import re
from collections import defaultdict
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from string import Formatter
from typing import Any

import pytest

import thesis_qa
from thesis_qa.lang.data import LANGUAGES, language_data

SOURCE = Path(thesis_qa.__file__).parent
CONTRIBUTING = Path(__file__).parent.parent / "CONTRIBUTING.md"
MOST_WORDS = 8  # of a list in Python; a longer one is data
TABLES_OF_WORDS = ("word_map",)  # what is read so has words as keys, and others in each language

# Texts for developers and operators, in English only: what `--help` says, the names of fonts.
ENGLISH_ONLY = {"cli/options.py", "web/look.py"}
MOST_PATTERNS = 140
PATTERNS = frozenset("compile match search fullmatch sub subn split findall finditer".split())
# Errors that only a mistake in the program raises, so that no user reads them.
BUGS = {"AssertionError", "IndexError", "KeyError", "NotImplementedError", "TypeError"}
# Calls whose texts no visitor reads.
UNSEEN_CALLS = {"warning", "debug", "info", "exception", "getLogger", "execute", "executescript"}


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
        if called(node) == "split" or ast.unparse(node.func).startswith("re.")
        for text in constants(node)
    }
    for node in shown(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in lists:
            yield node


SENTENCE = re.compile(r"[^\W\d_]{2,}[,:;]? [^\W\d_]{2,}")
PROGRAM = re.compile(
    r"^\s*(SELECT|INSERT|DELETE|UPDATE|CREATE|DROP|ALTER|PRAGMA|WITH|REPLACE|\(|pip )"
    r"|[{}<>=\\|]|\b(FROM|WHERE|ORDER BY|IS NULL)\b|^\w+\[|'self'"
)


def is_text(value: str) -> bool:
    return SENTENCE.search(value) is not None and PROGRAM.search(value) is None


def test_patterns_are_few() -> None:
    """What a language is made of is data; what is left to patterns can be counted."""
    patterns = [
        f"{name}:{node.lineno}"
        for name, tree in trees().items()
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and ast.unparse(node.func).startswith("re.")
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
    """The modules of ours that a file imports, but for types only."""
    hidden = {
        id(inner)
        for node in ast.walk(tree)
        if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test)
        for inner in ast.walk(node)
    }
    for node in ast.walk(tree):
        if not isinstance(node, ast.ImportFrom) or id(node) in hidden or not node.module:
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
    rooms = {re.split(r"[/.]", name)[0] for name in trees()}
    heads = "\n".join(line.strip().split("  ")[0] for line in drawing.splitlines())
    return list(dict.fromkeys(word for word in re.findall(r"[a-z_]+", heads) if word in rooms))


def test_a_drawing_is_read_line_by_line() -> None:
    one_a_line = "```\ntypes  the nouns\n→ lang  words of settings\n→ errors\n```"
    in_a_row = "```text\ntypes → lang →\n  errors   what can go wrong\n```\n```\nmake\n```"
    assert pipeline(one_a_line) == pipeline(in_a_row) == ["types", "lang", "errors"]


def test_contributing_draws_every_room() -> None:
    rooms = {re.split(r"[/.]", name)[0] for name in trees() if name != "__init__.py"}
    assert rooms == set(pipeline(CONTRIBUTING.read_text(encoding="utf-8")))


def test_imports_point_backwards_along_the_drawing() -> None:
    order = pipeline(CONTRIBUTING.read_text(encoding="utf-8"))
    forward = [
        f"{name} uses {other}"
        for name, used in uses().items()
        for other in sorted(used)
        if name != "__init__.py" and other != "__init__.py"
        for room, next_room in [(re.split(r"[/.]", name)[0], re.split(r"[/.]", other)[0])]
        if order.index(next_room) > order.index(room)
    ]
    assert forward == [], by_room(forward)


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_is_read_as_a_list_of_words_is_one(language: str) -> None:
    for key in calls("word_set", "cue", "alternatives"):
        value = keys(language).get(key, "")
        assert isinstance(value, str | list), key
