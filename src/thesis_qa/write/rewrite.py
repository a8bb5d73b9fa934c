"""Put a follow-up into words that can be searched for, with the conversation it belongs to."""

from collections.abc import Sequence

from thesis_qa.lang.language import language_of
from thesis_qa.question.query import content_terms
from thesis_qa.retrieve.retriever import MAX_QUESTION
from thesis_qa.write.failure import Failure
from thesis_qa.write.figures import held_numbers, stated_numbers
from thesis_qa.write.models import LanguageModel
from thesis_qa.write.names import holds_name, names
from thesis_qa.write.prompt import rewrite_prompt

SECONDS = 20  # what a rewriting may take; then the rules have to do
SHORT = 8  # content words up to which a question may lean on the one before


def rewritten(
    model: LanguageModel, question: str, history: Sequence[tuple[str, str]]
) -> str | None:
    """`question` as the model words it for itself; None where it didn't, or invented something.

    Names and numbers may only come from the conversation.
    """
    if not history or len(content_terms(question)) > SHORT:
        return None
    language = language_of(question) or language_of(history[-1][0]) or "en"
    try:
        pieces = model.stream(rewrite_prompt(question, language, history), SECONDS)
        text = " ".join("".join(pieces).split()).strip("\"“”' ")
    except Failure:
        return None
    said = "\n".join([question, *(part for turn in history for part in turn)])
    same_language = language_of(text) in (None, language)
    return text if same_language and _is_question(text) and _is_said(text, said) else None


def _is_question(text: str) -> bool:
    return text.endswith("?") and text.count("?") == 1 and 0 < len(text) <= MAX_QUESTION // 4


def _is_said(text: str, said: str) -> bool:
    """Whether every name and number of `text` occurs in what was said."""
    spoken, held = language_of(text), held_numbers(said)
    known: list[bool] = [bool(values & held) for _, values in stated_numbers(text)]
    known += [holds_name(name, said, spoken, spoken) for name in names(text)]
    return all(known)
