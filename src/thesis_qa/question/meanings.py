"""What a follow-up may mean: a few whole questions, made from it and from the question before.

"And its minimum?" may stand by itself, ask the question before of something else, or go on with
what that was about. Which is meant is told by what is found for each (answer/likeliest.py).
"""

from collections.abc import Iterator
from dataclasses import replace

from thesis_qa.lang.data import cue
from thesis_qa.question.conversation import (
    MOST,
    SHORT,
    Conversation,
    Resolved,
    form,
    ordinal,
    points_at_thing,
    subject,
    with_other,
    with_words,
)
from thesis_qa.question.read import (
    Meaning,
    Question,
    content_terms,
    framing_words,
    read_question,
)
from thesis_qa.question.route import Intent

HALF = 0.5
STANDS = 0.85  # probability of standing alone from which a question means what it says


def with_meanings(
    question: str, resolved: Resolved, before: Conversation | None, intent: Intent | None
) -> Resolved:
    """What a question asks, with all that it may mean besides, where it isn't clear."""
    if before and resolved.repeat == "why":  # the reason may stand around what was said
        return replace(resolved, heard=before.last)
    settled = resolved.repeat or resolved.unclear or resolved.of_library or resolved.unknown
    if before is None or before.of_library or intent is None or settled or resolved.phrase:
        return resolved
    read, known = read_question(question), read_question(before.question)
    if intent.alone >= STANDS and intent.routes["metadata"] >= HALF:  # "back to it, who wrote it?"
        return resolved
    found: tuple[Meaning, ...] = ()
    if read.fields or read.topics:
        year = read.fields.names == ("year",) and not (known.fields or known.topics)
        explained = year or _explains(known)  # "what year was it?", of an earthquake
        thing = subject(question, before.question) if explained else []
        found = _of_thing(question, _counted(question, before) or thing)
    elif not (known.fields or read.places) and (
        resolved.follows or intent.alone < STANDS or cue("follow_up.pronouns").search(question)
    ):
        found = tuple(_meanings(question, before))
    heard = before.last if found else ()
    return replace(resolved, meanings=found, heard=heard, alone=intent.alone)


def _meanings(question: str, before: Conversation) -> Iterator[Meaning]:
    about = form("about").fullmatch(question)
    other = about["other"] if about else question.rstrip(" ?.!")
    first = before.base or before.question
    exchanged = with_other(first, other)
    short = len(content_terms(other)) <= SHORT
    if counted := _counted(question, before):
        yield Meaning("item", with_words(question, counted))
    elif short and not exchanged.startswith(first.rstrip(" ?.!")):
        return  # another year or name in its place is clear
    if known := subject(question, before.question):
        yield Meaning("added", with_words(question, known))
    yield Meaning("alone", question)
    if short:
        yield Meaning("exchanged", exchanged)


def _explains(question: Question) -> bool:
    """Whether a question asks what a thing is."""
    asks = cue("question.explain").search(question.text) or (
        cue("question.what_is").match(question.text) and len(question.terms) <= SHORT
    )
    return question.expects == "definition" or bool(asks)


def _of_thing(question: str, thing: list[str]) -> tuple[Meaning, ...]:
    """ "Who found it?", "its weaknesses?", right after a thing was explained; "the result of the
    second", after a list."""
    points = points_at_thing(question) or cue("follow_up.item").search(question)
    return (Meaning("thing", with_words(question, thing)),) if thing and points else ()


def _counted(question: str, before: Conversation) -> list[str]:
    """What the statement is about that a question counts to: "the result of the second one"."""
    numbers = [n for word in question.lower().split() if (n := ordinal(word.strip("?.,!")))]
    if len(numbers) != 1 or len(before.last) < 2 or not cue("follow_up.item").search(question):
        return []
    at = numbers[0] - 1 if numbers[0] > 0 else len(before.last) - 1
    said = before.last[at] if at < len(before.last) else ""
    return [w for _, w in content_terms(said) if w not in framing_words() and ordinal(w) is None][
        :MOST
    ]
