"""What a question asks for: the kind of answer it expects and the words that carry its subject.

Rules for Indonesian and English side by side; a question in another language has no kind.
"""

import re
from dataclasses import dataclass
from typing import Literal

from thesis_qa.language import CHAT, STOP_WORDS, language_of, stem, words
from thesis_qa.schema import Language

# Where a question begins: at the start, or after a comma or "and" ("…, and when did it end?")
_FRONT = r"(?:^\W*|[,;:.] (?:and |or )?|\b(?:and|or|to|for|with|from|of|by|at|in|on) )"

Expected = Literal["number", "date", "person", "place", "reason", "definition", "any"]

_EXPECTS: tuple[tuple[Expected, str], ...] = (
    ("date", r"kapan(?:kah)?|{FRONT}when(?= (?:was|were|is|are|did|do|does|has|have|had|will|can|should))|(?:pada |di )?(?:tahun|tanggal|bulan|abad) (?:berapa|apa)|bilakah"
             r"|(?:what|which) (?:year|date|day|month|decade|century|period)|periode apa"),
    ("number", r"berapa(?:kah|pa)?|how (?:many|much|long|large|big|high|old|far|often|tall|fast)"
               r"|(?:what|which) (?:percent\w*|share|proportion|fraction|number|value|score|rate|size"
               r"|amount|ratio|area|population)|seberapa"),
    ("person", r"siapa(?:kah)?|{FRONT}who(?:se|m)?"),
    ("place", r"di ?mana(?:kah)?|ke ?mana(?:kah)?|dari ?mana(?:kah)?|{FRONT}where"
              r"|(?:what|which) (?:country|city|place|region|location|continent)"
              r"|(?:kota|negara|provinsi|daerah|lokasi|tempat) (?:apa|mana)"),
    ("reason", r"mengapa(?:kah)?|kenapa|why|what (?:is the )?(?:reasons?|causes?|caused)|(?:apa )?(?:sebab|alasan|penyebab)\w*"
               r"|how come|apa sebabnya"),
    ("definition", r"(?:apa )?(?:yang )?(?:di)?maksud\w*|apa(?:kah)? (?:itu|arti|definisi|pengertian)|definisi"
                   r"|pengertian|what does .+ mean|(?:is|are|does \\w+|do \\w+) define[sd]?|mendefinisikan|definition|kepanjangan"),
)  # fmt: skip
_EXPECTS_RE = tuple(
    (kind, re.compile(rf"(?:\b|^)(?:{p.replace('{FRONT}', _FRONT)})\b", re.IGNORECASE))
    for kind, p in _EXPECTS
)

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
    "number": re.compile(rf"(?<!\[)\b\d|\b(?i:{_NUMBER_WORDS})\b"),
    "person": re.compile(r"(?<=[a-z,(] )[A-Z][\w'.-]+ (?:[A-Z][\w'.-]+|bin|van|de|von)\b|^[A-Z][\w'.-]+ [A-Z]\w+"),
    "place": re.compile(r"\b(?:di|ke|dari|in|at|near|from|of|to) (?:the |kota |pulau |provinsi |negara )?[A-Z]"),
    "reason": re.compile(
        r"\b(?i:karena|sebab|disebabkan|akibat|agar|supaya|untuk|sehingga|because|since|due to|so that"
        r"|in order to|owing to|therefore|reason|thus|as a result|alasan\w*|penyebab\w*)\b"),
    "definition": re.compile(
        r"\b(?i:adalah|ialah|merupakan|yaitu|yakni|disebut|didefinisikan|artinya|singkatan|is an?|are|is the"
        r"|refers? to|(?:is|are) (?:called|defined|known)|means?|denotes?|stands for)\b"),
}  # fmt: skip

_SEVERAL = re.compile(
    r"\bapa(?:kah)? saja\b|\bsiapa saja\b|\b(?:di )?mana saja\b|\bsebutkan\b|\buraikan\b|\bjabarkan\b"
    r"|\blist\b|\bname (?:all|the)\b|\bbandingkan\b|\bperbandingan\b|\b(?:beda|perbedaan|persamaan)\w*\b"
    r"|\bcompar\w+\b|\bdiffer\w*\b|\bversus\b|\bboth\b|\bkedua\b|\bmasing-masing\b|\beach\b"
    r"|\b(?:what|which) (?:\w+[ -]){0,3}(?!this|is|was|does|has|thesis|basis|analysis|status|process)"
    r"[a-z]{3,}s\b(?= (?:are|were|did|do|does|have|occur|came|must|can|could|should|was|is|in|of|to"
    r"|that))"
    r"|\bwhat are\b|\bpertanyaan-pertanyaan\b"
    r"|\b(\w{4,})-\1\w*\b"
    r"|\bapa(?:kah)? (?:hambatan|kendala|kelemahan|keterbatasan|saran|temuan|tujuan|manfaat)\b"
    r"|\b(?:steps?|stages?|phases?|tahap\w*|langkah\w*|obstacles|problems|limitations|weaknesses"
    r"|suggestions)\b",
    re.IGNORECASE,
)
_ASKS_QUESTIONS = re.compile(
    r"pertanyaan|rumusan|masalah yang (?:di)?(?:teliti|bahas|kaji)|research questions?|questions?",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Query:
    """A question, understood."""

    text: str
    language: Language | None
    expected: Expected
    several: bool  # asks for a list or a comparison
    wants_questions: bool  # asks which questions a thesis asks
    terms: tuple[tuple[str, str], ...]  # stem and word of content words and numbers, once each


def understand(question: str) -> Query:
    """The kind of `question` and its content words."""
    return Query(
        text=question,
        language=language_of(question),
        expected=expected_answer(question),
        several=bool(_SEVERAL.search(question)),
        wants_questions=bool(_ASKS_QUESTIONS.search(question)),
        terms=content_terms(question),
    )


def expected_answer(question: str) -> Expected:
    """The kind of answer that `question` expects; the first question word decides."""
    found = [(m.start(), kind) for kind, p in _EXPECTS_RE if (m := p.search(question))]
    return min(found, key=lambda hit: hit[0])[1] if found else "any"


def holds(sentence: str, expected: Expected) -> bool:
    """Whether `sentence` has something of the `expected` kind in it."""
    return expected == "any" or bool(_HOLDS[expected].search(sentence))


def content_terms(text: str) -> tuple[tuple[str, str], ...]:
    """The words and numbers of `text` that carry meaning, once each: (stem, word)."""
    found = (CHAT.get(word, word) for word in words(text))
    kept = (w for w in found if w not in _EMPTY and (len(w) > 1 or w.isdigit()))
    return tuple({stem(word): (stem(word), word) for word in kept}.values())


_EMPTY = STOP_WORDS["id"] | STOP_WORDS["en"]
