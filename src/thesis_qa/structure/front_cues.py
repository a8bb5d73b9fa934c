"""What a line of a title or approval page is: a label, a name, a place, a date.

A label is a line of few words that are all known to stand in labels, so that "Dosen Pembimbing II",
"Signature of the Supervisor" and what a faculty makes up of the same words are one rule. The words
are in the language files under `front_matter`.
"""

import re
from collections.abc import Iterator
from functools import cache
from pathlib import PurePath

from thesis_qa.lang.data import LANGUAGES, alternatives, cue, word_set
from thesis_qa.lang.numbers import month_value, roman_value
from thesis_qa.structure.headings import names_institution
from thesis_qa.types import Language

MAX_NAME_WORDS, MAX_NAME_LENGTH = 8, 70
MAX_LABEL_WORDS = 9
DEGREE_LENGTH = 14  # characters of "S. T.", "M.MKom.", "Ph.D."

ROLES = ("supervisors", "examiners", "approver", "author", "title")
"""What the words of a label say, the telling ones first: "Approved by" is no author's."""

_BARE_NUMBER = re.compile(r"\(?((?=(?:\D*\d){6})[A-Z]{0,3}[ .]?\d[\dA-Z ./-]{4,20}\d)\)?")

_DATE_PARTS = str.maketrans(",/-–", "    ")
_SIGNED_ON = "_…()[]–-:;, ˙´"  # what is written on
_FILES = {".doc", ".docx", ".tex", ".pdf", ".odt", ".rtf", ".indd", ".dvi"}
_NAME_WORD = re.compile(r"[^\W\d_]+(?:['’`.-]+[^\W\d_]+)*\.?")


def _words(key: str) -> str:
    return f"(?:{alternatives(f'front_matter.{key}')})"


@cache
def known(key: str) -> frozenset[str]:
    """The words under a key of `front_matter`."""
    return word_set(f"front_matter.{key}")


@cache
def _pattern(pattern: str, keys: tuple[str, ...]) -> re.Pattern[str]:
    """A pattern with the words under `keys` in place of its {}."""
    return re.compile(pattern.format(*map(_words, keys)), re.IGNORECASE)


def spelled(text: str) -> str:
    """A name without what pages write in several ways: spaces, full stops, capitals."""
    return "".join(filter(str.isalnum, text.casefold()))


# Labels


@cache
def role(label: str) -> str:
    """Of ROLES what a line of label words only says about who or what follows; "member" of a
    group that is named above; else ""."""
    text = label.casefold().replace("(s)", "s").replace("co-", "co").replace("ko-", "ko")
    words = [word.strip(",.:()&_…’'") for part in text.split() for word in part.split("/")]
    words = [word.removesuffix("'s").removesuffix("’s") for word in words if word]
    if not 0 < len(words) <= MAX_LABEL_WORDS or not all(map(_is_label_word, words)):
        return ""
    said = [name for name in (*ROLES, "member") if not known(name).isdisjoint(words)]
    return said[0] if said else ""


def _is_label_word(word: str) -> bool:
    keys = (*ROLES, "member", "beside_label")
    return word.isdecimal() or any(word in known(key) for key in keys)


def labelled(text: str) -> tuple[str, list[str], str]:
    """The role that a line begins with, the names behind it, and all that stands behind it:
    "Pembimbing: Dr. Ani", "Supervised by Dr. Ani"."""
    text = without_item_mark(text).replace("：", ":")
    head, colon, rest = text.partition(":")
    rest = rest.strip("_. …\t")
    if said := role(head):
        return said, names_in(rest, said == "author"), rest
    words = text.split()
    for end in range(min(MAX_LABEL_WORDS, len(words) - 1), 0, -1):
        said, rest = role(" ".join(words[:end])), " ".join(words[end:])
        names = names_in(rest) if said and not colon else []
        covered = cue("front_matter.joins").sub("", rest).replace("&", "")
        if names and spelled("".join(names)) == spelled(covered):
            return said, names, rest
    if colon or not rest:
        cued = [found.end() for found in cue("front_matter.my_supervisor").finditer(text)]
        if cued and not text[cued[-1] :].strip(" :"):
            return "supervisors", [], ""
    return "", [], ""


def behind(text: str) -> tuple[str, str]:
    """A name, and the role that follows it: "Dr. Ani, Chair & Faculty Advisor", "Ani (Penguji)"."""
    text = without_item_mark(text.rstrip("_.… "))
    for mark in ("(", ","):
        name, found, label = text.rpartition(mark)
        if found and (said := role(label)) and is_name(name):
            return said, name.strip()
    return "", ""


def is_several(label: str) -> bool:
    """Whether a label is not of the first or the second of several persons."""
    words = label.rstrip(" :,.").split()
    last = words[-1].casefold() if words else ""
    return not last.isdecimal() and last not in known("ordinal")


def without_item_mark(line: str) -> str:
    """A line without the number of an item: "1. Pembimbing"."""
    mark, _, rest = line.partition(" ")
    return rest.strip() if rest and mark[:-1].isdecimal() and mark[-1] in ".)" else line


def is_kind_of_work(line: str) -> bool:
    """Whether a line says "SKRIPSI", "Laporan Tugas Akhir – TI18", "Master's Thesis"."""
    parts = r"(?:{}[ -]?)?(?:[\w’']+ ){{0,4}}{}(?: {}| [IVX]+)?(?: ?[:–,-].{{0,25}})?"
    keys = ("draft", "kind_of_work", "kind_of_work")
    return _pattern(parts, keys).fullmatch(line.strip("() ")) is not None


def is_about_the_work(line: str) -> bool:
    """Whether a line says what the work is for: "Diajukan untuk …"."""
    return _pattern(r"{}\b", ("about_the_work",)).match(line.lstrip('"“')) is not None


def copyright_holder(line: str) -> str:
    """Who holds the rights: "© Jennifer L. Morrison 2022", "Copyright by Carlos Rivas 2016"."""
    words = [word.strip("©,.()") for word in line.split()]
    if "©" not in line and words[:1] not in (["Copyright"], ["COPYRIGHT"]):
        return ""
    kept = (w for w in words if not (w.isdecimal() or w.casefold() in ("", "copyright", "by", "c")))
    return " ".join(kept)


@cache
def quoted_title() -> re.Pattern[str]:
    """ "This is to certify that the thesis entitled “…”"; the title is its first group."""
    return re.compile(rf"(?i:{_words('entitled')})\W{{1,3}}[“\"']([^“”\"]{{15,300}})[”\"']")


def is_person_number(line: str) -> bool:
    """Whether a line is the number of an official or a student."""
    begins = cue("front_matter.person_number").match(line.lstrip("( "))
    return bool(begins or student_number().match(line)) or bare_number(line) is not None


def bare_number(line: str) -> str | None:
    """The number that a line is, if no period: "15/378901/PN/14123", "(1006046)"."""
    found = _BARE_NUMBER.fullmatch(line)
    period = sum(map(str.isdigit, line)) <= 8 and year_of(line)
    return found[1] if found and not period else None


def student_number() -> re.Pattern[str]:
    """ "NIM. 12345678", "NIM B 111 11 045"; the number is its first group."""
    parts = (
        r"\(?{}\b\.?\s*[.:：]*\s*((?:[A-Z] )?(?=[\w ./-]*\d{{2}})[\w./-]*\d[\w./-]+(?: \d+)*)\)?"
    )
    return _pattern(parts, ("student_number",))


def is_placeholder(text: str) -> bool:
    """Whether a text is what a template says where something is to be filled in."""
    signs = ("[", "<", "xxx", "20xx", "…", "....")
    filled = cue("front_matter.placeholder").search(text) is None
    return not filled or any(sign in text.casefold() for sign in signs)


def is_said(line: str) -> bool:
    """Whether a line is known to be something else than a title or a name."""
    return bool(
        labelled(line)[0]
        or is_kind_of_work(line)
        or is_about_the_work(line)
        or is_person_number(line)
        or is_institution(line)
        or names_institution(line)
        or is_placeholder(line)
        or is_date(line)
        or not any(map(str.isalnum, line))
    )


# Places


@cache
def institutions(line: str) -> list[tuple[str, int]]:
    """The universities (rank 0), institutes and colleges (1) that a line names, without what stands
    around: "submitted to the University of Bremen, Faculty …"."""
    if is_placeholder(line):
        return []
    ranked = [(0, "university"), (1, "institution")]
    return [
        (found[0].strip(" -–"), rank)
        for rank, key in ranked
        for language in LANGUAGES
        for found in _institution(f"front_matter.{key}", language).finditer(line)
        if " " in found[0].strip(" -–")
    ]


@cache
def _institution(key: str, language: Language) -> re.Pattern[str]:
    word = rf"(?:(?!(?i:{_words('around_institution')})\b)[A-Z\"“][\w.'’\"”-]*)"
    before = "" if language == "id" else rf"(?:{word} )*(?:[\w-]+-)?"
    joins = alternatives("front_matter.within_institution", language)
    behind = rf"(?: (?:(?i:{joins}) )*{word})*"
    named = rf"{before}(?i:{alternatives(key, language)})\b"
    return re.compile(rf"(?<![\w-]){named}{behind}")


def is_institution(line: str) -> bool:
    """Whether a line is the name of a university, institute or college."""
    return any(line.startswith(name) for name, _ in institutions(line))


def is_faculty(line: str) -> bool:
    """Whether a line begins "Fakultas …", "Sekolah …" (and not "Sekolah Tinggi …")."""
    return bool(_pattern(r"{}\b", ("faculty",)).match(line)) and not is_institution(line)


def is_unfinished(line: str) -> bool:
    """Whether the name of a university goes on with the next line: "Universitas Islam"."""
    return _pattern(r"\b{}$", ("unfinished",)).search(line) is not None


@cache
def degree() -> re.Pattern[str]:
    """ "gelar Sarjana Teknik", "degree of Master of Science", "for the Bachelor's degree", a line
    "Program Magister Terapan"; the degree is the one group that has matched."""
    given, degrees = _words("degree_given"), _words("degree")
    words = r"(?: (?:of |in |and )?[A-Z][\w.]*){0,6}"
    return re.compile(
        rf"\b(?i:{given} )((?i:{degrees})(?: (?!(?i:{_words('degree_ends')}))[A-Z][\w.]*"
        rf"(?: dan(?= [A-Z]))?){{0,5}}(?: \([A-Z][\w. ]*\))?)"
        rf"|\b(?i:degree of )((?i:{degrees}){words})"
        rf"|\b(?i:for the )((?i:{degrees}(?:['’]?s)?){words}) degree"
        rf"|^(?i:program ((?:{degrees})(?: terapan)?|diploma [^\W_]{{1,3}}))$"
    )


# Dates


def year_of(line: str) -> tuple[int, str, bool] | None:
    """The year of a date that a line is or has, as it is written, and whether a month goes with
    it: "Padang, 2021", "2018 M/1439 H", "on May 13, 2020 in Paris", "2024/2025", "MCMXCVIII"."""
    words = [word.strip(".()©") for word in line.translate(_DATE_PARTS).split()]
    while words and (words[-1] in ("M", "H", "CE", "") or words[-1][:2] in ("13", "14")):
        words.pop()
    for at in range(len(words) - 1, -1, -1):
        year = int(words[at]) if words[at].isdecimal() else roman_value(words[at].lower()) or 0
        near = [word for word in words[max(0, at - 2) : at] if not (word.isdecimal() and word[3:])]
        month = any(month_value(word) is not None for word in near)
        if 1900 <= year < 2100 and (month or (at == len(words) - 1 < MAX_NAME_WORDS)):
            return year, words[at], month
    return None


def is_date(line: str) -> bool:
    """Whether a line is a date with its month, or names its day."""
    dated = year_of(line)
    return dated is not None and dated[2] and len(line.split()) <= MAX_NAME_WORDS


# Names of persons


@cache
def name_at_start(text: str) -> str:
    """The name, with titles and degrees, that a text begins with: "Dr. Ani Wijaya, M.Si." of "Dr.
    Ani Wijaya, M.Si., Professor of Law"; "" where it begins with none."""
    text = _without_number(text.partition(" (")[0] or text)
    first, *others = text.split(", ")
    kept = [first]
    for part in others:
        degrees = all(map(_is_degree, part.split())) or _is_degree(part.replace(" ", ""))
        if not degrees or len(part) > DEGREE_LENGTH:
            break
        kept.append(part)
    name = ", ".join(kept).strip(" ,")
    words = first.replace(",", " ").split()
    while words and is_title(words[0]):
        words.pop(0)
    while len(words) > 1 and "." in words[-1] and _is_degree(words[-1]) and len(words[-1]) > 3:
        words.pop()
    fits = (
        0 < len(words) <= MAX_NAME_WORDS
        and len(name) <= MAX_NAME_LENGTH
        and all(map(_is_name_word, words))
        and max(map(len, words)) >= 3
        and not (all(map(_is_degree, words)) and ("." in first or len(words) == 1))
        and words[0].casefold() not in known("degrees_behind")
        and not any(word.strip(".,").casefold() in known("not_names") for word in words)
        and not (role(first) or names_institution(first) or institutions(first))
        and not is_placeholder(text)
    )
    return name if fits else ""


def is_name(text: str) -> bool:
    """Whether a line can be the name of one person and nothing else: "HADI HAMMURABI"."""
    name = name_at_start(text)
    return bool(name) and spelled(name) == spelled(text)


def core_name(name: str) -> str:
    """A name without titles and degrees, to compare it by."""
    words = name.partition(",")[0].split()
    titles = [at for at, word in enumerate(words) if is_title(word)]
    words = words[titles[-1] + 1 :] if titles else words
    return spelled("".join(word for word in words if "." not in word[1:-1])) or spelled(name)


def names_in(text: str, single: bool = False) -> list[str]:
    """The names that a text lists: side by side, joined by "and", commas or semicolons. A word
    alone is one only if it may be (`single`), what goes on behind a name only after a title."""
    text = without_item_mark(text)
    joined = cue("front_matter.joins").sub("\t", text).replace(";", "\t").replace("&", "\t")
    found: list[str] = []
    for part in joined.split("\t"):
        pieces = part.split(",")
        listed = [p for p in pieces if is_name(p) and len(name_at_start(p).split()) > 1]
        alone = len(listed) == len(pieces) and not any(map(_is_degree, pieces))
        for piece in pieces if alone else _before_titles(part):
            name = name_at_start(piece)
            whole = spelled(name) == spelled(_without_number(piece.partition(" (")[0]))
            full = " " in name or (single and spelled(name) == spelled(text))
            titled = name and (is_title(name.split()[0]) or _is_degree(name.split()[-1]))
            if name and full and (whole or titled):
                found.append(name)
            if not whole and "," in piece:
                return found
    return found


def _before_titles(text: str) -> Iterator[str]:
    """A text cut where a title begins another name: "Ani, M.Si. Dr. Budi"."""
    words = text.split()
    start = 0
    for at in range(1, len(words)):
        ends = words[at].endswith(",") or is_title(words[at - 1])
        opens = is_title(words[at]) and not ends
        named = any(not is_title(word) and len(word) > 2 for word in words[start:at])
        if opens and named and at + 1 < len(words):
            yield " ".join(words[start:at])
            start = at
    yield " ".join(words[start:])


def _without_number(text: str) -> str:
    """A name without the number of a student or an official behind it, or what is signed on."""
    numbers = (cue("front_matter.person_number").search(text), student_number().search(text))
    end = min((number.start() for number in numbers if number), default=len(text))
    words = text[:end].strip(_SIGNED_ON).split()
    while words and any(map(str.isdigit, words[-1])):
        words.pop()
    while words and words[-1].strip(".:,").casefold() in known("beside_names"):
        words.pop()
    kept = " ".join(words).rstrip("_…([–-:;, ˙´")
    bare_end = kept.rstrip(".")
    short = _is_degree(bare_end.split()[-1] + ".") if bare_end else False
    return f"{bare_end}." if kept.endswith(".") and short and not kept.endswith("..") else bare_end


def is_title(word: str) -> bool:
    """Whether a word is a title before a name: "Dr.", "Prof.Dr.-Ing."."""
    parts = [part for part in word.casefold().replace("-", ".").split(".") if part]
    return bool(parts) and all(part in known("person_titles") for part in parts)


def _is_degree(word: str) -> bool:
    ends = word.strip(",()").rstrip(".").rpartition(".")[2]
    dotted = "." in word and word[:1].isupper() and len(ends) <= 5
    short = word.isupper() and len(word.strip(",.()")) <= 4
    return dotted or short or word.strip(".,()").casefold() in known("degrees_behind")


def _is_name_word(word: str) -> bool:
    capital = word[:1].isupper() or word[1:2] in ("'", "’")
    particle = word.casefold() in known("name_particles")
    return (capital or particle) and _NAME_WORD.fullmatch(word) is not None


# What programs fill in


def is_filled_in(value: str) -> bool:
    """Whether a property is what a program filled in: a file name, a template's."""
    words = value.lower()
    file = words.rstrip("0123456789").rstrip() == "document" or PurePath(words).suffix in _FILES
    return file or words.startswith(tuple(known("untitled")))
