"""A language model that looks further: LangChain's agent over the tools of a library."""

import inspect
import json
from collections.abc import Callable, Iterator, Sequence
from functools import partial, wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any

from thesis_qa.errors import ThesisQAError
from thesis_qa.lang.data import SPOKEN, text
from thesis_qa.model.unpack import cache_folder
from thesis_qa.types import Language, Match, Passage
from thesis_qa.write.desk import Desk, data_line
from thesis_qa.write.lookup import TOOLS, Lookup, SectionPlace
from thesis_qa.write.models import LanguageModel, Message, Meter, check_ended, refuses_shape
from thesis_qa.write.prompt import tool_text
from thesis_qa.write.provider import Failure

if TYPE_CHECKING:
    from langchain_core.language_models import BaseChatModel
    from langchain_core.messages import AIMessage, BaseMessage
    from langchain_core.tools import BaseTool

MOST_CALLS = 6  # of tools, for one answer
ROUNDS = 3 * (MOST_CALLS + 3)  # steps of the graph, three a call, before it is given up
SHARE = 3  # of the room left, which one of them takes at most: the first may need the most
TRYING = 30  # seconds that trying whether a model calls tools may take
AGENT, READER = "agent", "reader"


# Which way


def way_of(model: LanguageModel) -> str:
    """The way to work with a model: as set, else tried once and remembered. Raises Failure."""
    if model.options.way != "auto":
        return model.options.way
    if model.way is None:
        name, known = f"{model.name} {model.options.base_url or ''}".strip(), _remembered()
        if (found := known.get(name)) not in (AGENT, READER) or not model.provider:
            found = AGENT if any(model.run(_tried, TRYING)) else READER
            if model.provider:
                _remember({**known, name: found})
        model.way = found
    return model.way


def _remembered() -> dict[str, Any]:
    try:
        found = json.loads(_memory().read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def _remember(known: dict[str, Any]) -> None:
    try:
        _memory().write_text(json.dumps(known, indent=1), encoding="utf-8")
    except OSError:
        return  # it is tried again next time


def _memory() -> Path:
    return cache_folder() / "language-models.json"


def _tried(chat: "BaseChatModel") -> Iterator[bool]:
    from langchain_core.tools import tool

    @tool
    def search(query: str) -> str:
        """Search theses for passages about a subject."""
        return query

    asked = text("text.write.prompts.try_tools", SPOKEN)
    try:
        said = list(chat.bind_tools([search]).stream(asked))  # as answers will be read
    except NotImplementedError:
        said = []
    except Exception as error:
        if not refuses_shape(error):
            raise
        said = []
    calls = sum(said[1:], said[0]).tool_calls if said else []
    yield any(call["name"] == "search" and call["args"] for call in calls)


# Its steps


def agent_steps(
    chat: "BaseChatModel", messages: Sequence[Message], tools: "Sequence[BaseTool]", meter: Meter
) -> "Iterator[AIMessage | None]":
    """What a model says, message by message: calls of tools, and at last the answer; None while
    it is at it. Raises Failure for one that never answers.
    """
    from langchain.agents import create_agent
    from langchain.agents.middleware import ToolCallLimitMiddleware
    from langchain_core.messages import AIMessage

    (_, rules), *asked = messages
    given: Any = {"messages": asked}
    modes: Any = ["updates", "messages"]  # tokens too, so that it can be stopped among them
    limit = ToolCallLimitMiddleware(run_limit=MOST_CALLS)
    agent = create_agent(chat, tools, system_prompt=rules, middleware=[limit])
    stream = agent.stream(given, {"recursion_limit": ROUNDS}, stream_mode=modes)
    heard = sum(len(said) for _, said in messages)
    try:
        for kind, item in stream:
            for message in _told(item) if kind == "updates" else ():
                if isinstance(message, AIMessage):
                    check_ended(message, chat._llm_type)
                    meter.count(message.usage_metadata, heard, len(message.text))
                    yield message
                heard += len(message.text)
            if kind == "messages":
                yield None
    except RecursionError as error:
        raise Failure("endless") from error


def _told(update: Any) -> "Iterator[BaseMessage]":
    for change in update.values():
        yield from (change or {}).get("messages", ())


# Its tools


def agent_tools(lookup: Lookup, desk: Desk, language: Language) -> "list[BaseTool]":
    """The tools of a library for an agent; each gives numbered sentences or a list, in a third of
    the room that is left on the desk."""
    from langchain_core.tools import StructuredTool

    shown = partial(_shown, lookup, desk, language)
    return [
        StructuredTool.from_function(_safe(getattr(lookup, name), shown), name=name)
        for name in TOOLS
    ]


def _safe(method: Callable[..., Any], shown: Callable[[Any], str]) -> Callable[..., str]:
    """A tool that gives text, also for what can't be had."""

    @wraps(method)
    def told(**given: Any) -> str:
        try:
            return shown(method(**given))
        except ThesisQAError as error:
            return data_line(str(error))

    signature = inspect.signature(method).replace(return_annotation=str)
    told.__signature__ = signature  # type: ignore[attr-defined]
    return told


def _shown(lookup: Lookup, desk: Desk, language: Language, found: Sequence[Any]) -> str:
    if found and isinstance(found[0], Match):
        found = lookup.standing(found)
    if not found:
        return text("text.write.nothing_found", language)
    room = desk.left // SHARE
    if isinstance(found[0], Passage):
        told = desk.lines(found, room)
    else:
        lines = (_section(f) if isinstance(f, SectionPlace) else _thesis(f) for f in found)
        told = "\n".join(map(data_line, lines))[:room]
        desk.left -= len(told)
    return tool_text(told, language)


def _section(place: SectionPlace) -> str:
    return f"{place.section} (p. {place.page})" if place.page else place.section


def _thesis(document: Any) -> str:
    about = document.metadata
    parts = (document.name, about.title, about.author, about.year)
    return " | ".join(str(part) for part in parts if part)


def step_words(name: str, given: dict[str, Any], language: Language | None) -> str:
    """What an agent does, in the user's language: "Reads the section “4.3 Hambatan”"."""
    told = given.get("section") if name == "read_section" else None
    what = told or next((given[k] for k in ("query", "question", "subject", "draft", "page",
                                            "document") if k in given), "")  # fmt: skip
    of = given.get("document") if name.startswith("read_") else None
    known = name if name in TOOLS else "search"
    worded = text(f"text.write.steps.{known}", language, what=data_line(str(what), 80))
    return f"{worded} ({data_line(str(of), 60)})" if of else worded
