"""Keep lists whole: the list an item stands in, the list that a statement announces, the sentences
of one item, the rows under a caption."""

import re
from collections.abc import Sequence
from dataclasses import replace
from itertools import takewhile

from thesis_qa.answer.evidence import Evidence, stems
from thesis_qa.index.catalog import Catalog
from thesis_qa.question.query import Query
from thesis_qa.types import Passage, Sentence, Span

MAX_LIST = 8
LONG = 700  # characters up to which a sentence, or those of one item, make a quote
WHITE = 2  # characters between two sentences on a page, where nothing else stands there
FOLLOWING = 30  # passages after "as follows" in which the parts of a section are looked for
COUNTING = 4  # passages in which "First, …", "Second, …" and so on are looked for
SAME_CAPTION = 30  # characters by which the caption of a row is known; a page may cut it short

_FOLLOWS = re.compile(
    r":\W*$|\b(?:berikut(?: ini)?|di bawah ini|(?:the )?following(?: \w+)?|as follows|below)\W*$",
    re.IGNORECASE,
)
_NUMERALS = "pertama|kedua|ketiga|keempat|kelima|keenam|ketujuh|terakhir"
_ENGLISH = r"(?:first|second|third|fourth|fifth|final|last)(?:ly)?"
_ORDINAL = re.compile(  # not "kedua sistem", which are both, nor "the first order"
    rf"^\W*(?:(?:{_NUMERALS})(?:[,:]| (?:adalah|ialah|yaitu|yakni)\b)|yang (?:{_NUMERALS})\b"
    rf"|(?:the )?{_ENGLISH}(?:[,:]| (?:is|are|we|I|it|there|the|an?)\b))",
    re.IGNORECASE,
)
_FIRST = re.compile(r"^\W*(?:yang pertama|pertama|(?:the )?first)", re.IGNORECASE)
_MARKED = re.compile(r"^\W*(?:\d{1,2}|[a-z])[.)]\s|^[•▪◦·●○■\uf0b7–-]\s", re.IGNORECASE)

_SUMS_UP = re.compile(
    r"^(?:total|jumlah|keseluruhan|rata-rata|rerata|overall|average|mean|sum)\b", re.IGNORECASE
)

Placed = tuple[Passage, Sentence]


def introduces(sentence: Sentence) -> bool:
    """Whether a sentence announces what follows it: "as follows:"."""
    return bool(_FOLLOWS.search(sentence.text))


def is_ordinal(sentence: Sentence) -> bool:
    """Whether a sentence counts: "First, …"."""
    return bool(_ORDINAL.match(sentence.text))


def is_item(sentence: Sentence) -> bool:
    """Whether a sentence stands in a list."""
    return sentence.kind == "list"


# The sentences of one item


def whole_items(sentences: Sequence[Sentence]) -> list[tuple[int, Sentence]]:
    """`sentences` with those of one item made one, each with the position where it begins.

    An item begins with a number or a bullet; where a format keeps none, each sentence stays alone.
    """
    found: list[tuple[int, Sentence]] = []
    for at, sentence in enumerate(sentences):
        if found and _goes_on(found[-1][1], sentence):
            start, item = found[-1]
            found[-1] = (start, _joined(item, sentence))
        else:
            found.append((at, sentence))
    return found


def _goes_on(item: Sentence, sentence: Sentence) -> bool:
    """Whether `sentence` belongs to the item that it stands right behind."""
    return (
        is_item(item)
        and is_item(sentence)
        and bool(_MARKED.match(item.text))
        and not _MARKED.match(sentence.text)
        and len(item.text) + len(sentence.text) < LONG
    )


def _joined(item: Sentence, sentence: Sentence) -> Sentence:
    *before, last = item.spans
    first, *after = sentence.spans
    spans = (*item.spans, *sentence.spans)
    if first.page == last.page and 0 <= first.start - last.end <= WHITE:
        spans = (*before, Span(last.page, last.start, first.end), *after)
    return replace(item, text=f"{item.text} {sentence.text}", spans=spans)


def whole_item(catalog: Catalog, evidence: Evidence) -> Evidence:
    """`evidence` with all of the item that it is a sentence of."""
    if not is_item(evidence.sentence):
        return evidence
    flat, at = _section_around(catalog, evidence, 1)
    if at is None:
        return evidence
    items = whole_items([sentence for _, sentence in flat])
    start, item = next(found for found in reversed(items) if found[0] <= at)
    return _like(evidence, flat[start][0], item)


# The list that it stands in, or that follows


def whole_list(catalog: Catalog, best: Evidence) -> list[Evidence]:
    """The list that `best` is an item of, with its introduction, in order; empty if it is none."""
    flat, at = _section_around(catalog, best, COUNTING)
    if at is None:
        return []
    if is_ordinal(best.sentence):
        return _as_evidence(best, _counted_around(flat, at))
    if not is_item(best.sentence):
        return []
    start = at - len(list(takewhile(_in_list, reversed(flat[:at]))))
    items = _items(flat[start:])
    opening = [flat[start - 1]] if start and introduces(flat[start - 1][1]) else []
    return _as_evidence(best, [*opening, *items])


def announced(catalog: Catalog, query: Query, best: Evidence) -> list[Evidence]:
    """What `best` announces: behind "as follows" the items or the parts, behind "three
    contributions" the sentences that count them."""
    if is_ordinal(best.sentence):
        return []
    leads = introduces(best.sentence)
    flat, _ = _section_around(catalog, best, FOLLOWING if leads else COUNTING)
    end = best.sentence.spans[-1]
    after = [placed for placed in flat if _place(placed[1]) >= (end.page, end.end)]
    if leads:
        return _as_evidence(best, _following(query, best, after))
    return _as_evidence(best, [after[i] for i in counted([s for _, s in after])])


def counted(sentences: Sequence[Sentence]) -> list[int]:
    """Positions of "First, …", "Second, …" and so on, where `sentences` begin with the first."""
    at = [i for i, sentence in enumerate(sentences) if is_ordinal(sentence)]
    if not at or at[0] or not _FIRST.match(sentences[0].text):
        return []
    again = (n for n, i in enumerate(at) if n and _FIRST.match(sentences[i].text))
    return at[: next(again, len(at))]


def _counted_around(flat: Sequence[Placed], at: int) -> list[Placed]:
    """What is counted around "Second, …", from the sentence before "First, …" on."""
    first = next((i for i in range(at, -1, -1) if _FIRST.match(flat[i][1].text)), None)
    if first is None:
        return []
    found = [flat[first + i] for i in counted([s for _, s in flat[first:]])]
    return [*flat[max(0, first - 1) : first], *found] if flat[at] in found else []


def _section_around(
    catalog: Catalog, best: Evidence, after: int
) -> tuple[list[Placed], int | None]:
    """The sentences around `best` in its section and those below, and its position among them."""
    around = catalog.around(best.passage.passage_id, 2, after)
    flat = [(p, s) for p in around if p.lies_under(best.passage.section) for s in p.sentences]
    here = _place(best.sentence)
    return flat, next((i for i, (_, s) in enumerate(flat) if _place(s) == here), None)


def _place(sentence: Sentence) -> tuple[int, int]:
    """Where a sentence begins: page and character."""
    return sentence.spans[0].page, sentence.spans[0].start


def _in_list(placed: Placed) -> bool:
    return is_item(placed[1])


def _items(flat: Sequence[Placed]) -> list[Placed]:
    """The items with which `flat` begins, each whole."""
    run = list(takewhile(_in_list, flat))
    return [(run[at][0], item) for at, item in whole_items([s for _, s in run])]


def _following(query: Query, best: Evidence, after: Sequence[Placed]) -> list[Placed]:
    """The items of the list that `best` introduces; without a list, where several things are asked
    for or nothing stands between, the headings of its subsections."""
    items = _items(after)
    if not items and (query.several or (after and after[0][1].kind == "heading")):
        below = best.passage.section.count(" › ") + 1
        items = [
            (p, s) for p, s in after if s.kind == "heading" and p.section.count(" › ") == below
        ]
    return items


def _as_evidence(best: Evidence, placed: Sequence[Placed]) -> list[Evidence]:
    """The sentences of a list, as good as `best`; a single one is none."""
    return [_like(best, p, s) for p, s in placed[:MAX_LIST] if len(placed) > 1]


def _like(best: Evidence, passage: Passage, sentence: Sentence) -> Evidence:
    """`sentence` as evidence; what answers is marked where it holds the best."""
    before = sentence.text.find(best.sentence.text)
    marked = None
    if best.answer and before >= 0:
        marked = (best.answer[0] + before, best.answer[1] + before)
    return replace(best, passage=passage, sentence=sentence, answer=marked)


# The rows of a table


def table_rows(catalog: Catalog, query: Query, best: Evidence) -> list[Evidence]:
    """Rows of the table under a caption, in order: all of a short one, else those that name most
    of what is asked, else those that sum it up."""
    caption = best.sentence.text[:SAME_CAPTION]
    rows = [
        (p, s)
        for p in catalog.around(best.passage.passage_id, 1, 3)
        for s in p.sentences
        if s.kind == "table" and (s.context or "").startswith(caption)
    ]
    heads = {s.context for _, s in rows}
    rows = [(p, s) for p, s in rows if not any(c and c.startswith(f"{s.context}: ") for c in heads)]
    if len(rows) > MAX_LIST:
        rows = _named(query, rows) or [(p, s) for p, s in rows if _SUMS_UP.match(s.text)]
    return [_like(best, p, s) for p, s in rows[:MAX_LIST]]


def _named(query: Query, rows: Sequence[Placed]) -> list[Placed]:
    """The rows that name most of what is asked; what half of them name singles none out."""
    held = [stems(s.text) for _, s in rows]
    terms = {term for term, _ in query.terms if 2 * sum(term in row for row in held) < len(rows)}
    most = max(len(terms & row) for row in held)
    return [placed for placed, row in zip(rows, held, strict=True) if most == len(terms & row) > 0]
