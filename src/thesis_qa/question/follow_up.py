"""Follow-up questions: "Why?", "and in 2019?", "jelaskan lebih lanjut" take their subject from the
conversation before anything is searched. No model: what is said of a question's shape decides.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from thesis_qa.lang.data import LANGUAGES, SPOKEN, alternatives, cue, text, word_set
from thesis_qa.lang.detect import language_of
from thesis_qa.question.read import content_terms

Turn = tuple[str, str]
"""A question and the text of its answer."""

SHORT = 3  # content words up to which a question with a pronoun lacks its subject

_YEAR = re.compile(r"\b(?:1[89]|20)\d\d(?:\s*[-–/]\s*(?:\d{2}|\d{4}))?\b")
_CHAPTER = re.compile(r"\b(?:bab|chapter) (?:\d+|[IVX]+)\b", re.IGNORECASE)
_NAME = re.compile(r"(?<=[\w,] )[A-Z][\w-]*(?: [A-Z][\w-]*)*")


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
    if _form("more").fullmatch(question):
        return Resolved(before, follows=True, more=True)
    for kind in ("why", "how"):
        if match := _form(kind).fullmatch(question):
            return Resolved(_asked_otherwise(before, kind, match["word"]), follows=True)
    about = _form("about").fullmatch(question)
    if about and len(content_terms(about["other"])) <= SHORT:
        return Resolved(_with_other(before, about["other"]), follows=True)
    return _with_subject(question, before)


@cache
def _form(kind: str) -> re.Pattern[str]:
    """What a whole question of some kind looks like, from the words of the language files."""
    words = {key: f"(?:{alternatives(f'follow_up.{key}')})" for key in
             (kind, "before_more", "behind_more", "joining")}  # fmt: skip
    forms = {
        "more": rf"(?:{words['before_more']} )*{words[kind]}(?: {words['behind_more']})*",
        "about": rf"(?:{words['joining']}[ ,]+)?{words[kind]} (?P<other>.{{2,60}}?)",
    }
    return re.compile(rf"\W*{forms.get(kind, f'(?P<word>{words[kind]})')}\W*", re.IGNORECASE)


def _asked_otherwise(before: str, kind: str, word: str) -> str:
    """The question before, asked with another question word: "Why obstacles occurred?"."""
    rest = _asking().sub("", before).strip(" ?.!")
    spoken = {language_of(before), language_of(word)}
    language = next((one for one in LANGUAGES if one in spoken and one != SPOKEN), SPOKEN)
    return f"{text(f'follow_up.opening_{kind}', language)} {rest}?"


@cache
def _asking() -> re.Pattern[str]:
    words, behind = alternatives("follow_up.asking"), alternatives("follow_up.behind_asking")
    return re.compile(rf"^\W*(?:(?:{words})(?:kah)?(?: (?:{behind}))*)\b\W*", re.IGNORECASE)


def _with_other(before: str, other: str) -> str:
    """The question before, about something else of the same kind: another year, chapter, name."""
    plain = before.rstrip(" ?.!")
    for kind in (_YEAR, _CHAPTER):
        new = kind.search(other)
        if new and kind.search(plain):
            return kind.sub(new.group(), plain, count=1) + "?"
    names = _NAME.findall(plain)
    first, _, rest = other.partition(" ")
    bare = rest if rest and first.lower() in word_set("follow_up.before_name") else other
    if len(names) == 1 and bare[:1].isupper():
        return plain.replace(names[0], bare) + "?"
    return f"{plain}, {other}?"


def _with_subject(question: str, before: str) -> Resolved:
    """A short question that points back gets the words that the one before was about."""
    asked = content_terms(question)
    points_back = cue("follow_up.pronouns").search(question)
    if not points_back or cue("follow_up.of_thesis").search(question) or len(asked) > SHORT:
        return Resolved(question)
    known = {term for term, _ in asked}
    subject = [word for term, word in content_terms(before) if term not in known]
    if not subject:
        return Resolved(question)
    return Resolved(f"{question.rstrip(' ?.!')} ({' '.join(subject)})?", follows=True)
