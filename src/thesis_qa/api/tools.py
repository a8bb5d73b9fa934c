"""Theses in Indonesian and English, searched and quoted: every answer is made of sentences that
stand word for word in a thesis, with their page and an address that opens it. Where none says it,
the answer says so; then say the same instead of guessing. Give the addresses along when you cite.
"""

import asyncio
import inspect
import json
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import MISSING, dataclass, fields
from functools import wraps
from typing import TYPE_CHECKING, Annotated, Any, get_type_hints

from pydantic import BaseModel, create_model

from thesis_qa.answer.card import ThesisTable
from thesis_qa.api.service import Matches, Outline, PageContent, Service, last
from thesis_qa.errors import ThesisQAError
from thesis_qa.lang.data import text
from thesis_qa.settings import program_version
from thesis_qa.types import Answer, Match, Passage, place, to_json
from thesis_qa.write.lookup import SectionPlace

if TYPE_CHECKING:
    from mcp.server.mcpserver import MCPServer


@dataclass(frozen=True, slots=True)
class ToolHit:
    """A passage found; `id` is what fetch takes."""

    id: str
    title: str
    url: str
    text: str
    passage: Passage


@dataclass(frozen=True, slots=True)
class ToolHits:
    """Passages, best first."""

    results: list[ToolHit]


@dataclass(frozen=True, slots=True)
class Fetched:
    """A passage with what stands around it."""

    id: str
    title: str
    text: str
    url: str
    metadata: dict[str, Any]  # the passage


def tools(service: Service) -> "MCPServer[Any]":
    """An MCP server of the library's tools; they only read."""
    from mcp.server.mcpserver import MCPServer
    from mcp.server.mcpserver.exceptions import ToolError
    from mcp.types import CallToolResult, TextContent, ToolAnnotations

    server: MCPServer[Any] = MCPServer(
        "thesis-qa", title=text("text.web.name", None), version=program_version(),
        instructions=__doc__, log_level="ERROR", subscriptions=False,
    )  # fmt: skip
    reads = server.tool(
        annotations=ToolAnnotations(
            read_only_hint=True, destructive_hint=False, idempotent_hint=True, open_world_hint=False
        )
    )

    async def told(found: Awaitable[Any], said: Any = None) -> CallToolResult:
        """As JSON for programs, and as text for models: `said` makes it of what is found."""
        try:
            value = await found
        except KeyError as error:
            raise ToolError(text("text.api.missing", None)) from error
        except ThesisQAError as error:
            raise ToolError(str(error)) from error
        plain = to_json(value)
        written = said(value) if said else json.dumps(plain, ensure_ascii=False)
        return CallToolResult(
            content=[TextContent(type="text", text=written)], structured_content=plain
        )

    @reads
    async def search(query: str) -> Annotated[CallToolResult, _shape(ToolHits)]:
        """Search all theses for passages about a question, in either language, best first.

        `fetch` reads more of one that is found; `ask` answers a question.
        """
        return await told(_searched(service, query))

    @reads
    async def fetch(id: str) -> Annotated[CallToolResult, _shape(Fetched)]:
        """Read a passage that `search` found, with what stands before and after it."""
        return await told(asyncio.to_thread(_fetched, service, id))

    @reads
    async def ask(
        question: str, documents: list[str] | None = None
    ) -> Annotated[CallToolResult, _shape(Answer)]:
        """Answer a question with sentences quoted from the theses, or say that none answers it.

        `documents` names the theses to ask, as list_documents gives them; all where it is left out.
        """
        return await told(service.ask(question, documents=documents), answer_text_of)

    @reads
    async def read_page(document: str, page: int) -> Annotated[CallToolResult, _shape(PageContent)]:
        """Read the text of a page of a thesis; pages are those of the file and count from 1."""
        return await told(asyncio.to_thread(_page, service, document, page))

    def shared(name: str, shaped: Callable[[Any], Any], said: Any = None) -> None:
        """A tool that the library's own agent has too: the same name, parameters, description."""
        method = getattr(service.lookup, name)

        @wraps(method)
        async def asked(**given: Any) -> CallToolResult:
            return await told(service.in_turn(lambda: shaped(method(**given))), said)

        shape = Annotated[CallToolResult, _shape(get_type_hints(shaped)["return"])]
        signature = inspect.signature(method).replace(return_annotation=shape)
        asked.__signature__ = signature  # type: ignore[attr-defined]
        asked.__doc__ = inspect.getdoc(method)  # without the margin
        reads(asked)

    def hits(found: list[Passage]) -> ToolHits:
        return _hits(service.addressed(found))

    def outlined(found: list[SectionPlace]) -> Outline:
        return Outline(found[0].document if found else "", service.sections(found))

    def matched(found: list[Match]) -> Matches:
        return Matches(found)

    shared("outline", outlined)
    shared("read_section", hits)
    shared("read_table", hits)
    shared("list_documents", service.listed)
    shared("find_quote", matched, _standing)

    @reads
    async def compare(
        documents: list[str] | None = None,
        topics: list[str] | None = None,
        questions: list[str] | None = None,
    ) -> Annotated[CallToolResult, _shape(ThesisTable)]:
        """Put theses beside each other: what each says to topics (method, findings …) or to
        questions, quoted; a cell without citations means that it isn't stated.

        All theses where no `documents` are named; the usual topics where nothing is asked.
        """
        return await told(last(service.comparing(documents, topics, questions or ())))

    return server


def _shape(kind: type[Any]) -> type[BaseModel]:
    """What a tool gives, as MCP has it described: an object at the top."""
    hints = get_type_hints(kind)
    needed = {f.name: (hints[f.name], ...) for f in fields(kind) if f.default is MISSING}
    other = {f.name: (hints[f.name], f.default) for f in fields(kind) if f.default is not MISSING}
    return create_model(kind.__name__, **needed, **other)  # type: ignore[call-overload, no-any-return]


async def _searched(service: Service, query: str) -> ToolHits:
    return _hits(await service.in_turn(service.lookup.search, query))


def _page(service: Service, document: str, page: int) -> PageContent:
    return service.page(service.lookup.named(document), page)


def _hits(passages: Sequence[Passage]) -> ToolHits:
    return ToolHits([ToolHit(p.passage_id, _titled(p), p.url, p.text, p) for p in passages])


def _titled(passage: Passage) -> str:
    page = f"p. {passage.page_label or passage.page}" if passage.page else ""
    return ", ".join(part for part in (passage.title or passage.document, page) if part)


def _fetched(service: Service, passage_id: str) -> Fetched:
    passage, around = service.passage(passage_id)
    return Fetched(passage_id, _titled(passage), around, passage.url, to_json(passage))


def answer_text_of(answer: Answer) -> str:
    """An answer for who reads text: what is said, then its sources with their addresses."""
    sources = [
        f"[{c.number}] {', '.join(part for part in (c.title, place(c)) if part)}: {c.url}"
        for c in answer.citations
    ]
    return "\n\n".join([answer.text, *(["\n".join(sources)] if sources else [])])


def _standing(found: Matches) -> str:
    return "\n".join(map(_stands, found.matches)) or "[]"


def _stands(match: Match) -> str:
    where = match.citation
    there = f": “{where.quote}” ({where.title}, {place(where)}) {where.url}" if where else ""
    return f"{match.how} {match.score:.2f} “{match.text}”{there}"
