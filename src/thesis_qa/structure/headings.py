"""What a line of a thesis is, judged by its words alone: chapter, section, caption, keywords …

For text whose file marks no headings. Knows Indonesian and English conventions.
"""

import re

from thesis_qa.structure.numbers import WORDS as NUMBER_WORDS

MAX_HEADING = 200  # characters; a longer paragraph in a heading style is a paragraph
MAX_INSTITUTION = 70  # characters of a name; a title that begins with "University" is longer
CHAPTER_LEVEL = 1
BOLD_LEVELS = (6, 7, 8, 9)  # of bold lines, below 4.3.1: "A. …", "1. …", "a. …", without number

CONTENTS = frozenset(
    """daftar isi/daftar gambar/daftar tabel/daftar lampiran/daftar bagan/daftar grafik
    /daftar singkatan/daftar simbol/daftar notasi/daftar istilah/daftar kode/glosarium
    /contents/table of contents/list of figures/list of tables/list of appendices
    /list of abbreviations/list of symbols/glossary""".replace("\n    ", "").split("/")
)
REFERENCES = frozenset(
    """daftar pustaka/daftar rujukan/daftar referensi/referensi/kepustakaan/references
    /bibliography/works cited/literature cited""".replace("\n    ", "").split("/")
)
ALONE = frozenset(  # stand beside the chapters, whatever they look like
    """abstrak/abstract/intisari/ringkasan/ringkasan eksekutif/summary/executive summary
    /kata pengantar/prakata/preface/foreword/ucapan terima kasih/acknowledgement
    /acknowledgements/acknowledgment/acknowledgments/halaman judul/halaman pengesahan
    /halaman persetujuan/halaman pernyataan/lembar pengesahan/lembar persetujuan
    /lembar pernyataan/pernyataan keaslian/pernyataan orisinalitas/halaman persembahan
    /persembahan/motto/riwayat hidup/daftar riwayat hidup/biodata penulis/declaration
    /dedication/approval page/lampiran/appendix/appendices""".replace("\n    ", "").split("/")
)

_CHAPTER = re.compile(
    rf"(?:BAB|CHAPTER|BAGIAN|PART)\s+(?:[IVXLC]+|\d{{1,2}}|{'|'.join(NUMBER_WORDS)})\b"
    r"\s*[.:–—-]?\s*(.*)",
    re.IGNORECASE,
)
_NUMBERED = re.compile(r"(?:\d{1,2}|[IVXLC]{1,5})((?:\.\d{1,2}){1,5})\.?\s+([^\W\d_].*)")
_CAPTION = re.compile(
    r"(tabel|table|gambar|figure|fig\.|grafik|bagan|diagram|chart|listing|kode)\s+"
    r"(?:\d{1,3}|[ivxlc]{1,5}|[a-z])(?:\s?[.\-–]\s?\d{1,3})*(?:\s*[.:]\s*|\s+)(\S.*)",
    re.IGNORECASE,
)
_KEYWORDS = re.compile(
    r"(?:kata[\s-]*kunci|key[\s-]*words?|index terms)\s*[:：=–—-]", re.IGNORECASE
)
_LEADERS = re.compile(r"(?:[.…·_]{3,}|(?:\s\.){3,}|\t)\s*(?:\d{1,4}|[ivxlc]{1,7})$", re.IGNORECASE)
_NUMBER_AT_END = re.compile(r"\s(?:\d{1,4}|[ivxlc]{1,7})$")
_ITEM = re.compile(r"(?:[-–•*▪◦·]|\(?(?:\d{1,2}|[a-z]|[ivx]{1,4})[.)])\s+\S")
_SENTENCE_END = re.compile(r"[.,;:?!]$")
_INSTITUTION = re.compile(
    r"(?:fakultas|universitas|institut|politeknik|sekolah tinggi|akademi|jurusan|departemen|"
    r"program (?:studi|sarjana|magister|doktor|pascasarjana)|pascasarjana|upn|faculty|"
    r"university|institute|department|school of|college of|graduate)\b",
    re.IGNORECASE,
)


def level_by_number(text: str) -> int | None:
    """1 for "BAB IV …" and what stands beside the chapters ("DAFTAR PUSTAKA"), 2 for "4.3 …",
    3 for "4.3.1 …"; None for what isn't a heading by its words."""
    if len(text) > MAX_HEADING:
        return None
    if (chapter := _CHAPTER.fullmatch(text)) and _is_title(chapter[1]):
        return CHAPTER_LEVEL
    if (numbered := _NUMBERED.fullmatch(text)) and _is_title(numbered[2]):
        return 1 + numbered[1].count(".")
    return CHAPTER_LEVEL if in_words(text) in CONTENTS | REFERENCES | ALONE else None


def level_by_look(text: str) -> int:
    """The level of a heading in capitals or in bold whose words don't tell it."""
    marks = ("[A-Z]", r"\d{1,2}", "[a-z]")
    for level, mark in zip(BOLD_LEVELS, marks, strict=False):
        if re.match(rf"\(?{mark}[.)]\s", text):
            return level
    return CHAPTER_LEVEL if text.isupper() else BOLD_LEVELS[-1]


def is_chapter_number(text: str) -> bool:
    """Whether `text` is "BAB IV" alone, its title being the next line."""
    chapter = _CHAPTER.fullmatch(text)
    return chapter is not None and not chapter[1]


def looks_like_heading(text: str) -> bool:
    """Whether a paragraph in bold or in capitals can be a heading."""
    letters = sum(c.isalpha() for c in text)
    return (
        3 <= letters <= MAX_HEADING
        and 2 * letters > len(text)
        and text[0] not in '([“"'
        and not _SENTENCE_END.search(text)
        and not names_institution(text)
        and not is_caption(text)
    )


def is_paragraph(text: str) -> bool:
    """Whether what is set as a heading is a paragraph in the wrong style."""
    return len(text) > MAX_HEADING or (len(text) > MAX_HEADING / 2 and text.endswith("."))


def names_institution(text: str) -> bool:
    """Whether `text` is a title page's line: "FAKULTAS ILMU SOSIAL DAN ILMU POLITIK"."""
    return len(text) <= MAX_INSTITUTION and _INSTITUTION.match(text) is not None


def is_caption(text: str) -> bool:
    """Whether `text` is "Tabel 2.1. Tinjauan Pustaka", and not "Tabel 2.1 menunjukkan …"."""
    caption = _CAPTION.fullmatch(text)
    return caption is not None and len(text) <= 2 * MAX_HEADING and _is_title(caption[2])


def is_table_caption(text: str) -> bool:
    return is_caption(text) and text[:3].lower() == "tab"


def is_keywords(text: str) -> bool:
    """Whether `text` is the line of keywords below an abstract."""
    return _KEYWORDS.match(text) is not None


def keywords_start(text: str) -> int:
    """Where the keywords begin on their line, behind "Kata kunci:"."""
    mark = _KEYWORDS.match(text)
    return len(text) - len(text[mark.end() :].lstrip()) if mark else 0


def is_item(text: str) -> bool:
    """Whether a line begins an item of a list: "- …", "1. …", "a) …"."""
    return _ITEM.match(text) is not None


def is_contents_line(text: str, in_contents: bool) -> bool:
    """Whether `text` ends in a page number after dots or a tab (on a contents page: at all)."""
    ending = _NUMBER_AT_END if in_contents else _LEADERS
    return len(text) <= MAX_HEADING and ending.search(text.rstrip()) is not None


def in_words(text: str) -> str:
    """A heading without number and marks, in lower case, to be compared with known ones."""
    if chapter := _CHAPTER.fullmatch(text):
        text = chapter[1]
    return " ".join(re.sub(r"[^\w\s-]", " ", text).lower().split())


def _is_title(rest: str) -> bool:
    """Whether what follows a number is a heading's words; a sentence has a full stop."""
    return not rest or (rest[0].isupper() and not _SENTENCE_END.search(rest.rstrip(" )")))
