"""Alter small files of every kind and read them, for some minutes: `make fuzz`.

Seeds are the test data and files that are made here. An altered file has to give a document or one
clear line within thirty seconds and a gigabyte (the readers' own limits are what is tested); what
doesn't is kept in tests/data/fuzz, where the tests read it from then on. Exits with 1 if there was
any. The same `--seed` alters the same way.
"""

import argparse
import hashlib
import io
import os
import random
import sys
import time
import zipfile
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

from thesis_qa.errors import DocumentError
from thesis_qa.read import CONVERTED, SUPPORTED
from thesis_qa.structure.document import load

ROOT = Path(__file__).parent.parent
KEPT = ROOT / "tests" / "data" / "fuzz"
MOST_SECONDS, MOST_SEED = 30.0, 200_000
HTML = (
    b"<html><body><h1>BAB I</h1><p>Perizinan sulit.</p><table><tr><td>1<td>2</table></body></html>"
)
TEXT = "# BAB I Pendahuluan\n\nPerizinan sulit didapatkan.\n\n| a | b |\n|---|---|\n| 1 | $x^2$ |\n"
TOKENS = (
    b"\0",
    b"\xff\xfe",
    b"<",
    b"<!--",
    b"&#x110000;",
    b"%PDF-1.7",
    b" 0 R",
    b"9" * 400,
    b"]]>",
)


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--minutes", type=float, default=10.0)
    options.add_argument("--seed", type=int, default=int(time.time()))
    given = options.parse_args()
    print(f"seed {given.seed}")
    chance, until = random.Random(given.seed), time.monotonic() + 60 * given.minutes
    seeds, outcomes, bad = sorted(made_seeds().items()), Counter[str](), 0
    with TemporaryDirectory() as folder:
        while time.monotonic() < until:
            name, content = chance.choice(seeds)
            altered = alter(content, name, chance)
            path = Path(folder) / name
            path.write_bytes(altered)
            outcome = outcome_of(path)
            outcomes[f"{path.suffix} {outcome}"] += 1
            if outcome not in ("read", "refused"):
                bad += 1
                KEPT.mkdir(parents=True, exist_ok=True)
                digest = hashlib.sha256(altered).hexdigest()[:12]
                (KEPT / f"{digest}{path.suffix}").write_bytes(altered)
                print(f"{name} {digest}: {outcome}", flush=True)
    for outcome, count in sorted(outcomes.items()):
        print(f"{count:6} {outcome}")
    sys.exit(bad > 0)


def outcome_of(path: Path) -> str:
    started = time.monotonic()
    try:
        load(path, path.name)
        outcome = "read"
    except DocumentError as error:
        outcome = "refused" if error.code != "reader-failed" else f"{error.values['reason']}"
    except Exception as error:
        outcome = f"{type(error).__name__}: {error}"
    busy = (
        max(1.0, os.getloadavg()[0] / (os.cpu_count() or 1)) if hasattr(os, "getloadavg") else 1.0
    )
    late = time.monotonic() - started > MOST_SECONDS * busy  # others may want the processors too
    return f"took {time.monotonic() - started:.0f} s" if late else outcome


def alter(content: bytes, name: str, chance: random.Random) -> bytes:
    """A file with some of its bytes changed; of a zip mostly what is packed in it."""
    if zipfile.is_zipfile(io.BytesIO(content)) and chance.random() < 0.8:
        return repacked(content, chance)
    for _ in range(chance.choice((1, 1, 2, 4, 16))):
        content = chance.choice(WAYS)(content, chance)
    return content


def repacked(content: bytes, chance: random.Random) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(out, "w") as new:
        names = old.namelist()
        chosen = chance.choice([n for n in names if n.endswith((".xml", "html", ".opf"))] or names)
        for name in names:
            data = old.read(name)
            new.writestr(name, alter(data, name, chance) if name == chosen else data)
    return out.getvalue()


def flipped(content: bytes, chance: random.Random) -> bytes:
    at = chance.randrange(len(content) or 1)
    return content[:at] + bytes([chance.randrange(256)]) + content[at + 1 :]


def cut(content: bytes, chance: random.Random) -> bytes:
    start, end = sorted(chance.randrange(len(content) + 1) for _ in range(2))
    return content[:start] + content[end:]


def repeated(content: bytes, chance: random.Random) -> bytes:
    start = chance.randrange(len(content) or 1)
    piece = content[start : start + chance.choice((4, 40, 400))]
    return content[:start] + piece * chance.choice((2, 100, 10_000)) + content[start:]


def inserted(content: bytes, chance: random.Random) -> bytes:
    at = chance.randrange(len(content) + 1)
    return content[:at] + chance.choice(TOKENS) * chance.choice((1, 1, 50)) + content[at:]


def renumbered(content: bytes, chance: random.Random) -> bytes:
    """A number in it becomes another: sizes, offsets and references are numbers."""
    digits = [at for at, byte in enumerate(content) if 48 <= byte <= 57]
    if not digits:
        return content
    at = chance.choice(digits)
    return content[:at] + chance.choice((b"-1", b"0", b"99999999999", b"7")) + content[at + 1 :]


WAYS: tuple[Callable[[bytes, random.Random], bytes], ...] = (
    flipped, cut, repeated, inserted, renumbered,
)  # fmt: skip


def made_seeds() -> dict[str, bytes]:
    """Small files of every kind that is read without another program."""
    found = dict(given_seeds())
    found |= {"a.txt": TEXT.encode(), "a.md": TEXT.encode(), "a.html": HTML}
    found |= {"a.docx": docx(), "a.epub": epub(), "a.pdf": pdf()}
    missing = {s for s in SUPPORTED if s not in CONVERTED} - {Path(name).suffix for name in found}
    print(f"{len(found)} seeds; none of {', '.join(sorted(missing)) or 'no kind'}")
    return found


def given_seeds() -> Iterator[tuple[str, bytes]]:
    for path in sorted((ROOT / "tests" / "data").rglob("*")):
        kind = path.suffix.lower() in SUPPORTED and path.suffix.lower() not in CONVERTED
        if kind and path.is_file() and path.stat().st_size < MOST_SEED:
            yield f"{path.stem}{path.suffix.lower()}", path.read_bytes()


def docx() -> bytes:
    from docx import Document

    document, out = Document(), io.BytesIO()
    document.add_heading("BAB I Pendahuluan")
    document.add_paragraph("Perizinan sulit didapatkan oleh pemerintah kota.")
    document.add_table(2, 2).cell(0, 0).text = "Tahun"
    document.save(out)
    return out.getvalue()


def epub() -> bytes:
    container = (
        '<container xmlns="urn:oasis:names:tc:opendocument:xmlns:container"><rootfiles>'
        '<rootfile full-path="a.opf" media-type="application/oebps-package+xml"/></rootfiles>'
        "</container>"
    )
    book = (
        '<package xmlns="http://www.idpf.org/2007/opf"><metadata/><manifest><item id="c"'
        ' href="c.xhtml" media-type="application/xhtml+xml"/></manifest><spine>'
        '<itemref idref="c"/></spine></package>'
    )
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as packed:
        packed.writestr("mimetype", "application/epub+zip")
        packed.writestr("META-INF/container.xml", container)
        packed.writestr("a.opf", book)
        packed.writestr("c.xhtml", HTML)
    return out.getvalue()


def pdf() -> bytes:
    from reportlab.pdfgen.canvas import Canvas

    out = io.BytesIO()
    canvas = Canvas(out, pageCompression=0)
    for number in range(2):
        canvas.drawString(100, 700, f"BAB {number}. Perizinan sulit didapatkan.")
        canvas.rect(90, 500, 200, 100)
        canvas.showPage()
    canvas.save()
    return out.getvalue()


if __name__ == "__main__":
    main()
