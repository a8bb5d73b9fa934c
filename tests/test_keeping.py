"""Conversations that are kept, apart from where: what comes back is what stands in the theses."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from conftest import METHOD
from thesis_qa.answer.card import ThesisTable
from thesis_qa.errors import QuestionError
from thesis_qa.index.feedback import CONVERSATIONS, forget_answers
from thesis_qa.web import chat
from thesis_qa.web.comparison import comparison_file, xlsx
from thesis_qa.web.context import AppContext
from thesis_qa.web.first_screen import offered, picks
from thesis_qa.web.keeping import packed, restored
from thesis_qa.web.references import Creator, authors_of
from thesis_qa.web.texts import TEXTS

EN = TEXTS["en"]


def again(app: AppContext, turns: chat.Turns) -> chat.Turns:
    kept = json.loads(packed(turns))
    return restored(app.assistant.index.catalog, json.dumps(kept["turns"]), EN)


def test_a_conversation_comes_back_as_it_was(app: AppContext, talk: chat.Turns) -> None:
    back = again(app, talk)
    assert chat.messages(back, EN) == chat.messages(talk, EN)
    assert chat.sources_markup(back, EN) == chat.sources_markup(talk, EN)
    assert json.loads(packed(talk))["id"] == talk[0].talk


def test_what_a_thesis_no_longer_says_is_told(app: AppContext, talk: chat.Turns) -> None:
    assert talk[0].answer
    first, *others = talk[0].answer.citations
    other = replace(first, quote="Something else.")
    answer = replace(talk[0].answer, citations=(other, *others))
    assert "has changed since" in str(
        chat.messages(again(app, (replace(talk[0], answer=answer),)), EN)
    )


def test_of_a_thesis_that_is_gone_nothing_is_shown(app: AppContext, talk: chat.Turns) -> None:
    assert talk[0].answer
    gone = tuple(replace(c, document="gone.pdf") for c in talk[0].answer.citations)
    turn = replace(talk[0], answer=replace(talk[0].answer, citations=gone))
    (back,) = again(app, (turn,))
    assert back.answer is None
    assert "gone.pdf" in back.problem
    assert json.loads(packed((back,)))["turns"][0].keys() == {
        "key",
        "question",
        "talk",
        "gone",
        "problem",
    }
    assert back.question == METHOD


def test_with_a_thesis_goes_what_users_conversations_quote_of_it(
    app: AppContext, talk: chat.Turns, tmp_path: Path
) -> None:
    assert talk[0].answer
    name, quote = talk[0].answer.citations[0].document, talk[0].answer.citations[0].quote
    other = replace(talk[0], key="other", question="Siapa?", answer=None, problem="?")
    path, cut = (tmp_path / CONVERSATIONS / "user" / f"{n}.json" for n in ("kept", "cut"))
    path.parent.mkdir(parents=True)
    path.write_text(packed((*talk, other)), encoding="utf-8")
    cut.write_text(packed(talk)[:-5], encoding="utf-8")
    forget_answers(tmp_path, ["another.pdf"])
    assert json.dumps(quote)[1:-1] in json.dumps(json.loads(path.read_text(encoding="utf-8")))
    forget_answers(tmp_path, [name])
    assert not cut.exists()
    assert quote[:20] not in path.read_text(encoding="utf-8")
    kept = json.loads(path.read_text(encoding="utf-8"))["turns"]
    first, last = restored(app.assistant.index.catalog, json.dumps(kept), EN)
    assert first.question == talk[0].question
    assert name in first.problem
    assert last == other


@pytest.mark.parametrize(
    "kept", ["", "7", "[7]", '[{"key": 1}]', '[{"key": "k", "question": ["x"]}]']
)
def test_what_is_no_conversation_is_refused(app: AppContext, kept: str) -> None:
    with pytest.raises(ValueError, match="validation error"):
        restored(app.assistant.index.catalog, kept, EN)


def test_markup_in_what_was_kept_stays_text(app: AppContext) -> None:
    turns = (chat.Turn("k", "<img src=x onerror=alert(1)>", problem="<b>x</b>", talk="t"),)
    assert "<img" not in str(chat.messages(again(app, turns), EN))


def test_what_is_offered_is_answered(app: AppContext) -> None:
    (pick,) = picks(app, "en")
    assert pick.about.startswith("The focus of this study")
    questions = offered(app, [pick.name], "en")
    assert questions
    assert all(app.assistant.ask(question).answered for question in questions)
    assert offered(app, ["not there"], "en")  # of all


def test_theses_are_compared_until_every_cell_is_filled(app: AppContext) -> None:
    table = app.assistant.compare(topics=["obstacles", "theory"], questions=[METHOD, " "])
    assert table.done
    assert table.columns == ("theory", "obstacles", METHOD)
    obstacles = table.cell(table.documents[0], "obstacles")
    assert obstacles
    assert "perizinan" in obstacles[0].quote
    assert obstacles[0].url.startswith(app.assistant.index.public_url)
    for form in ("XLSX", "CSV", "Word", "Markdown"):
        assert json.loads(comparison_file(app, table, form, EN))["data"]


def test_a_topic_that_there_is_not_is_named(app: AppContext) -> None:
    with pytest.raises(QuestionError, match="no topic 'weather'"):
        app.assistant.compare(topics=["weather"])


def test_an_unfilled_table_says_what_is_not_known_yet() -> None:
    table = ThesisTable(("a.pdf",), ("theory",))
    assert table.cell("a.pdf", "theory") is None
    assert not table.done
    assert xlsx([["=1+1", "\x00<&>"]])[:2] == b"PK"


@pytest.mark.parametrize(
    ("name", "family", "written"),
    [
        ("Jihan Aurelia", "Aurelia", "Aurelia, J."),
        ("RIZAL ALI BABA", "Baba", "Baba, R. A."),
        ("Mustaqimah", "Mustaqimah", "Mustaqimah"),
        ("Bc. Ondřej Hlavatý", "Hlavatý", "Hlavatý, O."),
        ("Anna van der Berg", "van der Berg", "van der Berg, A."),
        ("Camille R. Archer", "Archer", "Archer, C. R."),
    ],
)
def test_the_last_part_of_a_name_is_put_first(name: str, family: str, written: str) -> None:
    person = Creator.parse(name)
    assert (person.family, str(person)) == (family, written)
    assert [p.family for p in authors_of(f"{name}, Ana Ani")] == [family, "Ani"]
