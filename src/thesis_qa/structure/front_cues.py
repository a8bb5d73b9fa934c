"""How title and approval pages of Indonesian and English theses put things, line by line.

The words are in the language files under `front_matter`.
"""

import re
from functools import cache
from pathlib import PurePath

from thesis_qa.lang.data import alternatives, word_set
from thesis_qa.lang.numbers import month_value
from thesis_qa.structure.headings import names_institution

MAX_NAME_WORDS = 8
MAX_NAME_LENGTH = 70
MIN_NAME_LETTERS = 3

BARE_NUMBER = re.compile(r"\(?([A-Z]?\d[\d./-]{5,18}\d)\)?")
YEAR_LINE = re.compile(
    r"(?:1[34]\d\d ?H ?/ ?)?(?:\S[^\d]{0,40}\s)?(?:\d{1,2}[\s.]\s?)?(?:[^\W\d_]{3,10}[\s,]\s?)?"
    r"((?:19|20)\d\d)(?: ?M)?(?: ?/ ?1[34]\d\d ?H)?[.)]?"
)
SIGNED = re.compile(r"[^\d]{0,60}\d{1,2}\s[^\W\d_]{3,10}\s((?:19|20)\d\d)\.?")

_DEGREES_BEHIND = (  # ", M.Eng.", ", S.Kom", ", Ph.D."
    r"(?:,\s*|\s+)(?:{}\.?\s?[a-z]{{1,6}}\.?(?:\s?[a-z]+\.)*|{})(?=,|\s|$)\.?"
)
_FILES = {".doc", ".docx", ".tex", ".pdf", ".odt", ".rtf", ".indd", ".dvi"}
_NAME_WORD = re.compile(r"[^\W\d_]+(?:['’.-][^\W\d_]+)*\.?|[^\W\d_]\.")


def _words(key: str) -> str:
    return f"(?:{alternatives(f'front_matter.{key}')})"


@cache
def _pattern(pattern: str, keys: tuple[str, ...]) -> re.Pattern[str]:
    """A pattern with the words under `keys` in place of its {}."""
    return re.compile(pattern.format(*map(_words, keys)), re.IGNORECASE)


def label_parts(line: str) -> list[str]:
    """A line as it is, or what stands before and behind its first colon: "Oleh: Ani"."""
    return [part.strip() for part in line.replace("：", ":").split(":", 1)]


def institution() -> re.Pattern[str]:
    """ "Universitas …", "… University"."""
    parts = r"{}\b|(?:[\w.'-]+ ){{1,4}}{}\b"
    return _pattern(parts, ("institution", "institution_behind"))


def is_faculty(line: str) -> bool:
    """Whether a line begins "Fakultas …", "Sekolah …" (and not "Sekolah Tinggi …")."""
    return bool(_pattern(r"{}\b", ("faculty",)).match(line)) and not institution().match(line)


def is_unfinished(line: str) -> bool:
    """Whether the name of a university goes on with the next line: "Universitas Islam"."""
    return _pattern(r"\b{}$", ("unfinished",)).search(line) is not None


def is_kind_of_work(line: str) -> bool:
    """Whether a line says "SKRIPSI", "Laporan Tugas Akhir", "Master's Thesis"."""
    found = _pattern(r"(?:{}[ -]?)?{}", ("draft", "kind_of_work")).fullmatch(line)
    return found is not None


def is_by(label: str) -> bool:
    """Whether the author follows: "Oleh", "Disusun oleh", "Name of Student"."""
    return _pattern("{}", ("by",)).fullmatch(label) is not None


def split_by(line: str) -> tuple[str, str]:
    """A label of the author and what follows it on its line: "by Marvin Kohnen"."""
    found = _pattern(r"{}\b", ("by",)).match(line)
    return (found[0], line[found.end() :].strip()) if found else (line, "")


def year_of_date(line: str) -> str | None:
    """The year of a line that ends in a whole date: "May 13, 2020", "pada tanggal 17 Februari
    2021"."""
    words = line.replace(",", " ").rstrip(" .)").split()
    if not 3 <= len(words) <= MAX_NAME_WORDS or not words[-1].isdecimal():
        return None
    day, month = sorted(words[-3:-1], key=str.isalpha)
    dated = day.isdecimal() and len(day) < 3 and month_value(month) is not None
    return words[-1] if dated and words[-1][:2] in ("19", "20") and len(words[-1]) == 4 else None


def is_supervisor(label: str) -> bool:
    """Whether a supervisor follows: "Dosen Pembimbing II", "Thesis Supervisor"."""
    return _supervisor().fullmatch(label) is not None


def is_examiner(label: str) -> bool:
    """Whether an examiner follows: "Penguji II", "Ketua Tim Penguji", "Internal Examiner"."""
    parts = r"(?:{}[\s,]*){{0,3}}{}(?:[\s-]*{})?"
    keys = ("examiner_before", "examiner", "supervisor_behind")
    return _pattern(parts, keys).fullmatch(label) is not None


def is_approver(label: str) -> bool:
    """Whether an official follows who is neither: "Mengetahui", "Head of the Department"."""
    return bool(_pattern(r"{}\b", ("approver",)).match(label))


def is_label_of_person(line: str) -> bool:
    """Whether a line, or what stands before its colon, says who somebody is."""
    head = without_item_mark(line).partition(":")[0].strip(" ,.(")
    return is_supervisor(head) or is_examiner(head) or bool(_supervisor().match(line))


def is_no_person(line: str) -> bool:
    """Whether a line says what the work is, where, or who follows, and names nobody itself."""
    said = is_kind_of_work(line) or is_about_the_work(line) or is_label_of_person(line)
    return said or is_faculty(line) or bool(institution().match(line)) or names_institution(line)


def label_columns(line: str) -> list[str]:
    """The labels that stand side by side on a line: "Pembimbing I Pembimbing II"."""
    both = _pattern(r"(?={}\b)", ("person_label",))
    starts = [found.start() for found in both.finditer(line) if line[: found.start()][-1:] in " "]
    if len(starts) < 2 or starts[0]:
        return []
    return [line[a:b].strip() for a, b in zip(starts, [*starts[1:], len(line)], strict=True)]


def without_item_mark(line: str) -> str:
    """A line without the number of an item: "1. Pembimbing"."""
    mark, _, rest = line.partition(" ")
    return rest if rest and mark.rstrip(".)").isdecimal() and mark[-1] in ".)" else line


def _supervisor() -> re.Pattern[str]:
    parts = r"(?:{}\s?){{0,2}}{}(?:[\s-]*{})?"
    return _pattern(parts, ("supervisor_before", "supervisor", "supervisor_behind"))


def labelled_title() -> re.Pattern[str]:
    """ "Judul Skripsi: …"; the title is its first group."""
    return _pattern(r"{}\s*[:：]\s*(\S.*)", ("title",))


def student_number() -> re.Pattern[str]:
    """ "NIM. 12345678"; the number is its first group."""
    parts = r"\(?{}\b\.?\s*[.:：]?\s*((?=[\w./-]*\d{{4}})[\w./-]+)\)?"
    return _pattern(parts, ("student_number",))


def is_about_the_work(line: str) -> bool:
    """Whether a line says what the work is for: "Diajukan untuk …", "Submitted in partial …"."""
    return _pattern(r"{}\b", ("about_the_work",)).match(line) is not None


@cache
def degree() -> re.Pattern[str]:
    """ "gelar Sarjana Teknik", "degree of Master of Science", "for the Bachelor's degree"; the
    degree is the one group that has matched."""
    given, degrees = _words("degree_given"), _words("degree")
    words = r"(?: (?:of |in |and )?[A-Z][\w.]*){0,6}"
    return re.compile(
        rf"\b(?i:{given} )((?i:{degrees})(?: (?!(?i:{_words('degree_ends')}))[A-Z][\w.]*"
        rf"(?: dan(?= [A-Z]))?){{0,5}}(?: \([A-Z][\w. ]*\))?)"
        rf"|\b(?i:degree of )((?i:{degrees}){words})"
        rf"|\b(?i:for the )((?i:{degrees}(?:['’]?s)?){words}) degree"
    )


def programme() -> re.Pattern[str]:
    """ "Program Magister Terapan"; the degree is its first group."""
    return _pattern(r"program ({}(?: terapan)?|diploma [^\W_]{{1,3}})", ("degree",))


# Names of persons


def is_name(text: str) -> bool:
    """Whether a line can be the name of one person, titles and degrees included: "Dr. Ir. Dimitri
    Mahayana, M.Eng.", "HADI HAMMURABI"."""
    titles = _pattern(r"(?:{}\.\s*)+", ("person_titles",))
    untitled = titles.sub("", text.strip(" ()"))
    bare = _degrees_behind().sub("", untitled).strip(" ,.")
    if len(bare.split()) < 2:  # "P. A. Woudt": a short name looks like a degree
        bare = untitled.strip(" ,.")
    words = bare.split()
    return (
        0 < len(words) <= MAX_NAME_WORDS
        and len(bare) >= MIN_NAME_LETTERS
        and len(text) <= MAX_NAME_LENGTH
        and not names_institution(bare)
        and all(map(_is_name_word, words))
        and not any(w.strip(".,").lower() in word_set("front_matter.not_names") for w in words)
    )


def _degrees_behind() -> re.Pattern[str]:
    return _pattern(_DEGREES_BEHIND, ("degree_letters", "degrees_behind"))


def _is_name_word(word: str) -> bool:
    bare = word.strip(",")
    capital = bare[:1].isupper() or bare in word_set("front_matter.name_particles")
    return bool(_NAME_WORD.fullmatch(bare)) and capital


def names_in(text: str) -> list[tuple[str, int]]:
    """The names on a line and where they begin; several stand side by side on approval pages."""
    titled = _pattern(r"(?<=[^\s.]\s)(?={}\.)", ("person_titles",))
    starts = [0, *(m.start() for m in titled.finditer(text))]
    ends = [*starts[1:], len(text)]
    pieces = [(text[a:b].strip(), a) for a, b in zip(starts, ends, strict=True)]
    if all(is_name(piece) for piece, _ in pieces):
        return [(piece.strip(" ()"), a + text[a:].index(piece.strip(" ()"))) for piece, a in pieces]
    if is_name(text):  # with a title behind it: "Petr Tůma, Dr."
        return [(text.strip(" ()"), text.index(text.strip(" ()")))]
    return []


def is_filled_in(value: str) -> bool:
    """Whether a property is what a program filled in: a file name, an account."""
    plain = value.lower()
    untitled = plain.startswith(tuple(word_set("front_matter.untitled")))
    file = plain.rstrip("0123456789").rstrip() == "document" or PurePath(plain).suffix in _FILES
    return untitled or file


def is_account(author: str) -> bool:
    """Whether an author is what a computer calls its user: "Windows User", "Asus X441", "pc-01"."""
    words = author.lower().replace("-", " ").replace("_", " ").split()
    numbered = any(map(str.isdigit, author))
    return numbered or any(word in word_set("front_matter.accounts") for word in words)
