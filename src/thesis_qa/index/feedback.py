"""What readers say of answers, and what they asked: kept beside the catalog, forgotten with its
document.

In a file of its own, so that making the index anew doesn't lose it. Nothing of it leaves the
machine; `draft_rows` turns it into lines of a question set, for a person to look through.
"""

import json
import sqlite3
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Literal

from thesis_qa.errors import IndexStateError
from thesis_qa.types import Answer, Language

FILE_NAME = "feedback.sqlite"
CONVERSATIONS = "conversations"  # folder beside the index, with one folder a user
MAX_NOTE = 2000  # characters

Verdict = Literal["helpful", "wrong answer", "wrong page"]

_TABLE = """CREATE TABLE IF NOT EXISTS feedback (
    key TEXT PRIMARY KEY, given TEXT NOT NULL DEFAULT CURRENT_TIMESTAMP, said TEXT NOT NULL)"""


@dataclass(frozen=True, slots=True)
class Quote:
    """What an answer cited, and from where."""

    document: str
    page: int | None
    page_label: str | None
    text: str


@dataclass(frozen=True, slots=True)
class Feedback:
    """What was said of one answer."""

    verdict: Verdict
    note: str
    question: str
    language: Language | None  # of the question
    answered: bool
    among: tuple[str, ...]  # the documents it was asked of, if it was narrowed to some
    quotes: tuple[Quote, ...]


def feedback_on(
    answer: Answer, verdict: Verdict, note: str = "", among: Sequence[str] = ()
) -> Feedback:
    """What `verdict` says of `answer`; a follow-up is kept as what it was taken to ask."""
    cited = (Quote(c.document, c.page, c.page_label, c.quote) for c in answer.citations)
    return Feedback(
        verdict=verdict,
        note=" ".join(note.split())[:MAX_NOTE],
        question=answer.resolved_question or answer.question,
        language=answer.language,
        answered=answer.answered,
        among=tuple(among),
        quotes=tuple(cited),
    )


def keep_feedback(folder: Path, key: str, feedback: Feedback) -> None:
    """Keep what was said of the answer `key`; what was said of it before is replaced."""
    with _opened(folder) as db:
        said = json.dumps(asdict(feedback), ensure_ascii=False)
        db.execute("INSERT OR REPLACE INTO feedback (key, said) VALUES (?, ?)", (key, said))


def all_feedback(folder: Path) -> list[Feedback]:
    """Everything kept in the index `folder`, oldest first."""
    if not (folder / FILE_NAME).is_file():
        return []
    with _opened(folder) as db:
        rows = db.execute("SELECT said FROM feedback ORDER BY given, rowid").fetchall()
    return [_read(json.loads(said)) for (said,) in rows]


def forget_feedback(folder: Path, documents: Iterable[str]) -> None:
    """Forget what was said of answers that cite, or were asked of, any of `documents`."""
    if not (folder / FILE_NAME).is_file():
        return
    gone = frozenset(documents)
    with _opened(folder) as db:
        rows = db.execute("SELECT key, said FROM feedback").fetchall()
        keys = [(key,) for key, said in rows if gone & _documents(_read(json.loads(said)))]
        db.executemany("DELETE FROM feedback WHERE key = ?", keys)


def forget_answers(folder: Path, documents: Iterable[str]) -> None:
    """Forget, in the conversations that are kept of users, what was answered from `documents`."""
    gone = frozenset(documents)
    for path in (folder / CONVERSATIONS).glob("*/*.json"):
        try:
            kept = json.loads(path.read_text(encoding="utf-8"))
            turns = [without(turn, gone) for turn in kept["turns"]]
        except (ValueError, LookupError, TypeError, AttributeError):
            path.unlink(missing_ok=True)  # cut off when the disk was full: nothing can be kept
            continue
        if turns != kept["turns"]:
            said = json.dumps({**kept, "turns": turns}, ensure_ascii=False)
            path.write_text(said, encoding="utf-8")


def without(turn: Mapping[str, Any], gone: Collection[str]) -> dict[str, Any]:
    """A turn of a conversation; if it quotes one of the documents, only what was asked."""
    answer = turn.get("answer") or {}
    cited = [c["document"] for c in (*answer.get("citations", ()), *answer.get("nearest", ()))]
    found = next((name for name in cited if name in gone), None)
    if found is None:
        return dict(turn)
    asked = {name: turn[name] for name in ("key", "question", "talk") if name in turn}
    return asked | {"gone": found}


def draft_rows(said: Iterable[Feedback]) -> str:
    """A question set in JSON Lines that `thesis-qa eval` accepts; "" where there is no feedback.

    What was found helpful becomes the expected answer, a refusal found helpful a question that
    isn't answerable. What was found wrong becomes a question without evidence, the note as its
    answer: somebody has to look up what is right.
    """
    last = {(f.question, f.among): f for f in said}
    lines = (_draft(number, f) for number, f in enumerate(last.values(), start=1))
    return "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines)


def _draft(number: int, said: Feedback) -> dict[str, Any]:
    right = said.verdict == "helpful"
    named = sorted(_documents(said))
    evidence = [
        {"pdf_page": q.page, "printed_page": q.page_label, "quote": q.text}
        for q in said.quotes
        if right and len(named) == 1
    ]
    return {
        "id": f"feedback-{number:03}",
        "question": said.question,
        "question_lang": said.language,
        "answerable": said.answered or not right,
        "document": named[0] if len(named) == 1 else None,
        "evidence": evidence,
        "answer": said.note,
        "key_facts": [],
        "type": said.verdict.replace(" ", "-"),
    }


def _documents(said: Feedback) -> set[str]:
    return {*said.among, *(quote.document for quote in said.quotes)}


def _read(values: dict[str, Any]) -> Feedback:
    quotes = tuple(Quote(**quote) for quote in values["quotes"])
    return Feedback(**{**values, "among": tuple(values["among"]), "quotes": quotes})


@contextmanager
def _opened(folder: Path) -> Iterator[sqlite3.Connection]:
    try:
        db = sqlite3.connect(folder / FILE_NAME, timeout=30)
    except sqlite3.OperationalError as error:
        raise _not_kept(folder, error) from error
    try:
        db.execute("PRAGMA secure_delete = ON")  # what is forgotten is overwritten
        with db:
            db.execute(_TABLE)
            yield db
    except sqlite3.OperationalError as error:
        raise _not_kept(folder, error) from error
    finally:
        db.close()


def _not_kept(folder: Path, error: Exception) -> IndexStateError:
    return IndexStateError("feedback-not-kept", folder=str(folder), reason=error)
