"""Translate a quote, when somebody asks for it; the quote itself is always shown beside it."""

from thesis_qa.types import Language, Translation
from thesis_qa.write.check import Checker
from thesis_qa.write.failure import Failure
from thesis_qa.write.models import LanguageModel
from thesis_qa.write.phrases import phrases, told
from thesis_qa.write.prompt import translate_prompt
from thesis_qa.write.support import Source


def translated(
    model: LanguageModel, checker: Checker, quote: Source, language: Language, number: int
) -> Translation:
    """A quote, that of citation `number`, in `language`, marked as the model's.

    What the check has against it stands in `doubt`; a model that can't be used gives no text and
    the reason.
    """
    text, doubt = "", None
    try:
        text = " ".join("".join(model.stream(translate_prompt(quote.text, language))).split())
        text = "".join(c for c in text if c.isprintable())
        if not text:
            raise Failure("empty")
        objection = checker.objection(text, [quote])
        if objection:
            say = phrases(language)
            doubt = say.reasons[objection.kind].format(what=objection.what)
    except Failure as failure:
        text, doubt = "", told(failure, model, language)
    return Translation(number, language, text, model.name, model.runs_on, doubt)
