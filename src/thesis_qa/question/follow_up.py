"""Follow-up questions: "Why?", "and in 2019?", "jelaskan lebih lanjut" take their subject from the
conversation before anything is searched. No model: what is said of a question's shape decides.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from thesis_qa.lang.language import language_of
from thesis_qa.question.query import content_terms

Turn = tuple[str, str]
"""A question and the text of its answer."""

SHORT = 3  # content words up to which a question with a pronoun lacks its subject

_WHY = re.compile(
    r"^\W*(why(?: (?:not|so|is (?:that|this|it)))?|how come|mengapa|kenapa|kok bisa|apa alasannya"
    r"|alasannya(?: apa)?|mengapa demikian|kenapa begitu|mengapa begitu)\W*$",
    re.IGNORECASE,
)
_HOW = re.compile(
    r"^\W*(how(?: so)?|bagaimana(?: caranya)?|gimana(?: caranya)?)\W*$", re.IGNORECASE
)
_MORE = re.compile(
    r"^\W*(?:(?:tolong |coba |please |can you |could you )*(?:jelaskan|uraikan|terangkan|jabarkan"
    r"|explain|elaborate|tell me more|say more|go on|continue|lanjutkan|teruskan|more|more details?"
    r"|lebih (?:lanjut|rinci|detail|lengkap|banyak)|selengkapnya|detailnya|what else|anything else"
    r"|apa lagi|ada lagi|selain itu|contohnya|misalnya|for example|such as|like what|seperti apa)"
    r"(?: (?:secara )?(?:lebih )?(?:lanjut|rinci|detail|lengkap|further|more|in (?:more )?detail"
    r"|about (?:it|that|this)|apa|itu|ini|tentang (?:itu|hal itu|hal ini)|please|dong|ya))*)\W*$",
    re.IGNORECASE,
)
_ABOUT = re.compile(
    r"^\W*(?:(?:and|but|or|so|dan|tapi|tetapi|lalu|terus|nah)[ ,]+)?"
    r"(?:(?:what|how) about|and(?= (?:in|for|on|at|the|of|with|during|what about)\b)"
    r"|bagaimana dengan"
    r"|gimana dengan|bgmn dgn|kalau(?: untuk| di| pada)?|kalo"
    r"|dan(?= (?:di|pada|untuk|tahun|bagaimana)\b)"
    r"|untuk|and|dan|in|di|pada|for) (.{2,60}?)\W*$",
    re.IGNORECASE,
)
_PRONOUN = re.compile(
    r"\b(?:it|its|they|them|their|he|she|his|her|that|those|these|this)\b"
    r"|\b(?:itu|tersebut|ia|dia|mereka|keduanya|begitu|demikian)\b|\w{3,}nya\b",
    re.IGNORECASE,
)
_DOCUMENT = re.compile(
    r"\b(?:this|that|the|its) (?:thesis|document|paper|study|research|report|author)\b"
    r"|\b(?:skripsi|tesis|disertasi|dokumen|penelitian|karya|tugas akhir|penulis)\w*"
    r" (?:ini|itu|tersebut)\b|\bapa(?:kah)? itu\b"
    r"|\b(?:penulis|pembimbing|judul|pengarang|penyusun|metode|kesimpulan|tujuan|abstrak|hasil"
    r"|saran|latar belakang|penelitian)nya\b",
    re.IGNORECASE,
)
_ASKING = re.compile(
    r"^\W*(?:(?:apa|apakah|bagaimana|mengapa|kenapa|siapa|kapan|berapa|di ?mana|what|why|how|who"
    r"|when|where|which)(?:kah)?(?: saja| yang| are| is| were| was| did| do| does)*)\b\W*",
    re.IGNORECASE,
)
_YEAR = re.compile(r"\b(?:1[89]|20)\d\d(?:\s*[-–/]\s*(?:\d{2}|\d{4}))?\b")
_NAME = re.compile(r"(?<=[\w,] )[A-Z][\w-]*(?: [A-Z][\w-]*)*")
_CHAPTER = re.compile(r"\b(?:bab|chapter) (?:\d+|[IVX]+)\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Resolved:
    """What a question asks, once its subject is known."""

    question: str
    follows: bool = False  # the subject came from the conversation
    more: bool = False  # asks for what the answer before didn't say


def resolve(question: str, history: Sequence[Turn]) -> Resolved:
    """`question` with the subject it leaves out; as it is where it stands on its own."""
    if not history:
        return Resolved(question)
    before = resolve(history[-1][0], history[:-1]).question
    if _MORE.match(question):
        return Resolved(before, follows=True, more=True)
    if match := (_WHY.match(question) or _HOW.match(question)):
        return Resolved(_asked_otherwise(before, match.group(1)), follows=True)
    match = _ABOUT.match(question)
    if match and len(content_terms(match.group(1))) <= SHORT:
        return Resolved(_with_other(before, match.group(1)), follows=True)
    return _with_subject(question, before)


def _asked_otherwise(before: str, word: str) -> str:
    """The question before, asked with another question word: "Why obstacles occurred?"."""
    rest = _ASKING.sub("", before).strip(" ?.!")
    indonesian = language_of(before) == "id" or language_of(word) == "id"
    head = {True: ("Mengapa", "Bagaimana"), False: ("Why", "How")}[indonesian]
    how = bool(_HOW.match(word))
    return f"{head[how]} {rest}?"


def _with_other(before: str, other: str) -> str:
    """The question before, about something else of the same kind: another year, chapter, name."""
    plain = before.rstrip(" ?.!")
    for kind in (_YEAR, _CHAPTER):
        new = kind.search(other)
        if new and kind.search(plain):
            return kind.sub(new.group(), plain, count=1) + "?"
    names = _NAME.findall(plain)
    bare = re.sub(r"^(?:the|in|on|di|pada|untuk|for|tahun)\s+", "", other, flags=re.IGNORECASE)
    if len(names) == 1 and bare[:1].isupper():
        return plain.replace(names[0], bare) + "?"
    return f"{plain}, {other}?"


def _with_subject(question: str, before: str) -> Resolved:
    """A short question that points back gets the words that the one before was about."""
    asked = content_terms(question)
    points_back = _PRONOUN.search(question) and not _DOCUMENT.search(question)
    if not points_back or len(asked) > SHORT:
        return Resolved(question)
    known = {term for term, _ in asked}
    subject = [word for term, word in content_terms(before) if term not in known]
    if not subject:
        return Resolved(question)
    return Resolved(f"{question.rstrip(' ?.!')} ({' '.join(subject)})?", follows=True)
