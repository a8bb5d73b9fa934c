"""Questions that name a section, answered from what stands under its heading.

"Jelaskan Advanced RAG" asks for the section "2. Advanced RAG", as whoever looks into the table of
contents knows. Every word of the question and of the heading has to be the other's, itself or
translated.
"""

import re

from thesis_qa.answer.evidence import Asked, stems
from thesis_qa.answer.select import Shown
from thesis_qa.answer.under_headings import NUMBERING, Said, shown, statements, telling
from thesis_qa.index.catalog import Catalog
from thesis_qa.lang.glossary import readings
from thesis_qa.lang.language import stem
from thesis_qa.question.query import EXPLAIN, FRAME_WORDS, Query
from thesis_qa.question.topics import either

LIKELY = 0.3  # probability from which a word of a heading translates one of the question

_ASKS = either(  # what a section may answer
    rf"^\W*(?:tolong |coba |please |can you )?(?:{EXPLAIN}"
    r"|sebutkan|apa|apakah|bagaimana|bagaimanakah|explain|describe|outline"
    r"|summari[sz]e|list|tell me|what (?:is|are|was|were|does)|how (?:is|are|was|were))\b"
)
_EXPLAIN = either(  # what its beginning answers
    rf"\b(?:{EXPLAIN})\b",
    r"\bapa(?:kah)? (?:itu|yang (?:dikatakan|dibahas|dijelaskan|dimaksud))\b",
    r"\b(?:explain|describe|outline|summari[sz]e|tell me about|said about)\b",
    r"^\W*what (?:is|are) (?!the\b|an?\b)",
)
_FRAME = frozenset(
    stem(word)
    for word in FRAME_WORDS
    | frozenset(
        """terangkan gambarkan deskripsikan ceritakan dikatakan dibahas dijelaskan maksud dimaksud
        maksudnya arti artinya pengertian definisi bagian bab subbab isi coba secara singkat
        explain describe outline summarize summarise tell said says say about meaning meant
        definition section chapter contain please sistem system""".split()
    )
)
_ASIDE = re.compile(r"\s*[(\[]([^)\]]+)[)\]]")
_POINTS = either(  # to a table or a figure, or to what is a formula's end
    r"^\W*(?:tabel|gambar|table|figure)\b",
    r"\b(?:pada|dalam|di|in|by) (?:tabel|gambar|table|figure|fig\.) \S+$",
    r"\((?:[IVX]+|\d+)\.\d+\)",
)


def section_named(catalog: Catalog, query: Query, document: str) -> str | None:
    """The path of the first section of `document` that `query` names; None if it names none."""
    if query.expected not in ("any", "definition") or not _ASKS.match(query.text):
        return None
    paths = catalog.read(
        "SELECT p.section FROM passages p JOIN documents d ON d.id = p.document"
        " WHERE d.name = ? AND p.section <> '' GROUP BY p.section ORDER BY min(p.id)",
        (document,),
    )
    return next((path for (path,) in paths if _is_named(query, path)), None)


def asks_to_explain(query: Query) -> bool:
    """Whether the beginning of a section answers: "Jelaskan …", "Apa itu …", "What is …"."""
    return bool(_EXPLAIN.search(query.text))


def section_beginning(question: Asked, document: str, path: str) -> list[Shown]:
    """How a section begins, or its list; its parts, where nothing stands right under its title."""
    catalog, query = question.catalog, question.query
    main = catalog.document(document).main_language
    passages = [p for p in catalog.passages_of(document) if p.lies_under(path)]
    said = [s for s in statements(passages, main, main) if s.names or _begins_well(s)]
    own = [s for s in said if s.passage.section == path]
    if any(not s.names for s in own):
        said = own
    return shown(catalog, telling(said, path, lambda _: False, query.several, query.several))


def _begins_well(said: Said) -> bool:
    """Whether a sentence stands in one piece, and doesn't only point to a table."""
    pages = [span.page for span in said.sentence.spans]
    return len(set(pages)) == len(pages) and not _POINTS.search(said.sentence.text)


def _is_named(query: Query, path: str) -> bool:
    heading = path.rpartition(" › ")[2]
    title = NUMBERING.sub("", f"{heading} ").strip()
    names = [heading, title, _ASIDE.sub("", title), *_ASIDE.findall(title)]
    return any(same_subject(query, name) for name in dict.fromkeys(names))


def same_subject(query: Query, title: str) -> bool:
    """Whether the words of a question and a title are each other's, but for what frames them."""
    asked = {term for term, _ in query.terms} - _FRAME
    named = stems(title) - _FRAME
    told = [_told(term, query, named) for term in asked]
    return bool(asked and named) and all(told) and set().union(*told) == named


def _told(term: str, query: Query, named: frozenset[str]) -> set[str]:
    """Which words of a title a term of the question is, or translates into."""
    read = readings(term, query.language, None).items()
    return {other for other, p in read if other in named and (other == term or p >= LIKELY)}
