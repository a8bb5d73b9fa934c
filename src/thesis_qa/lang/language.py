"""Which language a text is in, and how text is folded into words for keyword search.

Indonesian and English are told apart word by word: words that decide by themselves (function
words, question words, chat spellings) and, for all others, a logistic table of letter groups
("_meng", "nya_", "tion") fitted by benchmarks/fit_language.py. Code, formulas, numbers, too
little text and other languages, Malay among them, are None.
"""

import json
import re
import unicodedata
from functools import cache, lru_cache
from pathlib import Path

from thesis_qa.types import Language

TABLE = Path(__file__).parents[1] / "data" / "language.json"


def _lexicon(text: str) -> frozenset[str]:
    return frozenset(text.split())


STOP_WORDS: dict[Language, frozenset[str]] = {
    "id": _lexicon("""ada adalah agar akan aku anda antara apa apabila apakah apalah atas atau
        bagaimana bagaimanakah bagi bahwa baik banyak beberapa begitu belum berapa berapakah
        berbagai bila bisa boleh bukan cara dalam dan dapat dari daripada demikian dengan di dia
        dimana diri dua guna hal hanya harus hingga ia ialah ini itu itulah jadi jika juga kah kami
        kamu kapan karena ke kemudian kenapa kepada ketika kita lagi lah lain lalu lebih maka mana
        manakah masih mau melalui memiliki mengapa mengenai menjadi menurut mereka merupakan
        mungkin namun nya oleh orang pada padahal para per pernah pula pun punya saat saja sambil
        sampai sangat saya se sebagai sebagaimana sebelum sebuah secara sedang sedangkan sehingga
        sejak selain selama seluruh semua seorang seperti sering serta sesuai sesudah setelah
        setiap siapa siapakah suatu sudah supaya tapi telah tentang terhadap termasuk tersebut
        tetapi tiap tidak untuk walaupun yaitu yakni yang
        jelaskan sebutkan tolong tuliskan jabarkan uraikan terjadi"""),
    "en": _lexicon("""about above after again all also although am among an and any are aren't as
        at be because been before being below between both but by can can't cannot could did didn't
        do does doesn't doing don't down during each either else etc few for from further had has
        have having he her here hers him his how however i if in into is isn't it its itself just
        many may me might more most much must my neither no nor not of off on once one only onto
        or other our ours out over own per she should since so some such than that the their them
        then there therefore these they this those through thus to too two under until up upon
        us very was we were what when where whereas whether which while who whom whose why will
        with within without would yes you your
        describe explain list mention please tell occurred"""),
}
"""Words that carry no topic; keyword search leaves them out unless nothing else is asked."""

CHAT: dict[str, str] = {
    "aja": "saja", "bgm": "bagaimana", "bgmn": "bagaimana", "bgt": "sangat", "bkn": "bukan",
    "blm": "belum", "brp": "berapa", "dgn": "dengan", "dr": "dari", "dlm": "dalam", "dmn": "dimana",
    "dpt": "dapat", "emang": "memang", "gak": "tidak", "gimana": "bagaimana",
    "gitu": "begitu", "gmn": "bagaimana", "gmna": "bagaimana", "hrs": "harus", "jd": "jadi",
    "jg": "juga", "kalo": "kalau", "kek": "seperti", "klo": "kalau", "knp": "kenapa",
    "kpn": "kapan", "krn": "karena", "lg": "lagi", "mnrt": "menurut", "msh": "masih",
    "ngapain": "mengapa",
    "nggak": "tidak", "ngga": "tidak", "org": "orang", "pake": "pakai", "pd": "pada",
    "pny": "punya", "sbg": "sebagai", "sdh": "sudah", "skrg": "sekarang", "sm": "sama",
    "spt": "seperti", "tdk": "tidak", "tsb": "tersebut", "ttg": "tentang", "udah": "sudah",
    "utk": "untuk", "yg": "yang",
}  # fmt: skip
"""Chat spellings of Indonesian and the words they stand for."""

_DECIDE: dict[Language, frozenset[str]] = {
    "id": STOP_WORDS["id"] - _lexicon("per se para pun guna")
    | (CHAT.keys() - frozenset(("dr", "jg", "pd", "sm", "org", "lg", "kek")))
    | _lexicon(
        """dong sih nih kok deh kalau ga enggak bikin cari kasih sama bab hlm kah skripsi"""
    ),
    "en": STOP_WORDS["en"]
    - _lexicon("am an as at can he i me my no so us per up on to do etc list")
    | _lexicon("a an as to on can he my so up us do i'm it's what's that's"),
}
"""Words that decide by themselves; those that are words of the other language too are left out."""

_THIRD = _lexicon("""el los las una del que como cual cuál donde dónde qué está son según
    les une du est dans pour quel quelle où sont avec sur cette qui
    der das und ist nicht ein eine wie welche sind auf für von dem zu
    het een voor wat zijn niet waar hoe welke aan wordt deze
    os uma não são qual onde pelo pela é mais
    il gli che è sono quale dove della nel
    ang ng mga ay hindi paano saan
    iki lan ing saka kanggo ora piye endi sing""")
"""Words of neighbouring and common languages (Spanish, French, German, Dutch, Portuguese,
Italian, Tagalog, Javanese) that speak against Indonesian and English."""

_MALAY = _lexicon("""kerana bahawa sahaja iaitu universiti aktiviti kualiti syarikat peratus soalan
    televisyen lapan mesyuarat kewangan jawatankuasa perkhidmatan perisian kefahaman setiausaha
    ogos julai fasa projek persekitaran adakah awak berbeza kaedah rekabentuk jantina pensyarah
    fakulti cabaran kesihatan perniagaan kakitangan sukan purata biasiswa temubual elektrik
    identiti komuniti kapasiti prioriti dapatan manakala mengikut
    ianya menerusi""")
"""Words and spellings of Malay that Indonesian doesn't have; all else the two nearly share."""

_WORD = re.compile(r"(?<![\w/\\.@])[^\W\d_]+(?:['-][^\W\d_]+)*(?![\w/\\@=(\[{]|\.\w)")
_TOKEN = re.compile(r"\d+(?:[.,]\d+)*|[^\W\d_]+|\d*[^\W_]+")
_CODE_LINE = re.compile(
    r"^\s*(?:(?:async )?def \w+\(|class \w+[(:]|import \w+$|from [\w.]+ import "
    r"|[ \t]+return\b.{0,40}$|SELECT\b.+\bFROM\b|INSERT INTO\b|CREATE TABLE\b"
    r"|public (?:static|class|void)\b"
    r"|(?:const|let|var) \w+ ?=|function \w*\(|#include\b|\$ ?\w+|<\w+[^>]*>$)|[;{]\s*$",
    re.MULTILINE,
)
_SYMBOL = re.compile(r"[\"{}\[\]<>=;_\\|$#&*+/^~∑∈≤≥→∀∃√∫·×−]")
_FOLD = str.maketrans(
    "‘’‚‛`´“”„«»‐‑‒–—―−⁃", "''''''\"\"\"\"\"" + "-" * 8, "\u00ad\u200b\u200c\u200d\ufeff"
)
_DECIDES = 4.0  # logits of a word that decides by itself
_SURE = 1.5  # logits below which a text is left undecided
_PROSE = 0.5  # least share of a text's characters that words must make up
_MALAY_RATE = 12  # words of a text to one Malay word from which the text is Malay
_CODE = 0.08  # share of programming and mathematical symbols from which a text is none


def fold(text: str) -> str:
    """Text as it is compared in search: NFKC (ligatures, mathematical italics, full width),
    case and accents folded, dashes and quotation marks unified, invisible characters dropped."""
    plain = unicodedata.normalize("NFKC", text).casefold().translate(_FOLD)
    if plain.isascii():
        return plain
    bare = (c for c in unicodedata.normalize("NFD", plain) if not unicodedata.combining(c))
    return unicodedata.normalize("NFC", "".join(bare))


def words(text: str) -> list[str]:
    """Tokens for keyword search: folded words and numbers; 12,5 and 12.5 are the same number."""
    return [_number(token) for token in _TOKEN.findall(fold(text))]


def _number(token: str) -> str:
    return token.replace(",", ".") if token[0].isdigit() else token


def terms(text: str) -> list[str]:
    """Words as the keyword index holds them, in order: stemmed, with function words."""
    return [stem(word) for word in words(text)]


@lru_cache(maxsize=50_000)
def stem(word: str) -> str:
    """`word` without Indonesian particles and the English plural; numbers stay as they are.

    No more than that: taking off other affixes gained nothing (docs/decisions.md).
    """
    if not word.isalpha():
        return word
    if word.endswith(("nya", "kah", "lah", "pun")) and len(word) > 6:
        return word[:-3]
    if word.endswith("ies") and len(word) > 4:
        return word[:-3] + "y"
    if word.endswith("s") and len(word) > 3 and not word.endswith(("ss", "us", "is")):
        return word[:-1]
    return word


def language_of(text: str) -> Language | None:
    """ "id" or "en"; None for code, formulas, numbers, too little text and other languages."""
    found = [w.lower() for w in _WORD.findall(unicodedata.normalize("NFKC", text))]
    if not found or _is_code(text, found):
        return None
    scores = [_word_score(word) for word in found]
    third = sum(word in _THIRD or fold(word) != word for word in found)  # neither has accents
    decided = sum(abs(score) == _DECIDES for score in scores)
    total = sum(scores)
    malay = sum(word in _MALAY for word in found)
    if abs(total) < _SURE or (third and third >= decided) or malay * _MALAY_RATE >= len(found):
        return None
    return "id" if total > 0 else "en"


def _is_code(text: str, found: list[str]) -> bool:
    letters = sum(map(len, found))
    size = max(1, len(text) - sum(map(text.count, " \n\t.…")))
    lines = text.count("\n") + 1
    return (
        letters < _PROSE * size
        or len(_SYMBOL.findall(text)) > _CODE * size
        or 2 * len(_CODE_LINE.findall(text)) >= lines
    )


@lru_cache(maxsize=50_000)
def _word_score(word: str) -> float:
    """Logit that a word is Indonesian rather than English."""
    if word in _DECIDE["id"]:
        return _DECIDES
    if word in _DECIDE["en"]:
        return -_DECIDES
    if len(word) < 2 or word in _THIRD or not "a" <= word[0] <= "z":
        return 0.0
    table = _table()
    score = table[""] + sum(table.get(group, 0.0) for group in letter_groups(word))
    return max(-3.0, min(3.0, score))


def letter_groups(word: str) -> set[str]:
    """All runs of two to five letters of a word with its ends marked: "_di", "kan_"."""
    marked = f"_{word}_"
    return {marked[i : i + n] for n in range(2, 6) for i in range(len(marked) - n + 1)}


@cache
def _table() -> dict[str, float]:
    table: dict[str, float] = json.loads(TABLE.read_text())
    return table
