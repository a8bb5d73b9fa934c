"""Follow-up questions ("Why?", "the second one", "in English please", "dan skripsi yang satunya?")
take what they leave out from the conversation before anything is searched.

What a conversation is about is read again from its questions and the texts of its answers. A
question that stands by itself is never changed; whether it does is learned from examples
(route.py), its forms are in the language files.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import cache

from thesis_qa.lang.data import LANGUAGES, alternatives, cue, text, word_set
from thesis_qa.lang.detect import language_of
from thesis_qa.lang.words import chat_spellings, stop_words, words
from thesis_qa.question.conversation import (
    CHAPTER,
    Conversation,
    Repeat,
    Resolved,
    Unclear,
    asked_otherwise,
    ordinal,
    quotes_in,
    subject,
    with_other,
)
from thesis_qa.question.read import content_terms, framing_words, read_question
from thesis_qa.question.route import Intent, is_talk, library_chance
from thesis_qa.question.theses import ThesisNames
from thesis_qa.types import Route

Turn = tuple[str, str]
"""A question and the text of its answer."""

Reads = Callable[[str], Intent | None]
"""What a question is after, as learned from examples; None where nothing was learned."""

Quoting = Callable[[Sequence[str]], tuple[str, ...]]
"""The theses that quotes stand in."""

SHORT = 3  # content words up to which a question with a pronoun lacks its subject
REMEMBERED = 30  # turns before a question that are read again: a thesis named in the first of them
# is still what the twentieth question is about
SURELY = 0.85  # probability of standing alone from which a pronoun in a question points nowhere
OF_THESIS: tuple[Route, ...] = ("metadata", "standing", "section", "library")
# Probability that it asks what any thesis has, from which a pronoun points at the thesis.
LIKELY = 0.7
UNCLEAR = 0.1  # the same, below which it is asked back where nothing was said before
LEANS = 0.5  # probability of standing alone below which a question is taken for a follow-up
HINTED = 0.2  # probability of a question about the library, right behind another one
FEW = 4  # words of a remark before the question itself: "oke deh, …"; words of a subject
PLACED = 3  # quotes that tell which thesis an answer was about


def read_conversation(
    history: Sequence[Turn],
    names: ThesisNames,
    reads: Reads,
    quoting: Quoting = lambda quotes: (),
) -> Conversation | None:
    """The conversation after `history`; None if nothing was said. It is about the theses that a
    question names, or about the one that an answer lists or quotes alone."""
    found: Conversation | None = None
    for question, answer in history[-REMEMBERED:]:
        if _is_talk(question, reads):
            continue
        resolved = resolve(question, found, names, reads)
        if resolved.item:  # the list it is from stays what "the third one" counts in
            continue
        listed = names.listed_in(answer)
        about = listed or quoting(quotes_in(answer)[:PLACED])
        documents = resolved.documents or (about if len(about) == 1 else ())
        before = found.spoken_of if found else ()
        spoken_of = tuple(dict.fromkeys([*before, *documents]))
        of_library = (
            resolved.of_library
            or _is_of_library(resolved.question, reads)
            or (len(listed) > 1 and bool(read_question(resolved.question).fields))
        )
        found = Conversation(
            resolved.question, answer, documents, listed, spoken_of, of_library, resolved.base
        )
    return found


def _is_talk(question: str, reads: Reads) -> bool:
    intent = reads(question)
    return intent is not None and is_talk(intent, question) and not _asks_again(question)


def without_remark(question: str, reads: Reads) -> str:
    """A question without the small talk before it: "oke deh, ada skripsi akuntansi?"."""
    remark, comma, rest = question.partition(",")
    if not comma or len(remark.split()) > FEW or len(rest.split()) < 2:
        return question
    return rest.strip() if _is_talk(remark, reads) else question


def _is_of_library(question: str, reads: Reads) -> bool:
    intent = reads(question)
    chance = library_chance(intent, question) if intent else 0.0
    return intent is not None and chance >= (LEANS if intent.alone >= LEANS else SURELY)


def _alone(question: str, reads: Reads) -> float:
    """The probability that a question can be understood without what was said before."""
    intent = reads(question)
    return 1.0 if intent is None else intent.alone


def resolve(
    question: str, before: Conversation | None, names: ThesisNames, reads: Reads
) -> Resolved:
    """What `question` asks after what was said `before`."""
    question = without_remark(question, reads)
    if before and (repeated := _repeated(question, before)) is not None:
        return repeated
    pointing = before is not None and len(words(question)) <= SHORT
    named = names.named(question, language_of(question), pointing=pointing)
    plain = _behind_colon(named.rest) if named else question
    if _is_talk(question, reads):
        return Resolved(question)
    if before and before.of_library and _goes_on_listing(question, before, reads):
        return Resolved(question, of_library=True)
    of_library = _compares_age(question) or (
        _is_of_library(question, reads) and not _varies(question, before, reads)
    )
    if of_library and not (named and _asks_of_one(question, plain, reads)):
        among = before.documents if before and _compares_age(question) else ()
        return Resolved(question, among if len(among) > 1 else (), of_library=True)
    resolved = _resolved(plain, before, reads)
    if named:
        about, meant = _form("about").fullmatch(plain), _form("meant").match(plain)
        asks = _says_something(about["other"] if about else plain[meant.end() if meant else 0 :])
        told = resolved if asks else _asked_of_other(before, question)
        return replace(
            told,
            documents=named.documents,
            phrase=named.phrase,
            ambiguous=named.ambiguous,
            unknown=named.besides,
        )
    settled = resolved.unclear or resolved.item or resolved.repeat or resolved.follows
    if not settled and (unknown := names.unknown(question)):
        return replace(resolved, unknown=unknown)
    if before and not resolved.documents and not cue("follow_up.any_thesis").search(question):
        return replace(resolved, documents=before.documents)
    return resolved


def _goes_on_listing(question: str, before: Conversation, reads: Reads) -> bool:
    """Whether a question right behind one about the library goes on with it: "yang 2017?", "dari
    UPN?", "anything on politics?". Who asks for a field, topic or place asks of one thesis."""
    read, intent = read_question(question), reads(question)
    if read.fields or read.topics or read.places or cue("follow_up.pronouns").search(question):
        return False
    joining = word_set("follow_up.joining")
    said = [word for word in words(question) if word not in joining]
    opens = word_set("question.stands_for_thesis") | word_set("question.behind_one")
    likely = intent.routes.get("library", 0.0) if intent else 0.0
    listed = cue("follow_up.any_thesis").search(question) or _compares_age(question)
    about = _form("about").fullmatch(question)
    return bool(said) and bool(
        likely >= LEANS
        or listed
        or (said[0] in opens and _item(question, None) is None)
        or (about and (likely >= HINTED or len(before.listed) > 1))
    )


def _compares_age(question: str) -> bool:
    """Whether a question asks which thesis is older or newer, and nothing else."""
    for age in (cue("question.newest"), cue("question.oldest")):
        if age.search(question):
            left = content_terms(age.sub(" ", question))
            return all(word in framing_words() for _, word in left)
    return False


def _behind_colon(question: str) -> str:
    """What is asked, without what it is asked of: "this thesis: how many experts?"."""
    rest = question.partition(":")[2].strip()
    return rest if len(rest.split()) > 1 else question


def _asks_of_one(question: str, plain: str, reads: Reads) -> bool:
    """Whether something is asked of a thesis that is named, and not whether there is one."""
    intent = reads(question)
    sure = intent is not None and library_chance(intent, question) >= SURELY
    return bool(read_question(plain).telling) and not sure and not _is_of_library(plain, reads)


def _varies(question: str, before: Conversation | None, reads: Reads) -> bool:
    """ "Dan 2019?": the question before, which wasn't about the library."""
    short = _form("about").fullmatch(question)
    return bool(before and short and not _is_of_library(before.question, reads))


def _says_something(plain: str) -> bool:
    """Whether a question without the words for a thesis still asks anything."""
    this = " ".join(text("question.this_thesis", language) for language in LANGUAGES)
    beside = word_set("question.thesis").union(word_set("follow_up.joining"), words(this))
    left = [word for word in words(plain) if word not in beside]
    return any(word not in stop_words() or word in word_set("question.asking") for word in left)


def _asked_of_other(before: Conversation | None, question: str) -> Resolved:
    """ "Dan skripsi jihan?": the question before, of another thesis."""
    return Resolved(before.question, follows=True) if before else Resolved(question)


def _resolved(question: str, before: Conversation | None, reads: Reads) -> Resolved:
    if _form("more").fullmatch(question):
        if before is None:
            return Resolved(question, unclear="nothing_before")
        return Resolved(before.question, follows=True, more=True)
    if (number := _item(question, before)) is not None:
        return _of_item(question, number, before)
    if before is None:
        if _asks_again(question):
            return Resolved(question, unclear="nothing_before")
        leans = _alone(question, reads) < UNCLEAR
        lost = leans and not (content_terms(question) and _is_of_thesis(question, reads))
        return Resolved(question, unclear="nothing_before" if lost else None)
    if cue("follow_up.other_thesis").search(question):
        others = tuple(d for d in before.spoken_of if d not in before.documents)
        asked = question if len(content_terms(question)) > SHORT else before.question
        return Resolved(asked, others[-1:], follows=True)
    if meant := _form("meant").match(question):
        return _corrected(question[meant.end() :], before, reads)
    for kind in ("why", "how"):
        if match := _form(kind).fullmatch(question):
            asked = asked_otherwise(before.question, kind, match["word"])
            return Resolved(asked, follows=True)
    about = _form("about").fullmatch(question)
    if about and len(content_terms(about["other"])) <= SHORT:
        read = read_question(about["other"])
        if read.topics or read.fields:  # "and what are the conclusions?"
            return Resolved(about["other"])
        return _about_other(before, about["other"])
    if _is_phrase(question) and not _is_of_thesis(question, reads):
        points_back = cue("follow_up.pronouns").search(question)
        known = subject(question, before.question)
        if not points_back:
            return _about_other(before, question.rstrip(" ?.!"))
        return _added(question, known) if known else Resolved(question)
    return _with_subject(question, before.question, reads)


def _is_phrase(question: str) -> bool:
    """Whether a message only names something: "financial targets?", "standar deviasinya?"."""
    asking = (
        word_set("question.which") | word_set("question.commands") | word_set("question.polite")
    )
    said = [chat_spellings().get(word, word) for word in words(question)]
    return len(said) <= FEW and asking.isdisjoint(said) and bool(content_terms(question))


def _about_other(before: Conversation, other: str) -> Resolved:
    """The question before, of something else; of a place, that is all there is to ask."""
    if read_question(other).places and not CHAPTER.search(before.question):
        return Resolved(other, follows=True)
    base = before.base or before.question
    if "," in other:  # "QPOs, were they found?"
        return Resolved(other, otherwise=with_other(base, other))
    return Resolved(with_other(base, other), follows=True, otherwise=other, base=base)


def _item(question: str, before: Conversation | None) -> int | None:
    """Which item of the answer before a question asks about: "yang kedua?", "point 3"; -1 is the
    last. None if it asks about anything else."""
    said = words(question)
    beside = stop_words() | word_set("follow_up.beside_item") | word_set("follow_up.joining")
    numbers = [n for word in said if (n := ordinal(word)) is not None]
    about = {word for _, word in content_terms(before.question)} if before else set()
    if before and any(ordinal(word) for word in words(before.question)):
        about = set()  # another of what was asked about: "di lokasi kedua?", "di lokasi pertama?"
    others = [w for w in said if w not in beside | about and ordinal(w) is None]
    asks = cue("follow_up.item").search(question)
    return numbers[0] if asks and len(numbers) == 1 and not others else None


def _of_item(question: str, number: int, before: Conversation | None) -> Resolved:
    """A question about the `number`th thesis or statement of the answer before."""
    if before is None:
        return Resolved(question, unclear="nothing_before")
    several = len(before.listed) > 1 and (before.of_library or not before.statements)
    items = before.listed if several else before.statements
    at = number - 1 if number > 0 else len(items) - 1
    numbered = [i for i, item in enumerate(items) if item.startswith((f"{number}.", f"{number})"))]
    at = numbered[0] if numbered else at
    if not 0 <= at < len(items):
        unclear: Unclear = "which_item" if items else "nothing_before"
        return Resolved(question, unclear=unclear, items=len(items))
    if several:
        asked = text("answer.what_about", language_of(question) or language_of(before.question))
        return Resolved(asked, (items[at],), follows=True)
    return Resolved(before.question, before.documents, follows=True, item=items[at])


def _repeated(question: str, before: Conversation) -> Resolved | None:
    """A question for the same again: with its pages, word for word, in the other language."""
    same = Resolved(before.question, before.documents, follows=True)
    counts = cue("question.count").search(question)
    for language in LANGUAGES:
        if not counts and _asks_only(question, f"in_{language}"):
            return replace(same, repeat="language", language=language)
    kinds: tuple[Repeat, ...] = ("pages", "quotes")
    for kind in kinds:
        if _asks_only(question, kind):
            return replace(same, repeat=kind)
    return None


def _asks_again(question: str) -> bool:
    """Whether a question asks for nothing but an answer once more."""
    kinds = ("pages", "quotes", *(f"in_{language}" for language in LANGUAGES))
    return any(_asks_only(question, kind) for kind in kinds)


def _asks_only(question: str, kind: str) -> bool:
    """Whether a question has the words of a kind, and besides them none that says anything."""
    asked = cue(f"follow_up.{kind}")
    keys = ("follow_up.joining", "follow_up.beside_repeat", "question.polite", "question.commands")
    empty = stop_words().union(*(word_set(key) for key in keys), chat_spellings())
    left = words(asked.sub(" ", question))
    return asked.search(question) is not None and all(word in empty for word in left)


def _corrected(meant: str, before: Conversation, reads: Reads) -> Resolved:
    """ "Maksud saya …": what stands behind it, alone if it can, else in place of the subject."""
    meant = meant.strip(" ,:-")
    if not meant or _alone(meant, reads) >= LEANS:
        return Resolved(meant or before.question, follows=True)
    return Resolved(with_other(before.question, meant), follows=True)


@cache
def _form(kind: str) -> re.Pattern[str]:
    """What a whole question of some kind looks like, from the words of the language files."""
    words = {key: f"(?:{alternatives(f'follow_up.{key}')})" for key in
             (kind, "before_more", "behind_more", "joining")}  # fmt: skip
    frame = f"(?:{words['before_more']}|{words['joining']})", f"(?:{words['behind_more']})"
    forms = {
        "more": rf"(?:{frame[0]} )*{words[kind]}(?: {frame[1]})*",
        "about": rf"(?:{words['joining']}[ ,]+)?{words[kind]} (?P<other>.{{2,60}}?)",
        "meant": rf"{words[kind]}\b",
    }
    plain = rf"(?:{frame[0]} )*(?P<word>{words[kind]})(?: {frame[1]})*"
    return re.compile(rf"\W*{forms.get(kind, plain)}\W*", re.IGNORECASE)


def _is_of_thesis(question: str, reads: Reads) -> bool:
    """Whether a question asks what any thesis has, by its words or as learned."""
    intent, read = reads(question), read_question(question)
    points_back = cue("follow_up.pronouns").search(question) is not None
    if read.expects == "reason" and points_back:  # "kenapa pakai itu?"
        return False
    least = LIKELY if points_back else LEANS
    learned = intent and intent.route in OF_THESIS and intent.routes[intent.route] >= least
    return bool(learned or read.topics or read.fields or read.places)


def _with_subject(question: str, before: str, reads: Reads) -> Resolved:
    """A short question that points back, or can't stand alone, gets the words that the one before
    was about."""
    if cue("follow_up.of_thesis").search(question) or len(content_terms(question)) > SHORT:
        return Resolved(question)
    if _is_of_thesis(question, reads):
        return Resolved(question)  # it lacks nothing once the thesis is known
    points_back = _points_at_thing(question)
    if _alone(question, reads) >= (SURELY if points_back else LEANS):
        return Resolved(question)
    known = subject(question, before)
    if not known:
        return Resolved(question)
    added = _added(question, known)
    said = points_back or not read_question(question).telling
    return added if said else Resolved(question, otherwise=added.question)


def _points_at_thing(question: str) -> bool:
    """Whether a pronoun points back at what was spoken of; "she" and "dia" are the author."""
    found = (match.group().lower() for match in cue("follow_up.pronouns").finditer(question))
    return any(word not in word_set("follow_up.persons") for word in found)


def _added(question: str, known: Sequence[str]) -> Resolved:
    asked = f"{question.rstrip(' ?.!')} ({' '.join(known)})?"
    points = any(match.group().lower() in word_set("follow_up.pronouns")  # "itu", but not "-nya"
                 for match in cue("follow_up.pronouns").finditer(question))  # fmt: skip
    return Resolved(asked, follows=True, otherwise="" if points else question)
