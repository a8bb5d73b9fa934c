"""What somebody who asks sees: quotes with their place, an honest no, and what to ask instead."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from reportlab.pdfgen.canvas import Canvas

from thesis_qa.answer.evidence import fitted_numbers
from thesis_qa.assistant import Assistant
from thesis_qa.errors import QuestionError
from thesis_qa.lang.detect import language_of
from thesis_qa.library import Index
from thesis_qa.types import Answer

PERMITS = "sulitnya mendapatkan perizinan"
SURVEY = """# Pengaruh Pupuk terhadap Hasil Panen Padi

## BAB III METODE

Penelitian dilakukan di Desa Sukamaju, Kabupaten Cianjur, pada bulan Maret 2021.
Jumlah responden dalam penelitian ini adalah 84 petani.
Hal ini ditentukan dengan rumus Slovin.

## BAB V SARAN

Saran yang diberikan adalah sebagai berikut:

1. Petani perlu mendapat pelatihan pemupukan.
2. Pemerintah perlu mengawasi harga pupuk.
3. Penelitian lanjutan perlu meneliti lahan kering.
"""
SCORES = """# Deteksi Penyakit Daun Padi

## ABSTRAK

Akurasi model pada data uji penyakit daun padi adalah 0,68.

## BAB IV HASIL

Citra diambil dengan kamera telepon di tiga desa.
Setiap citra diberi label oleh dua ahli penyakit tanaman.
Pelatihan dijalankan selama lima puluh putaran pada satu komputer.
Ukuran citra diubah menjadi dua ratus piksel sebelum pelatihan.

## BAB VI KESIMPULAN

Akurasi model pada data uji penyakit daun padi adalah 0,7943.
"""


@pytest.fixture(scope="module")
def theses(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Assistant]:
    folder = tmp_path_factory.mktemp("theses")
    (folder / "documents").mkdir()
    (folder / "documents" / "pupuk.md").write_text(SURVEY)
    (folder / "documents" / "daun.md").write_text(SCORES)
    index = Index.build(folder / "documents", folder / "index")
    yield Assistant(index)
    index.close()


def quotes(answer: Answer) -> list[str]:
    return [c.quote for c in answer.citations]


@pytest.mark.parametrize("question", ["What obstacles occurred?", "Apa hambatan yang terjadi?"])
def test_obstacles_are_answered_by_the_sentence_on_permits(
    sister_city: Index, question: str
) -> None:
    answer = Assistant(sister_city).ask(question)
    assert answer.answered
    assert PERMITS in answer.citations[0].quote
    assert "pasifnya Pemerintah Kota Hanoi" in answer.citations[0].quote
    assert "[1]" in answer.text


def test_a_subject_the_thesis_does_not_have_is_declined(sister_city: Index) -> None:
    answer = Assistant(sister_city).ask("What is the capital of France?")
    assert not answer.answered
    assert answer.citations == ()
    assert answer.nearest
    assert "france" in answer.missing
    assert [c.answer for c in answer.nearest] == [None] * len(answer.nearest)
    assert "The documents do not say." in answer.text


def test_the_passages_of_an_answer_begin_with_those_it_stands_in(theses: Assistant) -> None:
    answer = theses.ask("Citra tanaman diambil dengan apa?", documents=["daun.md"])
    assert answer.passages[0].passage_id == answer.citations[0].passage_id
    assert [p.rank for p in answer.passages] == list(range(1, len(answer.passages) + 1))


def test_what_may_answer_in_other_words_is_shown_where_it_is_too_weak_to(
    theses: Assistant, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(fitted_numbers()["read"], "threshold", 0.99)
    answer = theses.ask("Foto tanamannya diambil pakai apa?", documents=["daun.md"])
    assert not answer.answered
    assert [c.quote for c in answer.nearest] == [
        "Citra diambil dengan kamera telepon di tiga desa."
    ]


def test_what_a_refusal_offers_can_be_answered(sister_city: Index) -> None:
    assistant = Assistant(sister_city)
    offer = assistant.ask("Berapa harga tiket kereta ke Bandung?").suggestion
    assert offer
    assert assistant.ask(offer).answered


@pytest.mark.parametrize("question", ["What is this thesis about?", "Tentang apa skripsi ini?"])
def test_what_it_is_about_comes_from_the_abstract_in_the_language_asked(
    sister_city: Index, question: str
) -> None:
    answer = Assistant(sister_city).ask(question)
    assert answer.answered
    assert {c.language for c in answer.citations} == {answer.language}
    assert all(c.section.startswith("ABST") for c in answer.citations)


def test_the_title_is_quoted_from_the_page_it_stands_on(sister_city: Index) -> None:
    [citation] = Assistant(sister_city).ask("Apa judul skripsi ini?").citations
    assert citation.quote.startswith("KERJASAMA SISTER CITY")
    assert citation.spans


def test_two_questions_about_a_thesis_are_both_answered(sister_city: Index) -> None:
    faculty, obstacles = (
        Assistant(sister_city).ask("Apa fakultasnya dan apa hambatannya?").citations
    )
    assert faculty.quote == "FAKULTAS ILMU SOSIAL DAN ILMU POLITIK"
    assert PERMITS in obstacles.quote


def test_an_author_who_is_not_named_is_not_invented(sister_city: Index) -> None:
    assert not Assistant(sister_city).ask("Siapa penulisnya?").answered


@pytest.mark.parametrize(
    ("question", "stated"),
    [
        ("siapa pembimbing 1 nya?", True),
        ("Who is the second supervisor?", True),
        ("Siapa pembimbing III?", False),
    ],
)
def test_a_supervisor_is_asked_for_by_number(tmp_path: Path, question: str, stated: bool) -> None:
    page = Canvas(str(tmp_path / "skripsi.pdf"))
    signed = ["LEMBAR PENGESAHAN", "Pembimbing I,", "Dr. Ani Wijaya, M.Si."]
    for number, line in enumerate([*signed, "Pembimbing II,", "Budi Santoso, S.Kom., M.Kom."]):
        page.drawString(72, 700 - 30 * number, line)
    page.save()
    answer = Assistant(Index.build(tmp_path / "skripsi.pdf", tmp_path / "index")).ask(question)
    assert answer.answered == stated
    assert ("Dr. Ani Wijaya, M.Si." in [c.quote for c in answer.citations]) == stated


def test_a_research_question_is_evidence_only_when_it_is_asked_for(sister_city: Index) -> None:
    assistant = Assistant(sister_city)
    asked = assistant.ask("Apa pertanyaan penelitiannya?")
    assert "?" in asked.citations[0].quote
    other = assistant.ask("Bagaimana upaya Pemerintah Jakarta menyikapi kendala?")
    assert not any("?" in c.quote for c in (*other.citations, *other.nearest))


def test_the_same_statement_in_both_languages_is_shown_once(sister_city: Index) -> None:
    answer = Assistant(sister_city).ask("What concept does the study use?")
    [first, *others] = answer.citations
    assert first.language == "en"
    assert first.translation
    assert first.translation not in [c.quote for c in others]


def test_evidence_in_the_other_language_is_announced(theses: Assistant) -> None:
    answer = theses.ask("How many respondents were there?", documents=["pupuk.md"])
    assert "84 petani" in answer.citations[0].quote
    assert "Indonesian" in answer.text


def test_a_list_is_kept_whole_and_in_its_order(theses: Assistant) -> None:
    answer = theses.ask("Apa saja saran yang diberikan?", documents=["pupuk.md"])
    text = " ".join(quotes(answer))
    places = [text.find(word) for word in ("pelatihan", "harga pupuk", "lahan kering")]
    assert -1 not in places
    assert places == sorted(places)


def test_a_sentence_that_leans_on_the_one_before_brings_it_along(theses: Assistant) -> None:
    answer = theses.ask("Rumus apa yang menentukan hal ini, Slovin?", documents=["pupuk.md"])
    leaning = next(c for c in answer.nearest if "Slovin" in c.quote)
    assert leaning.context
    assert "84 petani" in leaning.context


def test_numbers_that_contradict_each_other_are_both_shown(theses: Assistant) -> None:
    answer = theses.ask("Berapa akurasi model pada data uji?", documents=["daun.md"])
    text = " ".join(quotes(answer)[:2])
    assert "0,68" in text
    assert "0,7943" in text
    assert "angka yang berbeda" in answer.text


def test_several_theses_are_answered_apart_and_silence_is_named(theses: Assistant) -> None:
    answer = theses.ask("Berapa jumlah responden?", documents=["pupuk.md", "daun.md"])
    assert answer.citations[0].document == "pupuk.md"
    assert "tidak dinyatakan" in answer.text


def test_a_follow_up_says_what_it_was_taken_to_ask(theses: Assistant) -> None:
    history = [("Di mana penelitian dilakukan?", "…")]
    answer = theses.ask("Kapan?", history)
    assert answer.resolved_question is None
    answer = theses.ask("jelaskan lebih lanjut", history)
    assert answer.resolved_question == "Di mana penelitian dilakukan?"


def test_answers_grow_and_the_last_is_whole(theses: Assistant) -> None:
    question = "Apa saja saran yang diberikan?"
    growing = list(theses.stream(question, documents=["pupuk.md"]))
    counts = [len(a.citations) for a in growing]
    assert counts == sorted(counts)
    assert quotes(growing[-1]) == quotes(theses.ask(question, documents=["pupuk.md"]))


def test_every_quote_stands_where_its_spans_say(theses: Assistant) -> None:
    answer = theses.ask("Apa saja saran yang diberikan?")
    for citation in answer.nearest:
        pages = theses.index.catalog.pages(citation.document)
        parts = [pages[0].text[s.start : s.end] for s in citation.spans]
        assert citation.quote == " … ".join(" ".join(p.split()) for p in parts)


@pytest.mark.parametrize("question", ["", "  ?!… ", "x" * 20_000])
def test_what_is_no_question_is_refused_in_one_line(theses: Assistant, question: str) -> None:
    with pytest.raises(QuestionError):
        theses.ask(question)


def test_untrusted_questions_are_only_text(theses: Assistant, tmp_path: Path) -> None:
    answer = theses.ask('"; DROP TABLE pages; -- <script> OR NEAR(*) ^col:')
    assert theses.ask("Berapa jumlah responden?").citations or answer.text


def test_of_two_questions_in_one_both_are_answered(theses: Assistant) -> None:
    """Read as one, it is understood worse than the first of them by itself."""
    question = "Di mana penelitian dilakukan dan berapa jumlah respondennya?"
    quotes = [c.quote for c in theses.ask(question, documents=["pupuk.md"]).citations]
    assert any("84 petani" in quote for quote in quotes)
    assert any("Desa Sukamaju" in quote for quote in quotes)
    assert len(set(quotes)) == len(quotes)


def test_how_long_is_not_answered_without_a_time(tmp_path: Path) -> None:
    (tmp_path / "graf.md").write_text(
        "# Graf Pengetahuan\n\n## BAB I PENDAHULUAN\n\n1. Membangun graf pengetahuan dari"
        " spesifikasi Kubernetes.\n2. Memeriksa graf pengetahuan dengan lima puluh pertanyaan.\n"
    )
    index = Index.build(tmp_path / "graf.md", tmp_path / "index")
    answer = Assistant(index).ask("Berapa lama membangun graf pengetahuan dari spesifikasi?")
    assert not answer.answered
    assert answer.confidence <= 0.1
    index.close()


def test_what_is_announced_comes_along_as_the_headings_below_it(tmp_path: Path) -> None:
    (tmp_path / "mutu.md").write_text(
        "# Mutu Jawaban\n\n## BAB VI EVALUASI\n\nMutu jawaban dinilai oleh pengguna dengan dua"
        " ukuran berikut:\n\n### 1. Kesetiaan\n\nKesetiaan menilai dukungan sumber bagi tiap"
        " pernyataan.\n\n### 2. Ketepatan\n\nKetepatan menilai kesesuaian dengan pertanyaan.\n"
    )
    index = Index.build(tmp_path / "mutu.md", tmp_path / "index")
    answer = Assistant(index).ask("Bagaimana mutu jawaban dinilai oleh pengguna?")
    quotes = [citation.quote for citation in answer.citations]
    assert quotes[1:3] == ["1. Kesetiaan", "2. Ketepatan"]
    index.close()


def test_a_sentence_of_english_terms_in_an_indonesian_text_is_not_announced_as_english(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(fitted_numbers()["read"], "threshold", 0.1)  # of two passages
    terms = "Secara formal, Hallucination Rate = 1 - Grounding Score."
    assert language_of(terms) == "en"
    (tmp_path / "metrik.md").write_text(
        "# Metrik Evaluasi\n\n## BAB II METRIK\n\nHallucination rate adalah bagian istilah yang"
        f" tidak berasal dari konteks yang ditemukan oleh sistem.\n{terms}\n"
    )
    index = Index.build(tmp_path / "metrik.md", tmp_path / "index")
    answer = Assistant(index).ask("Bagaimana Hallucination Rate dirumuskan secara formal?")
    assert terms in [citation.quote for citation in answer.citations]
    assert "bahasa Inggris" not in answer.text
    index.close()


@pytest.mark.parametrize(
    ("question", "kind", "route"),
    [
        ("Berapa jumlah responden?", "answer", "content"),
        ("Apa saja sarannya?", "answer", "standing"),
        ("Who is the president of France?", "decline", "off-topic"),
        ("Siapa penulisnya?", "decline", "metadata"),
    ],
)
def test_an_answer_says_what_it_is_and_what_the_question_was_taken_for(
    theses: Assistant, question: str, kind: str, route: str
) -> None:
    answer = theses.ask(question, documents=["pupuk.md"])
    assert (answer.kind, answer.route, answer.documents) == (kind, route, ("pupuk.md",))
    assert answer.answered == (kind == "answer")
    assert theses.ask(question).documents == ()
