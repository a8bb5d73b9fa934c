"""Follow-up questions ("Why?", "the second one", "in English please", "dan skripsi yang satunya?")
take what they leave out from the conversation before anything is searched.

What a conversation is about is read again from its questions and the texts of its answers. A
question that stands by itself is never changed; whether it does is learned from examples
(route.py), its forms are in the language files.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace

from thesis_qa.lang.data import cue, word_set
from thesis_qa.lang.detect import language_of
from thesis_qa.lang.words import stop_words, words
from thesis_qa.question.conversation import (
    LANGUAGE_AGAIN,
    SHORT,
    Conversation,
    Resolved,
    about_other,
    added,
    asked_again,
    behind_colon,
    compares_age,
    form,
    is_phrase,
    item_asked,
    of_item,
    ordinal,
    points_at_thing,
    quotes_in,
    says_something,
    subject,
    with_other,
)
from thesis_qa.question.meant import gone_back, of_those_listed, subject_after, theses_meant
from thesis_qa.question.read import content_terms, read_question
from thesis_qa.question.route import Again, Intent, is_talk, library_chance
from thesis_qa.question.theses import ThesisNames
from thesis_qa.types import Language, Route

Turn = tuple[str, str]
"""A question and the text of its answer."""

Reads = Callable[[str], Intent | None]
"""What a question is after, as learned from examples; None where nothing was learned."""

Quoting = Callable[[Sequence[str]], tuple[str, ...]]
"""The theses that quotes stand in."""

REMEMBERED = 30  # turns before a question that are read again: a thesis named in the first of them
# is still what the twentieth question is about
SURELY = 0.85  # probability of standing alone from which a pronoun in a question points nowhere
OF_THESIS: tuple[Route, ...] = ("metadata", "standing", "section", "library")
# Probability that it asks what any thesis has, from which a pronoun points at the thesis.
LIKELY = 0.7
UNCLEAR = 0.1  # the same, below which it is asked back where nothing was said before
LEANS = 0.5  # probability of standing alone below which a question is taken for a follow-up
FEW = 4  # words of a remark before the question itself: "oke deh, …"
ANSWERED_AGAIN = ("pages", "quotes", "in_id", "in_en")  # what asks for the same once more
KEEPS = ("item", "pages", "quotes", "language")  # repeats that say nothing new
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
        if _is_talk(question, reads) or _is_off_topic(question, reads):
            continue
        resolved = resolve(question, found, names, reads)
        last = quotes_in(answer)
        if found and resolved.repeat in KEEPS:  # its list stays what "the third one" counts in
            found = replace(found, last=last)
        if resolved.repeat in KEEPS or resolved.unclear in ("nothing_before", "which_item"):
            continue
        before = found.spoken_of if found else ()
        if resolved.unclear == "which_thesis":
            among = resolved.documents
            found = Conversation(question, answer, (), among, before, asked_back=True)
            continue
        if found and resolved.repeat == "more":  # what was said before is not wanted again either
            last = (*found.last, *last)
        listed = names.listed_in(answer)
        about = listed or quoting(quotes_in(answer)[:PLACED])
        documents = subject_after(question, answer, resolved, about, found, names)
        pair = about if len(about) == 2 else ()  # "skripsi yang satunya"
        if len(documents) > 1 and set(about) <= set(documents):  # two that were compared
            about = documents
        spoken_of = tuple(dict.fromkeys([*before, *(documents or pair)]))
        of_library = (
            resolved.of_library
            or _is_of_library(resolved.question, reads)
            or (len(listed) > 1 and bool(read_question(resolved.question).fields))
        )
        if found and len(about) < 2 and set(documents or about) < set(found.listed):
            about = found.listed  # one of a list was asked about: the list stays
        found = Conversation(
            resolved.question, answer, documents, about, spoken_of, of_library, resolved.base, last
        )
    return found


def _is_talk(question: str, reads: Reads) -> bool:
    intent = reads(question)
    return intent is not None and is_talk(intent, question) and not _again(question, reads)


def _is_off_topic(question: str, reads: Reads) -> bool:
    intent = reads(question)
    chance = intent.routes.get("off-topic", 0.0) if intent else 0.0
    return intent is not None and chance >= LEANS and not intent.again


def without_remark(question: str, reads: Reads) -> str:
    """A question without the small talk before it: "oke deh, ada skripsi akuntansi?"."""
    remark, comma, rest = question.partition(",")
    theses = word_set("question.stands_for_thesis") | word_set("question.thesis")
    names = theses.intersection(words(remark))  # "yang tentang robot, …"
    if not comma or names or len(remark.split()) > FEW or len(rest.split()) < 2:
        return question
    return rest.strip() if _is_talk(remark, reads) else question


def _language_first(question: str, reads: Reads) -> tuple[Language | None, str]:
    """The language that a message asks for before it asks something: "in English. What is it?"."""
    asks, _, rest = question.replace(". ", ", ").partition(", ")
    intent = reads(asks) if len(rest.split()) > 1 else None
    again = intent.again if intent else None
    return LANGUAGE_AGAIN.get(again) if again else None, rest


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
    spoken, rest = _language_first(question, reads)
    if spoken:
        return replace(resolve(rest, before, names, reads), language=spoken)
    back = gone_back(question, names) if before else ""
    question = back or question
    if before and (again := _again(question, reads)):
        theses = word_set("question.stands_for_thesis").intersection(words(question))
        if not (before.of_library and theses and again in LANGUAGE_AGAIN):  # "yang inggris?"
            return asked_again(question, again, before)
    named = theses_meant(question, before, names, back=bool(back))
    if named and not named.phrase:  # by their place among those in play, or as a pair
        return named
    plain = behind_colon(named.question) if named else question
    if _is_talk(question, reads):
        return Resolved(question)
    if before and before.asked_back and not cue("follow_up.any_thesis").search(question):
        told = _told_which(question, plain, before, named, names)
        if told:
            return told
    among = of_those_listed(question, before) if before else ()
    counts = cue("question.count").search(question) and not content_terms(question)
    if before and before.of_library and (counts or _goes_on_listing(question, before, reads)):
        return Resolved(question, among, of_library=True)
    if compares_age(question):
        theses = word_set("question.thesis").intersection(words(question))
        among = before.spoken_of if before and not (theses or before.of_library) else ()
        if before and len(before.documents) > 1:
            among = before.documents
        if len(among) != 1:  # of one "yang paling baru" is something in it
            return Resolved(question, among, of_library=True)
    elif _is_of_library(question, reads) and not (
        back or _varies(question, before, reads) or (named and _asks_of_one(question, plain, reads))
    ):
        return Resolved(question, among, of_library=True)
    resolved = _resolved(plain, before, reads)
    if named:
        about, meant = form("about").fullmatch(plain), form("meant").match(plain)
        asks = says_something(about["other"] if about else plain[meant.end() if meant else 0 :])
        told = resolved if asks else _asked_of_other(before, question)
        return replace(
            told,
            documents=named.documents,
            phrase=named.phrase,
            ambiguous=named.ambiguous,
            unknown=named.unknown,
        )
    settled = resolved.unclear or resolved.repeat or resolved.follows
    if (back or not settled) and (other := names.unknown(question, language_of(question))):
        return replace(resolved, question=other.rest, unknown=other.phrase)
    of_all = cue("follow_up.any_thesis").search(question) or read_question(question).each
    if before and not resolved.documents and not of_all:
        resolved = replace(resolved, documents=before.documents)
    if not resolved.unclear and not resolved.documents and _lacks_thesis(question, before, reads):
        among = before.listed if before and len(before.listed) > 1 else names.documents
        if len(among) > 1:
            return Resolved(question, among, unclear="which_thesis")
    return resolved


def _lacks_thesis(question: str, before: Conversation | None, reads: Reads) -> bool:
    """Whether a question points at one thesis, and nothing tells at which: "penulisnya siapa?"."""
    pointing = cue("follow_up.pronouns").search(question) or cue("follow_up.of_thesis").search(
        question
    )
    read = read_question(question)
    theses = cue("follow_up.any_thesis").search(question) or cue("question.here").search(question)
    if not pointing or read.each or theses or (read.several and read.fields):
        return False
    if before and before.of_library and _alone(question, reads) < LEANS:
        return True
    few = len(content_terms(question)) <= 1 and _is_of_thesis(question, reads)
    return bool(read.fields or read.topics or few)


def _told_which(
    question: str, plain: str, before: Conversation, named: Resolved | None, names: ThesisNames
) -> Resolved | None:
    """What was asked before it was asked back which thesis is meant, where this tells: "jihan"."""
    same = Resolved(before.question, follows=True)
    if named:
        known = replace(same, documents=named.documents, phrase=named.phrase)
        return None if says_something(plain) else replace(known, ambiguous=named.ambiguous)
    read = read_question(question)
    phrase = "" if read.fields or read.topics or read.places else question.rstrip(" ?.!")
    other = names.unknown(question, language_of(question))
    unknown = other.phrase if other else phrase if is_phrase(question) else ""
    return replace(same, unknown=unknown) if unknown and not item_asked(question, before) else None


def _goes_on_listing(question: str, before: Conversation, reads: Reads) -> bool:
    """Whether a question right behind one about the library goes on with it: "yang 2017?", "dari
    UPN?", "anything on politics?". Who asks for a field, topic or place asks of one thesis."""
    read, intent = read_question(question), reads(question)
    joining = word_set("follow_up.joining")
    said = [word for word in words(question) if word not in joining]
    opens = word_set("question.stands_for_thesis") | word_set("question.behind_one")
    asks = not word_set("question.which").isdisjoint(said)
    named = bool(said) and said[0] in opens and not asks  # "yang pembimbingnya bu kartika"
    points_back = cue("follow_up.pronouns").search(question) and not named
    if read.fields or read.topics or read.places or points_back:
        return False
    likely = intent.routes.get("library", 0.0) if intent else 0.0
    listed = cue("follow_up.any_thesis").search(question) or compares_age(question)
    about = form("about").fullmatch(question) or (
        is_phrase(question) and len(before.documents) != 1
    )
    return bool(said) and bool(
        likely >= LEANS
        or listed
        or (said[0] in opens and item_asked(question, None) is None)
        or (about and len(content_terms(question)) <= SHORT)
    )


def _asks_of_one(question: str, plain: str, reads: Reads) -> bool:
    """Whether something is asked of a thesis that is named, and not whether there is one."""
    intent = reads(question)
    sure = intent is not None and library_chance(intent, question) >= SURELY
    says = read_question(plain).telling or cue("question.explain").search(plain)
    return bool(says) and not sure and not _is_of_library(plain, reads)


def _varies(question: str, before: Conversation | None, reads: Reads) -> bool:
    """ "Dan 2019?": the question before, which wasn't about the library."""
    short = form("about").fullmatch(question)
    return bool(before and short and not _is_of_library(before.question, reads))


def _asked_of_other(before: Conversation | None, question: str) -> Resolved:
    """ "Dan skripsi jihan?": the question before, of another thesis."""
    return Resolved(before.question, follows=True) if before else Resolved(question)


def _resolved(question: str, before: Conversation | None, reads: Reads) -> Resolved:
    if (number := item_asked(question, before)) is not None:
        return of_item(question, number, before)
    if before is None:
        if meant := form("meant").match(question):
            question = question[meant.end() :].strip(" ,:-") or question
        if _again(question, reads):
            return Resolved(question, unclear="nothing_before")
        leans = _alone(question, reads) < UNCLEAR
        said = bool(content_terms(question))
        leans |= not said and cue("follow_up.pronouns").search(question) is not None
        listed = cue("follow_up.any_thesis").search(question)
        other = cue("follow_up.other_thesis").search(question)
        lost = leans and (other or not (listed or (said and _is_of_thesis(question, reads))))
        return Resolved(question, unclear="nothing_before" if lost else None)
    if _is_off_topic(question, reads):
        return Resolved(question)
    if cue("follow_up.other_thesis").search(question):
        others = tuple(d for d in before.spoken_of if d not in before.documents)
        asked = question if len(content_terms(question)) > SHORT else before.question
        return Resolved(asked, others[-1:], follows=True)
    if meant := form("meant").match(question):
        return _corrected(question[meant.end() :], before, reads)
    known = [] if before.of_library else subject(question, before.question)
    bare = word_set("question.which") | word_set("follow_up.joining") | stop_words()
    if known and bare.issuperset(words(question)):  # "kapan?", of what was spoken of
        return replace(added(question, known), otherwise="")
    about = form("about").fullmatch(question)
    if about and about["other"].split()[0].lower().removesuffix("kah") in word_set(
        "question.which"
    ):
        joined = words(question)[0] in word_set("follow_up.joining")
        question, about = about["other"] if joined else question, None  # "and why 2.5?"
    if about and len(content_terms(about["other"])) <= SHORT:
        read = read_question(about["other"])
        if read.topics or read.fields:  # "and what are the conclusions?"
            return Resolved(about["other"])
        if not read_question(before.question).fields:
            return about_other(before, about["other"])
    if is_phrase(question) and not _is_of_thesis(question, reads):
        if not cue("follow_up.pronouns").search(question):
            return about_other(before, question.rstrip(" ?.!"))
        return added(question, known) if known else Resolved(question)
    return _with_subject(question, known, reads)


def _again(question: str, reads: Reads) -> Again | None:
    """What a message asks of the answer before; None where it asks for something of its own."""
    intent, read = reads(question), read_question(question)
    topics = [topic for topic in read.topics if topic.expects != "reason"]
    own = topics or read.places or compares_age(question)
    if own or intent is None or cue("follow_up.any_thesis").search(question):
        return None
    if intent.again is None and item_asked(question, None) is None:  # "the third one in English"
        beside = word_set("follow_up.beside_item") | word_set("question.stands_for_thesis")
        said = [word for word in words(question) if word not in beside and ordinal(word) is None]
        counts = any(ordinal(word) is not None for word in words(question))
        rest = reads(" ".join(said)) if counts and said else None
        return rest.again if rest and rest.again in ANSWERED_AGAIN else None
    return None if read.fields and intent.again not in ANSWERED_AGAIN else intent.again


def _corrected(meant: str, before: Conversation, reads: Reads) -> Resolved:
    """ "Maksud saya …": what stands behind it, alone if it can, else in place of the subject."""
    meant = meant.strip(" ,:-")
    if not meant or _alone(meant, reads) >= LEANS:
        return Resolved(meant or before.question, follows=True)
    return Resolved(with_other(before.question, meant), follows=True)


def _is_of_thesis(question: str, reads: Reads) -> bool:
    """Whether a question asks what any thesis has, by its words or as learned."""
    intent, read = reads(question), read_question(question)
    points_back = cue("follow_up.pronouns").search(question) is not None
    if read.expects == "reason" and points_back:  # "kenapa pakai itu?"
        return False
    least = LIKELY if points_back else LEANS
    learned = intent and intent.route in OF_THESIS and intent.routes[intent.route] >= least
    return bool(learned or read.topics or read.fields or read.places)


def _with_subject(question: str, known: Sequence[str], reads: Reads) -> Resolved:
    """A short question that points back, or can't stand alone, gets the words that the one before
    was about."""
    if cue("follow_up.of_thesis").search(question) or len(content_terms(question)) > SHORT:
        return Resolved(question)
    if _is_of_thesis(question, reads):
        return Resolved(question)  # it lacks nothing once the thesis is known
    points_back = points_at_thing(question)
    if not known or _alone(question, reads) >= (SURELY if points_back else LEANS):
        return Resolved(question)
    longer = added(question, known)
    said = points_back or not read_question(question).telling
    return longer if said else Resolved(question, otherwise=longer.question)
