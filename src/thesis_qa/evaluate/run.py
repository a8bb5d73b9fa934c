"""Ask every question of a set and judge the answers."""

import hashlib
import json
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from shutil import rmtree
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Literal

from thesis_qa.errors import QuestionError, QuestionSetError
from thesis_qa.evaluate import summary
from thesis_qa.evaluate.fresh import FreshPages, TextPages, find_document
from thesis_qa.evaluate.intervals import RESAMPLES, SEED
from thesis_qa.evaluate.judge import judge
from thesis_qa.evaluate.metrics import DEPTH
from thesis_qa.evaluate.outcome import Outcome, Report, from_json
from thesis_qa.evaluate.questions import Question, QuestionSet, read_questions
from thesis_qa.types import to_json

if TYPE_CHECKING:
    from thesis_qa.assistant import Assistant
    from thesis_qa.library import Index
    from thesis_qa.write import LanguageModel

OnProgress = Callable[[Literal["indexing", "asking"], int, int], None]
"""Called with the stage, how many contexts or questions are done, and of how many."""

QUOTES = "quotes"  # what answers are made of without a language model
MOSTLY = 2 / 3  # share of its text from which a document is said to be in a language


def evaluate(
    assistant: "Assistant",
    questions: QuestionSet | str | Path,
    *,
    progress: OnProgress | None = None,
    resume_in: Path | None = None,
) -> Report:
    """Ask every question, judge each answer, and sum up.

    A SQuAD-style set is asked of a temporary index of its contexts instead of the assistant's.
    `resume_in` is a folder where finished questions are kept while the run lasts; a run that was
    interrupted goes on from there if neither the set nor the index nor the version has changed.
    Raises QuestionSetError if the set can't be asked of this index.
    """
    asked = questions if isinstance(questions, QuestionSet) else read_questions(questions)
    if asked.contexts:
        model = assistant.writing.model if assistant.writing else None
        rerank = assistant.index.rerank
        return evaluate_contexts(asked, model, rerank, progress=progress, resume_in=resume_in)
    made_with = assistant.index.catalog.about() | _answered_with(assistant)
    kept = _kept(resume_in, asked, made_with)
    return _run(_bench(assistant, asked), asked, kept, progress)


def evaluate_contexts(
    asked: QuestionSet,
    llm: "LanguageModel | None",
    rerank: str,
    *,
    progress: OnProgress | None = None,
    resume_in: Path | None = None,
) -> Report:
    """`evaluate` for a SQuAD-style set, which needs no index but a temporary one of its own."""
    from thesis_qa.assistant import Assistant

    kept = _kept(resume_in, asked, {"rerank": rerank, "llm": llm.name if llm else QUOTES})
    with TemporaryDirectory(prefix="thesis-qa-") as temporary:
        index = _context_index(asked, (kept or Path(temporary)) / "contexts", rerank, progress)
        try:
            return _run(_bench(Assistant(index, llm), asked), asked, kept, progress)
        finally:
            index.close()


def _run(
    bench: "_Bench", asked: QuestionSet, kept: Path | None, progress: OnProgress | None
) -> Report:
    report = _report(bench, asked, _ask_all(bench, asked, kept, progress))
    if kept:
        rmtree(kept, ignore_errors=True)
    return report


@dataclass(frozen=True, slots=True)
class _Bench:
    """What the questions of a set are asked of, and where its documents can be read afresh."""

    assistant: "Assistant"
    names: Mapping[str, str]  # document as named in the set → in the index
    languages: Mapping[str, str | None]  # by document in the index
    pages: FreshPages | TextPages

    def home(self, question: Question) -> str | None:
        """The document that the question is about; with only one there, it is that one."""
        if question.context or question.document:
            return question.context or self.names[question.document or ""]
        return next(iter(self.languages)) if len(self.languages) == 1 else None


def _bench(assistant: "Assistant", asked: QuestionSet) -> _Bench:
    documents = assistant.index.documents()
    languages = {d.name: _language(d.languages) for d in documents}
    if asked.contexts:
        return _Bench(assistant, {}, languages, TextPages(asked.contexts))
    paths = {d.name: d.path for d in documents}
    return _Bench(assistant, _named(asked, paths), languages, FreshPages(paths))


def _named(asked: QuestionSet, known: Mapping[str, str]) -> dict[str, str]:
    names = {}
    for question in asked.questions:
        if question.document and question.document not in names:
            names[question.document] = _find(question, question.document, known, asked)
    return names


def _find(question: Question, name: str, known: Mapping[str, str], asked: QuestionSet) -> str:
    found = find_document(name, known)
    if found is None:
        raise QuestionSetError(
            f"{asked.name}, line {question.line}: the index has no document {name!r}",
            f"Add it with thesis-qa index, or see: thesis-qa eval {asked.name} --check",
        )
    return found


def _language(shares: Mapping[str, float]) -> str | None:
    """The language that most of a document is in, or "mixed"."""
    if not shares:
        return None
    return next((language for language, share in shares.items() if share >= MOSTLY), "mixed")


def _context_index(
    asked: QuestionSet, folder: Path, rerank: str, progress: OnProgress | None
) -> "Index":
    from thesis_qa.library import Index
    from thesis_qa.types import Progress

    done = folder / "complete"
    if done.is_file():
        return Index.open(folder, rerank=rerank)

    def report(state: Progress) -> None:
        if progress:
            progress("indexing", state.number, state.documents)

    index = Index.from_texts(asked.contexts, folder, rerank=rerank, progress=report)
    done.touch()
    return index


def _ask_all(
    bench: _Bench, asked: QuestionSet, kept: Path | None, progress: OnProgress | None
) -> list[Outcome]:
    rows = kept / "questions.jsonl" if kept else None
    finished = _finished(rows) if rows else {}
    left = [question for question in asked.questions if question.id not in finished]
    if left:
        _ask(bench, left[0])  # loads the models, so that their loading is in no latency
    for number, question in enumerate(left, start=len(finished)):
        if progress:
            progress("asking", number, len(asked.questions))
        finished[question.id] = outcome = _ask(bench, question)
        if rows:
            _keep(rows, outcome)
    if progress:
        progress("asking", len(asked.questions), len(asked.questions))
    return [finished[question.id] for question in asked.questions]


def _ask(bench: _Bench, question: Question) -> Outcome:
    restricted = [bench.names[question.document]] if question.document else None
    started = time.perf_counter()
    try:
        answer = bench.assistant.ask(question.question, documents=restricted, top_k=DEPTH)
        seconds = time.perf_counter() - started
    except QuestionError as error:
        raise QuestionSetError(
            f"line {question.line}: {error.problem} (question {question.id!r})", error.remedy
        ) from error
    home = bench.home(question)
    language = bench.languages.get(home) if home else None
    outcome = judge(
        question,
        answer,
        answer.passages,
        seconds,
        home=home,
        document_lang=language,
        pages_of=bench.pages,
    )
    return replace(outcome, seconds=round(seconds, 4))


def _finished(rows: Path) -> dict[str, Outcome]:
    """Outcomes kept by an interrupted run; a line that the interrupt cut short is dropped."""
    found: dict[str, Outcome] = {}
    if rows.is_file():
        *whole, _ = rows.read_text(encoding="utf-8").split("\n")
        outcomes = (from_json(Outcome, json.loads(line)) for line in whole)
        found = {outcome.id: outcome for outcome in outcomes}
        rows.write_text("".join(f"{line}\n" for line in whole), encoding="utf-8")
    return found


def _keep(rows: Path, outcome: Outcome) -> None:
    rows.parent.mkdir(parents=True, exist_ok=True)
    with rows.open("a", encoding="utf-8") as stream:
        stream.write(json.dumps(to_json(outcome), ensure_ascii=False) + "\n")


def _kept(resume_in: Path | None, asked: QuestionSet, about: Mapping[str, str]) -> Path | None:
    """The folder of this very run: of this set, this state of the index and this version."""
    made_of = [asked.digest, _version(), *(f"{k}={v}" for k, v in sorted(about.items()))]
    key = hashlib.sha256("\n".join(made_of).encode()).hexdigest()[:16]
    return resume_in / key if resume_in else None


def _answered_with(assistant: "Assistant") -> dict[str, str]:
    """What words the answers, and what takes a second look at what is found for them."""
    llm = assistant.writing.model.name if assistant.writing else QUOTES
    return {"llm": llm, "rerank": assistant.index.rerank}


def _version() -> str:
    try:
        return version("thesis-qa")
    except PackageNotFoundError:
        return "unknown"


def _report(bench: _Bench, asked: QuestionSet, outcomes: Sequence[Outcome]) -> Report:
    index = bench.assistant.index
    return Report(
        metrics=summary.measure(outcomes),
        slices=summary.measure_slices(outcomes),
        questions=tuple(outcomes),
        risk_coverage=summary.risk_coverage(outcomes),
        reliability=summary.reliability(outcomes),
        unchecked=bench.pages.unreadable,
        index={
            "documents": sorted(bench.languages),
            "passages": sum(document.passages for document in index.documents()),
            **index.catalog.about(),
        },
        settings={
            "questions": asked.name,
            "sha256": asked.digest,
            "count": len(asked.questions),
            "resamples": RESAMPLES,
            "seed": SEED,
            "version": _version(),
            **_answered_with(bench.assistant),
            "finished": datetime.now(UTC).isoformat(timespec="seconds"),
        },
    )
