"""A model that calls tools looks further: its steps are shown, it is stopped, and held to what it
was shown. The models are scripted; the theses are the eight made-up ones."""

import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from scripted import Call, number_of, scripted
from thesis_qa.assistant import Assistant
from thesis_qa.library import Index
from thesis_qa.types import Answer
from thesis_qa.write import LanguageModel, Options
from thesis_qa.write.agent import MOST_CALLS, way_of
from thesis_qa.write.lookup import TOOLS, Lookup

Line = Call | list[Call] | str | Callable[[str], Any]

HYPERTENSION, RICE, LENDING = (
    "skripsi-hipertensi.md",
    "skripsi-padi-gogo.md",
    "skripsi-peminjaman-laravel.md",
)
LOANS, BATIK, DRIVERS = "skripsi-pinjaman-online.md", "skripsi-sak-emkm.md", "thesis-basecamp.md"
READING, SEA = "thesis-peer-reading.md", "thesis-sea-cucumbers.md"


def ask(index: Index, question: str, *lines: Line, **more: Any) -> Answer:
    model = LanguageModel(scripted(*lines, calls=True), Options(way="agent"))
    return Assistant(index, model).ask(question, **more)


def search(query: str, *documents: str) -> Call:
    return Call("search", {"query": query, "documents": list(documents)})


def section(document: str, heading: str) -> Call:
    return Call("read_section", {"document": document, "section": heading})


def table(document: str, subject: str) -> Call:
    return Call("read_table", {"document": document, "subject": subject})


def thesis_of(part: str, told: str) -> str:
    """The thesis whose sentence holds a part, by the line above it."""
    name = ""
    for line in told.splitlines():
        name = line[2:].split(" | ")[0] if line.startswith("# ") else name
        if part in line and line.startswith("["):
            return name
    return name


def then(part: str, heading: str) -> Callable[[str], list[Call]]:
    """Reads a section of the thesis that was found to hold a part: the second step."""
    return lambda told: [section(thesis_of(part, told), heading)]


TWO_STEPS: list[tuple[str, list[Line], str, tuple[str, ...]]] = [
    (
        "Skripsi mana yang respondennya lebih banyak, yang tentang hipertensi atau yang tentang peer reading?",
        [search("jumlah responden", HYPERTENSION), search("sample students", READING)],
        "Sampel penelitian hipertensi adalah 81 responden [«diperoleh 81 responden»]. "
        "Penelitian membaca memakai 62 siswa [«62 students»].",
        ("81", "62"),
    ),
    (
        "Did the fertiliser thesis and the sea cucumber thesis both meet difficulties in the field?",
        [section(RICE, "Kendala"), section(SEA, "Difficulties")],
        "In the rice thesis the attack in week 11 was controlled with an extract of neem leaves [«walang sangit»]. "
        "Strong wind in May postponed the survey of Station B by eleven days [«Strong wind in May»].",
        ("11", "Station B"),
    ),
    (
        "Apa kendala penelitian yang memakai Laravel?",
        [search("sistem informasi dengan Laravel"), then("Laravel 9", "4.4 Kendala")],
        "Surel pengingat masuk ke folder spam pada 6 dari 25 pengguna [«surel pengingat masuk»].",
        ("6", "25"),
    ),
    (
        "Siapa pembimbing skripsi yang meneliti UMKM batik?",
        [search("UMKM batik"), then("UMKM batik", "pengesahan")],
        "Dosen pembimbingnya adalah Mulyadi Sastrawan [«Mulyadi Sastrawan»].",
        ("Mulyadi",),
    ),
    (
        "What did the thesis on drivers suggest, and what did the thesis on loans suggest?",
        [section(DRIVERS, "Suggestions"), section(LOANS, "Saran")],
        "The city government should recognise basecamps as partners in road safety programmes "
        "[«recognise basecamps»]. The police should open a complaint service that keeps the identity of "
        "victims confidential [«layanan pengaduan yang menjamin»].",
        ("partners", "police"),
    ),
    (
        "How many species were found at Station C, and how many individuals there?",
        [table(SEA, "number of individuals of each species"), section(SEA, "4.1")],
        "Seven species were found in all [«Seven species were found»]. "
        "At Station C 32 individuals were counted [«Total 118»].",
        ("Seven", "32"),
    ),
    (
        "Perlakuan mana yang hasilnya tertinggi dan berapa tinggi tanaman pada P4?",
        [section(RICE, "4.2"), section(RICE, "4.1")],
        "Hasil tertinggi diperoleh pada P3 [«Hasil tertinggi diperoleh pada P3»]. "
        "Tanaman P4 paling tinggi, yaitu 118,4 cm [«118,4 cm»].",
        ("P3", "118,4"),
    ),
    (
        "Kuesioner apa yang dipakai, dan pada berapa orang diuji?",
        [section(HYPERTENSION, "3.4"), search("uji kuesioner", HYPERTENSION)],
        "Kepatuhan diukur dengan Morisky Medication Adherence Scale [«Morisky Medication»]. "
        "Kuesioner diuji pada 30 pasien di puskesmas lain [«diuji pada 30 pasien»].",
        ("Morisky", "30"),
    ),
    (
        "Why was random assignment impossible and which classes were used?",
        [section(READING, "3.1"), section(READING, "3.2")],
        "The school did not allow classes to be split [«Random assignment»]. "
        "Class VIII-C was the experimental class and class VIII-E the control class [«VIII-C as the»].",
        ("split", "VIII-C"),
    ),
    (
        "Berapa korban yang melapor ke polisi, dan mengapa yang lain tidak?",
        [search("melapor ke polisi", LOANS), section(LOANS, "Upaya Hukum")],
        "Hanya tiga dari 15 korban yang melapor ke polisi [«hanya tiga yang melapor»]. "
        "Alasan utama korban tidak melapor adalah rasa malu [«rasa malu»].",
        ("tiga", "malu"),
    ),
    (
        "Which expenses took the most of the emergency fund and who decides on payments?",
        [table(DRIVERS, "payments from the emergency fund"), section(DRIVERS, "4.1")],
        "Accidents took the largest share [«Accidents took»]. The fund is paid out after a decision of the "
        "head and two senior members [«two senior members»].",
        ("Accidents", "senior"),
    ),
    (
        "UMKM mana yang sudah sesuai SAK EMKM dan apa alasannya menyusun laporan?",
        [section(BATIK, "4.1"), section(BATIK, "4.2")],
        "Batik Sekar Arum dan Batik Wahyu Pesisir sesuai SAK EMKM [«Batik Wahyu Pesisir»]. "
        "Laporan disusun karena disyaratkan oleh koperasi simpan pinjam [«koperasi simpan pinjam»].",
        ("Wahyu", "koperasi"),
    ),
    (
        "When was the experiment with upland rice done, and when was the hypertension study done?",
        [Call("compare", {"question": "Kapan penelitian dilaksanakan?", "documents": [HYPERTENSION, RICE]}),
         section(RICE, "3.1")],
        "The hypertension study took place from March to May 2021 [«Maret sampai Mei 2021»]. "
        "The rice experiment ran from November 2018 to March 2019 [«November 2018»].",
        ("2021", "2019"),
    ),
    (
        "Apa isi halaman pengesahan skripsi hipertensi: kapan dipertahankan dan siapa pengujinya?",
        [Call("outline", {"document": HYPERTENSION}), section(HYPERTENSION, "HALAMAN PENGESAHAN")],
        "Skripsi itu dipertahankan pada tanggal 18 Agustus 2021 [«18 Agustus 2021»]. "
        "Pengujinya Dr. Anindya Larasati [«Anindya Larasati»].",
        ("Agustus", "Anindya"),
    ),
    (
        "Di tesis mana kalimat ini dan apa kata bab kesimpulannya: Trust grew after he worked as a driver?",
        [Call("find_quote", {"text": "Trust grew after he worked as a driver himself for one month."}),
         section(DRIVERS, "Conclusions")],
        "Kepercayaan tumbuh setelah ia bekerja sebagai pengemudi selama satu bulan [«Trust grew»].",
        ("bulan",),
    ),
    (
        "What kind of research is the study of illegal online loans, and on what does it rest?",
        [Call("list_documents", {}), section(LOANS, "Jenis Penelitian")],
        "It is empirical juridical research [«adalah penelitian yuridis empiris»].",
        ("empirical",),
    ),
    (
        "Skor SUS berapa dan pernyataan mana yang terendah?",
        [search("skor SUS", LENDING), section(LENDING, "4.3")],
        "Skor SUS rata-rata adalah 79,5 [«Skor SUS rata-rata»]. Nilai terendah adalah kebutuhan bantuan "
        "teknis pada awal pemakaian [«bantuan teknis»].",
        ("79,5", "bantuan"),
    ),
    (
        "What was the difference among stations tested with, and was it significant?",
        [section(SEA, "3.4"), section(SEA, "4.2")],
        "Differences among stations were tested with the Kruskal-Wallis test [«tested with the Kruskal»]. "
        "The difference among stations was significant [«p = 0.027»].",
        ("Kruskal", "significant"),
    ),
    (
        "Apa hipotesis penelitian padi dan apakah terbukti?",
        [section(RICE, "Hipotesis"), section(RICE, "Kesimpulan")],
        "Diduga dosis 15 ton/ha memberikan hasil padi gogo tertinggi [«Diduga pemberian»]. "
        "Dosis 15 ton/ha memberikan hasil gabah tertinggi, yaitu 4,62 ton/ha "
        "[«2. Dosis 15 ton/ha memberikan»].",
        ("Diduga", "4,62"),
    ),
    (
        "Mengapa penagih sulit dilacak, dan apa yang dilakukan OJK?",
        [section(LOANS, "Hambatan"), section(LOANS, "Bentuk Perlindungan")],
        "Server penyelenggara berada di luar negeri [«server penyelenggara»]. OJK membuat daftar "
        "penyelenggara berizin [«daftar penyelenggara berizin»].",
        ("luar negeri", "OJK"),
    ),
]  # fmt: skip


@pytest.mark.parametrize(
    ("question", "steps", "said", "facts"), TWO_STEPS, ids=[q[0][:30] for q in TWO_STEPS]
)
def test_a_question_of_two_steps_is_answered(
    eight: Index, question: str, steps: list[Line], said: str, facts: tuple[str, ...]
) -> None:
    answer = ask(eight, question, *steps, said)
    assert answer.problem is None
    assert (answer.model, answer.struck) == ("Scripted", ())
    assert all(fact in answer.text for fact in facts)
    assert len(answer.steps) == 2
    assert answer.citations


def test_there_are_twenty() -> None:
    assert len(TWO_STEPS) == 20


# What is seen of it


def test_steps_are_shown_while_it_works(eight: Index) -> None:
    lines = [
        search("kendala", LENDING),
        section(LENDING, "4.4 Kendala"),
        "Surel masuk ke spam [«folder spam»].",
    ]
    model = LanguageModel(scripted(*lines, calls=True), Options(way="agent"))
    asked = "Apa kendala pada sistem peminjaman alat?"
    growing = list(Assistant(eight, model).stream(asked))
    seen = [answer.steps for answer in growing if answer.writing]
    assert max(map(len, seen)) == 2
    assert seen[0] == ()
    assert growing[-1].steps[1] == f"Membaca bagian “4.4 Kendala” ({LENDING})"
    assert not growing[-1].writing
    assert growing[-1].tokens["read"] > 0


def test_a_stop_ends_it_among_its_steps(eight: Index) -> None:
    model = scripted(*[search("hasil")] * 5, 500 * "kata ", calls=True, pause=0.05)
    stream = Assistant(eight, LanguageModel(model, Options(way="agent"))).stream("Apa hasilnya?")
    next(answer for answer in stream if answer.steps)
    stream.close()  # type: ignore[attr-defined]
    for thread in threading.enumerate():
        if thread.name == "thesis-qa-llm":
            thread.join(20)
    assert len(model.said) < 400


# Its limits


def test_it_looks_at_most_six_times(eight: Index) -> None:
    calls = [search(f"hasil {n}", RICE) for n in range(MOST_CALLS + 2)]
    said = "Dosis 15 ton/ha memberikan hasil gabah tertinggi [«4,62 ton/ha»]."
    model = scripted(*calls, said, calls=True)
    answer = Assistant(eight, LanguageModel(model, Options(way="agent"))).ask(
        "Dosis mana yang terbaik?", documents=[RICE]
    )
    assert (
        model.heard[-1].count("</bukti>") <= MOST_CALLS + 2
    )  # the rules and the first evidence too
    assert "limit" in model.heard[-1].lower()
    assert answer.model == "Scripted"


def test_one_that_never_answers_is_given_up(eight: Index) -> None:
    answer = ask(eight, "Apa hasilnya?", *[search("hasil")] * 60, documents=[RICE])
    assert answer.model == "quotes"
    assert "tidak kunjung selesai" in (answer.problem or "")


def test_one_that_takes_too_long_is_given_up(eight: Index) -> None:
    model = LanguageModel(
        scripted(500 * "kata ", calls=True, pause=0.1), Options(timeout=2, way="agent")
    )
    started = time.monotonic()
    answer = Assistant(eight, model).ask("Apa hasilnya?", documents=[RICE])
    assert "2 detik" in (answer.problem or "")
    assert time.monotonic() - started < 30


@pytest.mark.parametrize(
    "call",
    [
        Call("search", {"query": "hasil", "documents": ["nowhere.pdf"]}),
        Call("search", {}),
        Call("search", {"query": ""}),
        Call("read_page", {"document": RICE, "page": "three"}),
        Call("read_page", {"document": "../../etc/passwd", "page": 1}),
        Call("read_section", {"document": RICE, "section": "99.9 Nothing"}),
        Call("delete_everything", {}),
        Call("find_quote", {"text": "x"}),
    ],
)
def test_a_call_that_is_wrong_does_no_harm(eight: Index, call: Call) -> None:
    said = "Dosis 15 ton/ha memberikan hasil tertinggi [«dosis 15 ton/ha memberikan»]."
    answer = ask(eight, "Dosis mana yang terbaik?", call, said, documents=[RICE])
    assert (answer.model, answer.problem) == ("Scripted", None)


def test_what_was_not_shown_cannot_be_cited(eight: Index) -> None:
    told = "Dosis 15 ton/ha memberikan hasil tertinggi [98]."
    answer = ask(eight, "Dosis mana yang terbaik?", told, documents=[RICE])
    assert answer.model == "quotes"
    assert "[98]" in answer.struck[0].reason


def test_it_looks_only_into_the_theses_that_were_chosen(eight: Index) -> None:
    model = scripted(search("respondents", READING), "…", calls=True)
    Assistant(eight, LanguageModel(model, Options(way="agent"))).ask(
        "Berapa dosis terbaik?", documents=[RICE]
    )
    assert READING not in model.heard[-1].replace(f"'{READING}'", "").replace(
        f"‘{READING}’", ""
    ) or ("thesis-peer" not in model.heard[-1].split("<bukti>")[-1])


# Which way


def test_a_model_is_tried_once(eight: Index) -> None:
    tried = scripted(Call("search", {"query": "rice"}), "…", "…", calls=True)
    model = LanguageModel(tried)
    assert [way_of(model), way_of(model)] == ["agent", "agent"]
    assert len(tried.heard) == 1
    assert way_of(LanguageModel(scripted("I would search for rice.", calls=True))) == "reader"
    assert way_of(LanguageModel(scripted())) == "reader"
    assert way_of(LanguageModel(scripted(calls=True), Options(way="reader"))) == "reader"


def test_what_was_found_is_remembered(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    from thesis_qa.write import agent

    monkeypatch.setattr(agent, "cache_folder", lambda: tmp_path)
    monkeypatch.setattr(LanguageModel, "run", lambda self, work, seconds: iter([True]))
    assert way_of(LanguageModel("ollama:m")) == "agent"
    monkeypatch.setattr(LanguageModel, "run", lambda self, work, seconds: iter([False]))
    assert way_of(LanguageModel("ollama:m")) == "agent"
    assert way_of(LanguageModel("ollama:n")) == "reader"


# The tools


def test_every_tool_is_described() -> None:
    assert all(getattr(Lookup, name).__doc__ for name in TOOLS)


def test_a_thesis_is_found_by_its_author_or_title(eight: Index) -> None:
    lookup = Lookup(eight)
    for called in ("Yusuf Hamdani", RICE, "padi gogo varietas Inpago 8"):
        assert {p.document for p in lookup.read_section(called, "Hipotesis")} == {RICE}


def test_a_section_is_read_with_those_below_it(eight: Index) -> None:
    found = Lookup(eight).read_section(SEA, "CHAPTER IV")
    assert {"4.2 Density and Diversity", "4.4 Difficulties"} <= {p.headings[-1].text for p in found}


def test_the_number_of_a_sentence_is_that_of_its_line() -> None:
    assert number_of("two", "# one two\n[1] one\n[2] two") == "2"
