"""Kinds of what once went wrong in files without pages, each with variants: raised characters,
tables, headings that nothing marks, parts that stand elsewhere, ends of sentences."""

import unicodedata
import zipfile
from pathlib import Path

import pytest

from pdfs import lines, write_pdf
from thesis_qa import Assistant, Index
from thesis_qa.split import sentence_spans, split
from thesis_qa.structure.apart import read_flow
from thesis_qa.types import Document

SOLD = "Petani kopi di lereng gunung menjual hasil panen kepada koperasi yang dibentuk tahun itu."
PAID = "Harga beli koperasi lebih tinggi daripada harga tengkulak sehingga pendapatan mereka naik."
BOOKS = ("Sugiyono. 2019. Metode Penelitian. Bandung: Alfabeta.", "Arikunto, S. 2010. Prosedur.")
W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"


def read(folder: Path, name: str, content: str) -> Document:
    (folder / name).write_text(content, encoding="utf-8")
    return read_flow(folder / name, name)


def read_docx(folder: Path, *paragraphs: str) -> Document:
    """A file of Word with these runs as paragraphs; "**" stands before bold ones."""
    with zipfile.ZipFile(folder / "a.docx", "w") as archive:
        body = "".join(f"<w:p>{p}</w:p>" for p in paragraphs)
        archive.writestr(
            "word/document.xml",
            f'<w:document xmlns:w="{W}"><w:body>{body}</w:body></w:document>',
        )
    return read_flow(folder / "a.docx", "a.docx")


def run(text: str, properties: str = "") -> str:
    return f'<w:r><w:rPr>{properties}</w:rPr><w:t xml:space="preserve">{text}</w:t></w:r>'


def read_epub(folder: Path, body: str) -> Document:
    item = '<item id="a" href="a.xhtml" media-type="application/xhtml+xml"/>'
    with zipfile.ZipFile(folder / "a.epub", "w") as archive:
        archive.writestr("META-INF/container.xml", '<c><rootfile full-path="p.opf"/></c>')
        archive.writestr("p.opf", f'<p>{item}<spine><itemref idref="a"/></spine></p>')
        archive.writestr(
            "a.xhtml",
            '<html xmlns="http://www.w3.org/1999/xhtml" '
            f'xmlns:epub="http://www.idpf.org/2007/ops"><body>{body}</body></html>',
        )
    return read_flow(folder / "a.epub", "a.epub")


def sentences(document: Document) -> list[str]:
    return [s.text for passage in split(document, len) for s in passage.sentences]


def told(document: Document, beginning: str) -> tuple[str, str]:
    """Kind and section of the block that begins so."""
    text = document.pages[0].text
    (found,) = (b for b in document.blocks if text[b.spans[0].start :].startswith(beginning))
    return found.kind, " › ".join(found.section)


def rows(document: Document) -> dict[str, str | None]:
    text = document.pages[0].text
    tables = (b for b in document.blocks if b.kind == "table")
    return {text[b.spans[0].start : b.spans[0].end]: b.context for b in tables}


# Raised and lowered


@pytest.mark.parametrize(
    ("name", "written", "shown"),
    [
        ("a.html", '10<span style="vertical-align: super">5</span> sel', "10⁵ sel"),
        ("a.html", "m<sup>-2</sup>, x<sub>ij</sub>, Fe<sup>3+</sup>.", "m⁻², xᵢⱼ, Fe³⁺."),
        ("a.html", "<math><msup><mn>10</mn><mn>5</mn></msup></math> sel", "10⁵ sel"),
        ("a.html", "<math><mfrac><mi>a</mi><mi>b</mi></mfrac></math>!", "a/b!"),
        ("a.html", "<math><mover><mi>x</mi><mo>¯</mo></mover></math>!", "x̄!"),
        ("a.md", "$10^{-3}$ mol $\\mathrm{CO_2}$", "10⁻³ mol CO₂"),
        ("a.md", "$\\alpha = 0{,}05$, harga $5 dan $6.", "α = 0,05, harga $5 dan $6."),
        ("a.md", "25[^14] orang\n\n[^14]: Wawancara.", "25 orang"),
    ],
)
def test_raised_characters(tmp_path: Path, name: str, written: str, shown: str) -> None:
    assert sentences(read(tmp_path, name, written))[0] == shown


def test_notes_in_a_row_are_notes(tmp_path: Path) -> None:
    document = read(tmp_path, "a.md", "Naik.[^1] Turun.[^2]\n\n[^1]: Wawancara.\n[^2]: Lihat.\n")
    assert told(document, "1 Wawancara.")[0] == told(document, "2 Lihat.")[0] == "footnote"
    assert sentences(document)[:2] == ["Naik.", "Turun."]


def test_runs_that_are_raised_by_hand(tmp_path: Path) -> None:
    small = '<w:position w:val="{}"/><w:sz w:val="16"/>'
    runs = run("3 × 10") + run("5", small.format(6)) + run(" sel CO") + run("2", small.format(-4))
    assert sentences(read_docx(tmp_path, runs)) == ["3 × 10⁵ sel CO₂"]


def test_numbers_of_printed_pages_are_no_text_of_a_book(tmp_path: Path) -> None:
    breaks = (
        '<span epub:type="pagebreak">23</span>kopi <span role="doc-pagebreak">24</span>di pasar.'
    )
    assert sentences(read_epub(tmp_path, f"<p>Petani menjual {breaks}</p>")) == [
        "Petani menjual kopi di pasar."
    ]


# Tables


@pytest.mark.parametrize(
    ("name", "table"),
    [
        ("a.md", "+-------+------+\n| Desa  | Luas |\n+=======+======+\n| Cikole| 17   |\n+--+--+"),
        ("a.md", "Desa      Luas\n--------  ----\nCikole    17\nCibodas   12"),
        ("a.txt", "Desa\tLuas\nCibodas\t12\nCikole\t17"),
        ("a.txt", "Desa          Luas\nCikole        17\nCikole Timur    9"),
    ],
)
def test_tables_in_plain_text(tmp_path: Path, name: str, table: str) -> None:
    document = read(tmp_path, name, f"Tabel 4.1 Luas kebun\n\n{table}\n\n{SOLD}")
    assert rows(document)["Cikole\t17"] == "Tabel 4.1 Luas kebun: Desa | Luas"
    assert told(document, SOLD)[0] == "text"


def test_a_table_within_a_cell_and_a_cell_of_all_rows(tmp_path: Path) -> None:
    inner = "<table><tr><th>Umur</th><th>Jumlah</th></tr><tr><td>20-30</td><td>22</td></tr></table>"
    body = f"<p>{SOLD}</p><table><tr><th>Desa</th><th>Tahun</th><th>Warga</th></tr>"
    body += "<tr><td rowspan=0>Cikole</td><td>2020</td><td>12</td></tr>"
    body += f"<tr><td>2021</td><td>Menurut umur {inner}</td></tr></table>"
    assert list(rows(read(tmp_path, "a.html", body))) == [
        "Desa\tTahun\tWarga", "Cikole\t2020\t12",
        "Cikole\t2021\tMenurut umur Umur Jumlah 20-30 22"]  # fmt: skip


def test_captions_below_and_without_a_number(tmp_path: Path) -> None:
    table = "| Desa | Luas |\n|---|---|\n| Cikole | 17 |\n\n: Tabel 4.1 Luas kebun\n"
    assert rows(read(tmp_path, "a.md", table))["Cikole\t17"] == "Tabel 4.1 Luas kebun: Desa | Luas"
    cells = "<tr><th>Desa</th><th>Luas</th></tr><tr><td>Cikole</td><td>17</td></tr>"
    document = read(tmp_path, "a.html", f"<table><caption>Kebun</caption>{cells}</table>")
    assert rows(document)["Cikole\t17"] == "Kebun: Desa | Luas"


def test_what_only_looks_like_columns_is_text(tmp_path: Path) -> None:
    typed = "Harga naik.  Petani senang\nsekali.  Koperasi menjual\nkopi.  Semua hadir di"
    assert not rows(read(tmp_path, "a.txt", f"{typed}\n\nNama   : Ani\nNIM    : 12\nKelas  : B"))


# Sections

LETTERED = (
    *("BAB I PENDAHULUAN", "A. Latar Belakang Masalah", SOLD, "H. Metode Penelitian"),
    *("1. Jenis Penelitian", PAID, "1. Harga kopi", "2. Harga teh"),
)


@pytest.mark.parametrize("name", ["a.txt", "a.md", "a.html", "a.docx"])
def test_sections_by_letters_and_numbers(tmp_path: Path, name: str) -> None:
    if name == "a.docx":
        document = read_docx(tmp_path, *map(run, LETTERED))
    elif name == "a.html":
        document = read(tmp_path, name, "".join(f"<p>{text}</p>" for text in LETTERED))
    else:
        document = read(tmp_path, name, "\n\n".join(LETTERED))
    chapter = "BAB I PENDAHULUAN"
    assert told(document, SOLD) == ("text", f"{chapter} › A. Latar Belakang Masalah")
    section = f"{chapter} › H. Metode Penelitian › 1. Jenis Penelitian"
    assert told(document, PAID) == ("text", section)
    assert told(document, "2. Harga teh") == ("list", section)


@pytest.mark.parametrize("name", ["a.md", "a.html", "a.docx"])
def test_a_heading_that_its_paragraph_follows(tmp_path: Path, name: str) -> None:
    if name == "a.docx":
        document = read_docx(tmp_path, run("BAB III"), run("Sampel. ", "<w:b/>") + run(SOLD))
    elif name == "a.html":
        document = read(tmp_path, name, f"<p>BAB III</p><p><b>Sampel</b>. {SOLD}</p>")
    else:
        document = read(tmp_path, name, f"BAB III\n\n**Sampel.** {SOLD}\n")
    assert told(document, SOLD)[1].endswith("Sampel.")


@pytest.mark.parametrize("appendix", ["LAMPIRAN", "Lampiran 1 Kuesioner", "APPENDIX A: GUIDE"])
def test_references_end_where_an_appendix_begins(tmp_path: Path, appendix: str) -> None:
    parts = ("BAB I", SOLD, "Daftar Pustaka", *BOOKS, appendix, PAID)
    for document in (
        read(tmp_path, "a.txt", "\n\n".join(parts)),
        read_docx(tmp_path, *map(run, parts)),
    ):
        assert told(document, "Sugiyono")[0] == "references"
        assert told(document, PAID) == ("text", appendix)


ENTRIES = (
    *("BAB I PENDAHULUAN 1", "1.1 Latar Belakang 1", "BAB II KOPI 7", "2.1 Panen 8"),
    "DAFTAR PUSTAKA 40",
)


def test_contents_under_any_name(tmp_path: Path) -> None:
    body = f"BAB I PENDAHULUAN\n\n1.1 Latar Belakang\n\n{SOLD}"
    document = read(tmp_path, "a.txt", "ISI SKRIPSI\n\n" + "\n".join(ENTRIES) + "\n\n" + body)
    assert {told(document, entry)[0] for entry in ENTRIES} == {"contents"}
    assert told(document, SOLD)[1] == "BAB I PENDAHULUAN › 1.1 Latar Belakang"


def test_contents_as_links(tmp_path: Path) -> None:
    items = "".join(f'<li><a href="#a">{entry[:-2]}</a></li>' for entry in ENTRIES)
    document = read(tmp_path, "a.html", f"<ul>{items}</ul><p>{SOLD}</p>")
    assert told(document, "BAB II KOPI") == ("contents", "")


def test_a_chapter_whose_heading_is_lost(tmp_path: Path) -> None:
    parts = ("KATA PENGANTAR", PAID, "1.1 Latar Belakang", SOLD)
    assert told(read(tmp_path, "a.txt", "\n\n".join(parts)), SOLD)[1] == "1.1 Latar Belakang"
    parts = ("BAB II KOPI", PAID, "3.1 Jenis Penelitian", SOLD)
    assert told(read(tmp_path, "a.txt", "\n\n".join(parts)), SOLD)[1] == "3.1 Jenis Penelitian"


# Small


def test_words_divided_at_line_ends(tmp_path: Path) -> None:
    text = "Analisis kompre-\nhensif dengan GPT-\n3.5 untuk anak-\nanak di Jawa-\nBali."
    whole = "Analisis komprehensif dengan GPT-3.5 untuk anak-anak di Jawa-Bali."
    assert sentences(read(tmp_path, "a.txt", text)) == [whole]
    assert sentences(read(tmp_path, "a.md", text)) == [whole]


def test_letters_and_their_accents_are_one(tmp_path: Path) -> None:
    text = "Teorema Poincaré dan Schrödinger."
    assert sentences(read(tmp_path, "a.txt", unicodedata.normalize("NFD", text))) == [text]


def test_pages_of_plain_text_leave_no_numbers(tmp_path: Path) -> None:
    pages = [f"SKRIPSI ANI\nKopi dijual ke\n- {n} -" for n in range(1, 4)]
    document = read(tmp_path, "a.txt", "\f".join([*pages, "pasar kota.\n4\n"]))
    assert sentences(document)[-1] == "Kopi dijual ke pasar kota."
    assert "SKRIPSI" not in document.pages[0].text


def test_parts_in_other_files_are_named(tmp_path: Path) -> None:
    parts = '<iframe src="bab2.html"></iframe><iframe src="https://x.id/"></iframe>'
    (warning,) = read(tmp_path, "a.html", f"<p>{SOLD}</p>{parts}").warnings
    assert "'bab2.html'" in warning


def test_forms(tmp_path: Path) -> None:
    form = 'Nama: <input value="Ratna"> <select><option>A<option selected>B</select>'
    assert sentences(read(tmp_path, "a.html", f"<p>{form}</p>")) == ["Nama: Ratna B"]
    choice = '<w:result w:val="1"/><w:listEntry w:val="A"/><w:listEntry w:val="B"/>'
    field = f"<w:fldChar><w:ffData><w:ddList>{choice}</w:ddList></w:ffData></w:fldChar>"
    assert sentences(read_docx(tmp_path, run("Nilai: ") + f"<w:r>{field}</w:r>")) == ["Nilai: B"]


def test_a_title_in_toml(tmp_path: Path) -> None:
    document = read(tmp_path, "a.md", f'+++\ntitle = "Kopi"\n+++\n\n# Hasil\n\n{SOLD}')
    assert document.metadata.title == "Kopi"


@pytest.mark.parametrize(
    "sentence",
    [
        "Modal berasal dari iuran anggota.21",
        "Modal berasal dari iuran anggota.[21]",
        "Alamatnya Jl. Sudirman No. 5 RT. 05 RW. 03 Bandung.",
        "Tn. Budi, Bpk. Ahmad dan Ny. Siti hadir.",
        "Dasarnya Q.S. Al-Baqarah dan U.U.D. 1945 ayat 2.",
        "Penguji adalah Budi, S.Kom., M.Kom. Ani menyusul.",
        "Lihat Op. Cit., hlm. 5 dan Gbr. 2.1.",
        "Ia berkata . . . dan pergi pada tgl. 17 Februari.",
        "Ia wafat pada 1945 M.",
    ],
)
def test_where_sentences_end(sentence: str) -> None:
    text = f"{sentence} Harga naik."
    assert [text[a:b] for a, b in sentence_spans(text)] == [sentence, "Harga naik."]


def test_of_the_same_text_the_file_with_pages_is_cited(tmp_path: Path) -> None:
    said = ["Harga kopi di Lembang naik menjadi dua belas ribu rupiah per kilogram.", PAID]
    folder = tmp_path / "documents"
    folder.mkdir()
    (folder / "a.md").write_text("\n\n".join(said), encoding="utf-8")
    write_pdf(folder / "a.pdf", [lines(*said)])
    answer = Assistant(Index.build(folder, tmp_path / "index")).ask("Berapa harga kopi di Lembang?")
    assert [citation.document for citation in answer.citations] == ["a.pdf"]
