"""Theses beside each other: what each says to a topic or a question, in its own words."""

import csv
import time
from collections.abc import Iterator, Sequence
from io import BytesIO, StringIO
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile

from thesis_qa.answer.card import USUAL, ThesisTable
from thesis_qa.errors import ThesisQAError
from thesis_qa.question.topics import TOPICS
from thesis_qa.web.context import QUIET, AppContext, names_sent
from thesis_qa.web.look import notice, render
from thesis_qa.web.references import References
from thesis_qa.web.takeaway import Paragraph, download, markdown, word
from thesis_qa.web.texts import Texts, error_line, xml_text
from thesis_qa.web.work import UPDATES

_OFFICE = "application/vnd.openxmlformats-officedocument"
FORMS = {
    "XLSX": ("xlsx", f"{_OFFICE}.spreadsheetml.sheet"),
    "CSV": ("csv", "text/csv"),
    "Word": ("docx", f"{_OFFICE}.wordprocessingml.document"),
    "Markdown": ("md", "text/markdown"),
}
"""What a table can be taken along as: the end of the file's name, and its media type."""


def heading(column: str, texts: Texts) -> str:
    """What a column is called: a topic in words, or the question itself."""
    known = {topic.name for topic in TOPICS}
    return str(texts.card.topics[column]) if column in known else column


# The tab


def comparison_tab(app: AppContext, texts: Texts, chosen: Any, saved: Any, js: str) -> None:
    """The tab's components and what they do; `chosen` are the theses that are asked."""
    import gradio as gr

    say = texts.compare
    gr.HTML(notice(say.intro, texts, style="lead"), padding=False)
    topics = gr.CheckboxGroup(
        [(texts.card.topics[topic.name], topic.name) for topic in TOPICS],
        value=list(USUAL), label=say.topics, container=False, elem_id="compare-topics",
    )  # fmt: skip
    asked = gr.Textbox(
        label=say.own, placeholder=say.own, lines=1, max_lines=5, container=False,
        elem_id="compare-questions",
    )  # fmt: skip
    with gr.Row(elem_id="comparing"):
        start = gr.Button(say.start, size="sm", variant="primary", elem_id="compare")
        stop = gr.Button(texts.stop, size="sm", visible=False, elem_id="stop-comparing")
        saves = [gr.Button(form, size="sm", visible=False, elem_id=f"as-{form}") for form in FORMS]
    shown = gr.HTML("", elem_id="comparison", padding=False)
    table = gr.State(ThesisTable((), ()))

    def buttons(going: bool, filled: bool) -> tuple[Any, ...]:
        seen = (not going, going, *(filled and not going for _ in FORMS))
        return tuple(gr.update(visible=visible) for visible in seen)

    def on_start(names: list[str], questions: str, sent: str) -> Iterator[tuple[Any, ...]]:
        grown = ThesisTable((), ())
        try:
            theses = names_sent(sent)
            told = 0.0
            for grown in app.assistant.comparing(theses, names, questions.splitlines()):
                if time.monotonic() > told + UPDATES:  # drawing it takes longer than a cell
                    yield grown, comparison_markup(app, grown, texts), *buttons(True, False)
                    told = time.monotonic()
        except ThesisQAError as error:
            said = notice(error_line(error, texts.language), texts, style="nothing")
            yield grown, said, *buttons(False, False)
            return
        yield grown, comparison_markup(app, grown, texts), *buttons(False, bool(grown.cells))

    outputs = [table, shown, start, stop, *saves]
    run = start.click(on_start, [topics, asked, chosen], outputs, js=js, **QUIET)
    halted = [start, stop, *saves]
    stop.click(lambda: buttons(False, True), None, halted, cancels=[run], **QUIET)
    for form, button in zip(FORMS, saves, strict=True):
        button.click(_saver(app, form, texts), table, saved, **QUIET)


def _saver(app: AppContext, form: str, texts: Texts) -> Any:
    return lambda table: comparison_file(app, table, form, texts)


def comparison_markup(app: AppContext, table: ThesisTable, texts: Texts) -> str:
    """The table, its cells with the pages that they are quoted from."""
    known = app.known()
    theses = [(name, known[name]) for name in table.documents if name in known]
    return render(
        "compare.html", texts, table=table, theses=theses, heading=heading,
        filled=len(table.cells), total=len(table.documents) * len(table.columns),
    )  # fmt: skip


# Taken along


def comparison_file(app: AppContext, table: ThesisTable, form: str, texts: Texts) -> str:
    """The table in `form`, as `download` gives it to the browser."""
    suffix, kind = FORMS[form]
    content = comparison_bytes(app, table, form, texts)
    return download(f"{texts.compare.file}.{suffix}", kind, content)


def comparison_bytes(app: AppContext, table: ThesisTable, form: str, texts: Texts) -> bytes:
    """The table as a file in one of `FORMS`."""
    if form == "Word":
        return word(_paragraphs(app, table, texts), texts.language)
    if form == "Markdown":
        return markdown(_paragraphs(app, table, texts)).encode()
    rows = comparison_rows(app, table, texts)
    if form == "XLSX":
        return xlsx(rows)
    text = StringIO()
    csv.writer(text).writerows([[_harmless(value) for value in row] for row in rows])
    return text.getvalue().encode("utf-8-sig")


def comparison_rows(app: AppContext, table: ThesisTable, texts: Texts) -> list[list[str]]:
    """The table as texts: heads first, then a row for every thesis."""
    known, fields = app.known(), texts.library.fields
    heads = [fields.title, fields.author, fields.year]
    rows = [[*heads, *(heading(column, texts) for column in table.columns)]]
    for name in table.documents:
        thesis = known[name]
        cells = (_cell_text(app, table, name, column, texts) for column in table.columns)
        rows.append([thesis.title or name, thesis.author, str(thesis.year or ""), *cells])
    return rows


def _cell_text(app: AppContext, table: ThesisTable, name: str, column: str, texts: Texts) -> str:
    quotes = table.cell(name, column) or ()
    references = References(quotes, app.known(), "APA", texts)
    lines = (f"“{quote.quote}” {references.in_text(quote)}" for quote in quotes)
    return "\n".join(lines) or str(texts.card.not_stated)


def _paragraphs(app: AppContext, table: ThesisTable, texts: Texts) -> list[Paragraph]:
    rows = comparison_rows(app, table, texts)
    parts = [Paragraph("title", texts.compare.tab)]
    for at, column in enumerate(rows[0][3:], start=3):
        parts.append(Paragraph("heading", column))
        for row in rows[1:]:
            parts.append(Paragraph("subheading", row[0]))
            parts += [Paragraph("quote", line) for line in row[at].split("\n")]
    cited = [citation for cell in table.cells for citation in cell.citations]
    references = References(cited, app.known(), "APA", texts).entries()
    parts.append(Paragraph("heading", texts.references))
    return [*parts, *(Paragraph("reference", r.text, italic=r.work) for r in references)]


def _harmless(value: str) -> str:
    """No spreadsheet takes it for a formula."""
    return f"'{value}" if value[:1] in ("=", "+", "-", "@", "\t", "\r") else value


def xlsx(rows: Sequence[Sequence[str]]) -> bytes:
    """Rows as a workbook of one sheet, every cell a text that is wrapped."""
    package, kept = BytesIO(), [[xml_text(cell) for cell in row] for row in rows]
    with ZipFile(package, "w", ZIP_DEFLATED) as parts:
        for name in ("types", "package", "workbook", "links", "styles"):
            path, content = render(f"xlsx/{name}.xml", _NO_TEXTS).split("\n", 1)
            parts.writestr(path, content)
        parts.writestr("xl/worksheets/sheet1.xml", render("xlsx/sheet.xml", _NO_TEXTS, rows=kept))
    return package.getvalue()


_NO_TEXTS = Texts("en", {})
