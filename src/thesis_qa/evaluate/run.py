"""Ask every question of a set and judge the answers; compare and gate the run as asked."""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Literal

from thesis_qa.errors import IndexStateError, QuestionError, QuestionSetError
from thesis_qa.evaluate.compare import Comparison, compare_run, read_gate, read_run
from thesis_qa.evaluate.conversations import (
    UNKNOWN,
    ConversationOutcome,
    ScriptedTalk,
    TurnOutcome,
    judge_turn,
    measure_conversations,
    slice_conversations,
)
from thesis_qa.evaluate.evidence_check import DocumentTexts
from thesis_qa.evaluate.html_report import save_page
from thesis_qa.evaluate.judge import judge
from thesis_qa.evaluate.metrics import DEPTH, RESAMPLES, SEED
from thesis_qa.evaluate.outcome import (
    Outcome,
    Report,
    measure,
    measure_slices,
    reliability_bins,
    risk_points,
)
from thesis_qa.evaluate.question_set import QuestionSet, SetQuestion, read_questions
from thesis_qa.evaluate.set_check import check
from thesis_qa.evaluate.set_files import Finding, remark
from thesis_qa.evaluate.verify import FreshPages, TextPages, find_document
from thesis_qa.evaluate.written import beside_quotes, measure_written
from thesis_qa.lang.data import SPOKEN
from thesis_qa.model.rerank import DEFAULT_RERANK
from thesis_qa.settings import program_version
from thesis_qa.types import Answer

if TYPE_CHECKING:
    from thesis_qa.assistant import Assistant
    from thesis_qa.types import Progress
    from thesis_qa.write import LanguageModel


OnStage = Callable[[Literal["indexing", "asking"], int, int], None]
"""Called with the stage, how many contexts or questions are done, and of how many."""

QUOTES = "quotes"  # what answers are made of without a language model
MOSTLY = 2 / 3  # share of its text from which a document is said to be in a language


def evaluate(
    assistant: "Assistant",
    questions: QuestionSet | str | Path,
    *,
    progress: OnStage | None = None,
) -> Report:
    """Ask every question, judge each answer, and sum up.

    A SQuAD-style set is asked of a temporary index of its contexts instead of the assistant's.
    Raises QuestionSetError if the set can't be asked of this index.
    """
    asked = questions if isinstance(questions, QuestionSet) else read_questions(questions)
    progress = progress or _unwatched
    if asked.contexts:
        model = assistant.writing.model if assistant.writing else None
        return evaluate_contexts(asked, model, assistant.index.rerank, progress=progress)
    return _run(assistant, asked, progress)


def evaluate_contexts(
    asked: QuestionSet,
    llm: "LanguageModel | None",
    rerank: str,
    *,
    progress: OnStage | None = None,
) -> Report:
    """`evaluate` for a SQuAD-style set, which needs no index but a temporary one of its own."""
    from thesis_qa.assistant import Assistant
    from thesis_qa.library import Index

    watch = progress or _unwatched

    def report(state: "Progress") -> None:
        watch("indexing", state.number, state.documents)

    with TemporaryDirectory(prefix="thesis-qa-") as folder:
        index = Index.from_texts(asked.contexts, folder, rerank=rerank, progress=report)
        try:
            return _run(Assistant(index, llm), asked, watch)
        finally:
            index.close()


def _unwatched(stage: str, done: int, total: int) -> None:
    """Nobody wants to know how far it is."""


@dataclass(frozen=True, slots=True)
class Bench:
    """What the questions of a set are asked of, and where its documents can be read afresh."""

    assistant: "Assistant"
    names: Mapping[str, str]  # document as named in the set → in the index
    languages: Mapping[str, str | None]  # by document in the index
    pages: FreshPages | TextPages

    def home(self, question: SetQuestion) -> str | None:
        """The document that the question is about; with only one there, it is that one."""
        if question.context or question.document:
            return question.context or self.names[question.document or ""]
        return next(iter(self.languages)) if len(self.languages) == 1 else None


def _bench(assistant: "Assistant", asked: QuestionSet) -> Bench:
    documents = assistant.index.documents()
    languages = {d.name: _language(d.languages) for d in documents}
    if asked.contexts:
        return Bench(assistant, {}, languages, TextPages(asked.contexts))
    paths = {d.name: d.path for d in documents}
    named = [(q.document, q.line) for q in asked.questions if q.document]
    for conversation in asked.conversations:
        expected = [name for turn in conversation.turns for name in turn.expect.documents]
        named += [(name, conversation.line) for name in (*conversation.documents, *expected)]
    names = {name: _found(name, line, paths, asked) for name, line in named}
    return Bench(assistant, names, languages, FreshPages(paths))


def _found(name: str, line: int, known: Mapping[str, str], asked: QuestionSet) -> str:
    found = find_document(name, known)
    if found is None:
        raise QuestionSetError("set-document", file=asked.name, line=line, name=name)
    return found


def _language(shares: Mapping[str, float]) -> str | None:
    """The language that most of a document is in, or "mixed"."""
    if not shares:
        return None
    return next((language for language, share in shares.items() if share >= MOSTLY), "mixed")


def _run(assistant: "Assistant", asked: QuestionSet, progress: OnStage) -> Report:
    bench = _bench(assistant, asked)
    if asked.questions:
        _ask(bench, asked.questions[0])  # loads the models, so that this is in no latency
    outcomes, talks, total = [], [], len(asked.questions) + len(asked.conversations)
    for number, question in enumerate(asked.questions):
        progress("asking", number, total)
        outcomes.append(_ask(bench, question))
    for number, conversation in enumerate(asked.conversations, start=len(outcomes)):
        progress("asking", number, total)
        talks.append(_converse(bench, conversation))
    progress("asking", total, total)
    return _report(bench, asked, outcomes, talks)


def _converse(bench: Bench, conversation: ScriptedTalk) -> ConversationOutcome:
    """Say each turn with what was said before it."""
    restricted = [bench.names[name] for name in conversation.documents] or None
    history: list[tuple[str, str]] = []
    turns: list[TurnOutcome] = []
    for turn in conversation.turns:
        here = tuple(bench.names[name] for name in turn.expect.documents)
        started = time.perf_counter()
        try:
            answer = bench.assistant.ask(turn.say, history, restricted, DEPTH)
        except QuestionError as error:
            raise _not_asked(conversation, error) from error
        seconds = time.perf_counter() - started
        expect = replace(turn.expect, documents=here)
        spoken = turns[-1].language if turns else UNKNOWN
        turns.append(judge_turn(replace(turn, expect=expect), answer, seconds, spoken))
        history.append((turn.say, answer.text))
    return ConversationOutcome(conversation.id, tuple(turns))


def _not_asked(asked: SetQuestion | ScriptedTalk, error: QuestionError) -> QuestionSetError:
    return QuestionSetError("set-question", line=asked.line, problem=error.problem, id=asked.id)


def _ask(bench: Bench, question: SetQuestion) -> Outcome:
    restricted = [bench.names[question.document]] if question.document else None
    started = time.perf_counter()
    try:
        asked = bench.assistant.stream(question.question, documents=restricted, top_k=DEPTH)
        *growing, answer = asked
    except QuestionError as error:
        raise _not_asked(question, error) from error
    outcome = _judged(bench, question, answer, time.perf_counter() - started)
    quoted = next((each for each in growing if each.writing), None)
    if quoted is None:
        return outcome
    return beside_quotes(outcome, answer, _judged(bench, question, quoted, 0.0))


def _judged(bench: Bench, question: SetQuestion, answer: Answer, seconds: float) -> Outcome:
    home = bench.home(question)
    outcome = judge(
        question,
        answer,
        answer.passages,
        seconds,
        home=home,
        document_lang=bench.languages.get(home) if home else None,
        pages_of=bench.pages,
    )
    return replace(outcome, seconds=round(seconds, 4))


def _report(
    bench: Bench,
    asked: QuestionSet,
    outcomes: Sequence[Outcome],
    talks: Sequence[ConversationOutcome],
) -> Report:
    assistant = bench.assistant
    return Report(
        metrics=measure(outcomes)
        | measure_written(outcomes)
        | (measure_conversations(talks) if talks else {}),
        slices=measure_slices(outcomes) | (slice_conversations(talks) if talks else {}),
        questions=tuple(outcomes),
        risk_coverage=risk_points(outcomes),
        reliability=reliability_bins(outcomes),
        unchecked=bench.pages.unreadable,
        index={
            "documents": sorted(bench.languages),
            "passages": sum(document.passages for document in assistant.index.documents()),
            **assistant.index.catalog.about(),
        },
        settings={
            "questions": asked.name,
            "sha256": asked.digest,
            "count": len(asked.questions) + sum(len(c.turns) for c in asked.conversations),
            "resamples": RESAMPLES,
            "seed": SEED,
            "version": program_version(),
            "llm": assistant.writing.model.name if assistant.writing else QUOTES,
            "rerank": assistant.index.rerank,
            "finished": datetime.now(UTC).isoformat(timespec="seconds"),
        },
        conversations=tuple(talks),
    )


@dataclass(frozen=True, slots=True)
class GatedRun:
    """A finished run, compared and gated as asked."""

    report: Report
    comparison: Comparison | None
    missed: tuple[str, ...]  # gates, each with the reason


def run_set(
    path: Path,
    index_folder: Path,
    *,
    llm: "LanguageModel | None" = None,
    rerank: str = DEFAULT_RERANK,
    fail_under: Sequence[str] = (),
    compare_with: Path | None = None,
    page_path: Path | None = None,
    progress: OnStage | None = None,
) -> GatedRun:
    """Run a question set; a SQuAD-style one needs no index in `index_folder`.

    Gates ("METRIC=VALUE") and the run to compare with are read first, so that a mistake in them
    costs nothing. Raises what `evaluate`, `read_gate` and `read_run` raise.
    """
    from thesis_qa.assistant import Assistant
    from thesis_qa.library import Index

    gates = [read_gate(text) for text in fail_under]
    if compare_with:
        read_run(compare_with)
    asked = read_questions(path)
    if asked.contexts:
        report = evaluate_contexts(asked, llm, rerank, progress=progress)
    else:
        assistant = Assistant(Index.open(index_folder, rerank=rerank), llm)
        report = evaluate(assistant, asked, progress=progress)
    comparison = compare_run(compare_with, report) if compare_with else None
    if page_path:
        save_page(report, page_path, comparison)
    return GatedRun(report, comparison, tuple(m for gate in gates if (m := gate.missed(report))))


def check_set(path: Path, index_folder: Path) -> list[Finding]:
    """Everything wrong with a question set; compared with the documents where there is an index."""
    from thesis_qa.library import Index

    try:
        index = Index.open(index_folder)
    except IndexStateError as error:
        unchecked = remark("note", "no-index", problem=error.problem)
        return [*check(path), Finding(0, unchecked.level, unchecked.worded(SPOKEN))]
    paths = {document.name: document.path for document in index.documents()}
    index.close()
    return check(path, DocumentTexts(sorted(paths), FreshPages(paths)))
