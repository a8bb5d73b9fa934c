"""Lists are kept whole: what "three contributions" counts, all sentences of one item, the rows that
sum a table up."""

import json
import re
from collections.abc import Iterator
from dataclasses import replace

import pytest

from thesis_qa.answer.evidence import fitted_numbers, is_statement, table_heads
from thesis_qa.answer.found import Evidence, Shown
from thesis_qa.answer.lists import (
    counted,
    flowing,
    introduced,
    is_ordinal,
    list_at_front,
    placed,
    whole_items,
)
from thesis_qa.answer.select import as_they_flow, each_once
from thesis_qa.assistant import Assistant
from thesis_qa.library import Index
from thesis_qa.mark import marks_of
from thesis_qa.question.read import read_question
from thesis_qa.types import Answer, Citation, Kind, Passage, Sentence, Span
from thesis_qa.web.chat import Turn
from thesis_qa.web.keeping import packed, permalink, reopen, restored
from thesis_qa.web.markup import answer_markup, source_group
from thesis_qa.web.texts import TEXTS

NAMES = "Ciroyom Andir Baru Kosambi Cicadas Leuwi Gedebage Ujung Sederhana Balubur".split()
ROWS = "\n".join(f"| Pasar {name} | {i}0 | {i},5 |" for i, name in enumerate(NAMES, start=1))
THESIS = f"""# Pengolahan Sampah Pasar

## BAB I PENDAHULUAN

### 1.1 Sumbangan Penelitian

Penelitian ini memberikan dua sumbangan bagi pengelolaan kompos pasar.
Pertama, wadah pemilah tiga warna yang murah bagi pedagang.
Wadah itu dibuat dari ember bekas.
Kedua, jadwal pengangkutan yang menyesuaikan hari pasar.
Kedua pasar yang diamati terletak di Cianjur.

### 1.2 Batasan Masalah

1. Sampah plastik tidak ditimbang dalam penelitian ini. Plastik dijual pemulung sebelum petugas datang ke lapak.
2. Pengamatan dilakukan pada musim kemarau saja.

## BAB II HASIL

Tabel 2.1 Berat sampah organik sepuluh pasar [1]

| Lokasi | Berat (kg) | Galat |
| --- | --- | --- |
{ROWS}
| Jumlah | 550 | 55,0 |
"""  # noqa: E501


@pytest.fixture(autouse=True)
def sure_of_little(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is shown is tested here, not how sure it has to be; of six passages one can't be."""
    monkeypatch.setitem(fitted_numbers()["read"], "threshold", 0.001)


@pytest.fixture(scope="module")
def market(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Assistant]:
    folder = tmp_path_factory.mktemp("lists")
    (folder / "pasar.md").write_text(THESIS)
    index = Index.build(folder / "pasar.md", folder / "index")
    yield Assistant(index)
    index.close()


def quotes(assistant: Assistant, question: str) -> list[str]:
    return [citation.quote for citation in assistant.ask(question).citations]


def test_what_a_statement_counts_comes_with_it(market: Assistant) -> None:
    said = quotes(market, "Berapa sumbangan penelitian ini bagi pengelolaan kompos pasar?")
    assert said[:3] == [
        "Penelitian ini memberikan dua sumbangan bagi pengelolaan kompos pasar.",
        "Pertama, wadah pemilah tiga warna yang murah bagi pedagang.",
        "Kedua, jadwal pengangkutan yang menyesuaikan hari pasar.",
    ]
    assert "Kedua pasar yang diamati terletak di Cianjur." not in said  # "both", not "second"


@pytest.mark.parametrize(
    "question",
    ["Apakah sampah plastik ditimbang?", "Siapa yang menjual plastik sebelum petugas datang?"],
)
def test_an_item_is_quoted_with_all_its_sentences(market: Assistant, question: str) -> None:
    [first, *_] = market.ask(question).citations
    assert first.quote == (
        "1. Sampah plastik tidak ditimbang dalam penelitian ini. "
        "Plastik dijual pemulung sebelum petugas datang ke lapak."
    )
    assert len(first.spans) == 1  # one run of characters, to be highlighted as one


def test_of_a_long_table_the_rows_that_sum_it_up_are_shown(market: Assistant) -> None:
    answer = market.ask("Berapa berat sampah organik sepuluh pasar?")
    said = [citation.quote for citation in answer.citations]
    assert "550" in said[0]
    assert not any("Lokasi" in quote for quote in said)  # the head row states nothing
    assert quotes(market, "Berapa berat sampah organik di Pasar Kosambi?") == [
        "Pasar Kosambi 40 4,5"
    ]


def test_a_picture_s_caption_is_quoted_only_to_who_asks_for_pictures() -> None:
    caption = sentence("Gambar 2.1 Alur pengangkutan sampah pasar", "caption")
    telling = sentence("Gambar 2.1 menunjukkan bahwa sampah berkurang.", "caption")
    assert not is_statement(caption, read_question("Bagaimana alur pengangkutan sampah?"))
    assert is_statement(caption, read_question("Di gambar mana alur pengangkutan terlihat?"))
    assert is_statement(telling, read_question("Apakah sampah berkurang?"))


@pytest.mark.parametrize(
    ("question", "missing"),
    [
        ("Berapa berat sampah organik di Pasar Kosambi pada tahun 2031?", "2031"),
        ("How heavy was organic waste by the GPT-5 model?", "GPT-5"),
    ],
)
def test_a_year_or_code_that_no_passage_names_is_not_stated(
    market: Assistant, question: str, missing: str
) -> None:
    answer = market.ask(question)
    assert not answer.answered
    assert answer.missing[0] == missing
    assert f"“{missing}”" in answer.text


@pytest.mark.parametrize(
    ("text", "ordinal"),
    [
        ("Pertama, wadah pemilah.", True),
        ("Yang kedua adalah jadwal.", True),
        ("Ketiga yaitu pelatihan.", True),
        ("Kedua pasar terletak di Cianjur.", False),
        ("Pertama kali dibangun pada 1990.", False),
        ("Second, the schedule.", True),
        ("Finally, we train sellers.", True),
        ("The third is cost.", True),
        ("First order logic is used.", False),
        ("Second language learners were asked.", False),
    ],
)
def test_a_sentence_that_counts(text: str, ordinal: bool) -> None:
    assert is_ordinal(sentence(text)) is ordinal


def test_counting_ends_where_another_first_begins() -> None:
    said = ["Pertama, satu.", "Rincian.", "Kedua, dua.", "Pertama, lain.", "Kedua, lain."]
    assert counted([sentence(text) for text in said]) == [0, 2]
    assert counted([sentence(text) for text in said[1:]]) == []


def test_items_without_numbers_stay_alone() -> None:
    alone = [sentence("Satu."), sentence("Dua.")]
    assert whole_items(alone) == list(enumerate(alone))


def test_an_item_over_a_page_turn_keeps_both_places() -> None:
    here, there = Span(0, 90, 99), Span(1, 0, 5)
    items = [sentence("1. Satu.", "list", here), sentence("Dua.", "list", there)]
    [(at, item)] = whole_items(items)
    assert (at, item.text, item.spans) == (0, "1. Satu. Dua.", (here, there))


def sentence(text: str, kind: Kind = "list", span: Span | None = None) -> Sentence:
    place = span or Span(0, 0, len(text))
    return Sentence((place,), text, "id", kind, marks=marks_of(text, kind))


WHY = "Kompos dipilih. Sebab murah. Pedagang setuju. 1. Ember bekas."


def evidence(*texts: tuple[str, Kind]) -> list[Evidence]:
    """Sentences of one passage, that stand side by side where WHY has them so."""
    places = [Span(0, WHY.find(text), WHY.find(text) + len(text)) for text, _ in texts]
    said = tuple(sentence(t, k, s) for (t, k), s in zip(texts, places, strict=True))
    passage = Passage("p", "a.md", "", 1, None, 1, "", "id", WHY, sentences=said)
    return [Evidence(passage, one) for one in said]


def test_a_numbered_list_goes_on_behind_what_is_said_of_its_items() -> None:
    told: list[tuple[str, Kind]] = [
        ("1. Reduksi data", "list"), ("Data dipilah menurut tema.", "text"),
        *[("Tema dicatat di buku lapangan.", "text")] * 5,
        ("2. Penyajian data", "list"), ("Data disajikan dalam tabel.", "text"),
        *[("Tabel dibaca bersama pedagang.", "text")] * 5, ("7. Hal lain yang dicatat.", "list"),
    ]  # fmt: skip
    said = tuple(sentence(t, k, Span(0, 60 * i, 60 * i + len(t))) for i, (t, k) in enumerate(told))
    passages = [Passage("p", "a.md", "", 1, None, 1, "", "id", "", sentences=said)]
    assert [item.sentence.text for item in list_at_front(placed(passages))] == [
        "1. Reduksi data Data dipilah menurut tema.",
        "2. Penyajian data Data disajikan dalam tabel.",
    ]


def test_a_reason_that_goes_on_is_one_quote_with_what_it_explains() -> None:
    chosen, why, agreed = evidence(
        ("Kompos dipilih.", "text"), ("Sebab murah.", "text"), ("Pedagang setuju.", "text")
    )
    likely = {chosen.sentence.spans, why.sentence.spans}
    for one in (chosen, why):
        whole = flowing(one, likely).sentence
        assert (whole.text, whole.spans) == ("Kompos dipilih. Sebab murah.", (Span(0, 0, 28),))
    assert flowing(agreed, likely).sentence.text == "Sebab murah. Pedagang setuju."
    assert flowing(chosen, {chosen.sentence.spans}).sentence is chosen.sentence


def test_no_sentence_is_quoted_twice() -> None:
    chosen, why, agreed = found = evidence(
        ("Kompos dipilih.", "text"), ("Sebab murah.", "text"), ("Pedagang setuju.", "text")
    )
    quoted = as_they_flow([Shown(chosen), Shown(agreed), Shown(why)], found)
    assert [s.evidence.sentence.text for s in quoted] == [
        "Kompos dipilih. Sebab murah.",
        "Pedagang setuju.",
    ]
    whole = flowing(chosen, {why.sentence.spans})
    for order in ((chosen, agreed, whole), (whole, agreed, chosen)):
        once = [s.evidence for s in each_once(Shown(e) for e in order)]
        assert once == [whole, agreed]


def test_an_item_of_a_list_is_no_continuation() -> None:
    agreed, item = evidence(("Pedagang setuju.", "text"), ("1. Ember bekas.", "list"))
    assert flowing(agreed, {item.sentence.spans}).sentence == agreed.sentence


def test_what_only_announces_a_list_is_quoted_with_its_first_item() -> None:
    text = "Bahannya sebagai berikut:\n1. Ember bekas.\n2. Cat tiga warna."
    lines = text.splitlines()
    said = [
        sentence(line, kind, Span(0, text.find(line), text.find(line) + len(line)))
        for line, kind in zip(lines, ("text", "list", "list"), strict=True)
    ]
    passage = Passage("p", "a.md", "", 1, None, 1, "", "id", text, sentences=tuple(said))
    shown = introduced([Evidence(passage, one) for one in said])
    assert [e.sentence.text for e in shown] == [f"{lines[0]} {lines[1]}", lines[2]]
    assert shown[0].sentence.spans == (Span(0, 0, text.find("\n2.")),)


def test_a_row_is_read_with_its_heads(market: Assistant) -> None:
    found = market.index.search("Berapa berat sampah organik di Pasar Kosambi?", top_k=6)
    [rows] = [p for p in found if "Pasar Kosambi" in p.text]
    assert table_heads(rows).startswith("Tabel 2.1 Berat sampah organik sepuluh pasar")
    assert market.ask("Berapa berat sampah organik di Pasar Kosambi?").confidence > 0.2


def test_the_columns_of_a_row_are_named_before_it_without_references_like_ours(
    market: Assistant,
) -> None:
    text = market.ask("Berapa berat sampah organik di Pasar Kosambi?").text
    columns = "Tabel 2.1 Berat sampah organik sepuluh pasar: Lokasi | Berat (kg) | Galat:"
    assert text.split("\n\n")[-2:] == [columns, "“Pasar Kosambi 40 4,5” [1]"]


# … and on the page

HEADED = "<thead><tr>" + "".join(
    f'<th scope="col">{head}</th>' for head in ("Lokasi", "Berat (kg)", "Galat")
)
CAPTION = "<caption>Tabel 2.1 Berat sampah organik sepuluh pasar [1]</caption>"


def cells(markup: str) -> list[list[str]]:
    """What the cells of the rows of all tables say."""
    rows = re.findall(r"<tr>\s*<td(.*?)</tr>", markup)
    said = [re.findall(r"(?:^|<td)[^>]*>(.*?)</td>", row) for row in rows]
    return [[re.sub(r"<a .*?</a>|<[^>]*>", "", cell) for cell in row] for row in said]


def test_a_quoted_row_is_shown_as_a_table_wherever_it_is_quoted(market: Assistant) -> None:
    answer = market.ask("Berapa berat sampah organik di Pasar Kosambi?")
    catalog, texts = market.index.catalog, TEXTS["id"]
    kept = json.loads(packed((Turn("k", answer.question, answer),)))["turns"]
    [again] = restored(catalog, json.dumps(kept), texts)
    assert again.answer is not None
    linked = reopen(catalog, permalink(answer, texts).partition("=")[2], texts).answer
    for markup in (
        answer_markup(answer, "k", texts),
        answer_markup(linked, "k", texts),
        answer_markup(again.answer, "k", texts),
        source_group(answer, "k", texts),
    ):
        assert markup.count(CAPTION) == 1
        assert markup.count(HEADED) == 1
        assert cells(markup) == [["Pasar Kosambi", "40", "4,5"]]
    markup = answer_markup(answer, "k", texts)
    assert markup.count('href="#source-k-1"') == 1
    assert " | " not in markup  # nor is what names the columns said twice


def row(number: int, said: str, heads: str) -> Citation:
    spots = [(found.start(), found.end()) for found in re.finditer(r"[^ ]+", said)]
    context = f"Tabel 1 <i>Hasil</i>: {heads}"
    place = ("a.pdf", "", "", None, 1, "1", "", "id", said, ())
    return Citation(number, *place, context=context, cells=tuple(spots))  # type: ignore[arg-type]


def shown(*rows: Citation) -> str:
    lines = [f"{c.context}:\n\n“{c.quote}” [{c.number}]" for c in rows]
    answer = Answer("?", "id", True, 0.9, "\n\n".join(lines), rows, (), "quotes", {})
    return answer_markup(answer, "k", TEXTS["id"])


def test_rows_of_one_table_stand_in_one_and_an_empty_cell_moves_none() -> None:
    markup = shown(row(1, "A 1 2", "Nama | Mei | Juni"), row(2, "B <b>3</b>", "Nama | Juni"))
    assert markup.count("<table>") == 1
    assert cells(markup) == [["A", "1", "2"], ["B", "", "&lt;b&gt;3&lt;/b&gt;"]]
    assert "<caption>Tabel 1 &lt;i&gt;Hasil&lt;/i&gt;</caption>" in markup
    other = replace(row(2, "B 3", "Nama | Juni"), document="b.pdf")
    assert shown(row(1, "A 1 2", "Nama | Mei | Juni"), other).count("<table>") == 2


def test_heads_that_are_not_those_of_the_cells_stand_above_the_row() -> None:
    markup = shown(row(1, "7 A 1", "Nama | Mei"))
    assert "<caption>Tabel 1 &lt;i&gt;Hasil&lt;/i&gt;: Nama | Mei</caption>" in markup
    assert "<th" not in markup
    assert cells(markup) == [["7", "A", "1"]]


def test_the_answer_in_a_row_is_marked_in_its_cell() -> None:
    markup = shown(replace(row(1, "A 12 3", "Nama | Mei | Juni"), answer=(2, 4)))
    assert '<td title="Mei"><mark>12</mark></td>' in markup


def test_the_year_of_the_thesis_itself_is_no_missing_code(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    folder = tmp_path_factory.mktemp("year")
    (folder / "pasar-2019.md").write_text(THESIS)
    assistant = Assistant(Index.build(folder / "pasar-2019.md", folder / "index"))
    assert assistant.ask("Berapa berat sampah di Pasar Kosambi menurut skripsi 2019?").answered
    assert not assistant.ask("Berapa berat sampah di Pasar Kosambi menurut skripsi 2031?").answered
    assistant.index.close()
