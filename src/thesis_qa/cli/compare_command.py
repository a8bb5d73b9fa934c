"""`thesis-qa compare`: theses beside each other, as a table, a file or JSON."""

import argparse
import sys
from pathlib import Path
from typing import Any

from thesis_qa.cli.terminal import environment_language, printable
from thesis_qa.errors import SettingError
from thesis_qa.lang.data import SPOKEN
from thesis_qa.settings import Settings

SUFFIXES = {".xlsx": "XLSX", ".csv": "CSV", ".docx": "Word", ".md": "Markdown"}


def compare_theses(options: argparse.Namespace, settings: Settings) -> dict[str, Any]:
    """Print or write the table; gives it back as JSON has it.

    Raises QuestionError for a thesis that isn't there, SettingError for a file of another kind.
    """
    from thesis_qa.assistant import Assistant
    from thesis_qa.library import Index
    from thesis_qa.web.comparison import USUAL, comparing, comparison_bytes
    from thesis_qa.web.context import AppContext
    from thesis_qa.web.texts import TEXTS

    out = Path(options.out) if options.out else None
    if out and out.suffix.lower() not in SUFFIXES:
        raise SettingError("compare-kind", file=repr(out.name), kinds=", ".join(SUFFIXES))
    app = AppContext(Assistant(Index.open(settings.index, rerank=settings.rerank)), settings)
    asked = options.ask or []
    topics = options.topic or (() if asked else USUAL)
    *_, table = comparing(app.assistant, options.names, topics, asked)
    texts = TEXTS[environment_language() or SPOKEN]
    if out:
        out.write_bytes(comparison_bytes(app, table, SUFFIXES[out.suffix.lower()], texts))
    elif not options.json:
        sys.stdout.write(printable(comparison_bytes(app, table, "Markdown", texts).decode()))
    cells = [{"document": d, "column": c, "citations": quotes} for d, c, quotes in table.cells]
    return {"documents": table.documents, "columns": table.columns, "cells": cells}
