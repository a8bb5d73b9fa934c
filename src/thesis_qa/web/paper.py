"""What is taken away, as Markdown, as plain text and as a Word document."""

import base64
import json
import re
import time
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from io import BytesIO
from typing import Literal
from xml.sax.saxutils import escape

Kind = Literal["title", "heading", "subheading", "text", "quiet", "quote", "reference", "code"]


Form = Literal["Markdown", "Word"]
FORMS: tuple[Form, ...] = ("Markdown", "Word")
_DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


@dataclass(frozen=True, slots=True)
class Part:
    """A paragraph; `italic` is the part of its text that is set so."""

    kind: Kind
    text: str
    italic: str = ""


def as_file(parts: Sequence["Part"], form: Form, language: str) -> str:
    """`parts` written in `form`, as `download` gives it to the browser."""
    if form == "Word":
        return download("thesis-qa.docx", _DOCX, docx(parts, language))
    return download("thesis-qa.md", "text/markdown", markdown(parts).encode())


def download(name: str, kind: str, content: bytes) -> str:
    """A file as page.js saves it: JSON with its name, media type and content in base 64.

    A number makes it new, so that the same file can be saved twice.
    """
    data = base64.b64encode(content).decode()
    return json.dumps({"name": name, "type": kind, "data": data, "number": time.monotonic_ns()})


# Markdown and plain text

_MARKDOWN = re.compile(r"([\\`*_{}\[\]<>#|~$])")
_COMMAND = re.compile(r"(\\cite(?:\[[\w.~]{1,40}\])?\{[a-z0-9]{1,80}\})")
_LEADS = {"title": "# ", "heading": "## ", "subheading": "### ", "quote": "> ", "reference": "- "}


def markdown(parts: Sequence[Part]) -> str:
    """As Markdown that shows every text as it stands."""
    return "\n\n".join(_markdown(part) for part in parts) + "\n"


def _markdown(part: Part) -> str:
    if part.kind == "code":
        fence = "`" * max(3, 1 + max(map(len, re.findall("`+", part.text)), default=0))
        return f"{fence}\n{part.text}\n{fence}"
    before, italic, after = map(_plain, _cut(part))
    text = f"{before}*{italic}*{after}" if italic else before
    return _LEADS.get(part.kind, "") + (f"*{text}*" if part.kind == "quiet" and text else text)


def _plain(text: str) -> str:
    """Text that Markdown shows as it stands, on one line; commands of TeX as code."""
    pieces = _COMMAND.split(re.sub(r"\s+", " ", text))
    marked = "".join(
        f"`{piece}`" if _COMMAND.fullmatch(piece) else _MARKDOWN.sub(r"\\\1", piece)
        for piece in pieces
    )
    return re.sub(r"^(\s*)([-+]|\d+[.)])(?=\s)", r"\1\\\2", marked)


def plain(parts: Sequence[Part]) -> str:
    """As text to be pasted anywhere."""
    return "\n\n".join(part.text.strip() for part in parts)


def _cut(part: Part) -> tuple[str, str, str]:
    if not part.italic or part.italic not in part.text:
        return part.text, "", ""
    return part.text.partition(part.italic)


# Word: the smallest package that Word and LibreOffice open (ECMA-376, parts 1 and 2)

_WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_MADE_OF = "application/vnd.openxmlformats-officedocument.wordprocessingml"
_HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'

_STYLES: dict[Kind, tuple[str, str, str]] = {  # name in Word, properties of paragraph and text
    "title": ("Title", '<w:spacing w:after="240"/>', '<w:b/><w:sz w:val="40"/>'),
    "heading": (
        "heading 1",
        '<w:keepNext/><w:spacing w:before="360" w:after="120"/><w:outlineLvl w:val="0"/>',
        '<w:b/><w:sz w:val="28"/>',
    ),
    "subheading": (
        "heading 2",
        '<w:keepNext/><w:spacing w:before="240" w:after="80"/><w:outlineLvl w:val="1"/>',
        '<w:b/><w:sz w:val="24"/>',
    ),
    "text": ("Normal", '<w:spacing w:after="120" w:line="276" w:lineRule="auto"/>', ""),
    "quiet": ("Subtle", '<w:spacing w:after="120"/>', '<w:i/><w:color w:val="6A6459"/>'),
    "quote": ("Quote", '<w:spacing w:after="120"/><w:ind w:left="567"/>', '<w:i w:val="0"/>'),
    "reference": (
        "Bibliography",
        '<w:spacing w:after="120"/><w:ind w:left="567" w:hanging="567"/>',
        "",
    ),
    "code": (
        "Code",
        '<w:spacing w:after="120"/>',
        '<w:rFonts w:ascii="Consolas" w:hAnsi="Consolas" w:cs="Consolas"/><w:sz w:val="20"/>',
    ),
}
_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def docx(parts: Sequence[Part], language: str) -> bytes:
    """As a Word document in `language`, A4."""
    package = BytesIO()
    with zipfile.ZipFile(package, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", _HEAD + _content_types())
        archive.writestr("_rels/.rels", _HEAD + _relations("officeDocument", "word/document.xml"))
        links = _relations("styles", "styles.xml")
        archive.writestr("word/_rels/document.xml.rels", _HEAD + links)
        archive.writestr("word/styles.xml", _HEAD + _styles(language))
        archive.writestr("word/document.xml", _HEAD + _document(parts))
    return package.getvalue()


def _content_types() -> str:
    return (
        f'<Types xmlns="{_PACKAGE}/content-types">'
        '<Default Extension="rels"'
        ' ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Override PartName="/word/document.xml" ContentType="{_MADE_OF}.document.main+xml"/>'
        f'<Override PartName="/word/styles.xml" ContentType="{_MADE_OF}.styles+xml"/></Types>'
    )


def _relations(kind: str, target: str) -> str:
    return (
        f'<Relationships xmlns="{_PACKAGE}/relationships">'
        f'<Relationship Id="rId1" Type="{_OFFICE}/{kind}" Target="{target}"/></Relationships>'
    )


def _styles(language: str) -> str:
    font = '<w:rFonts w:ascii="Cambria" w:hAnsi="Cambria" w:cs="Times New Roman"/>'
    tongue = f'<w:lang w:val="{"id-ID" if language == "id" else "en-US"}"/>'
    named = "".join(
        f'<w:style w:type="paragraph" w:styleId="{kind}"{_default(kind)}><w:name w:val="{name}"/>'
        f"<w:qFormat/><w:pPr>{paragraph}</w:pPr><w:rPr>{text}</w:rPr></w:style>"
        for kind, (name, paragraph, text) in _STYLES.items()
    )
    return (
        f'<w:styles xmlns:w="{_WORD}"><w:docDefaults><w:rPrDefault><w:rPr>{font}'
        f'<w:sz w:val="22"/>{tongue}</w:rPr></w:rPrDefault></w:docDefaults>{named}</w:styles>'
    )


def _default(kind: Kind) -> str:
    return ' w:default="1"' if kind == "text" else ""


def _document(parts: Sequence[Part]) -> str:
    page = (
        '<w:sectPr><w:pgSz w:w="11906" w:h="16838"/><w:pgMar w:top="1418" w:right="1418"'
        ' w:bottom="1418" w:left="1418" w:header="709" w:footer="709" w:gutter="0"/></w:sectPr>'
    )
    body = "".join(map(_paragraph, parts))
    return f'<w:document xmlns:w="{_WORD}"><w:body>{body}{page}</w:body></w:document>'


def _paragraph(part: Part) -> str:
    before, italic, after = _cut(part)
    runs = _run(before) + _run(italic, "<w:rPr><w:i/></w:rPr>") + _run(after)
    return f'<w:p><w:pPr><w:pStyle w:val="{part.kind}"/></w:pPr>{runs}</w:p>'


def _run(text: str, properties: str = "") -> str:
    lines = _NOT_XML.sub("", text).splitlines()
    if not lines:
        return ""
    shown = "<w:br/>".join(f'<w:t xml:space="preserve">{escape(line)}</w:t>' for line in lines)
    return f"<w:r>{properties}{shown}</w:r>"
