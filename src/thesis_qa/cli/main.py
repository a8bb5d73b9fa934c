"""The command line. It only translates: options into calls, results into text or JSON.

Exit codes: 0 done, 1 could not do it, 2 wrong usage, 3 done but a file failed or a gate was missed.
"""

import argparse
import os
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from getpass import getpass
from pathlib import Path
from typing import TYPE_CHECKING

from thesis_qa.cli.options import SETTINGS, Command, parser
from thesis_qa.cli.terminal import (
    answer_lines,
    environment_language,
    open_index,
    passage_place,
    print_json,
    printable,
    size_of,
    worded,
)
from thesis_qa.cli.ways import WAYS, asked_lines, print_found
from thesis_qa.errors import ThesisQAError, one_line
from thesis_qa.settings import Settings, load_settings
from thesis_qa.types import Answer, DocumentReport, Progress

if TYPE_CHECKING:
    from thesis_qa.assistant import Assistant
    from thesis_qa.evaluate import Finding
    from thesis_qa.evaluate.verify import Health
    from thesis_qa.index.rows import DocumentInfo
    from thesis_qa.library import Index
    from thesis_qa.retrieve.retriever import ScoredPassage

DONE, COULD_NOT, FAILED_IN_PART = 0, 1, 3


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code."""
    known = parser(COMMANDS)
    options = known.parse_args(arguments, argparse.Namespace(parser=known))
    try:
        given = {k: v for k, v in vars(options).items() if k in SETTINGS and v is not None}
        command: Command = options.command
        return command(options, load_settings(given, os.environ, Path.cwd()))
    except ThesisQAError as error:
        return _could_not(options, error, error.line_in(environment_language()))
    except KeyboardInterrupt as error:
        return _could_not(options, error, worded("text.cli.interrupted"))
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return COULD_NOT
    except Exception as error:
        kind, reason = type(error).__name__, one_line(str(error))
        line = worded("text.cli.unexpected", kind=kind, reason=reason)
        return _could_not(options, error, line)


def _could_not(options: argparse.Namespace, error: BaseException, line: str) -> int:
    if options.debug:
        raise error
    print(f"thesis-qa: {line}", file=sys.stderr)
    return COULD_NOT


def _index(options: argparse.Namespace, settings: Settings) -> int:
    from thesis_qa.library import Index

    stated = options.embedding or options.rebuild
    chosen = settings.embedding if stated else settings.chosen_embedding
    index = Index.create(
        settings.index, embedding=chosen, rerank=settings.rerank, rebuild=options.rebuild
    )
    with _Bar(hidden=options.json) as bar:
        report = index.update(settings.documents, progress=bar.show)
    if options.json:
        print_json(report)
    else:
        for document in report.documents:
            _print_report(document)
        changed = sum(d.status in ("added", "updated") for d in report.documents)
        unchanged = sum(d.status == "unchanged" for d in report.documents)
        line = worded(
            "text.cli.indexed",
            changed=changed,
            unchanged=unchanged,
            passages=size_of("passages", report.passages),
            seconds=report.seconds,
        )
        print(line)
    failed = any(document.status == "failed" for document in report.documents)
    return FAILED_IN_PART if failed else DONE


def _print_report(report: DocumentReport) -> None:
    name = one_line(report.document)
    if report.status == "failed":
        print(f"thesis-qa: {report.error}", file=sys.stderr)
    elif report.status in ("added", "updated"):
        what = _size(report.pages, report.passages, report.languages or {})
        print(f"{worded(f'text.cli.{report.status}')} {name}: {what}")
    elif report.status == "removed":
        print(worded("text.cli.removed"), name)
    for warning in report.warnings:
        print(f"thesis-qa: {name}: {one_line(warning)}", file=sys.stderr)


def _size(pages: int, passages: int, languages: Mapping[str, float]) -> str:
    """How much there is of a document, and the share of each language in it."""
    size = ([size_of("pages", pages)] if pages else []) + [size_of("passages", passages)]
    shares = ", ".join(f"{language} {share:.0%}" for language, share in languages.items())
    return ", ".join(size) + (f" ({shares})" if shares else "")


def _remove(options: argparse.Namespace, settings: Settings) -> int:
    open_index(settings).remove(*options.names)
    if options.json:
        print_json({"removed": options.names})
    else:
        for name in options.names:
            print(worded("text.cli.removed"), one_line(name))
    return DONE


def _ask(options: argparse.Namespace, settings: Settings) -> int:
    assistant = _assistant(settings)
    answers = (_answer(assistant, q, options, settings) for q in asked_lines(options.question))
    if options.json or options.jsonl:
        print_found(options, answers)
        return DONE
    for answer in answers:
        print(*answer_lines(answer), sep="\n")
        if answer.problem:
            print(f"thesis-qa: {one_line(answer.problem)}", file=sys.stderr)
    return DONE


def _answer(
    assistant: "Assistant", question: str, options: argparse.Namespace, settings: Settings
) -> Answer:
    answers = assistant.stream(question, documents=options.document, top_k=settings.top_k)
    shown = sys.stdout.isatty() and not (options.json or options.jsonl)
    answer = _shown_growing(answers) if shown else _last(answers)
    if wanted := options.translate:
        foreign = [c for c in answer.citations if c.language != wanted]
        translations = tuple(assistant.translate(c, wanted) for c in foreign)
        answer = replace(answer, translations=translations)
    return answer


def _assistant(settings: Settings) -> "Assistant":
    from thesis_qa.assistant import Assistant
    from thesis_qa.write import language_model

    return Assistant(open_index(settings), language_model(settings))


def _last(answers: Iterator[Answer]) -> Answer:
    *_, answer = answers
    return answer


def _shown_growing(answers: Iterator[Answer]) -> Answer:
    """The last answer; before it the quotes are shown, and what a language model looks into."""
    answer, quoted, steps = next(answers), False, 0
    for answer in answers:
        for step in answer.steps[steps:]:
            print(f"{one_line(step)} …", file=sys.stderr, flush=True)
        steps = len(answer.steps)
        if answer.writing and not quoted:
            quoted = True
            print(f"{printable(answer.text)}\n", flush=True)
            print("…", file=sys.stderr, flush=True)
    return answer


def _search(options: argparse.Namespace, settings: Settings) -> int:
    index = open_index(settings)
    found = (_ranked(index, asked, options, settings) for asked in asked_lines(options.question))
    if options.json or options.jsonl:
        from thesis_qa.lang.detect import language_of

        print_found(options, (_found_as_json(q, language_of(q), r, options) for q, r in found))
        return DONE
    for item in (item for _, ranked in found for item in ranked):
        passage = item.passage
        print(f"{passage.rank}. {passage_place(passage)}  ({passage.score:.3f})")
        if options.explain:
            print(f"   {item.why}")
        print(f"   {printable(passage.text)}\n")
    return DONE


def _ranked(
    index: "Index", question: str, options: argparse.Namespace, settings: Settings
) -> tuple[str, list["ScoredPassage"]]:
    """A question with the passages found for it, best first."""
    asked = index.question(question, options.document or ())
    index.refresh()
    ranked = index.retriever.ranked(
        asked, settings.top_k, section=options.section, language=options.language
    )
    return question, ranked


def _found_as_json(
    question: str,
    language: str | None,
    ranked: Sequence["ScoredPassage"],
    options: argparse.Namespace,
) -> dict[str, object]:
    found: dict[str, object] = {"question": question, "language": language}
    found["passages"] = [item.passage for item in ranked]
    return {**found, "why": [item.why for item in ranked]} if options.explain else found


def _eval(options: argparse.Namespace, settings: Settings) -> int:
    from thesis_qa.evaluate import check_set, report_json, run_set
    from thesis_qa.write import language_model

    questions, index = Path(options.questions), Path(settings.index)
    if options.check:
        return _eval_check(options, check_set(questions, index))
    with _Bar(hidden=options.json) as bar:
        run = run_set(
            questions,
            index,
            llm=language_model(settings),
            rerank=settings.rerank,
            fail_under=options.fail_under or (),
            compare_with=Path(options.compare) if options.compare else None,
            page_path=Path(options.report) if options.report else None,
            progress=bar.count,
        )
    if options.json:
        print_json(report_json(run.report, run.comparison))
    else:
        print(run.report)
        if run.comparison:
            print(f"\n{run.comparison}")
    for missed in run.missed:
        print(f"thesis-qa: {missed}", file=sys.stderr)
    return FAILED_IN_PART if run.missed else DONE


def _eval_check(options: argparse.Namespace, findings: "Sequence[Finding]") -> int:
    from thesis_qa.evaluate import findings_table

    if options.json:
        print_json({"findings": findings})
    else:
        print(printable(findings_table(findings)))
    return FAILED_IN_PART if any(f.level == "error" for f in findings) else DONE


def _start(options: argparse.Namespace, settings: Settings) -> int:
    from thesis_qa.web.server import index_and_serve

    index_and_serve(settings)
    return DONE


def _serve(options: argparse.Namespace, settings: Settings) -> int:
    from thesis_qa.web.server import serve

    serve(settings)
    return DONE


def _user(options: argparse.Namespace, settings: Settings) -> int:
    from thesis_qa.web.accounts import user_line

    asked = (
        getpass(worded("text.cli.password"))
        if sys.stdin.isatty()
        else sys.stdin.readline().rstrip("\r\n")
    )
    line = user_line(options.name, asked)
    if options.json:
        print_json({"user": line})
    else:
        print(line)
    return DONE


def _info(options: argparse.Namespace, settings: Settings) -> int:
    from thesis_qa.evaluate.verify import health, verify

    index = open_index(settings)
    index.check_documents(options.document)
    documents = [d for d in index.documents() if not options.document or d.name in options.document]
    findings = verify(index, options.document) if options.verify else []
    conditions = {d.name: health(index, d.name) for d in documents if options.document}
    about = index.catalog.about()
    if options.json:
        found = {"index": about, "documents": documents, "findings": findings}
        print_json({**found, "health": list(conditions.values())})
    else:
        size, model = len(documents), about["embedding"]
        print(worded("text.cli.index", index=settings.index, documents=size, model=model))
        for document in documents:
            _print_document(document, conditions.get(document.name))
        for finding in findings:
            print(f"thesis-qa: {one_line(finding.document)}: {finding.problem}", file=sys.stderr)
        if options.verify and not findings:
            print(worded("text.cli.sound"))
    return FAILED_IN_PART if findings else DONE


def _print_document(document: "DocumentInfo", condition: "Health | None") -> None:
    size = _size(document.pages, document.passages, document.languages)
    print(f"- {one_line(document.name)}: {size}")
    if condition:
        for line in _health_lines(document, condition):
            print(f"  {one_line(line)}")
    for warning in document.warnings:
        print(f"  {one_line(warning)}")


def _health_lines(document: "DocumentInfo", condition: "Health") -> Iterator[str]:
    stated = document.metadata
    known = (stated.title, stated.author, str(stated.year or ""), stated.university)
    if any(known):
        yield ", ".join(part for part in known if part)
    if condition.pages:
        read = condition.pages - condition.failed
        yield worded("text.cli.pages_read", read=read, pages=condition)
    if condition.recognised is not None:
        yield worded("text.cli.recognised", share=condition.recognised)
    chapters = list(dict.fromkeys(path.split(" › ")[0] for path in condition.sections))
    if chapters:
        sections = len(condition.sections)
        yield worded("text.cli.sections", sections=sections, chapters=len(chapters))
    yield from (f"  {chapter}" for chapter in chapters)


class _Bar:
    """A progress bar on a terminal; nothing where stderr isn't one."""

    def __init__(self, hidden: bool) -> None:
        self._hidden = hidden or not sys.stderr.isatty()

    def __enter__(self) -> "_Bar":
        return self

    def __exit__(self, *_: object) -> None:
        if not self._hidden:
            print("\r\x1b[K", end="", file=sys.stderr, flush=True)

    def show(self, p: Progress) -> None:
        """Show how far indexing is."""
        if not self._hidden:
            name = f"{p.number}/{p.documents} {one_line(p.document)[-30:]}"
            done, total = (p.page, p.scanned) if p.scanned else (p.done, p.total)
            self._draw(name, done / total if total else 0.0)

    def count(self, what: str, done: int, total: int) -> None:
        """Show that `done` of `total` are done."""
        if not self._hidden:
            self._draw(f"{what} {done}/{total}", done / total if total else 1.0)

    def _draw(self, label: str, share: float) -> None:
        filled = "█" * round(share * 30)
        line = f"\r\x1b[K{label} {filled:░<30} {share:4.0%}"
        print(line, end="", file=sys.stderr, flush=True)


COMMANDS: Mapping[str, Command] = {
    "": _start,
    "index": _index,
    "remove": _remove,
    "ask": _ask,
    "search": _search,
    "eval": _eval,
    "serve": _serve,
    "user": _user,
    "info": _info,
    **WAYS,
}


if __name__ == "__main__":
    sys.exit(main())
