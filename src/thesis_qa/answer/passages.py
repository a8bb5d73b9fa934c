"""Answer from the best passages: their sentences are weighed and read, and judged."""

from collections.abc import Sequence
from dataclasses import replace

from thesis_qa.answer.again import heard_before
from thesis_qa.answer.confidence import confidence, likely, signals
from thesis_qa.answer.evidence import find_evidence, passages_of, reweigh, stems
from thesis_qa.answer.found import (
    MAX_CITATIONS,
    MAX_DOCUMENTS,
    UNSTATED,
    Evidence,
    Found,
    Library,
    Shown,
)
from thesis_qa.answer.select import select
from thesis_qa.lang.data import word_set
from thesis_qa.lang.glossary import readings
from thesis_qa.question.expects import holds_expected
from thesis_qa.question.read import SHORT_WORD, Question, squeezed
from thesis_qa.question.topics import ASKED
from thesis_qa.types import AnswerKind, Mark, Passage

DOUBTED = 0.4  # probability below which a sentence is no answer to a standing question


def by_passages(question: Question, library: Library) -> Found:
    """What sentences answer; thesis by thesis where they are asked apart."""
    found = Found(0.0)
    names = library.names(question)
    if library.asked_apart(question) and len(names) <= MAX_DOCUMENTS:
        found = _by_document(question, library, names)
    if not found.answers:
        found = weigh(question, library, library.passages(question))
    by_heading = not question.besides and len(names) <= MAX_DOCUMENTS
    return _doubted(found) if by_heading and question.topics else found


def weigh(
    question: Question, library: Library, among: Sequence[Passage], *, whole: bool = False
) -> Found:
    """What the sentences of passages answer, and how sure that is; they are read once. The `whole`
    of them, or the best until one seems to answer."""
    key = question.text, question.besides, tuple(p.passage_id for p in among), whole
    if key not in library.weighed:
        library.weighed[key] = _weigh(question, library, among, whole)
    return library.weighed[key]


def _weigh(question: Question, library: Library, among: Sequence[Passage], whole: bool) -> Found:
    heard = heard_before(library.catalog, question)
    found = {passage.passage_id: passage for passage in (*among, *heard.passages)}
    evidence = find_evidence(question, library, [*found.values()])
    evidence = [e for e in evidence if e.sentence.text not in question.besides]
    if not evidence:
        return Found(0.0)
    if library.reader:
        evidence = reweigh(library.reader, question, evidence, whole=whole)
    lacking = words_missing(question, library)
    seen = signals(question, evidence, lacking)
    if heard.said:
        nearer = heard.weighed(question, evidence)
        seen_near = signals(question, nearer, lacking)
        if question.repeat or not likely(seen) or likely(seen_near):
            evidence, seen = nearer, seen_near  # what answers isn't lost to what is near
    shown = tuple(select(library.catalog, question, evidence))
    read = tuple(passages_of(evidence))
    codes = _codes_missing(question, library, evidence)
    missing = tuple(dict.fromkeys([*codes, *lacking]))
    nowhere = bool(lacking) and len(lacking) >= len(question.telling)  # "a recipe for rendang"
    nowhere = nowhere and not any(topic.asked.search(question.text) for topic in ASKED)
    if codes or nowhere or (question.figure and not holds_figure(question, shown)):
        return Found(min(confidence(seen), UNSTATED), shown, missing=missing, read=read)
    kind: AnswerKind = "answer" if likely(seen) else "decline"
    return Found(confidence(seen), shown, kind, missing=missing, read=read)


def _by_document(question: Question, library: Library, names: Sequence[str]) -> Found:
    """The best answer of each document; the most confident first."""
    asked = {name: question.of(name) for name in names}
    found = {name: weigh(q, library, library.passages(q)) for name, q in asked.items()}
    stating = sorted((f for f in found.values() if f.answers), key=lambda f: -f.probability)
    if not stating:
        return Found(max((f.probability for f in found.values()), default=0.0))
    share = max(1, MAX_CITATIONS // len(stating))
    shown = tuple(s for f in stating for s in f.shown[:share])[:MAX_CITATIONS]
    silent = tuple(library.title(name) for name, f in found.items() if not f.answers)
    return Found(stating[0].probability, shown, "answer", silent)


def _doubted(found: Found) -> Found:
    """What was found for a topic that no heading or phrase announces: rather not an answer, least
    of all what tells what a chapter is about."""
    if any(Mark.ANNOUNCES in s.evidence.sentence.marks for s in found.shown[:1]):
        return replace(found, kind="decline", probability=min(found.probability, UNSTATED))
    return found if found.probability >= DOUBTED else replace(found, kind="decline")


def _codes_missing(
    question: Question, library: Library, evidence: Sequence[Evidence]
) -> tuple[str, ...]:
    """Numbers and identifiers of the question that no passage weighed holds: "GPT-5", "2031".

    The year and the title of a thesis count as held: "What does the thesis of 2021 say of RPC?"

    Of 64 questions with such a code that are answered rightly (IDK-MRC, SQuAD, COVID-QA), 62 have
    it in a passage weighed; of the other 148, 58 lack it.
    """
    if not question.codes:
        return ()
    weighed = passages_of(evidence)
    texts = [f"{p.document} {p.title} {p.section} {p.text}" for p in weighed]
    names = {p.document for p in weighed}
    years = [library.catalog.document(name).metadata.year for name in names]
    held = squeezed(" ".join([*texts, *map(str, years)]))
    return tuple(written for code, written in question.codes if code not in held)


def holds_figure(question: Question, shown: Sequence[Shown]) -> bool:
    """Whether a statement holds the number, time or address that is asked for."""
    stated = (sentence for s in shown for sentence in (s.evidence.sentence, s.lead))
    return any(sentence and holds_expected(sentence, question.expects) for sentence in stated)


def words_missing(question: Question, library: Library) -> tuple[str, ...]:
    """Words of the question that no passage of what was searched holds, itself or translated, as
    they were asked; not those that only frame a question."""
    frame = word_set("question.thesis") | word_set("question.frame") | word_set("question.asking")
    frame |= word_set("words.telling") | word_set("follow_up.joining")
    telling = [(t, w) for t, w in question.terms if w not in frame and len(w) > SHORT_WORD]
    read = {word: readings(term, question.language, None) for term, word in telling}
    names = library.names(question)
    return tuple(w for w, found in read.items() if not library.catalog.holds_any(found, names))


def best_first(found: Found, near: Sequence[Passage]) -> list[Passage]:
    """The passages found for a question: those that its answer stands in, then in the order that
    reading them gave."""
    known = {passage.passage_id: passage for passage in near}
    cited = [s.evidence.passage for s in found.shown] if found.answers else []
    ordered = {p.passage_id: known.get(p.passage_id, p) for p in (*cited, *found.read, *near)}
    return [replace(p, rank=rank) for rank, p in enumerate(ordered.values(), start=1)]


def on_subject(question: Question, shown: Sequence[Shown]) -> tuple[Shown, ...]:
    """Those statements that hold at least half of what a question tells, itself or translated:
    what else comes near is about something else."""
    telling = question.telling
    near = ((s, stems(f"{s.evidence.passage.section} {s.evidence.sentence.text}")) for s in shown)
    return tuple(
        s for s, held in near if 2 * sum(not held.isdisjoint(t) for t in telling) >= len(telling)
    )
