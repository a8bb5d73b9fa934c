"""The nouns that pass between the stages of the pipeline, all of them frozen.

load gives a `Document` of `Page`s and `Block`s; split makes `Passage`s of `Sentence`s from it;
answer and cite make an `Answer` with `Citation`s. A `Span` points into the stored text of a page
and is what makes a quote checkable: whatever is shown to a user is `page.text[start:end]`.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields, is_dataclass
from enum import StrEnum
from typing import Any, Literal

from thesis_qa.notebook import InNotebook

Language = Literal["id", "en"]
"""Languages that are told apart; text that is neither (code, formulas) has None."""

Kind = Literal[
    "text",  # sentences
    "heading",
    "list",  # one item of a numbered or bulleted list
    "table",  # one row of a table; column heads and caption are the block's context
    "caption",
    "footnote",
    "formula",
    "code",
    "contents",  # table of contents, lists of figures, tables, symbols, abbreviations
    "references",
    "furniture",  # running heads and feet, page numbers, "this page is left blank"
]

AnswerKind = Literal["answer", "decline", "library", "talk", "clarify"]
"""What an answer does: it states something, says that the documents don't, lists theses, makes
conversation, or asks what is meant."""

Box = tuple[float, float, float, float]
"""x0, y0, x1, y1 in PDF points, origin at the top left of the page as displayed."""


@dataclass(frozen=True, slots=True)
class Span:
    """Characters `start` to `end` (exclusive) in the text of one page."""

    page: int  # position in Document.pages, from 0
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Page:
    """One page of a file, or the whole text of a format that has no pages.

    `text` is what quotes are checked against: the same file always gives the same text.
    """

    number: int | None  # 1-based page of the file; None where the format has no pages
    label: str | None  # the page number as printed; None where none is printed
    text: str
    width: float = 0.0  # points
    height: float = 0.0
    glyphs: bytes | None = None
    """zlib-compressed int16 array of shape (len(text), 4): the box of every character in tenths
    of a point, origin top left, all zero for characters that have no place (joined, invented)."""
    ocr: bool = False  # the text was recognised from the picture of the page


Role = Literal[
    "cover", "approval", "declaration", "dedication", "acknowledgements", "abstract", "contents",
    "introduction", "problem", "questions", "aims", "scope", "benefits", "hypotheses", "theory",
    "earlier_work", "method", "data", "results", "obstacles", "limits", "conclusion",
    "suggestions", "references", "appendix", "biography",
]  # fmt: skip
"""What a section is for."""


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading, understood once, when its file is read."""

    text: str  # as printed: "BAB IV HASIL", "4.3 Hambatan"
    number: tuple[int | str, ...] = ()  # (4,), (4, 3), ("A", 1); empty where it has none
    title: str = ""  # without number and "BAB": "HASIL", "Hambatan"
    level: int = 1  # 1 for a chapter
    role: Role | None = None

    def __str__(self) -> str:
        return self.text


Route = Literal[
    "talk", "library", "metadata", "standing", "section", "comparison", "content", "off-topic"
]
"""What a question is taken for."""


def section_path(headings: "tuple[Heading, ...]") -> str:
    """Headings, outermost first, as they are printed: "BAB IV › 4.3 Hambatan"."""
    return " › ".join(heading.text for heading in headings)


class Mark(StrEnum):
    """What a sentence is or holds, found once, when it is indexed."""

    ASKS = "asks"  # a question, or quotes one
    KEYWORDS = "keywords"
    ANNOUNCES = "announces"  # only says what a chapter, section, figure or table is about
    POINTS = "points"  # to a place instead of saying it
    PICTURED = "pictured"  # a caption of what isn't text: of a figure, diagram, listing …
    LEADS_IN = "leads_in"  # a list follows, or half of the sentence is elsewhere
    LEANS = "leans"  # on the sentence before it: "Hal ini …", "However, it …"
    NUMBER = "number"
    DATE = "date"
    DURATION = "duration"
    PERSON = "person"
    PLACE = "place"
    ADDRESS = "address"
    REASON = "reason"
    DEFINITION = "definition"


@dataclass(frozen=True, slots=True)
class Block:
    """A paragraph, heading, list item, table row …; in several spans if a page turn, a footnote
    or a column break interrupts it. Blocks come in reading order and don't overlap."""

    spans: tuple[Span, ...]
    kind: Kind = "text"
    headings: tuple[Heading, ...] = ()  # above it, outermost first; its own, if it is one
    context: str | None = None  # column heads of a table row, caption

    @property
    def section(self) -> tuple[str, ...]:
        """The headings as they are printed."""
        return tuple(heading.text for heading in self.headings)


@dataclass(frozen=True, slots=True)
class Metadata:
    """What is known about a thesis; empty where it isn't stated."""

    title: str = ""
    author: str = ""
    year: int | None = None
    student_number: str = ""
    university: str = ""
    faculty: str = ""
    degree: str = ""
    supervisors: tuple[str, ...] = ()
    examiners: tuple[str, ...] = ()
    keywords: tuple[str, ...] = ()
    abstracts: dict[str, tuple[Span, ...]] = field(default_factory=dict)  # by language
    places: dict[str, tuple[Span, ...]] = field(default_factory=dict)
    """Where each field is stated, by field name, so that it can be cited."""


@dataclass(frozen=True, slots=True)
class Document:
    """One file, read."""

    name: str  # path relative to the documents folder, with forward slashes
    pages: tuple[Page, ...]
    blocks: tuple[Block, ...]
    metadata: Metadata = Metadata()
    warnings: tuple[str, ...] = ()

    @classmethod
    def of_lines(cls, name: str, text: str) -> "Document":
        """Plain text as one page, a block for every line that isn't blank."""
        blocks, start = [], 0
        for line in text.splitlines(keepends=True):
            if line.strip():
                blocks.append(Block((Span(0, start, start + len(line)),)))
            start += len(line)
        return cls(name, (Page(None, None, text),), tuple(blocks))


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence, list item or table row: the unit that is quoted."""

    spans: tuple[Span, ...]
    text: str  # white space folded; parts that a page turn separates joined by a space
    language: Language | None
    kind: Kind = "text"
    context: str | None = None
    marks: frozenset[Mark] = frozenset()


@dataclass(frozen=True, slots=True)
class Passage:
    """Neighbouring sentences of one section: the unit that is searched.

    `score` and `rank` are set by a search: higher is better, rank counts from 1.
    """

    passage_id: str
    document: str
    title: str
    page: int | None  # file page where it begins
    page_label: str | None
    last_page: int | None  # file page where it ends
    section: str  # "BAB IV › 4.3 Hambatan"
    language: Language | None
    text: str
    kind: Kind = "text"
    sentences: tuple[Sentence, ...] = ()
    score: float = 0.0
    rank: int = 0
    headings: tuple[Heading, ...] = ()  # of `section`, outermost first
    role: Role | None = None  # of the nearest heading that has one; "cover" before the first
    url: str = ""  # opens its page with it marked

    def lies_under(self, path: str) -> bool:
        """Whether it stands in the section of `path`, or in one below that."""
        return f"{self.section} › ".startswith(f"{path} › ")


@dataclass(frozen=True, slots=True)
class CitedSpan:
    """Where one part of a quote stands."""

    page: int | None  # file page
    page_label: str | None
    start: int  # characters in the stored text of the page
    end: int
    boxes: tuple[Box, ...] = ()  # one for every line; empty where the format has no pages


@dataclass(frozen=True, slots=True)
class Citation:
    """A verbatim quote and the place it was taken from."""

    number: int
    document: str
    title: str
    author: str
    year: int | None
    page: int | None
    page_label: str | None
    section: str
    language: Language | None
    quote: str  # text of the spans, white space folded, joined by " … "
    spans: tuple[CitedSpan, ...]
    answer: tuple[int, int] | None = None  # where in the quote the answer itself stands
    context: str | None = None
    passage_id: str = ""
    places: tuple[CitedSpan, ...] = ()  # where else the document says the same
    translation: str | None = None  # the document's own words for it in the other language
    url: str = ""  # opens its page with it marked, and says if that changed
    cells: tuple[tuple[int, int], ...] = ()  # where in the quote those of a table's row stand


How = Literal["verbatim", "nearly", "translated", "nowhere"]
"""How a sentence stands in a document: word for word, with other words in a few places, or in the
other language."""


@dataclass(frozen=True, slots=True)
class Match:
    """A sentence of a draft, and a place where it stands."""

    text: str
    how: How
    score: float = 0.0  # share of its words that stand there in order; translated, the likeness
    citation: Citation | None = None  # None where it stands nowhere


@dataclass(frozen=True, slots=True)
class Struck:
    """A sentence that a language model wrote and the evidence doesn't support."""

    text: str
    reason: str  # in the language of the question


@dataclass(frozen=True, slots=True)
class Translation:
    """A quote as a language model translates it; not what the document says."""

    number: int  # of the citation
    language: Language
    text: str  # empty where the model could not be used
    model: str
    runs_on: str | None
    doubt: str | None = None  # what the check has against it, or why there is none


@dataclass(frozen=True, slots=True)
class Answer(InNotebook):
    """What `Assistant.ask` returns. `print(answer)` shows the text, then the sources."""

    question: str
    language: Language | None  # of the question
    answered: bool  # False: the documents do not say; `text` explains, `citations` is empty
    confidence: float  # probability that the cited evidence answers the question
    text: str
    citations: tuple[Citation, ...]
    passages: tuple[Passage, ...]
    model: str  # "quotes", or the language model that wrote the text
    timings: dict[str, float]  # seconds: retrieve, answer, total
    nearest: tuple[Citation, ...] = ()  # best evidence found, also when it was too weak to answer
    resolved_question: str | None = None  # what a follow-up ("Why?") was taken to ask
    missing: tuple[str, ...] = ()  # words of the question that the documents searched don't hold
    suggestion: str | None = None  # a question that can be answered, where this one can't
    runs_on: str | None = None  # where that model runs: "local", or the host it is sent to
    stated: int = 0  # statements of the model that stand
    struck: tuple[Struck, ...] = ()  # what the model wrote and the evidence doesn't support
    problem: str | None = None  # why a language model was asked and the answer is quotes
    writing: bool = False  # a language model is still at it
    steps: tuple[str, ...] = ()  # what it looked into, in the language of the question
    tokens: Mapping[str, int] = field(default_factory=dict)  # that it read and wrote
    translations: tuple[Translation, ...] = ()  # of quotes, where they were asked for
    kind: AnswerKind = "answer"
    route: Route = "content"  # what the question was taken for
    documents: tuple[str, ...] = ()  # it was asked of these; of all, if there are none

    def __str__(self) -> str:
        sources = [
            f"[{c.number}] {', '.join(part for part in (c.document, place(c), c.section) if part)}"
            for c in self.citations
        ]
        return "\n".join([self.text, *([""] if sources else []), *sources])


Status = Literal["added", "updated", "unchanged", "removed", "failed"]


@dataclass(frozen=True, slots=True)
class DocumentReport:
    """What indexing did with one file."""

    document: str
    status: Status
    pages: int = 0
    passages: int = 0
    languages: Mapping[str, float] | None = None
    seconds: float = 0.0
    warnings: tuple[str, ...] = ()
    error: str | None = None  # in English
    failure: Exception | None = None
    """The error itself, which says it in either language; it isn't part of the JSON."""


@dataclass(frozen=True, slots=True)
class IndexReport:
    """What indexing did, and how many passages the index holds now."""

    documents: tuple[DocumentReport, ...]
    passages: int
    seconds: float


@dataclass(frozen=True, slots=True)
class Progress:
    """How far indexing is. `done` of `total` counts characters to embed in this document.

    While its pages are being recognised (OCR), which takes longest, `page` of `scanned` are done.
    """

    document: str
    number: int  # of this document, from 1
    documents: int
    done: int
    total: int
    page: int = 0
    scanned: int = 0


OnProgress = Callable[[Progress], None]
"""Called often; an exception it raises stops indexing, and nothing indexed so far is lost."""


OnPage = Callable[[int, int], None]
"""Told how many pages of how many are done."""


def place(citation: Citation) -> str:
    """The page as a reader looks for it: "p. 29 (file page 61)"; empty without pages."""
    if citation.page is None:
        return ""
    if citation.page_label is None or citation.page_label == str(citation.page):
        return f"p. {citation.page}"
    return f"p. {citation.page_label} (file page {citation.page})"


INTERNAL = frozenset({"sentences", "headings", "role", "failure"})
"""Fields that JSON leaves out."""


def to_json(value: object) -> Any:
    """An answer, passage or report as JSON's types; what passages hold inside is left out."""
    if is_dataclass(value):
        names = (f.name for f in fields(value) if f.name not in INTERNAL)
        return {name: to_json(getattr(value, name)) for name in names}
    if isinstance(value, Mapping):
        return {key: to_json(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [to_json(item) for item in value]
    return value
