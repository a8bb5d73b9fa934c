"""Where a question itself says to look: "on page 29", "di bab 4", "who wrote it?"."""

import re
from dataclasses import dataclass

_NUMBERS = {
    word: str(number)
    for number, forms in enumerate(
        """satu pertama one first|dua kedua two second|tiga ketiga three third
        |empat keempat four fourth|lima kelima five fifth|enam keenam six sixth
        |tujuh ketujuh seven seventh|delapan kedelapan eight eighth""".split("|"), start=1
    )
    for word in forms.split()
}  # fmt: skip
_ROMAN = {"i": 1, "v": 5, "x": 10, "l": 50, "c": 100}

_PAGE = re.compile(
    r"\b(?:pages?|pp?\.|pg\.?|halaman|hal\.?|hlm\.?)\s*(?:no(?:mor)?\.?\s*)?(\d{1,4}|[ivxlc]{1,8})\b",
    re.IGNORECASE,
)


def _any(*patterns: str) -> re.Pattern[str]:
    return re.compile("|".join(patterns), re.IGNORECASE)


_WORDS = "|".join(_NUMBERS)
_CHAPTER = re.compile(
    rf"\b(?:bab|chapter|chap\.?)\s*(?:ke-?\s*)?(\d{{1,2}}|[ivx]{{1,5}}|{_WORDS})\b"
    rf"|\b({_WORDS}) chapter\b",
    re.IGNORECASE,
)
_SECTION = re.compile(
    r"\b(?:sections?|sub-?\s?bab|subbagian|subsections?|bagian)\s*(\d+(?:\.\d+)+)\b", re.IGNORECASE
)
_THESIS = (
    r"(?:skripsi|tesis|disertasi|tugas akhir|karya|dokumen|penelitian"
    r"|thesis|dissertation|document|paper|work|report|study|it)"
)
_WHEN = r"\b(?:tahun berapa|kapan|when|(?:what|which) year)\b.*"
_MADE = (
    r"\b(?:ditulis|diterbitkan|disusun|dibuat|diajukan|disahkan"
    r"|submitted|written|published|defended|finished)\b"
)
_COVER = _any(
    r"\bwho (?:wrote|authored|supervised|advised|examined)\b",
    r"\bwho(?:'s| is| was| are| were) (?:the )?(?:author|writer|supervisor|advis[eo]r|examiner)",
    r"\b(?:siapa(?:kah)?|nama|sebutkan) (?:saja )?(?:nama )?(?:yang )?(?:\w+ )?"
    r"(?:penulis|pengarang|penyusun|pembimbing|penguji|promotor|menulis|menyusun|membimbing)",
    r"\b(?:penulis|pengarang|penyusun|pembimbing)nya\b",
    r"\bditulis (?:oleh )?siapa\b",
    r"\b(?:supervisor|advisor|pembimbing)s?(?:nya)?\s*\??$",
    r"^(?:author|penulis|judul|title)(?:nya)?\s*\?*$",
    r"\bjudul(?:nya)? (?:\w+ )?(?:apa|dari|skripsi|tesis|disertasi|tugas|karya|dokumen)",
    r"\bapa(?:kah)? judul",
    rf"\btitle of (?:the |this )?{_THESIS}\b",
    r"\bwhat(?:'s| is) (?:the|its) title",
    rf"{_WHEN}\b{_THESIS}\b.*{_MADE}",
    rf"{_WHEN}{_MADE}.*\b{_THESIS}\b",
    r"\b(?:which|what) (?:university|faculty|department|degree)\b",
    r"\b(?:universitas|kampus|fakultas|jurusan) (?:mana|apa)\b",
    r"\b(?:NIM|student number|nomor induk mahasiswa)\b",
)
_ABOUT = _any(
    rf"\bwhat(?:'s| is| was) (?:the |this )?{_THESIS} (?:all )?about\b",
    rf"\bwhat does (?:the |this )?{_THESIS} (?:cover|deal with)\b",
    rf"\b{_THESIS} (?:ini |tersebut )?(?:membahas|mengenai|tentang|berisi) (?:tentang )?apa\b",
    r"\b(?:apa|tentang apa|membahas apa)(?:kah)? (?:isi |inti |pokok )?(?:dari |di |dalam )?"
    rf"{_THESIS} (?:ini|itu|tersebut)\s*\??$",
    r"^(?:tentang|membahas|isinya) apa\b",
    r"\b(?:abstrak|abstract|overview|intisari|ringkasan|ringkaskan|summary|summari[sz]e)\b",
)
_ABSTRACT = re.compile(r"\b(?:abstra[kc]t?|ringkasan|intisari|summary|sari)\b", re.IGNORECASE)
_FRONT = re.compile(r"\b(?:pengesahan|persetujuan|approval|pernyataan|identitas)\b", re.IGNORECASE)

COVER_PAGES = 3  # of the file: cover, title page, approval


@dataclass(frozen=True, slots=True)
class Hints:
    """Places a question names; empty where it names none."""

    pages: frozenset[str]  # as printed or counted: "29", "xii"
    chapters: frozenset[str]  # in digits: "4"
    sections: frozenset[str]  # "4.2"
    cover: bool  # title, author, supervisor, year …
    abstract: bool  # what it is about

    def __bool__(self) -> bool:
        return bool(self.pages or self.chapters or self.sections or self.cover or self.abstract)


def hints(question: str) -> Hints:
    """The places that `question` names."""
    chapters = (digits(one or other) for one, other in _CHAPTER.findall(question))
    return Hints(
        pages=frozenset(page.lower() for page in _PAGE.findall(question)),
        chapters=frozenset(c for c in chapters if c),
        sections=frozenset(_SECTION.findall(question)),
        cover=bool(_COVER.search(question)),
        abstract=bool(_ABOUT.search(question)),
    )


def on_page(found: Hints, number: int | None, label: str | None) -> bool:
    """Whether a page is one of those named: by its printed number, or by its place in the file."""
    if not found.pages:
        return False
    return (label or "").lower() in found.pages or str(number) in found.pages


def in_section(found: Hints, section: str) -> bool:
    """Whether a path of headings lies in a chapter or section named."""
    heads = [head.strip() for head in section.split("›")]
    if found.chapters and heads and chapter_of(heads[0]) in found.chapters:
        return True
    return any(
        re.match(rf"{re.escape(s)}(?![\d.]*\d)", head) for s in found.sections for head in heads
    )


def at_front(found: Hints, number: int | None, section: str) -> bool:
    """Whether it is a cover or an abstract, where the question asks for that."""
    if found.cover and ((number is not None and number <= COVER_PAGES) or _FRONT.search(section)):
        return True
    return found.abstract and bool(_ABSTRACT.search(section))


def chapter_of(heading: str) -> str:
    """Chapter number of a heading in digits: "BAB IV HASIL" and "4 Results" are "4"."""
    match = re.match(r"(?:bab|chapter)?\s*(\d{1,2}|[ivx]{1,5})\b", heading, re.IGNORECASE)
    return digits(match[1]) if match else ""


def digits(number: str) -> str:
    """ "4" of "4", "IV", "four" and "keempat"; empty for no number."""
    number = number.lower()
    if number.isdigit():
        return str(int(number))
    if number in _NUMBERS:
        return _NUMBERS[number]
    values = [_ROMAN.get(letter, 0) for letter in number]
    pairs = zip(values, [*values[1:], 0], strict=True)
    total = sum(-value if value < following else value for value, following in pairs)
    return str(total) if total and all(values) else ""
