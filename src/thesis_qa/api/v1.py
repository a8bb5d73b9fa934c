"""Questions to a library of theses in Indonesian and English, answered by quotation.

Every answer is made of sentences that stand word for word in a thesis, with their page; where none
says it, the answer says so, and `answered` is false. Each citation has a `url` that opens its page
with the quote marked.
"""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Annotated, Any

from fastapi import FastAPI, Path, Query, Request, Security
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, Response, StreamingResponse
from fastapi.routing import APIRoute
from fastapi.security import HTTPBearer
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field
from starlette.exceptions import HTTPException
from starlette.middleware.cors import CORSMiddleware

from thesis_qa.answer.card import MOST, MOST_ASKED, ThesisTable
from thesis_qa.api.access import EVENTS, Checked, Keys, event, problem, refusal_of, status_of
from thesis_qa.api.chat_completions import add_chat
from thesis_qa.api.service import Documents, Matches, Outline, PageContent, Service, last
from thesis_qa.api.tools import tools
from thesis_qa.errors import ThesisQAError
from thesis_qa.lang.data import preferred, text
from thesis_qa.lang.detect import language_of
from thesis_qa.question.read import MAX_QUESTION
from thesis_qa.question.topics import TOPICS
from thesis_qa.retrieve.langchain import share_of, stated
from thesis_qa.settings import Settings
from thesis_qa.types import INTERNAL, Answer, Language, Passage, to_json

MOST_DOCUMENTS, MOST_TURNS = 200, 50  # named in a request
CHARACTERS = 20_000  # of a text in a request
PAGES = 999_999

TOPIC_NAMES = [topic.name for topic in TOPICS]

PROBLEM = {
    "type": "object",
    "required": ["title", "status", "detail"],
    "properties": {"type": {"type": "string"}, "title": {"type": "string"},
                   "status": {"type": "integer"}, "detail": {"type": "string"}},
}  # fmt: skip
REFUSED: dict[int | str, dict[str, Any]] = {
    "default": {
        "description": "Refused",
        "content": {"application/problem+json": {"schema": PROBLEM}},
    }
}

Name = Annotated[str, Path(examples=["skripsi.pdf"])]
Number = Annotated[int, Path(ge=1, le=PAGES)]


Asking = Annotated[str, Field(min_length=1, max_length=MAX_QUESTION, pattern=r"[\p{L}\p{N}]")]


def _number(value: object) -> object:
    """What JSON Schema takes for a whole number: 5.0 is one, true and "5" are none."""
    return value if isinstance(value, int | float) and not isinstance(value, bool) else None


Whole = Annotated[int, BeforeValidator(_number)]


class Exactly(BaseModel):
    """What is sent, and nothing besides."""

    model_config = ConfigDict(extra="forbid", use_attribute_docstrings=True)


class Asked(Exactly):
    """What is looked for, and where."""

    question: Asking
    """In Indonesian or English, in one's own words; theses in either language are searched."""
    documents: list[str] | None = Field(None, max_length=MOST_DOCUMENTS)
    """Names of the theses to search; all where none is named."""
    top_k: Whole = Field(5, ge=1, le=200)
    """How many passages to return."""


class SearchRequest(Asked):
    """A search for passages."""

    section: str | None = Field(None, max_length=500)
    """Only sections whose path holds this: "Metode"."""
    language: Language | None = None
    """Only passages in this language."""


class Earlier(Exactly):
    """An earlier question of the conversation, and what was answered."""

    question: str = Field(max_length=MAX_QUESTION)
    answer: str = Field(max_length=CHARACTERS)


class AskRequest(Asked):
    """A question."""

    history: list[Earlier] = Field(default=[], max_length=MOST_TURNS)
    """The conversation so far, oldest first, so that "Why?" is understood."""
    language: Language | None = None
    """Spoken where the question tells no language: "GraphRAG?"."""


class FindRequest(Exactly):
    """Sentences of a draft."""

    text: str = Field(min_length=1, max_length=CHARACTERS)
    """A sentence or some paragraphs; each sentence of four words or more is looked for."""
    documents: list[str] | None = Field(None, max_length=MOST_DOCUMENTS)
    """Names of the theses to look in; all where none is named."""


class CompareRequest(Exactly):
    """Theses to put beside each other, and by what."""

    documents: list[str] | None = Field(None, max_length=MOST)
    """Names of the theses; the first fifty where none is named."""
    topics: list[Annotated[str, Field(json_schema_extra={"enum": TOPIC_NAMES})]] | None = None
    """Standing questions of any thesis, as its card has them; the usual ones where neither topics
    nor questions are named."""
    questions: list[Asking] = Field([], max_length=MOST_ASKED)
    """Questions of your own, each put to each thesis."""


class SearchResult(BaseModel):
    """Passages, best first."""

    question: str
    language: Language | None
    passages: list[Passage]


def create_api(service: Service, settings: Settings, closed: bool) -> FastAPI:
    """The API as an application of its own; `closed` where visitors have to sign in."""
    from mcp.server.transport_security import TransportSecuritySettings

    unchecked = TransportSecuritySettings(enable_dns_rebinding_protection=False)  # guard.py does
    agents = tools(service).streamable_http_app(
        stateless_http=True, json_response=True, transport_security=unchecked
    )

    @asynccontextmanager
    async def running(_: FastAPI) -> AsyncIterator[None]:
        async with agents.router.lifespan_context(agents):
            yield

    api = FastAPI(
        title=text("text.web.name", None), description=__doc__, version="1", docs_url=None,
        redoc_url=None, servers=[{"url": settings.root or "/"}],
        lifespan=running,
        generate_unique_id_function=_operation, responses=REFUSED,
        dependencies=[Security(HTTPBearer(auto_error=False))] * (closed or bool(settings.api_keys)),
    )  # fmt: skip
    api.router.routes.extend(agents.routes)
    _add_errors(api)
    _add_reading(api, service)
    _add_asking(api, service)
    add_chat(api, service)
    _add_dify(api, service)
    api.openapi = _described(api)  # type: ignore[method-assign]
    api.add_middleware(Checked, keys=Keys(settings.api_keys), closed=closed, rate=settings.api_rate)
    if settings.cors_origins:
        api.add_middleware(
            CORSMiddleware,
            allow_origins=settings.cors_origins.replace(",", " ").split(),
            allow_methods=["GET", "POST"],
            allow_headers=["*"],
        )
    return api


def _operation(route: APIRoute) -> str:
    """ "list_documents" as "listDocuments"."""
    first, *others = route.name.split("_")
    return first + "".join(map(str.title, others))


def _described(api: FastAPI) -> Any:
    """The OpenAPI description; what passages hold inside isn't given out, so not described."""
    original = api.openapi

    def described() -> dict[str, Any]:
        schema = original()
        for part in schema.get("components", {}).get("schemas", {}).values():
            for name in INTERNAL & part.get("properties", {}).keys():
                del part["properties"][name]
        return schema

    return described


def _add_errors(api: FastAPI) -> None:
    def said(request: Request, error: Exception) -> Response:
        assert isinstance(error, ThesisQAError)
        language = preferred(request.headers.get("accept-language", ""))
        return problem(status_of(error), error.line_in(language), code=error.code)

    def refused(request: Request, error: Exception) -> Response:
        assert isinstance(error, HTTPException)
        return problem(error.status_code, str(error.detail), error.headers)

    def unlike(request: Request, error: Exception) -> Response:
        assert isinstance(error, RequestValidationError)
        places = [
            f"{'.'.join(map(str, each['loc'][1:])) or each['loc'][0]}: {each['msg']}"
            for each in error.errors()[:5]
        ]
        return problem(422, "; ".join(places))

    def missing(request: Request, error: Exception) -> Response:
        return refusal_of(request.scope, 404, "missing")

    def failed(request: Request, error: Exception) -> Response:
        return refusal_of(request.scope, 500, "failed")  # and the error goes into the log

    api.add_exception_handler(ThesisQAError, said)
    api.add_exception_handler(HTTPException, refused)
    api.add_exception_handler(RequestValidationError, unlike)
    api.add_exception_handler(KeyError, missing)
    api.add_exception_handler(Exception, failed)


def as_json(value: object) -> Response:
    """JSON as the command line gives it."""
    return JSONResponse(to_json(value))


def _add_reading(api: FastAPI, service: Service) -> None:
    @api.get("/v1/documents", response_model=Documents)
    def list_documents() -> Response:
        """List the theses of the library with what is known of each: title, author, year …"""
        return as_json(service.documents())

    @api.get("/v1/documents/{name:path}/outline", response_model=Outline)
    def get_outline(name: Name) -> Response:
        """The sections of a thesis in reading order, each with the page where it begins.

        `name` is one of those that listDocuments gives.
        """
        return as_json(service.outline(name))

    @api.get(
        "/v1/documents/{name:path}/pages/{page}.png",
        response_class=Response,
        responses={200: {"content": {"image/png": {}}}},
    )
    async def get_page_picture(
        name: Name,
        page: Number,
        marks: Annotated[
            list[str],
            Query(alias="mark", examples=["61:1204-1318"], max_length=20),
        ] = [],  # noqa: B006
        width: Annotated[int, Query(ge=1, le=10_000)] = 1000,
    ) -> Response:
        """The picture of a page with quotes marked, as PNG.

        A mark is "page:start-end", as the spans of a citation have them; pages count from 1.
        """
        if service.draw is None:
            raise KeyError(name)
        drawn = await service.draw(name, page, marks, width)
        return Response(drawn, media_type="image/png")

    @api.get("/v1/documents/{name:path}/pages/{page}", response_model=PageContent)
    def read_page(name: Name, page: Number) -> Response:
        """The text of a page of a thesis; pages are those of the file and count from 1."""
        return as_json(service.page(name, page))


def _add_asking(api: FastAPI, service: Service) -> None:
    @api.post("/v1/search", response_model=SearchResult)
    async def search_passages(asked: SearchRequest) -> Response:
        """The passages of the theses that are most likely to answer a question, best first."""
        found = await service.search(
            asked.question, asked.top_k, asked.documents, asked.section, asked.language
        )
        language = language_of(asked.question)
        return as_json({"question": asked.question, "language": language, "passages": found})

    @api.post(
        "/v1/ask",
        response_model=Answer,
        responses=EVENTS,
    )
    async def ask_question(asked: AskRequest, request: Request) -> Response:
        """Answer a question with sentences quoted from the theses, or say that none answers it.

        With `Accept: text/event-stream` the answer grows: events `answer`, each whole, then `done`.
        """
        history = [(turn.question, turn.answer) for turn in asked.history]
        options = (asked.question, history, asked.documents, asked.top_k, asked.language)
        return await _growing(request, service.growing(*options), lambda a: ("answer", a))

    @api.post("/v1/find", response_model=Matches)
    async def find_quote(asked: FindRequest) -> Response:
        """Where the sentences of a draft stand: verbatim, nearly, or in the other language."""
        return as_json(await service.find(asked.text, asked.documents))

    @api.post("/v1/compare", response_model=ThesisTable, responses=EVENTS)
    async def compare_theses(asked: CompareRequest, request: Request) -> Response:
        """Theses beside each other: what each says to topics or questions, in its own words.

        A cell for every thesis and column, with up to four quotes; none where it isn't stated. With
        `Accept: text/event-stream` it grows: an event `table`, one `cell` each, then `done`.
        """
        tables = service.comparing(asked.documents, asked.topics, asked.questions)
        return await _growing(
            request, tables, lambda t: ("cell", t.cells[-1]) if t.cells else ("table", t)
        )


class RetrievalSetting(BaseModel):
    """How much Dify wants."""

    top_k: Whole = Field(default=5, ge=1, le=200)
    score_threshold: float = Field(default=0.0, strict=True)


class Retrieval(BaseModel):
    """A search in the shape of Dify's external knowledge; `knowledge_id` is a thesis or "all"."""

    knowledge_id: str = Field("all", max_length=500)
    query: Asking
    retrieval_setting: RetrievalSetting = RetrievalSetting()


def _add_dify(api: FastAPI, service: Service) -> None:
    @api.post("/retrieval", response_model=dict[str, Any])
    async def retrieve_records(asked: Retrieval) -> Response:
        """Passages for a question in the shape of Dify's external knowledge API."""
        among = None if asked.knowledge_id == "all" else [asked.knowledge_id]
        found = await service.search(asked.query, asked.retrieval_setting.top_k, among)
        records = [
            {"content": p.text, "score": share_of(p.score), "title": p.title or p.document,
             "metadata": stated(p)} for p in found
            if share_of(p.score) >= asked.retrieval_setting.score_threshold
        ]  # fmt: skip
        return as_json({"records": records})


Told = Callable[[Any], tuple[str, object]]
"""The name of the event that tells of a step, and what it tells."""


async def _growing(request: Request, steps: AsyncIterator[Any], told: Told) -> Response:
    """What grows, whole, or step by step for who asks for events."""
    if "text/event-stream" not in request.headers.get("accept", ""):
        return as_json(await last(steps))
    first = await anext(steps)  # what can't be asked is refused before anything is sent
    return StreamingResponse(_events(first, steps, told), media_type="text/event-stream")


async def _events(first: Any, others: AsyncIterator[Any], told: Told) -> AsyncIterator[str]:
    name, step = told(first)
    yield event(name, to_json(step))
    try:
        async for other in others:
            name, step = told(other)
            yield event(name, to_json(step))
        yield event("done", {})
    except ThesisQAError as error:
        yield event("error", {"status": status_of(error), "detail": str(error)})
