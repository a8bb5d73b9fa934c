"""Keep whole what belongs together: the list an item stands in, the list that a statement
announces, the sentences of one item, likely sentences side by side, the rows under a caption."""

import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cache
from itertools import takewhile

from thesis_qa.answer.evidence import asks, stems
from thesis_qa.answer.found import Evidence
from thesis_qa.index.catalog import Catalog
from thesis_qa.lang.data import alternatives, cue
from thesis_qa.question.read import Question
from thesis_qa.types import Passage, Sentence, Span

MAX_LIST = 8
LONG = 700  # characters up to which a sentence, or those of one item, make a quote
WHITE = 2  # characters between two sentences on a page, where nothing else stands there
FOLLOWING = 30  # passages after "as follows" in which the parts of a section are looked for
GAP = 3  # sentences among which a list that goes on has another item
BETWEEN = 12  # sentences up to the next item of what is numbered; they belong to the one before
BARE = 6  # words below which an item that ends as no sentence only names what is said behind it
COUNTING = 4  # passages in which "First, …", "Second, …" and so on are looked for
SAME_CAPTION = 30  # characters by which the caption of a row is known; a page may cut it short

_ITEM = re.compile(r"^\W*(?:\d{1,2}|[a-z])[.)]\s|^[•▪◦·●○■\uf0b7–-]\s", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class PlacedSentence:
    """A sentence and the passage it stands in."""

    passage: Passage
    sentence: Sentence

    @property
    def place(self) -> tuple[int, int]:
        """Where it begins: page and character."""
        return self.sentence.spans[0].page, self.sentence.spans[0].start

    @property
    def is_heading(self) -> bool:
        return self.sentence.kind == "heading"

    @property
    def is_item(self) -> bool:
        """Whether it stands in a list."""
        return self.sentence.kind == "list"

    @property
    def asks(self) -> bool:
        return asks(self.sentence)

    @property
    def depth(self) -> int:
        """How many headings it stands under."""
        return len(self.passage.headings)


def placed(passages: Iterable[Passage]) -> list[PlacedSentence]:
    """The sentences of passages, in their order."""
    return [PlacedSentence(passage, s) for passage in passages for s in passage.sentences]


def introduces(sentence: Sentence) -> bool:
    """Whether a sentence announces what follows it: "as follows:"."""
    said = sentence.text.rstrip(" .\"'”’)]")
    ends = (found.end() for found in cue("answer.follows").finditer(said))
    return said.endswith(":") or len(said) in ends


def is_ordinal(sentence: Sentence) -> bool:
    """Whether a sentence counts: "First, …"; not "kedua sistem", which are both."""
    return bool(_ordinal().match(sentence.text))


@cache
def _ordinal() -> re.Pattern[str]:
    words, verbs = alternatives("answer.ordinals"), alternatives("answer.ordinal_verbs")
    alone = alternatives("answer.ordinals_alone")
    return re.compile(rf"\W*(?:(?:{words})(?:[,:]| (?:{verbs})\b)|(?:{alone})\b)", re.IGNORECASE)


def _is_first(sentence: Sentence) -> bool:
    return bool(cue("answer.first").match(sentence.text.lstrip(" \"'“‘(•–-")))


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
        item.kind == sentence.kind == "list"
        and bool(_ITEM.match(item.text))
        and not _ITEM.match(sentence.text)
        and len(item.text) + len(sentence.text) < LONG
    )


def _joined(item: Sentence, sentence: Sentence) -> Sentence:
    *before, last = item.spans
    first, *after = sentence.spans
    spans = (*item.spans, *sentence.spans)
    if first.page == last.page and 0 <= first.start - last.end <= WHITE:
        spans = (*before, Span(last.page, last.start, first.end), *after)
    marks = item.marks | sentence.marks
    return replace(item, text=f"{item.text} {sentence.text}", spans=spans, marks=marks)


def items(statements: Sequence[PlacedSentence]) -> list[PlacedSentence]:
    """Items of lists, each with all of its sentences; with what is said behind a bare name. Of one
    that gets too long for a quote only how it begins."""
    told: list[PlacedSentence] = []
    for item in statements:
        if told and item.sentence.kind == "text" and _is_bare(told[-1].sentence):
            told[-1] = replace(told[-1], sentence=_joined(told[-1].sentence, item.sentence))
        else:
            told.append(item)
    whole = [(at, s) for at, s in whole_items([t.sentence for t in told]) if s.kind == "list"]
    if whole and _ITEM.match(whole[0][1].text):
        whole = [(at, s) for at, s in whole if _ITEM.match(s.text)]
    return [replace(told[at], sentence=s) for at, s in whole]


def _is_bare(sentence: Sentence) -> bool:
    ends = sentence.text.endswith((".", "!", "?", ";"))
    return sentence.kind == "list" and len(sentence.text.split()) < BARE and not ends


def list_at_front(said: Sequence[PlacedSentence]) -> list[PlacedSentence]:
    """The items of the list that `said` begins with. Sentences of an item may have been taken for
    text; what is numbered goes on behind all that is said of an item."""
    found: list[PlacedSentence] = []
    for at, item in enumerate(said):
        last = found[-1] if found else None
        if item.is_item or (last and _is_bare(last.sentence) and item.sentence.kind == "text"):
            found.append(item)
        elif item.is_heading or not _goes_on_behind(found, said[at : at + BETWEEN]):
            break
    return items(found)


def _goes_on_behind(found: Sequence[PlacedSentence], behind: Sequence[PlacedSentence]) -> bool:
    """Whether a list has another item near, or the next number further on."""
    numbers = [n for item in found if (n := _number(item.sentence))]
    following = takewhile(lambda item: not item.is_heading, behind)
    later = [(i, item.sentence) for i, item in enumerate(following) if item.is_item]
    return bool(found) and any(
        i < GAP or (numbers and _number(sentence) == numbers[-1] + 1) for i, sentence in later
    )


def _number(sentence: Sentence) -> int:
    """The number or letter of an item; 0 for none."""
    mark = _ITEM.match(sentence.text)
    sign = "".join(filter(str.isalnum, mark.group())) if mark else ""
    return int(sign) if sign.isdecimal() else ord(sign.lower()) - ord("a") + 1 if sign else 0


def whole_item(catalog: Catalog, evidence: Evidence) -> Evidence:
    """`evidence` with all of the item that it is a sentence of."""
    if evidence.sentence.kind != "list":
        return evidence
    around, at = _section_around(catalog, evidence, 1)
    if at is None:
        return evidence
    whole = whole_items([item.sentence for item in around])
    start, item = next(found for found in reversed(whole) if found[0] <= at)
    return _like(evidence, PlacedSentence(around[start].passage, item))


# Sentences side by side


def flowing(evidence: Evidence, likely: Collection[tuple[Span, ...]]) -> Evidence:
    """`evidence` with the sentences right before and behind it that are `likely` by their places;
    what begins an item, isn't running text or stands behind a gap goes on from nothing."""
    beside, own = evidence.passage.sentences, evidence.sentence
    at = next((i for i, s in enumerate(beside) if s.spans == own.spans), None)
    if at is None:
        return evidence
    before, behind = beside[max(0, at - 1) : at], beside[at + 1 : at + 2]
    whole = own
    for sentence in behind:
        if sentence.spans in likely and _flows(whole, sentence):
            whole = replace(_joined(whole, sentence), kind=own.kind, marks=own.marks)
    for sentence in before:
        if sentence.spans in likely and _flows(sentence, whole):
            whole = replace(_joined(sentence, whole), kind=own.kind, marks=sentence.marks)
    return _like(evidence, PlacedSentence(evidence.passage, whole))


def _flows(sentence: Sentence, behind: Sentence) -> bool:
    return (
        sentence.kind in ("text", "list")
        and behind.kind == "text"
        and not introduces(sentence)
        and _meet(sentence, behind)
    )


def _meet(sentence: Sentence, behind: Sentence) -> bool:
    """Whether two sentences stand side by side on a page, and make a quote of bearable length."""
    return (
        sentence.spans[0].page == behind.spans[0].page
        and len(sentence.text) + len(behind.text) < LONG
        and len(_joined(sentence, behind).spans) < len(sentence.spans) + len(behind.spans)
    )


# The list that it stands in, or that follows


def whole_list(catalog: Catalog, best: Evidence) -> list[Evidence]:
    """The list that `best` is an item of, with its introduction, in order; empty if it is none."""
    around, at = _section_around(catalog, best, COUNTING)
    if at is None:
        return []
    if is_ordinal(best.sentence):
        return _as_evidence(best, _counted_around(around, at))
    if best.sentence.kind != "list":
        return []
    start = at - len(list(takewhile(lambda item: item.is_item, reversed(around[:at]))))
    opening = [around[start - 1]] if start and introduces(around[start - 1].sentence) else []
    return introduced(_as_evidence(best, [*opening, *list_at_front(around[start:])]))


def introduced(found: Sequence[Evidence]) -> list[Evidence]:
    """`found`, where the first only announces the others in one quote with the item behind it."""
    if len(found) < 2 or not introduces(found[0].sentence):
        return list(found)
    first, second, *rest = found
    if second.sentence.kind != "list" or not _meet(first.sentence, second.sentence):
        return list(found)
    whole = _joined(first.sentence, second.sentence)
    return [_like(first, PlacedSentence(first.passage, whole)), *rest]


def announced(catalog: Catalog, question: Question, best: Evidence) -> list[Evidence]:
    """What `best` announces: behind "as follows" the items or the parts, behind "three
    contributions" the sentences that count them."""
    if is_ordinal(best.sentence):
        return []
    leads = introduces(best.sentence)
    around, _ = _section_around(catalog, best, FOLLOWING if leads else COUNTING)
    end = best.sentence.spans[-1]
    after = [item for item in around if item.place >= (end.page, end.end)]
    if leads:
        return _as_evidence(best, _following(question, best, after))
    return _as_evidence(best, [after[i] for i in counted([s.sentence for s in after])])


def counted(sentences: Sequence[Sentence]) -> list[int]:
    """Positions of "First, …", "Second, …" and so on, where `sentences` begin with the first."""
    at = [i for i, sentence in enumerate(sentences) if is_ordinal(sentence)]
    if not at or at[0] or not _is_first(sentences[0]):
        return []
    again = (n for n, i in enumerate(at) if n and _is_first(sentences[i]))
    return at[: next(again, len(at))]


def _counted_around(around: Sequence[PlacedSentence], at: int) -> list[PlacedSentence]:
    """What is counted around "Second, …", from the sentence before "First, …" on."""
    first = next((i for i in range(at, -1, -1) if _is_first(around[i].sentence)), None)
    if first is None:
        return []
    found = [around[first + i] for i in counted([item.sentence for item in around[first:]])]
    return [*around[max(0, first - 1) : first], *found] if around[at] in found else []


def _section_around(
    catalog: Catalog, best: Evidence, after: int
) -> tuple[list[PlacedSentence], int | None]:
    """The sentences around `best` in its section and those below, and its position among them."""
    passages = catalog.around(best.passage.passage_id, 2, after)
    around = placed(p for p in passages if p.lies_under(best.passage.section))
    here = PlacedSentence(best.passage, best.sentence).place
    return around, next((i for i, item in enumerate(around) if item.place == here), None)


def _following(
    question: Question, best: Evidence, after: Sequence[PlacedSentence]
) -> list[PlacedSentence]:
    """The items of the list that `best` introduces; without a list, where several things are asked
    for or nothing stands between, the headings of its subsections."""
    found = list_at_front(after)
    if not found and (question.several or (after and after[0].is_heading)):
        below = len(best.passage.headings) + 1
        found = [item for item in after if item.is_heading and item.depth == below]
    return found


def _as_evidence(best: Evidence, found: Sequence[PlacedSentence]) -> list[Evidence]:
    """The sentences of a list, as good as `best`; a single one is none."""
    return [_like(best, item) for item in found[:MAX_LIST] if len(found) > 1]


def _like(best: Evidence, item: PlacedSentence) -> Evidence:
    """A sentence as evidence; what answers is marked where it holds the best."""
    before = item.sentence.text.find(best.sentence.text)
    marked = None
    if best.answer and before >= 0:
        marked = (best.answer[0] + before, best.answer[1] + before)
    return replace(best, passage=item.passage, sentence=item.sentence, answer=marked)


# The rows of a table


def table_rows(catalog: Catalog, question: Question, best: Evidence) -> list[Evidence]:
    """Rows of the table under a caption, in order: all of a short one, else those that name most
    of what is asked, else those that sum it up. Of a row's table only the last, and none where the
    question names a row or is asked in another language, which may name one too."""
    is_row = best.sentence.kind == "table"
    caption = ((is_row and best.sentence.context) or best.sentence.text)[:SAME_CAPTION]
    rows = [
        item
        for item in placed(catalog.around(best.passage.passage_id, 1, 3))
        if item.sentence.kind == "table" and (item.sentence.context or "").startswith(caption)
    ]
    heads = {f"{row.sentence.context}: " for row in rows}
    contexts = {row.sentence.context or "" for row in rows}
    above = {head for head in heads if any(context.startswith(head) for context in contexts)}
    rows = [row for row in rows if f"{row.sentence.context}: " not in above]
    sums = [row for row in rows if cue("answer.sums").match(row.sentence.text)]
    named = _naming(question, rows)
    if is_row:
        rows = [] if named or question.language != best.passage.language else sums
    elif len(rows) > MAX_LIST:
        rows = named or sums
    return [_like(best, row) for row in rows[:MAX_LIST]]


def _naming(question: Question, rows: Sequence[PlacedSentence]) -> list[PlacedSentence]:
    """The rows that name most of what is asked; what half of them name singles none out."""
    held = [stems(row.sentence.text) for row in rows]
    asked = {t for t, _ in question.terms if 2 * sum(t in row for row in held) < len(rows)}
    most = max((len(asked & row) for row in held), default=0)
    return [row for row, words in zip(rows, held, strict=True) if most == len(asked & words) > 0]
