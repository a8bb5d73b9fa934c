"""What the command line takes: every command with its options."""

import argparse
from collections.abc import Callable, Mapping

from thesis_qa.settings import Settings

Command = Callable[[argparse.Namespace, Settings], int]
"""Carries out a command, and returns its exit code."""

# Options whose value is a setting: the command line beats environment and file.
SETTINGS = frozenset(
    {"index", "documents", "embedding", "top_k", "llm", "llm_base_url", "host", "port"}
)


def parser(commands: Mapping[str, Command]) -> argparse.ArgumentParser:
    """The options of every command; `commands` are the functions that carry them out, by name."""
    top = argparse.ArgumentParser(
        prog="thesis-qa",
        description="Ask a thesis a question and get an answer quoted from its pages.",
    )
    top.set_defaults(command=commands[""], debug=False)
    added = top.add_subparsers(metavar="COMMAND", help="default: index documents, then serve")

    def command(name: str, summary: str) -> argparse.ArgumentParser:
        sub = added.add_parser(name, help=summary, description=summary)
        sub.set_defaults(command=commands[name])
        sub.add_argument("--index", metavar="DIR", help="index folder (default: index)")
        sub.add_argument("--json", action="store_true", help="print one JSON document")
        sub.add_argument("--debug", action="store_true", help="show where an error came from")
        return sub

    sub = command("index", "Bring the index up to date with a folder, or add one file.")
    sub.add_argument("documents", nargs="?", metavar="DOCUMENTS", help="default: documents")
    sub.add_argument("--rebuild", action="store_true", help="start over from the documents")
    sub.add_argument("--embedding", metavar="NAME", help="embedding model of a new index")

    sub = command("remove", "Forget documents: text, vectors, feedback.")
    sub.add_argument("names", nargs="+", metavar="DOCUMENT")

    sub = command("ask", "Answer a question with citations.")
    _add_question(sub)
    _add_model(sub)
    sub.add_argument(
        "--translate", choices=("id", "en"), help="also translate quotes, by the language model"
    )

    sub = command("search", "Rank passages for a question.")
    _add_question(sub)
    sub.add_argument("--section", metavar="TEXT", help="only sections whose path holds TEXT")
    sub.add_argument("--language", choices=("id", "en"), help="only passages in this language")
    sub.add_argument("--explain", action="store_true", help="show how the scores came about")

    sub = command("eval", "Run a question set and print how good the answers are.")
    sub.add_argument("questions", metavar="QUESTIONS", help="JSON Lines, YAML, SQuAD, IDK-MRC")
    sub.add_argument("--fail-under", action="append", metavar="METRIC=VALUE", help="a gate")
    sub.add_argument("--compare", metavar="RUN.json", help="a run saved with --json")
    sub.add_argument("--report", metavar="FILE.html", help="also write a page to look at")
    sub.add_argument("--check", action="store_true", help="only look for mistakes in the set")
    _add_model(sub)

    sub = command("compare", "Show theses beside each other, by topics or by questions.")
    sub.add_argument("names", nargs="*", metavar="DOCUMENT", help="default: all of them")
    sub.add_argument("--topic", action="append", metavar="T", help="as on the thesis card: method")
    sub.add_argument("--ask", action="append", metavar="QUESTION", help="a question of your own")
    sub.add_argument("--out", metavar="FILE", help="write FILE.xlsx, .csv, .docx or .md")

    sub = command("serve", "Serve the web chat.")
    _add_model(sub)
    sub.add_argument("--host", metavar="H", help="default: 127.0.0.1, this machine only")
    sub.add_argument("--port", metavar="P", type=int, help="default: 7860")

    sub = command("user", "Print the line that lets somebody use the web chat.")
    sub.add_argument("name", metavar="NAME", help="without spaces; the password is asked for")

    sub = command("find", "Find where the sentences of a draft stand, word for word or nearly.")
    sub.add_argument("text", metavar="TEXT", help="- reads it from standard input")
    sub.add_argument("--document", action="append", metavar="NAME", help="only in this document")

    command("mcp", "Serve the library to an agent, over MCP on standard input and output.")

    sub = command("key", "Make a key for a program that calls the API; print the line to keep.")
    sub.add_argument("name", metavar="NAME", help="whose key it is, without spaces")

    sub = command("export", "Write the index into one file, with checksums.")
    sub.add_argument("file", metavar="FILE", help="a new file, like theses.tar.gz")

    sub = command("import", "Make an index from such a file.")
    sub.add_argument("file", metavar="FILE")

    sub = command("completion", "Print what lets a shell complete commands and options.")
    sub.add_argument("shell", choices=("bash", "zsh", "tcsh"))

    sub = command("info", "Show what is in the index, what made it, and its health.")
    sub.add_argument("--document", action="append", metavar="NAME", help="only this document")
    sub.add_argument("--verify", action="store_true", help="read every file again and compare")
    return top


def _add_question(sub: argparse.ArgumentParser) -> None:
    sub.add_argument("question", metavar="QUESTION", help="- reads one a line from standard input")
    sub.add_argument("--jsonl", action="store_true", help="print one JSON document a line")
    sub.add_argument("--document", action="append", metavar="NAME", help="only this document")
    sub.add_argument("--top-k", type=int, metavar="N", help="passages to return (default: 5)")


def _add_model(sub: argparse.ArgumentParser) -> None:
    sub.add_argument(
        "--llm", metavar="SPEC", help="language model that reads and answers (default: none)"
    )
    sub.add_argument("--llm-base-url", metavar="URL", help="server of an openai: or ollama: model")
