"""Answer what is asked of a statement quoted before: it is quoted again, with what follows it."""

from thesis_qa.answer.evidence import is_quotable
from thesis_qa.answer.found import MAX_DOCUMENTS, STATED, Evidence, Found, Library, Shown
from thesis_qa.question.read import Question
from thesis_qa.types import Passage, Sentence

FOLLOWING = 2  # sentences behind a statement that may explain it
PARTS = " … "  # joins the parts of a quote


def by_repeating(question: Question, library: Library) -> Found | None:
    """The statement that a question asks about, and the sentences behind it; None if it asks
    about none, or if it is no longer there."""
    if not question.item:
        return None
    begins = question.item.split(PARTS)[0]
    names = question.documents[:MAX_DOCUMENTS]
    whole = (p for name in names for p in library.catalog.passages_of(name))
    for passage in whole if names else library.passages(question):
        for at, sentence in enumerate(passage.sentences):
            if begins in " ".join(sentence.text.split()):
                return _with_following(library, passage, sentence, at)
    return None


def _with_following(library: Library, passage: Passage, sentence: Sentence, at: int) -> Found:
    after = [(passage, s) for s in passage.sentences[at + 1 :]]
    for other in library.catalog.around(passage.passage_id, 0, 1)[1:]:
        if other.headings == passage.headings:
            after += [(other, s) for s in other.sentences]
    following = [(p, s) for p, s in after if is_quotable(s) and s.kind == "text"]
    if sentence.kind == "list":  # its neighbours are other items
        following = []
    following = following[:FOLLOWING]
    shown = [Shown(Evidence(p, s)) for p, s in [(passage, sentence), *following]]
    return Found(STATED, tuple(shown), "answer")
