"""What each line of a page is: heading, caption, item of a list, footnote, formula, code …"""

import re
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import inf

from thesis_qa.read.pdf.lines import HYPHENS, TextLine
from thesis_qa.structure.grids import stretches
from thesis_qa.structure.headings import (
    BOLD_LEVELS,
    MATTER,
    MAX_HEADING,
    Number,
    are_entries,
    certain_heading,
    follows,
    is_bare_caption,
    is_bare_chapter,
    is_bare_number,
    is_contents_line,
    is_contents_title,
    is_item,
    is_keywords,
    is_named_chapter,
    level_by_look,
    looks_like_heading,
    numbered_heading,
    parse_caption,
    role_of,
)
from thesis_qa.structure.style import LARGER, LONG, REPEATED, PageStyle, look_of
from thesis_qa.types import Kind

MUCH_LARGER = 1.15
SMALLER = 0.93
LOWEST = BOLD_LEVELS[-1]  # of headings that only stand out
CONTENTS_SHARE = 0.5  # of lines that end in a page number on a contents page
FOOT = 0.45  # of the page height, below which footnotes stand

COLUMNS_APART = 2.0  # of the letters' size, between labels that stand beside each other
PICTURE = 40.0  # points, at least, between a figure's title and its caption
TITLED = 1.6  # times the usual distance of two lines, at most, from "Tabel 2.1" to its title
FRAGMENT = 8  # characters without a word: a piece of a formula that stands on its own

_NUMBER_LINE = re.compile(r"(?:\d{1,4}|[ivxlc]{1,7})", re.IGNORECASE)
_FOOTNOTE = re.compile(r"(?:\d{1,3}|[*†‡§⁰¹²³⁴-⁹]{1,3})\s?[^\W\d_“\"]")
_EQUATION_NUMBER = re.compile(r"\((?:[A-Z]\.?)?\d{1,2}(?:[.\-]\d{1,3})?[a-z]?\)$")
_WORD = re.compile(r"[a-zA-Z]{3,}")
_MATHEMATICAL = re.compile(
    "[\U0001d400-\U0001d7ff\u2200-\u22ff\u2a00-\u2aff\u27e8\u27e9\u2190-\u21ff=+<>±×÷∑∏∫√^|‖]"
)


@dataclass(frozen=True)
class Typed:
    """What a line is; level of a heading, 1 the highest."""

    kind: Kind
    level: int = 0


TEXT = Typed("text")


def is_contents_page(lines: Sequence[TextLine], after_contents: bool) -> bool:
    """Whether most lines of a page lead to other pages."""
    if len(lines) < 3:
        return False
    titled = any(is_contents_title(line.text) for line in lines[:3])
    known = titled or after_contents
    ending = sum(
        is_contents_line(line.text, in_contents=known)
        or (known and _NUMBER_LINE.fullmatch(line.text.strip()) is not None)
        for line in lines
    )
    leaders = sum(is_contents_line(line.text, in_contents=False) for line in lines)
    if known and leaders >= (1 if after_contents else REPEATED):  # entries of several lines
        return True
    most = ending >= CONTENTS_SHARE * (0.6 if known else 1.0) * len(lines)
    return most or are_entries([line.text for line in lines])


def is_prose(lines: Sequence[TextLine]) -> bool:
    """Whether most lines of a page are full ones, as only running text has."""
    right = max((line.right for line in lines), default=0.0)
    full = sum(len(line.text) > LONG and line.right > right - 3 * line.size for line in lines)
    return 2 * full > len(lines)


@dataclass
class KindJudge:
    """Tells what the lines of a document are, one after the other, in reading order."""

    style: PageStyle
    listing: Kind | None = None  # inside a contents page or the references
    in_body: bool = False  # past the front matter
    number: Number | None = None  # of the last heading that has one
    heading: bool = False  # the line before was one, which this may go on
    titling: bool = False  # the line before was "BAB IV" alone, or its title in capitals
    caption: TextLine | None = None  # the line before, if a caption, that this may go on

    def judge(
        self,
        line: TextLine,
        above: TextLine | None,
        below: TextLine | None,
        alone: bool,
        on_contents: bool,
        label: bool = False,
    ) -> Typed:
        """What `line` is, between its neighbours on the page; `alone`: it doesn't go on below;
        `label`: it stands in a figure."""
        typed = self._judge(line, above, below, alone, on_contents, label)
        goes_on = typed.kind == "text" and self._captions(line)
        self.caption = line if typed.kind == "caption" or goes_on else None
        return typed

    def _judge(
        self,
        line: TextLine,
        above: TextLine | None,
        below: TextLine | None,
        alone: bool,
        on_contents: bool,
        label: bool,
    ) -> Typed:
        text = line.text.strip()
        if on_contents:
            self.listing = "contents"
            titled = is_contents_title(text) and not is_contents_line(text, in_contents=True)
            return Typed("heading", 1) if titled else Typed("contents")
        if self._captions(line):
            return TEXT
        level = self._heading(line, above, below, alone, label)
        self.heading = level is not None
        self.titling = level == 1 and (is_bare_chapter(text) or (self.titling and text.isupper()))
        if level:
            self._note(text, level)
            return Typed("heading", level)
        if self.listing:
            return Typed(self.listing)
        if is_keywords(text):
            return Typed("contents")
        return self._in_text(line, text, above)

    def _captions(self, line: TextLine) -> bool:
        """Whether a line goes on with the caption above: "Tabel 2.1" alone, or set as it is."""
        above = self.caption
        if above is None or certain_heading(line.text.strip()):
            return False
        step = line.top - above.top
        if is_bare_caption(above.text.strip()):
            return 0 < step < TITLED * self.style.leading
        alike = abs(above.size - line.size) < 0.6 and above.bold == line.bold
        centred = abs(above.left + above.right - line.left - line.right) < 6
        return alike and centred and above.bold and 0 < step < 1.2 * self.style.leading

    def outlined(self, text: str, level: int) -> Typed:
        """A heading by the outline of the file."""
        self.caption = None
        self.heading = True
        self.in_body = self.in_body or numbered_heading(text) is not None
        self._note(text, level)
        return Typed("heading", level)

    def _note(self, text: str, level: int) -> None:
        numbered = numbered_heading(text)
        if level == 1 or self.listing is None or numbered:
            self.listing = None
            if is_contents_title(text):
                self.listing = "contents"
            elif role_of(text) == "references":
                self.listing = "references"
        if numbered:
            self.number = numbered.number
            self.in_body = True

    def _heading(
        self,
        line: TextLine,
        above: TextLine | None,
        below: TextLine | None,
        alone: bool,
        label: bool,
    ) -> int | None:
        """The level if `line` is a heading."""
        text = line.text.strip()
        if self._numbers_chapter(line, above, below):
            return 1
        if len(text) > MAX_HEADING or not any(map(str.isalpha, text)):
            return None
        stands_out = self.style.stands_out(line)
        if is_contents_line(text, in_contents=False):
            return None
        if is_contents_title(text) and (stands_out or text.isupper()) and alone:
            return 1
        if self.titling and self._titles_chapter(text, alone):
            return 1
        known = certain_heading(text)
        if is_named_chapter(text) and alone and (stands_out or text.isupper() or above is None):
            names = known is not None and known.role != "appendix" and not is_bare_chapter(text)
            plain = not (stands_out or text.isupper())
            midst = above is not None and not self.heading
            return None if names and self.style.opening and (plain or midst) else 1
        if (
            known
            and known.level == 1
            and alone
            and (stands_out or text.isupper() or len(text) < LONG)
        ):
            known_place = above is None or not self.in_body
            return 1 if stands_out or text.isupper() or known_place else None
        numbered = numbered_heading(text)
        whole = numbered is not None and len(numbered.number) == 1
        if numbered and not (whole and self.style.chapters):
            return self._numbered(numbered.number, text, stands_out or text.isupper(), alone)
        if self._opens_front_part(line, above, text, stands_out):
            return 1
        going = self.heading and above is not None and _fills(above, line)
        if not self.in_body or self.listing or not (alone or going) or not stands_out:
            return None
        if line.fixed or text[-1] in HYPHENS + "-" or "=" in text or not looks_like_heading(text):
            return None
        if label and not (is_item(text) or self.heading):
            return None
        parts = stretches([line], COLUMNS_APART)
        if not text[0].isalnum() or (len(parts) > 1 and text.split()[0][-1] not in ".)"):
            return None
        if above is not None and _runs_on(above, line, self.style):
            return None
        typed = any(mark in text for mark in ":(=;")  # "angle: double", "isFree(cell)"
        if next(filter(str.isalpha, text)).islower() and (typed or not self.heading):
            return None
        if above is not None and above.bold == line.bold and line.size <= self.style.size * LARGER:
            near = line.top - above.top < 1.2 * self.style.leading
            if near and len(above.text) > 2 * LONG:
                return None
        if below is not None and not any(map(str.isalpha, below.text)):
            return None  # the title of a chart, above its numbers
        if look_of(line) in self.style.looks and not re.match(r"\(?\w{1,2}[.)]\s", text):
            return 1 + self.style.looks.index(look_of(line))
        if not text.isupper():
            return level_by_look(text)
        opens = above is None and line.size > self.style.size * LARGER
        return 1 if opens and not self.style.chapters else LOWEST

    def turn_to(self, lines: Sequence[TextLine]) -> None:
        """Notice on which page the body of a thesis without numbered headings begins: it has
        running text below a heading that is none of the front matter."""
        if self.in_body or not self.style.looks or not is_prose(lines):
            return
        heads = [line for line in lines[:3] if look_of(line) in self.style.looks]
        text = heads[0].text.strip() if heads else ""
        front = role_of(text) in MATTER or certain_heading(text) is not None
        self.in_body = bool(heads) and not front

    def _numbers_chapter(
        self, line: TextLine, above: TextLine | None, below: TextLine | None
    ) -> bool:
        """Whether a line is a large "4" alone, above the title of the chapter."""
        large = line.size > self.style.size * MUCH_LARGER
        titled = below is not None and below.size > self.style.size * MUCH_LARGER
        return above is None and large and titled and is_bare_number(line.text.strip())

    def _titles_chapter(self, text: str, alone: bool) -> bool:
        """Whether the line below "BAB IV" is the chapter's title."""
        if numbered_heading(text) or ends_sentence(text) or parse_caption(text):
            return False
        return text.isupper() or (alone and len(text) < 2 * LONG and text[0].isupper())

    def _opens_front_part(
        self, line: TextLine, above: TextLine | None, text: str, stands_out: bool
    ) -> bool:
        """Whether a line heads a page of the front matter: "PERNYATAAN PENGGUNAAN AI"."""
        emphasised = text.isupper() or stands_out
        return not self.in_body and above is None and emphasised and role_of(text) in MATTER

    def _numbered(self, new: Number, text: str, stands_out: bool, alone: bool) -> int | None:
        """The level of a line that begins with the number of a section."""
        if not stands_out and (len(new) == 1 or text[-1] in HYPHENS):
            return None
        if self.listing == "contents" and not stands_out and is_contents_line(text, True):
            return None
        if text.endswith((".", ",", ";", ":")) and not stands_out:
            return None
        if self.listing == "references" and not (stands_out and len(new) == 1):
            return None
        if stands_out and (alone or len(new) > 1):
            return len(new)
        return len(new) if alone and follows(new, self.number) else None

    def _in_text(self, line: TextLine, text: str, above: TextLine | None) -> Typed:
        if line.fixed and line.size <= self.style.size * LARGER:
            return Typed("code")
        if parse_caption(text) and (
            above is None or ends_sentence(above.text) or _apart(above, line)
        ):
            return Typed("caption")
        if is_formula(text):
            return Typed("formula")
        return Typed("list") if is_item(text) else TEXT


def _fills(above: TextLine, line: TextLine) -> bool:
    """Whether the line above is set alike and reaches as far: a heading may go on below it."""
    alike = above.bold == line.bold and abs(above.size - line.size) < 0.6
    return alike and above.right > line.right - above.size


def _runs_on(above: TextLine, line: TextLine, usual: PageStyle) -> bool:
    """Whether a bold line goes on with a line of running text: it names something in it."""
    near = 0 < line.top - above.top < 1.2 * usual.leading
    full = len(above.text) > LONG and abs(above.right - line.right) < usual.size
    return near and full and not above.bold and not ends_sentence(above.text)


def labels(lines: Sequence[TextLine], usual: PageStyle) -> set[int]:
    """The numbers of the lines of a page that stand in a figure: above its caption, a picture or
    other such lines between them, or below it, down to the last number of its axes, and no running
    text. What is flush with the text is none. By height, since files have charts anywhere."""
    long = [line for line in lines if len(line.text) > LONG and not usual.stands_out(line)]
    prose = [line for line in long if 2 * sum(map(str.isalpha, line.text)) > len(line.text)]
    flush = Counter(round(line.left) for line in prose).most_common(1)
    found: set[int] = set()
    for line in lines:
        caption = parse_caption(line.text)
        if not caption or caption.label != "figure":
            continue
        top = max((e.bottom for e in prose if e.middle < line.top), default=0.0)
        end = min((e.top for e in prose if e.middle > line.bottom), default=inf)
        over = {at: e for at, e in enumerate(lines) if top <= e.middle < line.top}
        under = {at: e for at, e in enumerate(lines) if line.bottom < e.middle < end}
        axes = [e.middle for e in under.values() if not any(map(str.isalpha, e.text))]
        if any(e.bottom < line.top - PICTURE for e in over.values()):
            found.update(over)
        if len(axes) > 1:
            found.update(at for at, e in under.items() if e.middle < max(axes))
    return {at for at in found if not (flush and abs(lines[at].left - flush[0][0]) <= 2)}


def is_formula(text: str) -> bool:
    """Whether a line is mathematics, set apart from the text."""
    words = _WORD.findall(text)
    if len(words) > 3 or not text:
        return False
    if not words and len(text) <= FRAGMENT and not is_item(text):
        return True
    signs = len(_MATHEMATICAL.findall(text))
    if _EQUATION_NUMBER.search(text) and signs:
        return True
    letters = sum(map(len, words))
    return signs >= 2 and (signs + sum(c.isdigit() or c in "()[]{}," for c in text)) > letters


def footnotes(
    lines: Sequence[TextLine], height: float, usual: PageStyle, ruled: Callable[[float], bool]
) -> set[int]:
    """The numbers of the lines at the foot of a page that are footnotes: smaller than the text,
    the first of them marked. `ruled` tells whether a stroke stands right above a height."""
    found: set[int] = set()
    started = False
    for number, line in enumerate(lines):
        small = line.size < usual.size * SMALLER and not line.fixed
        if not small or line.top < FOOT * height:
            started = False
            continue
        started = (
            started or (begins_note(line.text) and not parse_caption(line.text)) or ruled(line.top)
        )
        if started:
            found.add(number)
    return found


def begins_note(text: str) -> bool:
    """Whether a line begins like a footnote: "12 Lihat", "¹² Lihat"."""
    return _FOOTNOTE.match(text) is not None


def ends_sentence(text: str) -> bool:
    return re.search(r"[.!?:;…][\"'”’»)\]]*[⁰¹²³⁴-⁹]*\s*$", text) is not None


def _apart(above: TextLine, line: TextLine) -> bool:
    return line.top - above.bottom > 0.6 * line.height or line.top < above.top
