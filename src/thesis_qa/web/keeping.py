"""Conversations that are kept: as text, in the browser, or here for whoever has signed in.

What is kept of an answer are its words and the places it quotes. These are looked up again when it
is opened: what a thesis no longer says, or one that is gone said, isn't shown as if it stood there.
"""

import hashlib
import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

from fastapi import APIRouter, HTTPException, Request
from pydantic import BaseModel, Field, TypeAdapter

from thesis_qa.answer.cite import recite
from thesis_qa.api.access import USER
from thesis_qa.index.catalog import Catalog
from thesis_qa.question.read import MAX_QUESTION
from thesis_qa.types import Answer, Citation, Span
from thesis_qa.web.chat import Turn, Turns
from thesis_qa.web.texts import Texts

CONVERSATIONS = "conversations"  # folder beside the index, with one folder a user
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
            replace(c, spans=tuple(replace(span, boxes=()) for span in c.spans),
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
    if answer is None:
        return turn
    shown = answer.citations or answer.nearest
    known = frozenset(catalog.names())
    gone = [c.document for c in shown if c.document not in known]
    if gone:
        problem = texts.answers.gone.format(document=gone[0])
        return replace(turn, answer=None, problem=problem, following=())
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
    return replace(kept, spans=now.spans, title=now.title, author=now.author, year=now.year)


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
    user = request.scope.get(USER) or request.scope.get("session", {}).get("user")
    if not user:
        raise HTTPException(404)
    return folder / CONVERSATIONS / hashlib.sha256(str(user).encode()).hexdigest()[:32]


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
