"""Which theses a question means by its own words: those it names, two it compares, those spoken of
that it goes back to, or one or all of those in play ("the second one", "keduanya", "their").

A question that says nothing of it is about what the conversation is about (follow_up.py).
"""

from collections.abc import Sequence
from dataclasses import replace

from thesis_qa.lang.data import LANGUAGES, cue, text, word_set
from thesis_qa.lang.detect import language_of
from thesis_qa.lang.words import stop_words, words
from thesis_qa.question.conversation import (
    SHORT,
    Conversation,
    Resolved,
    form,
    item_asked,
    only_offers,
    ordinal,
)
from thesis_qa.question.read import content_terms, read_question
from thesis_qa.question.route import OPENING
from thesis_qa.question.theses import Named, ThesisNames
from thesis_qa.question.topics import ASKED

ABOUT = 0.02  # of a thesis's passages that hold a word from which it is about that: a word of its
# title is held by more in 9 of 10 theses, one named once as an example by fewer


def theses_meant(
    question: str, before: Conversation | None, names: ThesisNames, *, back: bool = False
) -> Resolved | None:
    """The theses that a question means by its own words, and what it asks of them; None if it says
    nothing of it. `back` if it goes back to one that was spoken of."""
    if before and (one := one_in_play(question, before)):
        return one
    pointing = before is not None and may_point(question, before)
    named = names.named(question, language_of(question), pointing=pointing)
    if before and named and back:
        known = tuple(d for d in named.documents if d in before.spoken_of)
        named = replace(named, documents=known or named.documents, ambiguous=len(known) > 1)
    if compared := _compared(question, named, before, names):
        return compared
    if named:
        return _named(named)
    return _all_in_play(question, before) if before else None


# Of those in play


def one_in_play(question: str, before: Conversation) -> Resolved | None:
    """What is asked of one of the theses listed or compared before: "yang kedua metodenya apa?",
    "who wrote the first?"."""
    tokens = question.rstrip(" ?.!").split()
    if len(before.listed) < 2 or item_asked(question, before) is not None or len(tokens) < 3:
        return None
    said = [token.lower().strip("?.!,;:").removesuffix("'s") for token in tokens]
    for at, number in enumerate(map(ordinal, said)):
        if number is None or not (place := _named_by_place(tokens, said, at)):
            continue
        which = number - 1 if number > 0 else len(before.listed) - 1
        if which >= len(before.listed):
            return Resolved(question, unclear="which_item", items=len(before.listed))
        this = text("question.this_thesis", language_of(question) or language_of(before.question))
        asked = " ".join([*tokens[: place[0]], this, *tokens[place[1] :]])
        return Resolved(f"{asked}?", (before.listed[which],), follows=True)
    return None


def _named_by_place(tokens: Sequence[str], said: Sequence[str], at: int) -> tuple[int, int] | None:
    """From where to where the words stand that name a thesis by the number at `at`: "yang kedua",
    "the second one", "the latter" where a clause ends with it."""
    theses = word_set("question.thesis")
    behind, ahead = (word_set("question.stands_for_thesis", lang) | theses for lang in LANGUAGES)
    articles = word_set("question.articles")
    ahead_of_it = content_terms(" ".join(said[: max(at - 1, 0)]))  # "saran" of "saran yang kedua"
    first = all(word in word_set("follow_up.joining") for _, word in ahead_of_it)
    if at and said[at - 1] in behind and (first or said[at - 1] in theses):
        return at - 1, at + 1
    article = at > 0 and said[at - 1] in articles
    if said[at + 1 : at + 2] and said[at + 1] in ahead:
        return at - article, at + 2
    ends = at + 1 == len(tokens) or not tokens[at][-1].isalnum()
    return (at - 1, at + 1) if article and ends else None


def _all_in_play(question: str, before: Conversation) -> Resolved | None:
    """What is asked of both theses that were spoken of right before, of each of those listed."""
    among = before.documents if len(before.documents) > 1 else before.listed
    among = among if len(among) > 1 else before.spoken_of[-2:]
    said = cue("follow_up.both").search(question)
    if said and len(among) > 1:
        if said.group().lower() not in stop_words():  # "both" says nothing else, "keduanya" may
            language = language_of(question) or language_of(before.question)
            this = text("question.this_thesis", language)
            question = " ".join(f"{question[: said.start()]}{this}{question[said.end() :]}".split())
        return Resolved(question, among, follows=True)
    of_list = before.of_library and len(before.listed) > 1 and len(before.documents) != 1
    listed = before.listed if of_list else ()
    read = read_question(question)
    them = cue("follow_up.them").search(question) or read.several
    if listed and them and read.fields:  # "who wrote those?"
        return Resolved(question, listed, of_library=True)
    return None


def of_those_listed(question: str, before: Conversation) -> tuple[str, ...]:
    """The theses listed before, where only those are asked about: "which of those are older?",
    "how many is that?"; none where all are."""
    if not before.of_library or len(before.listed) < 2:
        return ()
    counts = cue("question.count").search(question) and not content_terms(question)
    return before.listed if counts or cue("follow_up.of_them").search(question) else ()


def subject_after(
    question: str,
    answer: str,
    resolved: Resolved,
    about: tuple[str, ...],
    before: Conversation | None,
    names: ThesisNames,
) -> tuple[str, ...]:
    """The theses that the conversation is about after a question, whose answer lists or quotes
    those `about`."""
    if only_offers(answer):  # nobody asked for those: the subject stays what it was
        return before.documents if before else ()
    if resolved.of_library:  # of several that are listed none is the subject
        return about if len(about) == 1 else ()
    if resolved.unknown and about:  # which was found by its topic
        return about
    found = resolved.documents or (about if len(about) == 1 else ())
    if len(about) == 1 and found and about[0] not in found:  # it was answered from another,
        read = read_question(resolved.question)
        return found if read.fields else about  # but a year stands in many
    return found or (() if about else names.titled(question))


# Named in words


def may_point(question: str, before: Conversation) -> bool:
    """Whether "yang" may stand for a thesis: in a short question, or at its beginning where
    several theses are spoken of."""
    said = [word for word in words(question) if word not in word_set("follow_up.joining")]
    stand = word_set("question.stands_for_thesis")
    several = max(len(before.spoken_of), len(before.listed)) > 1
    return len(said) <= SHORT or (several and not stand.isdisjoint(said[:OPENING]))


def gone_back(question: str, names: ThesisNames) -> str:
    """What is asked behind "back to", with a word for the thesis that is named there: "skripsi padi
    tadi, …" of "balik ke yang padi tadi, …"; empty if that isn't said."""
    back = form("back").match(question)
    if not back:
        return ""
    rest = question[back.end() :].strip()
    first, _, behind = rest.partition(" ")
    language = language_of(question)
    if first.lower() in word_set("question.stands_for_thesis", "id"):
        return f"{text('question.thesis_word', 'id')} {behind}".strip()
    if names.named(rest, language):
        return rest
    ends = next((at for at, char in enumerate(rest) if char in ",:;"), len(rest))
    thing, asked = rest[:ends], rest[ends:]
    word = text("question.thesis_word", language)
    return f"{thing} {word}{asked}" if language == "en" else f"{word} {thing}{asked}"


def _compared(
    question: str, named: Named | None, before: Conversation | None, names: ThesisNames
) -> Resolved | None:
    """A comparison of two theses of which at most one is named by a word for a thesis: "compare
    rice and kinship", "compare it with the wheat thesis"; not one of two things in a thesis."""
    compares = cue("follow_up.compares").search(question)
    if not compares or (named and len(named.documents) > 1):
        return None
    here = before.documents if before and len(before.documents) == 1 else ()
    points = named and cue("follow_up.pronouns").search(question[: question.find(named.phrase)])
    if named and here and points and here != named.documents:
        asked = question.partition(": ")[2] or named.rest
        return Resolved(asked, (*here, *named.documents), follows=True)
    within = named.documents if named else here
    for join in cue("question.joins").finditer(question, compares.end()):
        sides = question[compares.end() : join.start()], question[join.end() :]
        pair = tuple(dict.fromkeys(d for side in sides if (d := _spoken_of(side, names, within))))
        if len(pair) == 2:
            return Resolved(_asked_of_each(question), pair, follows=True)
        other = next((side for side in sides if named and named.phrase not in side), "")
        works = word_set("question.thesis") | word_set("question.works")
        if named and pair == named.documents and not works.isdisjoint(words(other)):
            thing = _without_topics(other)
            return replace(_named(named), question=_asked_of_each(question), unknown=thing)
    return None


def _named(named: Named) -> Resolved:
    return Resolved(
        named.rest, named.documents, named.phrase,
        ambiguous=named.ambiguous, unknown=named.besides,
    )  # fmt: skip


def _without_topics(thing: str) -> str:
    """A side of a comparison without what any thesis has."""
    for topic in ASKED:
        thing = topic.asked.sub(" ", thing)
    return thing.strip(" ?.!,")


def _spoken_of(thing: str, names: ThesisNames, within: Sequence[str]) -> str:
    """The thesis that one side of a comparison names, or that speaks most of it; empty if there is
    none, or if it is a thing in those `within` which the comparison may be."""
    named = names.named(thing, language_of(thing))
    if named:
        return named.documents[0] if len(named.documents) == 1 else ""
    thing = _without_topics(thing)
    shares = names.shares(read_question(thing).telling) if thing else {}
    about = [name for name in shares if shares[name] >= ABOUT]
    return "" if set(about) & set(within) else max(about, key=shares.__getitem__, default="")


def _asked_of_each(question: str) -> str:
    """What a comparison asks of each thesis, where that is what any thesis has; else what it is
    about."""
    language = language_of(question)
    topic = next((topic for topic in ASKED if topic.asked.search(question)), None)
    return topic.question(language) if topic else text("answer.what_about", language)
