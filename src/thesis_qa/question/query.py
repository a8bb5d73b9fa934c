"""What a question asks for: the kind of answer it expects and the words that carry its subject.

Rules for Indonesian and English side by side; a question in another language has no kind.
"""

import re
from dataclasses import dataclass
from typing import Literal

from thesis_qa.lang.language import CHAT, STOP_WORDS, fold, language_of, stem, words
from thesis_qa.types import Language

Expected = Literal[
    "number", "date", "duration", "person", "place", "address", "reason", "definition", "any"
]


def _any(*patterns: str) -> re.Pattern[str]:
    return re.compile("|".join(patterns), re.IGNORECASE)


# Where a question begins: at the start, or after a comma or "and" ("…, and when did it end?").
# Elsewhere "when", "who" and "where" only join clauses.
_FRONT = r"(?:^\W*|[,;:.] (?:and |or )?|\b(?:and|or|to|for|with|from|of|by|at|in|on) )"
_ASK = r"(?:\b(?:what|which)) "
_DID = r"(?= (?:was|were|is|are|did|do|does|has|have|had|will|can|should)\b)"

_EXPECTS: dict[Expected, re.Pattern[str]] = {
    "date": _any(
        r"\b(?:kapan(?:kah)?|bilakah|periode apa)\b",
        rf"{_FRONT}when{_DID}",
        r"\b(?:tahun|tanggal|bulan|abad) (?:berapa|apa)\b",
        rf"{_ASK}(?:years?|dates?|days?|months?|decades?|century|centuries|periods?)\b",
    ),
    "duration": _any(
        r"\b(?:se|be)rapa lama(?:kah)?\b",
        rf"{_FRONT}how long{_DID}",
    ),
    "number": _any(
        r"\b(?:berapa(?:kah|pa)?|seberapa)\b",
        r"\bhow (?:many|much|long|large|big|high|old|far|often|tall|fast)\b",
        rf"{_ASK}(?:percent\w*|share|proportion|fraction|number|value|score|rate|size|amount|ratio"
        r"|area|population)\b",
    ),
    "person": _any(r"\bsiapa(?:kah)?\b", rf"{_FRONT}who(?:se|m)?\b"),
    "place": _any(
        r"\b(?:di|ke|dari) ?mana(?:kah)?\b",
        rf"{_FRONT}where\b",
        rf"{_ASK}(?:country|city|place|region|location|continent)\b",
        r"\b(?:kota|negara|provinsi|daerah|lokasi|tempat) (?:apa|mana)\b",
    ),
    "address": _any(
        r"\burl\b|\b(?:alamat|tautan) (?:\w+ )?(?:web\w*|situs|repositori|e-?mail|surel)\b",
        r"\b(?:e-?mail|web|repository) (?:address|link)\b",
    ),
    "reason": _any(
        r"\b(?:mengapa(?:kah)?|kenapa|why|how come)\b",
        r"\b(?:sebab|alasan|penyebab)\w*\b",
        r"\bwhat (?:is the )?(?:reasons?|causes?|caused)\b",
    ),
    "definition": _any(
        r"\b(?:di)?maksud\w*\b",
        r"\bapa(?:kah)? (?:itu|arti)\b",
        r"\b(?:definisi|pengertian|mendefinisikan|kepanjangan|definition)\b",
        r"\bwhat does .+ mean\b",
        r"\b(?:is|are|does \w+|do \w+) define[sd]?\b",
    ),
}

_MONTHS = (
    "januari|februari|maret|april|mei|juni|juli|agustus|september|oktober|november|desember"
    "|january|february|march|may|june|july|august|october|december"
)
_NUMBER_WORDS = (
    "satu|dua|tiga|empat|lima|enam|tujuh|delapan|sembilan|sepuluh|sebelas|belas|puluh|ratus|ribu"
    "|juta|miliar|setengah|seperempat|one|two|three|four|five|six|seven|eight|nine|ten|eleven"
    "|twelve|hundred|thousand|million|billion|half|twice|dozen"
)
_HOLDS: dict[Expected, re.Pattern[str]] = {
    "date": re.compile(rf"\b(?:1[0-9]|20)\d\d\b|\b(?i:{_MONTHS})\b|\b(?i:abad|century) |\bSM\b"),
    "duration": _any(
        r"\b(?:detik|menit|jam|hari|minggu|pekan|bulan|tahun|dekade|abad|semester)\b",
        r"\b(?:seconds?|minutes?|hours?|days?|weeks?|months?|years?|decades?|centur(?:y|ies))\b",
        r"\bdasawarsa\b|\d ?ms\b",
        r"\b[1-9]\d{2,3}\b.{0,20}(?:[-–]|\b(?:sampai|hingga|dan|to|until|and)\b)"
        r".{0,20}\b[1-9]\d{2,3}\b",  # "from 1914 to 1922"
    ),
    "number": re.compile(rf"(?<!\[)\b\d|\b(?i:{_NUMBER_WORDS})\b"),
    "person": re.compile(
        r"(?<=[a-z,(] )[A-Z][\w'.-]+ (?:[A-Z][\w'.-]+|bin|van|de|von)\b|^[A-Z][\w'.-]+ [A-Z]\w+"
    ),
    "place": re.compile(
        r"\b(?:di|ke|dari|in|at|near|from|of|to)"
        r" (?:the |kota |pulau |provinsi |negara )?[A-Z]"
    ),
    "address": _any(r"\bhttps?:|\bwww\.|\b[\w-]+\.(?:com|org|net|edu|io|id)\b|\w@\w"),
    "reason": _any(
        r"\b(?:karena|sebab|disebabkan|akibat|agar|supaya|untuk|sehingga|alasan\w*|penyebab\w*)\b",
        r"\b(?:because|since|due to|so that|in order to|owing to|therefore|reason|thus)\b",
        r"\bas a result\b",
    ),
    "definition": _any(
        r"\b(?:adalah|ialah|merupakan|yaitu|yakni|disebut|didefinisikan|artinya|singkatan)\b",
        r"\b(?:is an?|are|is the|refers? to|means?|denotes?|stands for)\b",
        r"\b(?:is|are) (?:called|defined|known)\b",
    ),
}

_LIST_NUMBER = re.compile(r"^\W*(?:\d{1,2}|[a-z])[.)]\s+", re.IGNORECASE)  # no number it states

_SEVERAL = _any(
    r"\b(?:apa(?:kah)?|siapa|mana) saja\b",
    r"\b(?:sebutkan|uraikan|jabarkan|bandingkan|perbandingan|kedua|masing-masing)\b",
    r"\b(?:beda|perbedaan|persamaan)\w*\b",
    r"\b(?:list|name (?:all|the)|versus|both|each|what are|compar\w+|differ\w*)\b",
    # "What obstacles occurred?": a plural after the question word
    rf"{_ASK}(?:\w+[ -]){{0,3}}(?!this|is|was|does|has|thesis|basis|analysis|status|process)"
    r"[a-z]{3,}s(?= (?:are|were|did|do|does|have|occur|came|must|can|could|should|was|is|in|of|to"
    r"|that))",
    r"\b(\w{4,})-\1\w*\b",  # "pertanyaan-pertanyaan"
    r"\bapa(?:kah)? (?:hambatan|kendala|kelemahan|keterbatasan|saran|temuan|tujuan|manfaat)\b",
    r"\b(?:steps?|stages?|phases?|tahap\w*|langkah\w*)\b",
    r"\b(?:obstacles|problems|limitations|weaknesses|suggestions)\b",
)
_COUNTS = _any(r"\b(?:berapa(?:kah|pa)?|how many)\b")
_ASKS_QUESTIONS = _any(
    r"pertanyaan|rumusan|questions?", r"masalah yang (?:di)?(?:teliti|bahas|kaji)"
)


_ASKS_TWICE = _any(
    r"^(?P<first>\W*(?:\S+ )+?\S+?),? (?:dan|serta|and) (?P<second>(?:\w+ )?"
    r"(?:apa(?:kah)?|siapa|kapan|berapa|bagaimana|mengapa|kenapa|(?:di ?)?mana"
    r"|what|which|who|when|where|why|how|does|did|do|is|are|was|were)\b.*)"
)


EXPLAIN = r"jelaskan|uraikan|terangkan|jabarkan|gambarkan|deskripsikan|ceritakan"
"""Indonesian imperatives that ask to explain, as a pattern."""

# Whatever terms follow: "Jelaskan machine learning pipeline".
_IMPERATIVE = _any(
    rf"^\W*(?:tolong |mohon |coba )?(?:{EXPLAIN}|sebutkan|bandingkan|rangkum(?:kan)?|tuliskan)\b"
)

SPELT_OUT = 12  # numbers up to which texts write in words
_CODE = re.compile(r"(?<!\w)(?=[\w-]*[\d_])\w[\w-]*")
_RANGE = re.compile(r"(?<=\d)-(?=\d)")
_COUNTING = re.compile(r"^(?:ke-?)?(\d+)(?:-?an|s|st|nd|rd|th)?$")
_BETWEEN = re.compile(r"[\W_]+")


@dataclass(frozen=True, slots=True)
class Query:
    """A question, understood."""

    text: str
    language: Language | None
    expected: Expected
    figure: bool  # nothing without a number, a time, or an address can answer
    several: bool  # asks for a list or a comparison
    wants_questions: bool  # asks which questions a thesis asks
    codes: tuple[tuple[str, str], ...]  # numbers and identifiers, squeezed and as they are written
    terms: tuple[tuple[str, str], ...]  # stem and word of content words and numbers, once each


def understand(question: str) -> Query:
    """The kind of `question` and its content words."""
    expected = expected_answer(question)
    return Query(
        text=question,
        language="id" if _IMPERATIVE.match(question) else language_of(question),
        expected=expected,
        figure=expected in ("duration", "address")
        or (expected == "number" and bool(_COUNTS.search(question))),
        several=bool(_SEVERAL.search(question)),
        wants_questions=bool(_ASKS_QUESTIONS.search(question)),
        codes=_codes(question),
        terms=content_terms(question),
    )


def two_questions(question: str) -> tuple[str, str] | None:
    """Both questions that "and" joins: "Which X is used, and why?"; None for one."""
    match = _ASKS_TWICE.match(question)
    return (f"{match['first']}?", match["second"]) if match else None


def expected_answer(question: str) -> Expected:
    """The kind of answer that `question` expects; the first question word decides."""
    found = [(m.start(), kind) for kind, p in _EXPECTS.items() if (m := p.search(question))]
    return min(found, key=lambda hit: hit[0])[1] if found else "any"


def holds(sentence: str, expected: Expected) -> bool:
    """Whether `sentence` has something of the `expected` kind in it."""
    return expected == "any" or bool(_HOLDS[expected].search(_LIST_NUMBER.sub("", sentence)))


def squeezed(text: str) -> str:
    """Letters and digits of `text` alone, in which codes are looked for: "GPT-5" is "gpt5"."""
    return _BETWEEN.sub("", fold(text))


def _codes(question: str) -> tuple[tuple[str, str], ...]:
    """Words of a question with a digit or an underscore, once each: ("gpt5", "GPT-5"); "1980s" and
    "ke-19" are numbers, and what texts may spell out is none."""
    found: dict[str, str] = {}
    for written in (part for code in _CODE.findall(question) for part in _RANGE.split(code)):
        code = squeezed(_COUNTING.sub(r"\1", fold(written)))
        if code and not (code.isdecimal() and int(code) <= SPELT_OUT):
            found.setdefault(code, written)
    return tuple(found.items())


def content_terms(text: str) -> tuple[tuple[str, str], ...]:
    """The words and numbers of `text` that carry meaning, once each: (stem, word)."""
    found = (CHAT.get(word, word) for word in words(text))
    kept = (w for w in found if w not in _EMPTY and (len(w) > 1 or w.isdigit()))
    return tuple({stem(word): (stem(word), word) for word in kept}.values())


_EMPTY = STOP_WORDS["id"] | STOP_WORDS["en"]

THESIS_WORDS = frozenset(
    """skripsi tesis disertasi dokumen karya tulis ilmiah tugas akhir penelitian naskah laporan
    thesis theses dissertation document paper report study work file research""".split()
)
"""What a thesis is called in a question about it."""

FRAME_WORDS = THESIS_WORDS | frozenset(
    """studi kajian penulis peneliti pengarang author authors author's researcher researchers writer
    digunakan dipakai gunakan pakai menggunakan memakai diterapkan used use uses using employ
    employed employs adopt adopted adopts apply applied follow follows followed
    dilakukan dilaksanakan done conducted carried diberikan diusulkan disampaikan dinyatakan
    disebutkan dikemukakan given give gives proposed propose stated state mentioned mention
    presented diperoleh didapat didapatkan dihasilkan obtained obtain drawn draw reached
    utama pokok main key major final kedua masing bandingkan perbandingan compare comparison
    bidang name there sih dong nih deh kok""".split()
)
"""Words that only frame a question about a thesis: who says it, where, in which way."""
