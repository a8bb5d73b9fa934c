"""Front pages made for measuring: written as lines in `evaluation/front-pages/*.txt`, set here.

A page of a thesis begins with `@@ name format`, then labels, `--`, and its lines. Before a line
`#`, `+`, `*`, `=` set it in the middle (16 and 14 points bold, 12 bold, 12), `>` to the right and
`%` as a paragraph; ` || ` parts two columns, ` :: ` a label from what stands beside it, `~~~`
pages. A first chapter that names other people, years and titles follows each.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

FONTS = Path("/usr/share/fonts/truetype/dejavu")
SIZES = {"#": 16, "+": 14, "*": 12, "=": 12}
BODY = {
    "id": """# BAB I PENDAHULUAN

+ 1.1 Latar Belakang

% Menurut Prof. Sugiyono (2010), penelitian merupakan cara ilmiah untuk mendapatkan data. Penelitian
serupa dilakukan oleh Dr. Siti Rochmah, M.Si. pada tahun 2008 dengan judul Pengaruh Motivasi
terhadap Kinerja Pegawai di Universitas Brawijaya. Hal itu sejalan dengan Rahman (2005).

% Data dikumpulkan selama empat bulan melalui wawancara dan pengamatan, lalu diolah dan dibahas
bersama para informan. Pembimbing lapangan mendampingi setiap kunjungan.""",
    "en": """# Chapter 1 Introduction

+ 1.1 Background

% Earlier work by Professor Jane Goodwin (2005) at the University of Chicago showed that results
depend on how data were collected. A supervisor at the site kept notes. In a thesis entitled
Methods of Inquiry, Smith (2008) came to the same view, and Brown and Miller (2009) agreed.

% Data were collected over four months with interviews and visits, then coded and discussed with
those who took part, as is usual in the field.""",
}


@dataclass(frozen=True, slots=True)
class Made:
    """A made thesis: how it is labelled, and its pages as lines."""

    name: str
    format: str
    label: dict[str, Any]
    pages: tuple[tuple[str, ...], ...]


def made(path: Path) -> Iterator[Made]:
    """The theses written down in a file."""
    for part in re.split(r"^@@ ", path.read_text(encoding="utf-8"), flags=re.M)[1:]:
        head, text = part.split("\n--\n", 1)
        first, *stated = head.splitlines()
        name, kind = first.split()
        label: dict[str, Any] = dict(line.split(": ", 1) for line in stated)
        label = {key: "" if value == "-" else value for key, value in label.items()}
        label["year"] = int(label["year"]) if label["year"] else None
        for key in ("supervisors", "examiners"):
            if label[key] != "?":
                label[key] = [name for name in label[key].split("; ") if name]
        english = len(re.findall(r"\b(?:the|of|and|by)\b", text, re.I)) > 3
        pages = *text.rstrip("\n").split("\n~~~\n"), BODY["en" if english else "id"]
        yield Made(name, kind, label, tuple(tuple(p.split("\n")) for p in pages))


def write(thesis: Made, folder: Path) -> Path:
    """The file of a made thesis."""
    path = folder / f"{thesis.name}.{thesis.format}"
    {"pdf": _pdf, "docx": _docx, "md": _text, "txt": _text}[thesis.format](thesis, path)
    return path


def _mark(line: str) -> tuple[str, str]:
    mark, _, rest = line.partition(" ")
    return (mark, rest) if mark in {*SIZES, ">", "%"} else ("", line)


def _paragraphs(page: tuple[str, ...]) -> list[tuple[str, str]]:
    """Lines as (mark, text); the lines of a paragraph joined."""
    found: list[tuple[str, str]] = []
    for line in page:
        mark, text = _mark(line)
        if found and found[-1][0] == "%" and not mark and line.strip():
            found[-1] = ("%", f"{found[-1][1]} {line}")
        else:
            found.append((mark, text))
    return found


def _pdf(thesis: Made, path: Path) -> None:
    from reportlab.lib.utils import simpleSplit
    from reportlab.pdfbase import pdfmetrics
    from reportlab.pdfbase.ttfonts import TTFont
    from reportlab.pdfgen.canvas import Canvas

    for name in ("DejaVuSerif", "DejaVuSerif-Bold"):
        pdfmetrics.registerFont(TTFont(name, FONTS / f"{name}.ttf"))
    canvas = Canvas(str(path), pagesize=(595, 842), invariant=True)
    canvas.setAuthor(thesis.label.get("pdf-author", ""))
    canvas.setTitle(thesis.label.get("pdf-title", ""))
    for page in thesis.pages:
        y = 760.0
        for mark, text in _paragraphs(page):
            size = SIZES.get(mark, 12)
            font = "DejaVuSerif-Bold" if mark in {"#", "+", "*"} else "DejaVuSerif"
            lines = simpleSplit(text, font, size, 450) if mark else [text]
            for line in lines or [""]:
                canvas.setFont(font, size)
                if mark in SIZES:
                    canvas.drawCentredString(297, y, line)
                elif mark == ">":
                    canvas.drawRightString(522, y, line)
                else:
                    for part, x in _placed(line):
                        canvas.drawString(x, y, part)
                y -= 1.35 * size if line else 18
            assert y > 30, (thesis.name, text)
        canvas.showPage()
    canvas.save()


def _placed(line: str) -> list[tuple[str, float]]:
    left, tab, right = line.partition(" || ")
    if tab:
        return [(left.strip(), 72), (right.strip(), 320)]
    left, tab, right = line.partition(" :: ")
    return [(left, 72), (right.strip(), 210 if len(left) < 20 else 330)] if tab else [(line, 72)]


def _docx(thesis: Made, path: Path) -> None:
    from docx import Document
    from docx.enum.text import WD_ALIGN_PARAGRAPH
    from docx.shared import Pt

    document = Document()
    document.core_properties.author = thesis.label.get("pdf-author", "")
    for number, page in enumerate(thesis.pages):
        for mark, text in _paragraphs(page):
            if " || " in text:
                cells = document.add_table(1, 2).rows[0].cells
                cells[0].text, cells[1].text = text.split(" || ", 1)
                continue
            paragraph = document.add_paragraph()
            run = paragraph.add_run(text.replace(" :: ", "\t"))
            run.font.size, run.bold = Pt(SIZES.get(mark, 12)), mark in {"#", "+", "*"}
            if mark in SIZES:
                paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
        if number < len(thesis.pages) - 1:
            document.add_page_break()
    document.save(str(path))


def _text(thesis: Made, path: Path) -> None:
    lines: list[str] = []
    for page in thesis.pages:
        for mark, text in _paragraphs(page):
            heading = "# " if mark == "#" and thesis.format == "md" else ""
            lines.append(heading + text.replace(" || ", "        ").replace(" :: ", " "))
        lines.append("")
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
