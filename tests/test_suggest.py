"""What is offered to be asked next can be answered, and comes from the thesis's own sections."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from thesis_qa.answer.suggest import OFFERED, sections_near
from thesis_qa.assistant import Assistant
from thesis_qa.library import Index

SECTIONS = {
    "BAB I PENDAHULUAN": "Terumbu karang melindungi pantai dari ombak besar. " * 8,
    "2.1 Pemutihan Karang": "Pemutihan karang adalah hilangnya alga dari jaringan karang. "
    "Pemutihan karang terjadi karena suhu laut naik dua derajat. " * 4,
    "2.2 Arus Laut": "Arus laut adalah gerakan massa air dari satu tempat ke tempat lain. "
    "Arus laut membawa larva karang ke terumbu lain. " * 5,
    "2.3 Transplantasi Karang": "Transplantasi karang adalah penanaman potongan karang hidup. "
    "Transplantasi karang memulihkan terumbu yang rusak. " * 5,
    "2.4 Kosong": "Pendek.",
}


@pytest.fixture(scope="module")
def reef(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Assistant]:
    folder = tmp_path_factory.mktemp("reef")
    text = "\n\n".join(f"## {title}\n\n{body}" for title, body in SECTIONS.items())
    (folder / "karang.md").write_text(f"# Terumbu\n\n{text}")
    index = Index.build(folder / "karang.md", folder / "index")
    yield Assistant(index)
    index.close()


def test_sections_after_the_cited_one_come_first(reef: Assistant) -> None:
    section = "2.1 Pemutihan Karang"
    near = sections_near(reef.index.catalog, "karang.md", section)
    # what introduces or is nearly empty tells nothing
    assert [heading.title for heading in near] == ["Arus Laut", "Transplantasi Karang"]


def test_what_is_offered_is_answered_when_it_is_asked(reef: Assistant) -> None:
    answer = reef.ask("Mengapa pemutihan karang terjadi?")
    offered = reef.next_questions(answer, seconds=60)
    assert 0 < len(offered) <= OFFERED
    assert all(reef.ask(question, documents=["karang.md"]).answered for question in offered)
    assert answer.question not in offered


def test_no_heading_stands_in_a_question_of_another_language(reef: Assistant) -> None:
    answer = reef.ask("Mengapa pemutihan karang terjadi?")
    assert any("Arus Laut" in offered for offered in reef.next_questions(answer, seconds=60))
    in_english = reef.next_questions(replace(answer, language="en"), seconds=60)
    assert not any("Laut" in offered or "Karang" in offered for offered in in_english)


def test_a_refusal_and_an_empty_budget_offer_nothing(reef: Assistant) -> None:
    declined = reef.ask("Siapa presiden Prancis?")
    assert not declined.answered
    assert reef.next_questions(declined, seconds=60) == ()
    answer = reef.ask("Mengapa pemutihan karang terjadi?")
    assert reef.next_questions(answer, seconds=0) == ()


def test_after_a_standing_question_its_kin_are_offered(tmp_path: Path) -> None:
    (tmp_path / "pasar.md").write_text(
        "# Sampah Pasar\n\n## BAB V PENUTUP\n\n### 5.1 Kesimpulan\n\nSampah pasar dapat diolah"
        " menjadi kompos.\n\n### 5.2 Saran\n\nPengelola pasar perlu menyediakan wadah.\n"
    )
    index = Index.build(tmp_path / "pasar.md", tmp_path / "index")
    assistant = Assistant(index)
    answer = assistant.ask("Apa kesimpulannya?")
    assert assistant.next_questions(answer, seconds=60) == (
        "Apa saran untuk penelitian selanjutnya?",  # the only one that it states
    )
    index.close()


def test_a_section_named_like_a_topic_is_asked_for_as_one_asks(tmp_path: Path) -> None:
    (tmp_path / "pasar.md").write_text(
        "# Sampah Pasar\n\n## BAB I PENDAHULUAN\n\n### 1.1 Keadaan\n\nSampah pasar Sukamaju"
        " menumpuk sejak lama.\n\n### 1.2 Tujuan Penelitian\n\n"
        + "Penelitian ini bertujuan untuk mengolah sampah pasar menjadi kompos yang murah. "
        * 4
    )
    index = Index.build(tmp_path / "pasar.md", tmp_path / "index")
    assistant = Assistant(index)
    answer = assistant.ask("Sampah pasar mana yang menumpuk sejak lama?")
    assert answer.answered
    assert assistant.next_questions(answer, seconds=60) == ("Apa tujuan penelitian ini?",)
    index.close()
