"""Commands that take the library into other programs."""

import argparse
import os
import signal
import sys
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from thesis_qa.cli.options import Command
from thesis_qa.cli.terminal import (
    citation_place,
    environment_language,
    open_index,
    print_json,
    printable,
    worded,
)
from thesis_qa.errors import QuestionError, SettingError
from thesis_qa.settings import Settings
from thesis_qa.types import Match

STDIN = "-"


def asked_lines(question: str) -> Iterator[str]:
    """The question, or for "-" one a line of standard input. Raises QuestionError for none."""
    if question != STDIN:
        yield question
        return
    lines = [line.strip() for line in sys.stdin if line.strip()]
    if not lines:
        raise QuestionError("question-empty")
    yield from lines


def print_found(options: argparse.Namespace, found: Iterable[object]) -> None:
    """As JSON: a document a line, or one document, which is a list if several were asked."""
    if options.jsonl:
        for each in found:
            print_json(each, indent=None)
    else:
        several = [*found]
        print_json(several if options.question == STDIN else several[0])


def _find(options: argparse.Namespace, settings: Settings) -> int:
    text = sys.stdin.read() if options.text == STDIN else options.text
    matches = open_index(settings).find(text, options.document)
    if options.json:
        print_json({"matches": matches})
    else:
        print(*map(_line, matches), sep="\n")
    return 0


def _line(match: Match) -> str:
    said = f"{worded(f'text.cli.how.{match.how}')}: {printable(match.text)}"
    if cited := match.citation:
        said += f"\n  {citation_place(cited)}\n  “{printable(cited.quote)}”\n  {cited.url}"
    return said


def _compare(options: argparse.Namespace, settings: Settings) -> int:
    from thesis_qa.assistant import Assistant
    from thesis_qa.web.comparison import FORMS, comparison_bytes
    from thesis_qa.web.context import AppContext
    from thesis_qa.web.texts import TEXTS

    out = Path(options.out) if options.out else None
    forms = {f".{suffix}": form for form, (suffix, _) in FORMS.items()}
    if out and out.suffix.lower() not in forms:
        raise SettingError("compare-kind", file=repr(out.name), kinds=", ".join(forms))
    app = AppContext(Assistant(open_index(settings)), settings)
    table = app.assistant.compare(options.names, options.topic, options.ask or ())
    texts = TEXTS[environment_language()]
    if out:
        out.write_bytes(comparison_bytes(app, table, forms[out.suffix.lower()], texts))
    elif not options.json:
        print(printable(comparison_bytes(app, table, "Markdown", texts).decode()), end="")
    if options.json:
        print_json(table)
    return 0


def _mcp(options: argparse.Namespace, settings: Settings) -> int:
    from thesis_qa.api.service import Service, WaitingLine
    from thesis_qa.api.tools import tools
    from thesis_qa.assistant import Assistant
    from thesis_qa.write import language_model

    assistant = Assistant(open_index(settings), language_model(settings))
    # A thread reads standard input until that ends; nothing is left undone that this could harm.
    signal.signal(signal.SIGTERM, lambda *_: os._exit(0))
    tools(Service(assistant, WaitingLine())).run("stdio")
    return 0


def _key(options: argparse.Namespace, settings: Settings) -> int:
    from thesis_qa.api.access import new_key

    key, line = new_key(options.name)
    if options.json:
        print_json({"key": key, "line": line})
    else:
        print(worded("text.cli.key", key=key), file=sys.stderr)
        print(line)
    return 0


def _export(options: argparse.Namespace, settings: Settings) -> int:
    from thesis_qa.index.bundle import export_index

    open_index(settings).close()
    size = export_index(Path(settings.index), Path(options.file))
    return _told(options, "exported", size)


def _import(options: argparse.Namespace, settings: Settings) -> int:
    from thesis_qa.index.bundle import import_index

    import_index(Path(options.file), Path(settings.index))
    index = open_index(settings)
    index.synchronise()
    return _told(options, "imported", len(index.documents()))


def _told(options: argparse.Namespace, what: str, number: int) -> int:
    if options.json:
        print_json({"file": options.file, what: number})
    else:
        print(worded(f"text.cli.{what}", file=printable(options.file), number=number))
    return 0


def _completion(options: argparse.Namespace, settings: Settings) -> int:
    import shtab

    print(shtab.complete(options.parser, options.shell))
    return 0


WAYS: Mapping[str, Command] = {
    "find": _find,
    "compare": _compare,
    "mcp": _mcp,
    "key": _key,
    "export": _export,
    "import": _import,
    "completion": _completion,
}
