"""Conversations as people have them: talk, the library, named theses, follow-ups, places."""

import json
import re
from dataclasses import replace
from pathlib import Path

import pytest

from thesis_qa.answer.collection import in_full
from thesis_qa.answer.found import Library
from thesis_qa.assistant import Assistant
from thesis_qa.cli.main import main
from thesis_qa.evaluate import evaluate, read_gate, read_questions
from thesis_qa.library import Index
from thesis_qa.types import Answer

EVALUATION = Path(__file__).parent.parent / "evaluation"
CONVERSATIONS, DOCUMENTS = (
    EVALUATION / "conversations.jsonl",
    EVALUATION / "conversations/documents",
)
TURNS_RIGHT = 0.74  # of every third conversation, .79 when it was written

HYPERTENSION, RICE, LARAVEL, ACCOUNTS = (
    f"skripsi-{name}.md" for name in ("hipertensi", "padi-gogo", "peminjaman-laravel", "sak-emkm")
)
BASECAMP, READING, SEA = (
    f"thesis-{name}.md" for name in ("basecamp", "peer-reading", "sea-cucumbers")
)


class Chat:
    """A person who talks to the assistant; every answer goes into what was said before."""

    def __init__(self, assistant: Assistant) -> None:
        self.assistant = assistant
        self.history: list[tuple[str, str]] = []

    def say(self, *messages: str) -> Answer:
        """The answer to the last of `messages`."""
        for message in messages:
            answer = self.assistant.ask(message, self.history)
            self.history.append((message, answer.text))
        return answer


@pytest.fixture(scope="module")
def assistant(eight: Index) -> Assistant:
    return Assistant(eight)


@pytest.fixture
def chat(assistant: Assistant) -> Chat:
    return Chat(assistant)


def cited(answer: Answer) -> set[str]:
    return {citation.document for citation in answer.citations}


# Talk


@pytest.mark.parametrize(
    "message",
    ["halo", "hai kak", "selamat pagi", "Hi there!", "makasih ya", "Thanks!", "kamu siapa?",
     "What can you do?", "how sure are you?", "oke sip", "dadah"],
)  # fmt: skip
def test_small_talk_is_never_declined(chat: Chat, message: str) -> None:
    answer = chat.say(message)
    assert answer.kind == "talk"
    assert answer.citations == answer.nearest == ()
    assert answer.missing == ()


def test_a_greeting_offers_questions_that_are_answered(chat: Chat) -> None:
    offered = re.findall(r"^- (.+\?) \((.+)\)$", chat.say("halo").text, re.MULTILINE)
    assert len(offered) == 3
    assert all(name and not name[0].isdigit() for _, name in offered)
    assert chat.assistant.can_answer(offered[0][0], [HYPERTENSION])


def test_thanks_in_the_middle_change_nothing(chat: Chat) -> None:
    answer = chat.say("Apa saja saran skripsi laras?", "makasih ya", "yang kedua?")
    assert answer.citations[0].quote.startswith("2. Keluarga disarankan")


# The library


@pytest.mark.parametrize(
    ("question", "theses", "lead"),
    [
        ("ada skripsi apa aja di sini?", 8, "Ada 8 skripsi di sini:"),
        ("ada berapa skripsi?", 8, "Ada 8 skripsi di sini:"),
        ("How many theses are in the library?", 8, "There are 8"),
        ("skripsi tahun 2019 ada?", {RICE}, "Ada satu skripsi yang cocok:"),
        ("theses after 2021?", {LARAVEL, ACCOUNTS, READING}, "3 of 8 theses fit:"),
        ("skripsi karya Laras Widyaningtyas ada?", {HYPERTENSION}, "Ada satu skripsi"),
        ("disini ada skripsi apa aja?", 8, "Ada 8 skripsi di sini:"),
        ("which theses are earlier than 2020?", {RICE, BASECAMP, SEA}, "3 of 8 theses fit:"),
        ("Which theses come from Indonesian universities?", 8, "There are 8 theses here:"),
        ("which thesis uses Laravel?", {LARAVEL}, "One thesis fits:"),
        ("Which of them are written in English?", {BASECAMP, READING, SEA}, "3 of 8 theses fit:"),
        ("skripsi dari UNHAR ada?", {ACCOUNTS}, "Ada satu skripsi yang cocok:"),
        ("mana yang dari ULH", {RICE}, "Ada satu skripsi yang cocok:"),
        ("skripsi padi", {RICE}, "Ada satu skripsi yang cocok:"),
        ("which are undergraduate theses?", 8, "There are 8 theses here:"),
    ],
)
def test_questions_about_the_library_are_answered_by_a_list(
    chat: Chat, question: str, theses: int | set[str], lead: str
) -> None:
    answer = chat.say(question)
    assert answer.kind == answer.route == "library"
    assert answer.text.startswith(lead)
    named = answer.documents
    assert len(named) == theses if isinstance(theses, int) else set(named) == theses
    assert answer.text.count("\n- ") == len(named)


@pytest.mark.parametrize(
    "question", ["ada skripsi tentang kubernetes?", "ada skripsi tahun 1990?", "ada skripsi s3?"]
)
def test_if_none_fits_that_is_said_and_what_there_is_is_named(chat: Chat, question: str) -> None:
    answer = chat.say(question)
    assert answer.kind == "decline"
    assert not answer.answered
    assert answer.text.startswith("Tidak ada skripsi seperti itu di antara 8 skripsi")
    assert answer.text.count("\n- ") == 3


def test_a_question_of_one_thesis_is_not_taken_for_one_about_the_library(chat: Chat) -> None:
    answer = chat.say("apakah skripsi laras pakai blockchain dong?")
    assert answer.kind == "decline"
    assert answer.documents == (HYPERTENSION,)
    assert answer.missing == ("blockchain",)


def test_a_list_is_gone_on_with(chat: Chat) -> None:
    chat.say("ada berapa skripsi?")
    for message, named in [
        ("yang 2019?", {RICE}),
        ("what about Laravel?", {LARAVEL}),
        ("yang berbahasa Inggris berapa?", {BASECAMP, READING, SEA}),
    ]:
        answer = chat.say(message)
        assert answer.kind == "library"
        assert set(answer.documents) == named


def test_of_two_that_were_compared_the_newer_is_named(chat: Chat) -> None:
    answer = chat.say("bandingkan metode skripsi laras dan skripsi yusuf", "yang lebih lama?")
    assert answer.kind == "library"
    assert len(answer.documents) == 1
    assert set(answer.documents) < {HYPERTENSION, RICE}


def test_a_question_behind_a_greeting_is_answered(chat: Chat) -> None:
    answer = chat.say("hai kak, ada skripsi yang pakai Laravel?")
    assert answer.kind == "library"
    assert answer.documents == (LARAVEL,)


def test_what_is_asked_of_one_chosen_thesis_is_not_looked_for_in_others(
    assistant: Assistant,
) -> None:
    answer = assistant.ask("apakah penelitian ini memakai blockchain?", documents=[RICE])
    assert answer.kind == "decline"
    assert answer.documents == (RICE,)


def test_supervisors_of_all_theses_are_named_thesis_by_thesis(chat: Chat) -> None:
    answer = chat.say("siapa saja pembimbing semua skripsi di sini?")
    assert answer.kind == "library"
    assert {BASECAMP, READING, SEA} <= set(answer.documents)
    assert "Helena Kusumawati" in answer.text


# Theses that are named


def test_a_file_is_a_name_too(chat: Chat) -> None:
    assert cited(chat.say(f"ringkas {RICE}")) == {RICE}


def test_the_thesis_that_an_answer_quotes_is_spoken_of(chat: Chat) -> None:
    answer = chat.say("Which species of sea cucumber was found most often?", "who wrote it?")
    assert answer.documents == (SEA,)
    assert cited(answer) == {SEA}


def test_the_thesis_named_is_asked_and_the_answer_says_so(chat: Chat) -> None:
    answer = chat.say("Apa saja saran skripsi yusuf?")
    assert answer.documents == (RICE,)
    assert cited(answer) == {RICE}
    assert answer.text.startswith("Saran menurut skripsi Yusuf Hamdani (2019):")


def test_a_thesis_that_is_not_here_is_said_not_to_be(chat: Chat) -> None:
    answer = chat.say("skripsi tentang kubernetes metodenya apa?")
    assert answer.kind == "decline"
    assert answer.citations == ()
    assert answer.text.startswith("Tidak ada skripsi “kubernetes” di sini.")


@pytest.mark.parametrize(
    "message", ["ada skripsi tentang kubernetes?", "siapa pembimbing skripsi tentang kubernetes?"]
)
def test_what_is_offered_instead_does_not_become_the_subject(chat: Chat, message: str) -> None:
    chat.say(message)
    assert chat.say("What is the density of Holothuria atra?").documents == ()
    answer = chat.say("Apa metode skripsi laras?", message, "sarannya apa?")
    assert answer.documents == (HYPERTENSION,)


@pytest.mark.parametrize(
    ("message", "document"),
    [("balik ke yang laras tadi, sarannya apa?", HYPERTENSION),
     ("oke, balik ke yang padi tadi, siapa pembimbingnya?", RICE),
     ("back to the hypertension one: who supervised it?", HYPERTENSION)],
)  # fmt: skip
def test_a_thesis_spoken_of_before_is_gone_back_to(chat: Chat, message: str, document: str) -> None:
    chat.say("Apa metode skripsi laras?", "Apa saja saran skripsi yusuf?")
    answer = chat.say("What are the results of the basecamp thesis?", message)
    assert answer.documents == (document,)
    assert cited(answer) == {document}


@pytest.mark.parametrize("message", ["siapa penulis keduanya?", "what data did each of them use?"])
def test_both_are_the_two_that_were_compared(chat: Chat, message: str) -> None:
    answer = chat.say("bandingkan metode skripsi laras dan skripsi yusuf", message)
    assert set(answer.documents) == {HYPERTENSION, RICE}
    assert chat.say("who wrote the first one?").documents == (HYPERTENSION,)


def test_a_comparison_names_theses_by_their_topics_in_another_language(chat: Chat) -> None:
    answer = chat.say("bandingkan metode teripang dan hipertensi")
    assert cited(answer) == {SEA, HYPERTENSION}
    answer = chat.say("compare motorcycle taxis and sea cucumbers")
    assert cited(answer) == {BASECAMP, SEA}


def test_two_named_are_both_asked(chat: Chat) -> None:
    answer = chat.say("Apa metode skripsi laras dan skripsi yusuf hamdani?")
    assert set(answer.documents) == cited(answer) == {HYPERTENSION, RICE}


def test_a_thesis_stays_the_subject_for_twenty_turns(chat: Chat) -> None:
    turns = ["sampelnya berapa?", "tujuannya apa?", "kesimpulannya apa?", "makasih"] * 5
    answer = chat.say("Apa metode skripsi laras?", *turns, "sarannya apa?")
    assert answer.documents == (HYPERTENSION,)
    assert cited(answer) == {HYPERTENSION}


def test_words_that_only_another_thesis_holds_leave_the_subject(chat: Chat) -> None:
    chat.say("What are the results of the basecamp thesis?")
    answer = chat.say("Berapa ton gabah padi gogo per hektar?")
    assert RICE in {c.document for c in (*answer.citations, *answer.nearest)}


def test_what_another_thesis_is_about_is_asked_of_it(chat: Chat) -> None:
    chat.say("Apa metode skripsi laras?")
    assert cited(chat.say("What is a sea cucumber?")) == {SEA}


def test_words_that_no_thesis_holds_leave_it_nowhere(chat: Chat) -> None:
    answer = chat.say("Apa metode skripsi laras?", "Bagaimana blockchain diterapkan?")
    assert answer.documents == (HYPERTENSION,)
    assert not answer.answered


# Follow-ups


def test_items_of_a_list_are_asked_about_by_number(chat: Chat) -> None:
    chat.say("Apa saja saran skripsi laras?")
    for message, begins in [
        ("yang kedua?", "2. Keluarga disarankan"),
        ("nomor 1 maksudnya apa?", "1. Puskesmas disarankan"),
        ("the last one?", "3. Peneliti selanjutnya"),
    ]:
        answer = chat.say(message)
        assert answer.citations[0].quote.startswith(begins)
        assert answer.resolved_question
    answer = chat.say("nomor 9 maksudnya apa?")
    assert answer.kind == "clarify"
    assert "3 butir" in answer.text


def test_the_same_again_with_its_places_its_words_or_in_another_language(chat: Chat) -> None:
    first = chat.say("Apa saja saran skripsi laras?")
    quotes = [citation.quote for citation in first.citations]
    for message, shows in [
        ("halaman berapa?", "· BAB V PENUTUP › 5.2 Saran"),
        ("kutipan persisnya", quotes[1]),
        ("in English please", "The evidence is in Indonesian:"),
    ]:
        answer = chat.say(message)
        assert [citation.quote for citation in answer.citations] == quotes
        assert shows in answer.text


def test_more_is_what_stands_behind_what_was_quoted(chat: Chat) -> None:
    first = chat.say("What are the results of the basecamp thesis?")
    more = chat.say("tell me more")
    assert more.answered
    assert not {c.quote for c in first.citations} & {c.quote for c in more.citations}


def test_english_terms_leave_an_indonesian_conversation_indonesian(chat: Chat) -> None:
    chat.say("Berapa responden yang patuh minum obat?")
    assert chat.say("kalau family support?").language == "id"
    assert chat.say("and what are the conclusions?").language == "en"


def test_nothing_is_shown_as_near_that_is_about_something_else(chat: Chat) -> None:
    assert chat.say("resep rendang padang gimana?").nearest == ()


def test_why_is_asked_of_the_thesis_that_was_spoken_of(chat: Chat) -> None:
    answer = chat.say("What are the results of the basecamp thesis?", "Why?")
    assert answer.resolved_question
    assert answer.documents == (BASECAMP,)


def test_another_thesis_is_asked_the_same(chat: Chat) -> None:
    chat.say("Apa saja saran skripsi laras?")
    for message, document in [
        ("dan skripsi yusuf?", RICE),
        ("skripsi yang satunya?", HYPERTENSION),
        ("maksud saya skripsi yusuf", RICE),
    ]:
        answer = chat.say(message)
        assert answer.documents == (document,)
        assert answer.resolved_question == "Apa saja saran skripsi ini?"
        assert answer.citations[0].section.endswith("Saran")


@pytest.mark.parametrize(
    "question",
    ["Apa saran untuk penelitian selanjutnya?",
     "Berapa dosis pupuk kandang kambing yang memberikan hasil gabah tertinggi?",
     "Which species of sea cucumber was found most often?"],
)  # fmt: skip
def test_what_stands_by_itself_is_never_changed(chat: Chat, question: str) -> None:
    for before in ("Berapa responden yang patuh minum obat?", "What rules does the basecamp have?"):
        assert chat.say(before, question).resolved_question is None


@pytest.mark.parametrize(
    "message",
    ["kenapa?", "yang kedua?", "jelaskan lebih lanjut", "halaman berapa?", "kutipan persisnya",
     "Why?", "in English please", "skripsi yang satunya?"],
)  # fmt: skip
def test_without_anything_before_it_is_asked_back(chat: Chat, message: str) -> None:
    answer = chat.say(message)
    assert answer.kind == "clarify"
    assert answer.citations == ()
    assert "\n" not in answer.text


@pytest.mark.parametrize(
    ("message", "shows"),
    [("where is that written?", "5.2 Saran"), ("hlm brp tuh", "5.2 Saran"),
     ("coba kutip kata per kata", "Keluarga disarankan"),
     ("bisa dijelasin pake english?", "The evidence is in Indonesian:")],
)  # fmt: skip
def test_in_whatever_words_the_answer_before_is_asked_about(
    chat: Chat, message: str, shows: str
) -> None:
    answer = chat.say("Apa saja saran skripsi laras?", "makasih ya", message)
    assert cited(answer) == {HYPERTENSION}
    assert shows in answer.text


def test_one_of_the_statements_before_is_quoted_again(chat: Chat) -> None:
    answer = chat.say("Apa saja saran skripsi laras?", "quote the second one exactly")
    assert [c.quote[:2] for c in answer.citations] == ["2."]


def test_more_never_comes_round_again(chat: Chat) -> None:
    chat.say("What are the results of the basecamp thesis?")
    answers = [chat.say(message) for message in ("tell me more", "go on")]
    first, second = ({c.quote for c in answer.citations} for answer in answers)
    assert not first & second


def test_it_is_asked_back_which_thesis_is_meant_and_then_answered(chat: Chat) -> None:
    asked = chat.say("siapa pembimbingnya?")
    assert asked.kind == "clarify"
    assert "Laras Widyaningtyas" in asked.text
    assert "\n" not in asked.text
    answer = chat.say("yang soal padi")
    assert answer.documents == (RICE,)
    assert "Sulastri Handayani" in answer.text


def test_after_a_list_one_of_it_is_named_by_its_number(chat: Chat) -> None:
    listed = chat.say("Which theses are in English?").documents
    answer = chat.say("who wrote the second one?")
    assert answer.documents == (listed[1],)
    assert cited(answer) == {listed[1]}


def test_nobody_is_asked_back_about_the_only_thesis(chat: Chat) -> None:
    answer = chat.assistant.ask("siapa penulisnya?", documents=[RICE])
    assert answer.kind == "answer"


def test_a_thesis_named_by_its_topic_is_said_to_be_about_it(chat: Chat) -> None:
    answer = chat.say("What is the thesis about drivers of motorcycle taxis about?")
    assert cited(answer) == {BASECAMP}


def test_an_abbreviation_is_looked_for_in_full(eight: Index) -> None:
    asked = in_full(eight.question("ada skripsi tentang AI?"), Library(eight))
    assert {each.text for each in asked} > {
        "ada skripsi tentang AI?",
        "ada skripsi tentang kecerdasan buatan?",
        "ada skripsi tentang machine learning?",
    }


def test_one_word_that_a_thesis_lacks_leaves_the_subject(chat: Chat) -> None:
    answer = chat.say("Apa metode skripsi laras?", "Berapa orang yang meninggal?")
    assert answer.documents == (HYPERTENSION,)


# Places


def test_a_chapter_is_answered_by_how_each_of_its_sections_begins(chat: Chat) -> None:
    for question in ("apa isi bab 2 skripsi laras?", "bab II skripsi laras"):
        answer = chat.say(question)
        assert answer.route == "section"
        parts = re.findall(r"^(2\.\d [\w ]+): “", answer.text, re.MULTILINE)
        assert [part[:3] for part in parts] == ["2.1", "2.2", "2.3", "2.4"]


def test_a_table_is_answered_by_its_caption_and_rows(chat: Chat) -> None:
    answer = chat.say("tabel 4.1 skripsi laras")
    quotes = [citation.quote for citation in answer.citations]
    assert quotes == [
        "Tabel 4.1 Tabulasi silang dukungan keluarga dan kepatuhan minum obat",
        "Baik 34 15 49", "Kurang 10 22 32", "Jumlah 44 37 81",
    ]  # fmt: skip
    assert "Dukungan keluarga | Patuh | Tidak patuh | Jumlah:" in answer.text


# Answers and refusals


@pytest.mark.parametrize("place", ["tabel 9.9", "gambar 77", "bab 12"])
def test_a_place_that_is_not_there_is_said_not_to_be(chat: Chat, place: str) -> None:
    for question in (f"apa isi {place} skripsi laras?", f"apa isi {place}?"):
        answer = chat.say(question)
        assert answer.kind == "decline"
        assert answer.missing == (place,)


def test_theses_that_state_nothing_are_folded_into_one_line(chat: Chat) -> None:
    answer = chat.say("Apa keterbatasan penelitian?")
    silent = 8 - len(cited(answer))
    assert answer.text.count(f"{silent} ") >= 1
    assert answer.text.splitlines()[-1].startswith(f"{silent} ")


@pytest.mark.parametrize(
    ("question", "missing"),
    [
        ("Berapa harga tiket pesawat ke Tokyo ya kak?", {"harga", "tiket", "pesawat", "tokyo"}),
        ("apakah skripsi laras pakai blockchain dong kak?", {"blockchain"}),
    ],
)
def test_a_refusal_names_words_that_nothing_searched_holds_and_no_particles(
    chat: Chat, question: str, missing: set[str]
) -> None:
    answer = chat.say(question)
    assert answer.kind == "decline"
    assert set(answer.missing) == missing
    texts = [path.read_text(encoding="utf-8").lower() for path in DOCUMENTS.glob("*.md")]
    assert not any(re.search(rf"\b{word}\b", text) for word in missing for text in texts)
    assert all(f"“{word}”" in answer.text for word in missing)


# What tools read


def test_kind_route_and_documents_are_in_the_json(
    eight: Index, capsys: pytest.CaptureFixture[str]
) -> None:
    status = main(["ask", "Apa metode skripsi laras?", "--index", str(eight.folder), "--json"])
    told = json.loads(capsys.readouterr().out)
    assert status == 0
    assert (told["kind"], told["route"]) == ("answer", "standing")
    assert told["documents"] == [HYPERTENSION]


def test_the_projects_conversations_are_answered_as_well_as_before(assistant: Assistant) -> None:
    """Every third of them; `thesis-qa eval evaluation/conversations.jsonl` has them all."""
    whole = read_questions(CONVERSATIONS)
    report = evaluate(assistant, replace(whole, conversations=whole.conversations[::3]))
    assert read_gate(f"turn_right={TURNS_RIGHT}").missed(report) is None
