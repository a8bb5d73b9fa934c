"""Answer questions about a thesis itself: its title, author, supervisors, examiners, year,
and what it is about. Title, approval and abstract pages state it, cited like everything else."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from thesis_qa.answer.evidence import is_statement
from thesis_qa.answer.found import MAX_DOCUMENTS, Evidence, Found, Library, Shown, by_thesis
from thesis_qa.answer.under_headings import is_told, of_topic
from thesis_qa.index.catalog import Catalog
from thesis_qa.lang.data import cue
from thesis_qa.lang.detect import language_of
from thesis_qa.lang.words import words
from thesis_qa.question.read import Question
from thesis_qa.question.topics import topic_named
from thesis_qa.types import Mark, Metadata, Passage, Role, Sentence, Span

MAX_SENTENCES = 3
THANKING: frozenset[Role | None] = frozenset({"acknowledgements", "declaration", "dedication"})
FEW = 4  # words of a line for a signature: "Supervisor Signature Date"


def by_metadata(question: Question, library: Library) -> Found | None:
    """What title, approval and abstract pages state; None if they aren't asked for."""
    if not question.fields:
        return None
    other = question.fields.about or "year" in question.fields.names  # "when was it sown?"
    if question.supposed and other and is_told(question, library):
        return None
    names = library.names(question)[:MAX_DOCUMENTS]
    stated = {name: _stated_in(question, library, name) for name in names}
    found = by_thesis(stated, library)
    every = question.several or question.each or cue("question.here").search(question.text)
    if found.answers and every and not question.documents:  # "siapa saja penulis skripsi di sini"
        listed = tuple(name for name, shown in stated.items() if shown)
        return replace(found, kind="library", documents=listed)
    return found


def _stated_in(question: Question, library: Library, document: str) -> list[Shown]:
    """What `document` states of what is asked; empty where it doesn't."""
    catalog, fields = library.catalog, question.fields
    stated = catalog.document(document).metadata
    if fields.about:
        return _abstract(question, catalog, document, stated) or _subject(library, document, stated)
    return [
        shown
        for name in fields.names
        for shown in (
            [
                Shown(field_evidence(catalog, document, span), label=name)
                for span in _lines(catalog, document, name, stated.places[name])
                if len(stated.places[name]) >= fields.ordinal
            ]
            if stated.places.get(name)
            else _thanked(library, document, name)
        )
    ]


def _thanked(library: Library, document: str, field: str) -> Iterator[Shown]:
    """The sentences of acknowledgements that tell of a person what no title page does: "my
    supervisor Leon Horsten"."""
    for passage in library.thesis(document) if field in ("supervisors", "examiners") else ():
        if THANKING.isdisjoint(heading.role for heading in passage.headings):
            continue
        for sentence in passage.sentences:
            names = Mark.PERSON in sentence.marks and len(words(sentence.text)) > FEW
            if names and cue(f"question.fields.{field}").search(sentence.text):
                yield Shown(Evidence(passage, sentence))


def _lines(catalog: Catalog, document: str, name: str, spans: Sequence[Span]) -> Sequence[Span]:
    """Where a field is stated: a title of two lines as one, supervisors each by themselves."""
    if name in ("supervisors", "keywords"):
        return spans
    found: list[Span] = []
    for span in spans:
        last = found[-1] if found else None
        page = catalog.page(document, span.page)
        if last and last.page == span.page and not page.text[last.end : span.start].strip():
            found[-1] = Span(span.page, last.start, span.end)
        else:
            found.append(span)
    return found


def field_evidence(catalog: Catalog, document: str, span: Span) -> Evidence:
    """What stands at `span`, where a page states something of the thesis."""
    page = catalog.page(document, span.page)
    text = " ".join(page.text[span.start : span.end].split())
    passage = next(
        (p for p in catalog.passages_on(document, page.number) if holds_span(p, span)),
        Passage("", document, "", page.number, page.label, page.number, "", None, text),
    )
    return Evidence(passage, Sentence((span,), text, language_of(text)))


def holds_span(passage: Passage, span: Span) -> bool:
    """Whether a passage has some of the characters of `span`."""
    return any(_overlap(s, span) for sentence in passage.sentences for s in sentence.spans)


def _overlap(a: Span, b: Span) -> bool:
    return a.page == b.page and a.start < b.end and b.start < a.end


def _subject(library: Library, document: str, stated: Metadata) -> list[Shown]:
    """What a thesis without an abstract is about: its title, and what it aims at."""
    catalog, whole = library.catalog, library.thesis(document)
    spans = _lines(catalog, document, "title", stated.places.get("title", ()))
    title = [Shown(field_evidence(catalog, document, span), label="title") for span in spans[:1]]
    ((_, aims),) = of_topic(catalog, document, [topic_named("objectives")], whole)
    return title + aims[:MAX_SENTENCES]


def _abstract(question: Question, catalog: Catalog, document: str, stated: Metadata) -> list[Shown]:
    """The sentences of the abstract that say what a thesis is about, and what came of it."""
    written = stated.abstracts
    language = question.language if question.language in written else next(iter(written), None)
    said = list(_sentences(question, catalog, document, written[language])) if language else []
    if not said:
        return []
    method = topic_named("method")
    told = (cue("answer.aims").search, method.phrase.search, method.asked.search)
    kept: list[Evidence] = []
    for says in told:
        kept += [e for e in said if e not in kept and says(e.sentence.text)][: MAX_SENTENCES - 2]
    results = (e for e in reversed(said) if cue("answer.results").search(e.sentence.text))
    kept = [*(kept or said[:1])[: MAX_SENTENCES - 1], next(results, said[-1])]
    return [Shown(e) for e in said if any(e is k for k in kept)]


def _sentences(
    question: Question, catalog: Catalog, document: str, spans: Sequence[Span]
) -> Iterator[Evidence]:
    pages = dict.fromkeys(catalog.page(document, span.page).number for span in spans)
    for number in pages:
        for passage in catalog.passages_on(document, number):
            for sentence in passage.sentences:
                inside = any(_overlap(s, span) for s in sentence.spans for span in spans)
                if inside and is_statement(sentence, question):
                    yield Evidence(passage, sentence)
