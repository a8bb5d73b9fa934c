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
    ],
)
def test_supervisors(tmp_path: Path, text: str, names: tuple[str, ...]) -> None:
    assert front(tmp_path, text).supervisors == names


def test_examiners_are_no_supervisors(tmp_path: Path) -> None:
    read = front(tmp_path, "Pembimbing\n\nDr. Siti Aminah\n\nPenguji I\n\nDr. Budi Santoso")
    assert (read.supervisors, read.examiners) == (("Dr. Siti Aminah",), ("Dr. Budi Santoso",))


@pytest.mark.parametrize("date", ["May 13, 2021", "pada tanggal 17 Februari 2021"])
def test_years_of_whole_dates(tmp_path: Path, date: str) -> None:
    assert front(tmp_path, f"Oleh\n\nRina Wulandari\n\n{date}").year == 2021


@pytest.mark.parametrize(
    "account", ["Windows User", "Microsoft Office User", "My PC", "pc-01", "WIN 10", "Asus X441"]
)
def test_accounts_are_no_authors(account: str) -> None:
    assert find_metadata((), (), Metadata(author=account)).author == ""
