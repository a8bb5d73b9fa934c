"""Conversations that are kept: as text, in the browser, or here for whoever has signed in.

What is kept of an answer are its words and the places it quotes. These are looked up again when it
is opened: what a thesis no longer says, or one that is gone said, isn't shown as if it stood there.
"""

import base64
import hashlib
import json
import secrets
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

from fastapi import APIRouter, HTTPException, Request
from pydantic import BaseModel, Field, TypeAdapter

from thesis_qa.address import print_of
from thesis_qa.answer.cite import recite
from thesis_qa.index.catalog import Catalog
from thesis_qa.index.feedback import CONVERSATIONS
from thesis_qa.question.read import MAX_QUESTION
from thesis_qa.types import Answer, Citation, Span
from thesis_qa.web.chat import Turn, Turns
from thesis_qa.web.context import AppContext, user_of
from thesis_qa.web.places import Highlight
from thesis_qa.web.texts import Texts

# Links to answers

MAX_LINK = 16_000  # characters
MAX_CITED = 8
MAX_PARTS = 20  # of a quote
MAX_NAME = 500
MAX_LENGTH = 5000  # characters of a part; a text without pages is one long page

_Name = Annotated[str, Field(max_length=MAX_NAME)]
Cited = tuple[_Name, _Name, _Name]
"""A document, the marks of a quote in it, and the quote's fingerprint when the link was made."""

_LINKED = TypeAdapter(
    tuple[
        Annotated[str, Field(max_length=MAX_QUESTION)],
        Annotated[list[Cited], Field(min_length=1, max_length=MAX_CITED)],
    ]
)


@dataclass(frozen=True, slots=True)
class Reopened:
    """An answer put together again from its link, and how that went."""

    answer: Answer
    said: str  # that all is as it was, or what isn't


def permalink(answer: Answer, texts: Texts) -> str:
    """The address of `answer` on this server, beginning with "/"."""
    shown = answer.citations[:MAX_CITED]
    places = [",".join(f"{s.page or 1}:{s.start}-{s.end}" for s in c.spans) for c in shown]
    cited = [[c.document, at, print_of(c.quote)] for c, at in zip(shown, places, strict=True)]
    question = answer.resolved_question or answer.question
    packed = json.dumps([question, cited], ensure_ascii=False, separators=(",", ":"))
    encoded = base64.urlsafe_b64encode(packed.encode()).rstrip(b"=").decode()
    return f"{texts.root}/{texts.language}/?answer={encoded}"


def unpack_link(link: str) -> tuple[str, list[Cited]]:
    """The question and the places of a link. Raises ValueError for anything that is none."""
    if len(link) > MAX_LINK:
        raise ValueError(len(link))
    packed = base64.b64decode(link + "=" * (-len(link) % 4), altchars=b"-_", validate=True)
    question, cited = _LINKED.validate_json(packed, strict=True)
    for _, marks, _ in cited:
        spans_of(marks.split(","))
    return question, cited


def spans_of(marks: Sequence[str]) -> list[Span]:
    """Where marks stand. Raises ValueError for what isn't one, or too much."""
    parts = list(map(Highlight.parse, marks))
    if len(parts) > MAX_PARTS or any(part.end - part.start > MAX_LENGTH for part in parts):
        raise ValueError(marks[:1])
    return [Span(part.page - 1, part.start, part.end) for part in parts]


def reopen(catalog: Catalog, link: str, texts: Texts) -> Reopened:
    """The answer of a link, quoted from what stands on the pages now.

    Raises ValueError for what is no link, or one of which nothing is left.
    """
    question, cited = unpack_link(link)
    citations: list[Citation] = []
    said: list[str] = []
    for document, marks, printed in cited:
        try:
            citation = recite(catalog, len(citations) + 1, document, spans_of(marks.split(",")))
        except KeyError:
            said.append(texts.answers.gone.format(document=document))
            continue
        citations.append(citation)
        if print_of(citation.quote) != printed:
            said.append(texts.answers.changed.format(number=citation.number))
    if not citations:
        raise ValueError(said[0])
    said = list(dict.fromkeys(said)) or [texts.answers.from_link]
    return Reopened(_answer(question, citations), " ".join(said))


def _answer(question: str, citations: Sequence[Citation]) -> Answer:
    text = "\n\n".join(f"“{c.quote}” [{c.number}]" for c in citations)
    return Answer(question, None, True, 0.0, text, tuple(citations), (), "quotes", {})


def linked_turns(app: AppContext, link: str, texts: Texts) -> Turns:
    """A conversation that begins with the answer of a permalink."""
    key = secrets.token_hex(8)
    try:
        found = reopen(app.assistant.index.catalog, link, texts)
    except ValueError:
        return (Turn(key, "", problem=texts.answers.broken_link),)
    answer = found.answer
    return (Turn(key, answer.question, answer, origin=found.said, talk=secrets.token_hex(8)),)


# Conversations

MAX_TURNS = 200  # of a conversation that is opened again
MAX_BYTES = 1_500_000  # of one that is kept here; an answer takes about 5,000
MAX_KEPT = 500  # conversations of one user; the oldest make room
ID = r"^[0-9a-f]{16}$"

_TURNS = TypeAdapter(Annotated[tuple[Turn, ...], Field(max_length=MAX_TURNS)])


def packed(turns: Turns) -> str:
    """A conversation as it is kept, JSON; empty where nothing was asked."""
    if not turns or not turns[-1].question:
        return ""
    lean = tuple(replace(turn, answer=turn.answer and _lean(turn.answer)) for turn in turns)
    kept = {
        "id": turns[0].talk,
        "turns": _TURNS.dump_python(lean, mode="json", exclude_defaults=True),
    }
    return json.dumps(kept, ensure_ascii=False)


def _lean(answer: Answer) -> Answer:
    """Without what is looked up again, and what is never shown."""
    cited, nearest = (
        tuple(
            replace(c, cells=(), spans=tuple(replace(span, boxes=()) for span in c.spans),
                    places=tuple(replace(place, boxes=()) for place in c.places))
            for c in citations
        )
        for citations in (answer.citations, answer.nearest)
    )  # fmt: skip
    return replace(
        answer, citations=cited, nearest=() if cited else nearest, passages=(), timings={}
    )


def restored(catalog: Catalog, kept: str, texts: Texts) -> Turns:
    """A conversation that was kept, its quotes looked up again.

    Raises ValueError for what is none: it comes from a browser and may be anything.
    """
    turns = _TURNS.validate_json(kept)
    if any(len(turn.question) > MAX_QUESTION for turn in turns):
        raise ValueError(MAX_QUESTION)
    return tuple(_found_again(catalog, turn, texts) for turn in turns)


def _found_again(catalog: Catalog, turn: Turn, texts: Texts) -> Turn:
    answer = turn.answer
    shown = (answer.citations or answer.nearest) if answer else ()
    known = frozenset(catalog.names())
    gone = turn.gone or next((c.document for c in shown if c.document not in known), "")
    if gone:  # then its words are no longer kept either
        said = texts.answers.gone.format(document=gone)
        return Turn(turn.key, turn.question, problem=said, talk=turn.talk, gone=gone)
    if answer is None:
        return turn
    afresh = tuple(_recited(catalog, citation) for citation in shown)
    changed = [old.number for old, new in zip(shown, afresh, strict=True) if new is old]
    origin = texts.answers.changed.format(number=changed[0]) if changed else turn.origin
    cited = afresh if answer.citations else ()
    return replace(turn, answer=replace(answer, citations=cited, nearest=afresh), origin=origin)


def _recited(catalog: Catalog, kept: Citation) -> Citation:
    """The citation with its place on the page, or as it was kept, where other words stand now."""
    try:
        spans = [Span((s.page or 1) - 1, s.start, s.end) for s in kept.spans]
        now = recite(catalog, kept.number, kept.document, spans)
    except (KeyError, IndexError):
        return kept
    if now.quote != kept.quote:
        return kept
    return replace(
        kept, spans=now.spans, cells=now.cells, title=now.title, author=now.author, year=now.year
    )


# Of users: one file a conversation, in a folder beside the index


class Kept(BaseModel):
    """A conversation as page.js keeps it."""

    id: Annotated[str, Field(pattern=ID)]
    title: Annotated[str, Field(max_length=MAX_QUESTION)]
    when: str = ""
    named: bool = False  # by its user, not after its first question
    turns: list[dict[str, Any]]


def conversation_routes(folder: Path) -> APIRouter:
    """Conversations of whoever has signed in, kept in `folder` of the index; nobody else's."""
    router = APIRouter(prefix="/conversations")

    @router.get("")
    def listed(request: Request, sought: str = "") -> list[dict[str, Any]]:
        found = (k for k in _all_kept(_own(folder, request)) if sought.casefold() in _words(k))
        return [k.model_dump(exclude={"turns"}) for k in found]

    @router.get("/{key}")
    def opened(request: Request, key: str) -> Kept | None:
        named = (path for path in _files(_own(folder, request)) if path.stem == key)
        return next((k for k in map(_read, named) if k), None)

    @router.put("/{key}")
    async def keep(request: Request, key: str) -> dict[str, str]:
        own, body = _own(folder, request), b""
        async for part in request.stream():
            body += part
            if len(body) > MAX_BYTES:
                raise HTTPException(413)
        try:
            kept = Kept.model_validate_json(body)
        except ValueError as error:
            raise HTTPException(422) from error
        if kept.id != key:
            raise HTTPException(422)
        kept.when = datetime.now(UTC).isoformat(timespec="seconds")
        own.mkdir(parents=True, exist_ok=True)
        (own / f"{kept.id}.json").write_text(kept.model_dump_json(), encoding="utf-8")
        if len(list(_files(own))) > MAX_KEPT:
            for oldest in _all_kept(own)[MAX_KEPT:]:
                (own / f"{oldest.id}.json").unlink(missing_ok=True)
        return {"when": kept.when}

    @router.delete("/{key}")
    def forget(request: Request, key: str) -> dict[str, int]:
        return _forgotten(k for k in _files(_own(folder, request)) if k.stem == key)

    @router.delete("")
    def forget_all(request: Request) -> dict[str, int]:
        return _forgotten(_files(_own(folder, request)))

    return router


def _own(folder: Path, request: Request) -> Path:
    """The folder of who asks; its name tells nobody theirs."""
    if not (user := user_of(request)):
        raise HTTPException(404)
    return folder / CONVERSATIONS / hashlib.sha256(user.encode()).hexdigest()[:32]


def _files(own: Path) -> Iterator[Path]:
    return own.glob("*.json")


def _all_kept(own: Path) -> list[Kept]:
    """The newest first."""
    kept = [k for k in map(_read, _files(own)) if k]
    return sorted(kept, key=lambda k: k.when, reverse=True)


def _read(path: Path) -> Kept | None:
    """None where it was deleted meanwhile, or cut off when the disk was full."""
    try:
        return Kept.model_validate_json(path.read_bytes())
    except (OSError, ValueError):
        return None


def _words(kept: Kept) -> str:
    said = (
        f"{t.get('question', '')} {(t.get('answer') or {}).get('text', '')}" for t in kept.turns
    )
    return " ".join([kept.title, *said]).casefold()


def _forgotten(files: Iterator[Path]) -> dict[str, int]:
    found = list(files)
    for path in found:
        path.unlink(missing_ok=True)
    return {"deleted": len(found)}
