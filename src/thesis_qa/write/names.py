"""Names in a statement, and whether a text holds them: people, places, institutions, codes.

A name is what has a capital where ordinary words have none, or capitals and digits inside. Names
are the same in both languages but for a table of those that are not, endings ("Norwegia",
"Norway"), and initials ("DKI" for "Daerah Khusus Ibukota").
"""

import re
from functools import cache

from thesis_qa.lang.glossary import glossary, readings
from thesis_qa.lang.language import STOP_WORDS, fold, stem
from thesis_qa.types import Language

# English | Indonesian; what is spelt alike in both needs no entry.
_PAIRS = """
africa afrika|albania albania|algeria aljazair|america amerika|american amerika|arab arab
|arabia arab|arabic arab|argentina argentina|armenia armenia|asia asia|asian asia
|australia australia|australian australia|austria austria|austrian austria|belgium belgia
|belgian belgia|brazil brasil|brazilian brasil|britain britania|british inggris|bulgaria bulgaria
|burma myanmar|cambodia kamboja|canada kanada|canadian kanada|china cina|china tiongkok
|chinese cina|chinese tiongkok|christian kristen|croatia kroasia|cuba kuba|cyprus siprus
|czech ceko|denmark denmark|danish denmark|dutch belanda|egypt mesir|egyptian mesir
|england inggris|english inggris|estonia estonia|ethiopia etiopia|europe eropa|european eropa
|finland finlandia|finnish finlandia|france prancis|france perancis|french prancis
|french perancis|german jerman|germany jerman|greece yunani|greek yunani|holland belanda
|hungary hongaria|hungarian hongaria|iceland islandia|india india|indian india
|indonesia indonesia|indonesian indonesia|iran iran|iraq irak|ireland irlandia|irish irlandia
|islam islam|islamic islam|israel israel|italian italia|italy italia|japan jepang
|japanese jepang|java jawa|javanese jawa|jewish yahudi|jews yahudi|jordan yordania|korea korea
|korean korea|latin latin|lebanon lebanon|libya libya|london london|malay melayu
|malaysia malaysia|malaysian malaysia|mexico meksiko|mongol mongol|mongolia mongolia
|morocco maroko|moscow moskow|muslim muslim|netherlands belanda|norway norwegia
|norwegian norwegia|paris paris|persia persia|persian persia|philippines filipina
|poland polandia|polish polandia|portugal portugal|portuguese portugis|roman romawi|rome roma
|russia rusia|russian rusia|saudi saudi|scotland skotlandia|scottish skotlandia|serbia serbia
|sicily sisilia|singapore singapura|soviet soviet|spain spanyol|spanish spanyol|sumatra sumatera
|sunda sunda|sundanese sunda|sweden swedia|swedish swedia|switzerland swiss|swiss swiss
|syria suriah|taiwan taiwan|thai thailand|thailand thailand|turkey turki|turkish turki
|ukraine ukraina|vatican vatikan|venice venesia|vienna wina|vietnam vietnam|vietnamese vietnam
|wales wales|welsh wales|warsaw warsawa
|monday senin|tuesday selasa|wednesday rabu|thursday kamis|friday jumat|saturday sabtu
|sunday minggu
|january januari|february februari|march maret|april april|may mei|june juni|july juli
|august agustus|september september|october oktober|november november|december desember
|pacific pasifik|atlantic atlantik|arctic arktik|antarctic antarktika|mediterranean mediterania
|north utara|south selatan|east timur|west barat|northern utara|southern selatan|eastern timur
|western barat|central tengah|central pusat|britain inggris|roman roma|rome romawi
|eu ue|us as|usa as|uk inggris|un pbb|union uni|states serikat|greek yunani|slavic slavia
|baltic baltik
"""
_PLACES = """
jakarta bandung surabaya semarang medan makassar yogyakarta jogja bali bogor depok bekasi tangerang
malang solo surakarta palembang padang pekanbaru jambi bengkulu lampung banten aceh riau
kalimantan sulawesi papua maluku nusa ambon manado pontianak banjarmasin samarinda denpasar
cirebon cianjur sukabumi garut hanoi tokyo beijing bangkok kuala lumpur manila seoul berlin delhi
washington york boston chicago california texas madrid sydney melbourne cairo istanbul berlin
"""
_STRICT: dict[str, frozenset[str]] = {}
for _pair in _PAIRS.replace("\n", "").split("|"):
    for _word, _other in zip(_pair.split(), reversed(_pair.split()), strict=True):
        _STRICT[_word] = _STRICT.get(_word, frozenset({_word})) | {_other}

for _word in _PLACES.split():
    _STRICT.setdefault(_word, frozenset({_word}))

_WORD = re.compile(r"[^\W_](?:[\w'’&/.-]*[^\W_])?")
_ORDINAL = re.compile(r"\d+(?:st|nd|rd|th|an)\b", re.IGNORECASE)
_START = re.compile(r"(?:^|[.:;?!]|\n)[\s\"'“”‘’(\[*-]*$")
_POSSESSIVE = re.compile(r"['’]s?$")
_PARTS = re.compile(r"[-/.'’&]")
SAME_START = 5  # letters that two spellings of one name begin with


def names(text: str) -> list[str]:
    """The names in `text`, as written, in order."""
    found = []
    for match in _WORD.finditer(text):
        word = _POSSESSIVE.sub("", match.group())
        starts = bool(_START.search(text[: match.start()]))
        if _is_code(word) or (word[:1].isupper() and _is_name(fold(word), starts)):
            found.append(word)
    return found


def _is_code(word: str) -> bool:
    """Whether capitals or digits inside a word show that it is no ordinary one."""
    if _ORDINAL.match(word):  # "19th-century": its number is looked at by itself
        return False
    letters = any(c.isalpha() for c in word)
    return any(c.isupper() for c in word[1:]) or (letters and any(c.isdigit() for c in word))


def _is_name(word: str, starts: bool) -> bool:
    """Whether a capitalised word is a name: not if it may only begin a sentence."""
    if word in _STRICT:
        return True
    if len(word) < 2 or word in STOP_WORDS["id"] or word in STOP_WORDS["en"]:
        return False
    return not (starts and (stem(word) in _vocabulary() or _affixed(word)))


@cache
def _vocabulary() -> frozenset[str]:
    """Words that the glossary knows, in either language."""
    table = glossary()
    return frozenset(table["id"]) | frozenset(table["en"])


def _affixed(word: str) -> bool:
    """Whether an Indonesian or English affix shows that a word is an ordinary one."""
    return bool(
        re.match(r"(?:me[mnly]?g?|di|ber|ter|pe[mnr]?g?|ke|se)\w{4,}(?:kan|an|i|nya)$", word)
        or re.match(r"(?:me[mn]g?|ber|ter|peng|pem|pen)\w{4,}$", word)
        or re.search(r"\w{3,}(?:tion|ment|ing|ity|ness|ally|ously|ically|isasi)s?$", word)
    )


def holds_name(name: str, text: str, spoken: Language | None, read: Language | None) -> bool:
    """Whether `text`, in the language `read`, holds a `name` of a statement in `spoken`.

    Across languages it may be translated, or spelt with another ending.
    """
    present, wanted = _present(text), fold(name)
    if wanted in present or stem(wanted) in present:
        return True
    if wanted in _STRICT:
        return bool(_STRICT[wanted] & present)
    parts = [part for part in _PARTS.split(wanted) if part]
    if len(parts) > 1:
        return all(holds_name(part, text, spoken, read) for part in parts)
    foreign = spoken != read or read is None
    return (
        (foreign and bool(present & readings(stem(wanted), spoken, read).keys()))
        or _is_initials(name, text)
        or any(_alike(wanted, other, foreign) for other in present)
    )


@cache
def _present(text: str) -> frozenset[str]:
    words = [fold(_POSSESSIVE.sub("", w)) for w in _WORD.findall(text)]
    parts = [part for word in words for part in _PARTS.split(word) if part]
    return frozenset(words) | frozenset(parts) | frozenset(map(stem, (*words, *parts)))


def _alike(a: str, b: str, foreign: bool) -> bool:
    """Whether two words are one name: "hanoi", "hanois"; across languages also by their start."""
    if b in _STRICT or min(len(a), len(b)) < 4 or a.isdigit() or b.isdigit():
        return False
    shared = next((i for i, (x, y) in enumerate(zip(a, b, strict=False)) if x != y), None)
    shared = min(len(a), len(b)) if shared is None else shared
    if not foreign:
        return shared == min(len(a), len(b)) and abs(len(a) - len(b)) <= 3
    return shared >= SAME_START or 2 * shared > max(len(a), len(b))


def _is_initials(name: str, text: str) -> bool:
    if not (name.isupper() and 2 <= len(name) <= 8):
        return False
    initials = "".join(word[0] for word in _WORD.findall(text)).upper()
    return name in initials
