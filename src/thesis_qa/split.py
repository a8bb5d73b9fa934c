"""Split a document into passages of whole sentences.

Sentences are what is quoted, passages are what is searched. Both only point into the page text;
nothing is rewritten on the way.
"""

import hashlib
import math
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import pairwise

from thesis_qa.lang.data import word_set
from thesis_qa.lang.detect import language_of
from thesis_qa.mark import marks_of
from thesis_qa.structure.headings import inherited
from thesis_qa.types import (
    Block,
    Document,
    Heading,
    Kind,
    Language,
    Page,
    Passage,
    Role,
    Sentence,
    Span,
    section_path,
)

SPLITTER = "8"
"""Goes into the index. A change of reading or splitting that moves passages raises it; documents
are read anew."""

TARGET_CHARACTERS = 600  # findings: short passages of whole sentences place a page best
MAX_TOKENS = 480  # of the embedding model's 512, leaving room for its prefix and special tokens
MAX_SENTENCE_CHARACTERS = 1500  # text without full stops is cut at white space, to stay quotable

STATED_ON_COVERS = ("author", "student_number", "university", "faculty", "degree")
MAX_COVER_LINE = 200  # characters; longer ones are an abstract set below title and author

CUT_SHORT = 0.3  # from which a word counts as an abbreviation, after Kiss and Strunk
OFTEN = 3  # times that it has to be written so

# Kinds that are kept apart from running text, so that a search can treat them differently.
SEPARATE: frozenset[Kind] = frozenset({"contents", "references", "code", "table"})

_END = re.compile(  # the mark of a note last, in text that lost its place also as plain digits
    r"""[.!?…]+["'”’»)\]]*(?:[⁰¹²³⁴-⁹]*[.!?]*|\[\d{1,3}\]|(?<=[^\W\d_]{3}\.)\d{1,3})(?=\s+\S)"""
)
_LAST_WORD = re.compile(r"[^\s(\[\"“‘'/]+$")
_ENUMERATOR = re.compile(r"^\s*[(\[]?(?:\d{1,3}(?:\.\d{1,3})*|[A-Za-z]|[ivxIVX]{1,5})$")
_OPENING = re.compile(r"""[\s"'“‘«(\[•*\-–—]*(\S)""")


@dataclass(frozen=True, slots=True)
class Usage:
    """How a document writes its words, where no list of words could know."""

    cut_short: frozenset[str] = frozenset()  # abbreviations, without their full stop
    plain: frozenset[str] = frozenset()  # written in lower case rather than with a capital


def usage_of(text: str) -> Usage:
    """What a text cuts short: words that are always, or nearly so, followed by a full stop, the
    shorter the likelier (Kiss and Strunk, "Unsupervised multilingual sentence boundary detection",
    2006); and the words that begin a sentence where they have a capital."""
    tokens = [token.strip("()[]\"'“”‘’,;:/") for token in text.split()]
    stopped = Counter(t[:-1].lower() for t in tokens if t.endswith(".") and t[:-1].isalpha())
    bare = Counter(t.lower() for t in tokens if t.isalpha())
    chance = max(sum(stopped.values()), 1) / max(len(tokens), 2)
    short = {
        word
        for word, count in stopped.items()
        if count >= OFTEN and _cut_short(len(word), count, bare[word], chance) >= CUT_SHORT
    }
    within = Counter(b for a, b in pairwise(tokens) if a.isalpha() and b.isalpha())
    plain = {w for w, count in within.items() if w.islower() and count > within[w.capitalize()]}
    return Usage(frozenset(short), frozenset(plain))


def _cut_short(length: int, stopped: int, bare: int, chance: float) -> float:
    """How surely a word is an abbreviation that stands `stopped` times with and `bare` times
    without a full stop, where any word has one by `chance`."""
    as_any = stopped * math.log(chance) + bare * math.log(1 - chance)
    as_short = stopped * math.log(0.99) + bare * math.log(0.01)
    return float(2 * (as_short - as_any) * math.exp(-length) * length**-bare)


def split(document: Document, count_tokens: Callable[[str], int]) -> list[Passage]:
    """Passages of `document` in reading order; furniture (running heads, page numbers) is left out.

    `count_tokens` is the embedding model's own count; no passage exceeds MAX_TOKENS of it.
    """
    usage = usage_of(" ".join(page.text for page in document.pages))
    draft = _Draft(document, count_tokens, usage)
    return [draft.passage(group) for group in draft.groups()]


def sentence_spans(text: str, usage: Usage = Usage()) -> list[tuple[int, int]]:
    """Start and end of every sentence in `text`, white space around them left out.

    Knows Indonesian and English: abbreviations ("dkk.", "hlm.", "No.", "et al."), initials,
    decimals and enumerators don't end a sentence; nor do those of the document that `usage` tells.
    """
    spans, start = [], 0
    for match in _END.finditer(text):
        if _ends_sentence(text, start, match, usage):
            spans.append((start, match.end()))
            start = match.end()
    spans.append((start, len(text)))
    trimmed = (_trim(text, *span) for span in spans)
    return [piece for span in trimmed if span[0] < span[1] for piece in _pieces(text, *span)]


def _ends_sentence(text: str, start: int, match: re.Match[str], usage: Usage) -> bool:
    opening = _OPENING.match(text, match.end())
    following = opening.group(1) if opening else ""
    if following.islower() or following in ".…":  # ". . ."
        return False
    stop = match.group().rstrip("[]0123456789")  # without the mark of a note
    if stop != ".":
        return True
    before = _LAST_WORD.search(text, start, match.start())
    word = (before.group() if before else "").lower()
    if text[start : match.start()].rstrip().endswith(".") and not word:  # the last of ". . ."
        return following.isupper()
    if _ENUMERATOR.match(text[start : match.start()]):
        return False
    if word in word_set("sentences.closing"):
        return following.isupper()
    if word in word_set("sentences.before_numbers"):
        return stop == match.group() and not following.isdigit()
    if len(word) == 1 and word.isalpha():  # an initial: "J. Smith", but "1945 M."
        return text[start : match.start() - 1].rstrip()[-1:].isdigit()
    parts = before.group().split(".") if before else []
    if len(parts) > 1 and parts[0][:1].isupper() and all(p.isalpha() and len(p) < 5 for p in parts):
        return False  # "Q.S.", "S.Kom."
    if word in usage.cut_short:
        rest = text[match.end() : match.end() + MAX_COVER_LINE].split()
        return bool(rest) and rest[0].strip("()[]\"'“”‘’,;:.").lower() in usage.plain
    return word not in word_set("sentences.abbreviations")


def _trim(text: str, start: int, end: int) -> tuple[int, int]:
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    return start, end


def _pieces(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """The span itself, or parts of it cut at white space if it is too long to quote."""
    while end - start > MAX_SENTENCE_CHARACTERS:
        cut = text.rfind(" ", start + 1, start + MAX_SENTENCE_CHARACTERS)
        cut = cut if cut > start else start + MAX_SENTENCE_CHARACTERS
        yield _trim(text, start, cut)
        start, _ = _trim(text, cut, end)
    yield start, end


@dataclass(frozen=True, slots=True)
class _Group:
    """Sentences that become one passage."""

    headings: tuple[Heading, ...]
    kind: Kind
    sentences: tuple[Sentence, ...]


@dataclass(frozen=True, slots=True)
class _Draft:
    document: Document
    count_tokens: Callable[[str], int]
    usage: Usage

    def groups(self) -> Iterator[_Group]:
        """Sentences of neighbouring blocks, grouped to about TARGET_CHARACTERS, never across a
        section or a change of kind, and across a page turn only within a sentence."""
        pending: list[Sentence] = []
        key: tuple[tuple[Heading, ...], Kind] = ((), "text")
        for block in self.document.blocks:
            if block.kind == "furniture":
                continue
            block_key = (block.headings, block.kind if block.kind in SEPARATE else "text")
            for sentence in self.sentences(block):
                if pending and (block_key != key or not self._fits(pending, sentence)):
                    yield _Group(*key, tuple(pending))
                    pending = []
                key = block_key
                pending.append(sentence)
        if pending:
            yield _Group(*key, tuple(pending))

    def _fits(self, pending: list[Sentence], sentence: Sentence) -> bool:
        if all(s.kind == "heading" for s in pending):  # a heading stays with what it heads
            joined = " ".join([*(s.text for s in pending), sentence.text])
            return self.count_tokens(joined) <= MAX_TOKENS
        length = sum(len(s.text) + 1 for s in pending) + len(sentence.text)
        same_page = pending[0].spans[0].page == sentence.spans[0].page
        return same_page and length <= TARGET_CHARACTERS

    def sentences(self, block: Block) -> Iterator[Sentence]:
        text, parts = join_spans(self.document.pages, block.spans)
        whole = block.kind not in ("text", "footnote", "list")  # headings, rows … are one unit
        spans = (
            list(_pieces(text, *_trim(text, 0, len(text))))
            if whole
            else sentence_spans(text, self.usage)
        )
        for start, end in self._short_enough(text, spans):
            folded = " ".join(text[start:end].split())
            yield Sentence(
                spans=_spans_of(text, parts, start, end),
                text=folded,
                language=language_of(text[start:end]),
                kind=block.kind,
                context=block.context,
                marks=marks_of(folded, block.kind),
            )

    def _short_enough(
        self, text: str, spans: Iterable[tuple[int, int]]
    ) -> Iterator[tuple[int, int]]:
        for start, end in spans:
            if self.count_tokens(text[start:end]) <= MAX_TOKENS:
                yield start, end
                continue
            middle = text.rfind(" ", start + 1, (start + end) // 2)
            middle = middle if middle > start else (start + end) // 2
            halves = (_trim(text, start, middle), _trim(text, middle, end))
            yield from self._short_enough(text, [half for half in halves if half[0] < half[1]])

    def _cover(self, group: _Group) -> Role | None:
        """ "cover" for short lines before the first heading, on a page that says who and where."""
        stated = self.document.metadata.places
        pages = {span.page for field in STATED_ON_COVERS for span in stated.get(field, ())}
        on_cover = not group.headings and group.sentences[0].spans[0].page in pages
        short = all(len(sentence.text) < MAX_COVER_LINE for sentence in group.sentences)
        return "cover" if on_cover and short else None

    def passage(self, group: _Group) -> Passage:
        text = " ".join(sentence.text for sentence in group.sentences)
        first, last = group.sentences[0].spans[0], group.sentences[-1].spans[-1]
        page, last_page = self.document.pages[first.page], self.document.pages[last.page]
        language = _main_language(group.sentences)
        bare = all(sentence.kind == "heading" for sentence in group.sentences)
        return Passage(
            passage_id=_passage_id(self.document.name, first, text),
            document=self.document.name,
            title=self.document.metadata.title,
            page=page.number,
            page_label=page.label,
            last_page=last_page.number,
            section=section_path(group.headings),
            headings=group.headings,
            role=inherited(group.headings) or self._cover(group),
            language=language,
            text=text,
            kind="heading" if bare else group.kind,
            sentences=group.sentences,
        )


@dataclass(frozen=True, slots=True)
class Part:
    """A span of a page and where its text begins in a joined text."""

    span: Span
    offset: int


def join_spans(pages: tuple[Page, ...], spans: tuple[Span, ...]) -> tuple[str, list[Part]]:
    """The text of `spans` as a reader reads on, and where each part of it came from.

    Parts are joined by a space, or by nothing within a word that a page turn, a footnote or a
    column divides. White space is replaced one to one, so that positions can be mapped back.
    """
    text, parts = "", []
    for span in spans:
        parts.append(Part(span, len(text)))
        page = pages[span.page].text
        text += "".join(" " if c.isspace() else c for c in page[span.start : span.end])
        text += "" if _within_word(page, span) else " "
    return text.rstrip(), parts


def _within_word(page: str, span: Span) -> bool:
    """Whether a span ends within a word: its hyphen is left out of the span ("perizin-"), or in it
    where the word is written with one ("anak-", "2017-")."""
    last = page[span.start : span.end][-2:]
    return page[span.end : span.end + 1] == "-" or (last[-1:] == "-" and last[:1].isalnum())


def _spans_of(text: str, parts: list[Part], start: int, end: int) -> tuple[Span, ...]:
    """The spans in the pages that make up `text[start:end]` of a joined text."""
    found = []
    for part in parts:
        span, offset = part.span, part.offset
        low, high = max(start, offset), min(end, offset + span.end - span.start)
        low, high = _trim(text, low, high) if low < high else (low, low)
        if low < high:
            found.append(Span(span.page, span.start + low - offset, span.start + high - offset))
    return tuple(found)


def _main_language(sentences: tuple[Sentence, ...]) -> Language | None:
    counts: Counter[Language] = Counter()
    for sentence in sentences:
        if sentence.language:
            counts[sentence.language] += len(sentence.text)
    return counts.most_common(1)[0][0] if counts else None


def _passage_id(document: str, first: Span, text: str) -> str:
    key = f"{document}\0{first.page}\0{first.start}\0{text}"
    return hashlib.sha256(key.encode("utf-8", "surrogatepass")).hexdigest()[:20]
