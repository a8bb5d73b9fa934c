"""Front pages in the habits of many faculties: who is named beside, above and below which label."""

from pathlib import Path

import pytest

from thesis_qa.structure.apart import read_flow
from thesis_qa.structure.front_matter import find_metadata
from thesis_qa.types import Metadata

TITLE = "PENGARUH PUPUK ORGANIK TERHADAP HASIL PADI\n\nSKRIPSI\n\n"


def front(tmp_path: Path, text: str) -> Metadata:
    path = tmp_path / "a.txt"
    path.write_text(TITLE + text + "\n\nBAB I PENDAHULUAN\n\nIzin sulit didapat.\n", "utf-8")
    return read_flow(path, path.name).metadata


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("Pembimbing I\n\nDr. Siti Aminah, M.Si.", ("Dr. Siti Aminah, M.Si.",)),
        ("Supervisor: Dr. P. A. Woudt", ("Dr. P. A. Woudt",)),
        ("Supervisor(s): Dr Ani Borg and Dr Budi DeMarco", ("Dr Ani Borg", "Dr Budi DeMarco")),
        ("Dr. Daniel Magleby, Chair & Faculty Advisor", ("Dr. Daniel Magleby",)),
        ("Supervisor/assessor\n\nDr. Rina Wulandari", ("Dr. Rina Wulandari",)),
        ("Mengetahui,\n\nKetua Program Studi\n\nDr. Siti Aminah, M.Si.", ()),
        ("Approved by\n\nDr. Siti Aminah\n\nDean", ()),
        ("Dr. Siti Aminah\n\nThesis Supervisor", ("Dr. Siti Aminah",)),
        ("Promotor\n\nProf. Dr. Ani Borg\n\nKo-promotor\n\nDr. Budi Rahman",
         ("Prof. Dr. Ani Borg", "Dr. Budi Rahman")),
        ("Tim Pembimbing:\n\nKetua: Dr. Ani Borg\n\nAnggota: Dr. Budi Rahman",
         ("Dr. Ani Borg", "Dr. Budi Rahman")),
        ("Dosen Pembimbing: ......................", ()),
        ("I thank my advisor, Dr. Ani Borg, and Professor Budi Rahman, head of school.",
         ("Dr. Ani Borg",)),
        ("Terima kasih kepada Bapak Dr. Budi Rahman, M.T. selaku dosen pembimbing.",
         ("Dr. Budi Rahman, M.T.",)),
    ],
)  # fmt: skip
def test_supervisors(tmp_path: Path, text: str, names: tuple[str, ...]) -> None:
    assert front(tmp_path, text).supervisors == names


def test_examiners_are_no_supervisors(tmp_path: Path) -> None:
    read = front(tmp_path, "Pembimbing\n\nDr. Siti Aminah\n\nPenguji I\n\nDr. Budi Santoso")
    assert (read.supervisors, read.examiners) == (("Dr. Siti Aminah",), ("Dr. Budi Santoso",))


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("Dewan Penguji\n\nKetua: Dr. Ani Borg\n\nAnggota: Dr. Budi Rahman",
         ("Dr. Ani Borg", "Dr. Budi Rahman")),
        ("1. Dr. Ani Borg (Penguji I)\n\n2. Dr. Budi Rahman (Penguji II)",
         ("Dr. Ani Borg", "Dr. Budi Rahman")),
        ("First examiner: Prof. Ani Borg", ("Prof. Ani Borg",)),
    ],
)  # fmt: skip
def test_examiners(tmp_path: Path, text: str, names: tuple[str, ...]) -> None:
    assert front(tmp_path, text).examiners == names


@pytest.mark.parametrize(
    ("text", "author"),
    [
        ("Oleh:\n\nRina Wulandari\n\nNIM. 1234567", "Rina Wulandari"),
        ("Submitted by\n\nRina Wulandari (B.Sc.)", "Rina Wulandari"),
        ("by\n\nRina Wulandari\n\n14121045\n\nBudi Rahman\n\n14121067",
         "Rina Wulandari, Budi Rahman"),
        ("Authors: Rina Wulandari & Budi Rahman", "Rina Wulandari, Budi Rahman"),
        ("© Rina Wulandari 2021", "Rina Wulandari"),
        ("by\n\nYour Name", ""),
        ("Oleh:\n\nNAMA MAHASISWA", ""),
    ],
)  # fmt: skip
def test_authors(tmp_path: Path, text: str, author: str) -> None:
    assert front(tmp_path, text).author == author


def test_a_catalogue_entry_above_the_abstract(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    entry = (
        "RINA WULANDARI. Pengaruh Pupuk Organik terhadap Hasil Padi. Skripsi. Prodi Agronomi. 2016."
    )
    path.write_text(f"ABSTRAK\n\n{entry}\n\nPupuk menaikkan hasil.\n", "utf-8")
    read = read_flow(path, path.name).metadata
    assert (read.author, read.year) == ("RINA WULANDARI", 2016)
    assert read.title == "Pengaruh Pupuk Organik terhadap Hasil Padi"


def test_a_template_states_nothing(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_text("[Tuliskan judul di sini]\n\nSKRIPSI\n\nTAHUN 20XX\n", "utf-8")
    assert read_flow(path, path.name).metadata == Metadata()


@pytest.mark.parametrize(
    "date", ["May 13, 2021", "pada tanggal 17 Februari 2021", "2021 M/1442 H", "2020/2021", "MMXXI"]
)
def test_years_of_whole_dates(tmp_path: Path, date: str) -> None:
    assert front(tmp_path, f"Oleh\n\nRina Wulandari\n\n{date}").year == 2021


@pytest.mark.parametrize(
    "account", ["Windows User", "Microsoft Office User", "My PC", "pc-01", "WIN 10", "Asus X441"]
)
def test_accounts_are_no_authors(account: str) -> None:
    assert find_metadata((), (), Metadata(author=account)).author == ""
