"""`--check`: what is wrong with a question set, by line number."""

import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

from thesis_qa.evaluate.check_evidence import check_against
from thesis_qa.evaluate.check_squad import check_squad
from thesis_qa.evaluate.findings import Finding, Level, Library, at, suggestion
from thesis_qa.evaluate.formats import Entry, read_raw
from thesis_qa.lang.language import language_of, words

_TEXT, _TRUTH, _LIST = "a text", "true or false", "a list"
FIELDS = {
    "id": _TEXT,
    "question": _TEXT,
    "answerable": _TRUTH,
    "question_lang": _TEXT,
    "document": _TEXT,
    "evidence": _LIST,
    "answer": _TEXT,
    "key_facts": _LIST,
    "type": _TEXT,
    "difficulty": _TEXT,
}
REQUIRED = ("id", "question", "answerable")
EVIDENCE_FIELDS = ("pdf_page", "printed_page", "quote")
LANGUAGES = ("id", "en")
DIFFICULTIES = ("easy", "medium", "hard")
USUAL = 3 / 4  # a field that this share of the questions has is missed in the others

_IS: dict[str, Callable[[Any], bool]] = {
    _TEXT: lambda value: isinstance(value, str),
    _TRUTH: lambda value: isinstance(value, bool),
    _LIST: lambda value: isinstance(value, list),
}
_PLACEHOLDER = re.compile(r"\b(?:TODO|TBD|FIXME|XXX+|lorem ipsum)\b|\?{3}", re.IGNORECASE)
_DAMAGED = re.compile(
    r"\ufffd|â€|Ã[\x80-\xbf©¨¼¶¤]|[\x00-\x08\x0b\x0c\x0e-\x1f\u200b-\u200f\u2060\ufeff]"
)
_DECLINES = re.compile(
    r"^\W*(?:not (?:stated|mentioned|reported|given|specified|in the)|unknown|n/a|"
    r"tidak (?:di|ada\b|ter)|belum di)",
    re.IGNORECASE,
)
_NEGATES = re.compile(
    r"\b(?:not?|none|never|neither|nor|cannot|without|only|un\w+ed|isn't|doesn't|n/a|"
    r"tidak|bukan|belum|tanpa|tak|hanya|tiada)\b",
    re.IGNORECASE,
)


def check(path: str | Path, library: Library | None = None) -> list[Finding]:
    """Everything found in a question set, by line; with a library, its documents are compared.

    Raises QuestionSetError only if the file can't be read as text.
    """
    raw = read_raw(Path(path))
    if raw.format == "squad":
        return sorted(check_squad(raw))
    rows = [entry for entry in raw.entries if isinstance(entry.value, dict)]
    found = [finding for entry in raw.entries for finding in _check_entry(entry)]
    found += _check_repeats(rows)
    found += _check_values(rows)
    found += _check_usual_fields(rows)
    if library:
        found += [finding for entry in rows for finding in check_against(entry, library)]
    if not rows:
        found.append(Finding(1, "error", "there is no question in it"))
    return sorted(set(found))


def name_of(entry: Entry) -> str | None:
    """The id of a question, for showing."""
    value = entry.value.get("id") if isinstance(entry.value, dict) else None
    return str(value) if isinstance(value, str | int) else None


def _check_entry(entry: Entry) -> Iterator[Finding]:
    if entry.problem:
        yield Finding(entry.line, "error", entry.problem)
    elif not isinstance(entry.value, dict):
        yield Finding(entry.line, "error", "not a question: an object with fields is needed")
    else:
        name = name_of(entry)
        yield from at(entry.line, name, "error", _structure(entry))
        yield from at(entry.line, name, "error", _evidence_structure(entry.value))
        yield from at(entry.line, name, "warning", _suspicious(entry.value))
        for level, text in _sense(entry.value):
            yield Finding(entry.line, level, text, name)


def _structure(entry: Entry) -> Iterator[str]:
    values = entry.value
    for name in entry.repeated_keys:
        yield f"the field {name!r} stands there twice"
    for name in REQUIRED:
        if name not in values:
            yield f"the field {name!r} is missing"
    for name, value in values.items():
        if name not in FIELDS:
            close = suggestion(str(name), FIELDS)
            if close:
                yield f"there is no field {name!r}{close}"
            continue
        if value is None and name not in REQUIRED:
            continue
        if not _IS[FIELDS[name]](value):
            yield f"{name!r} must be {FIELDS[name]}, not {_kind(value)}"
        elif name in (*REQUIRED, "document") and isinstance(value, str) and not value.strip():
            yield f"{name!r} is empty"
    for fact in _list(values, "key_facts"):
        if not isinstance(fact, str) or not fact.strip():
            yield f"each of 'key_facts' must be a text with something in it, not {_kind(fact)}"
    language = values.get("question_lang")
    if isinstance(language, str) and language not in LANGUAGES:
        yield f"unknown language {language!r} in 'question_lang'; it is 'id' or 'en'"


def _evidence_structure(values: dict[str, Any]) -> Iterator[str]:
    for number, item in enumerate(_list(values, "evidence"), start=1):
        where = f"evidence {number}"
        if not isinstance(item, dict):
            yield f"{where} must be an object with pdf_page, printed_page and quote"
            continue
        page, label, quote = (item.get(name) for name in EVIDENCE_FIELDS)
        if page is not None and (not isinstance(page, int) or isinstance(page, bool)):
            yield f"{where}: 'pdf_page' must be a whole number or null, not {_kind(page)}"
        elif page is not None and page < 1:
            yield f"{where}: 'pdf_page' counts from 1, not {page}"
        if label is not None and not isinstance(label, str):
            yield f"{where}: 'printed_page' must be a text or null, not {_kind(label)}"
        if "quote" not in item:
            yield f"{where}: the field 'quote' is missing"
        elif not isinstance(quote, str) or not quote.strip():
            yield f"{where}: 'quote' must be a text with something in it, not {_kind(quote)}"
        if "pdf_page" not in item:
            yield f"{where}: the field 'pdf_page' is missing (null where there are no pages)"
        for name in item:
            if name not in EVIDENCE_FIELDS:
                yield f"{where}: there is no field {name!r}{suggestion(name, EVIDENCE_FIELDS)}"


def _suspicious(values: dict[str, Any]) -> Iterator[str]:
    for name, text in _texts(values):
        if _PLACEHOLDER.search(text):
            yield f"{name} holds a placeholder"
        if _DAMAGED.search(text):
            yield f"{name} holds damaged or invisible characters"
    for name in FIELDS.keys() - {"question", "answer"}:
        value = values.get(name)
        if isinstance(value, str) and value and value != value.strip():
            yield f"{name!r} begins or ends with white space"
    for name in values:
        if name not in FIELDS and not suggestion(str(name), FIELDS):
            yield f"there is no field {name!r}; it is ignored"
    question = values.get("question")
    if isinstance(question, str) and question.strip() and not words(question):
        yield "the question holds no words"


def _texts(values: dict[str, Any]) -> Iterator[tuple[str, str]]:
    for name in ("question", "answer"):
        if isinstance(values.get(name), str):
            yield f"{name!r}", values[name]
    for number, item in enumerate(_list(values, "evidence"), start=1):
        if isinstance(item, dict) and isinstance(item.get("quote"), str):
            yield f"evidence {number}", item["quote"]
    facts = _list(values, "key_facts")
    yield from (("a key fact", fact) for fact in facts if isinstance(fact, str))


def _sense(values: dict[str, Any]) -> Iterator[tuple[Level, str]]:
    """What the fields say about each other."""
    answerable, evidence = values.get("answerable"), _list(values, "evidence")
    answer = values["answer"].strip() if isinstance(values.get("answer"), str) else ""
    facts = [fact for fact in _list(values, "key_facts") if isinstance(fact, str)]
    if answerable is False:
        if evidence:
            yield "error", "it is said to be unanswerable but carries evidence"
        if facts:
            yield "warning", "it is said to be unanswerable but has key facts"
        if answer and not _NEGATES.search(answer):
            yield "warning", "it is said to be unanswerable but 'answer' reads like an answer"
    if answerable is True:
        if not evidence:
            yield "warning", "it is answerable but has no evidence: page metrics skip it"
        if not answer:
            yield "warning", "it is answerable but has no answer"
        elif _DECLINES.search(answer):
            yield "warning", "it is said to be answerable but 'answer' says that nothing is stated"
    yield from _repeated_items(evidence, facts)
    question, language = values.get("question"), values.get("question_lang")
    if isinstance(question, str) and language in LANGUAGES:
        found = language_of(question)
        if found and found != language:
            yield "warning", f"'question_lang' is {language!r} but the question reads as {found!r}"


def _repeated_items(evidence: list[Any], facts: list[str]) -> Iterator[tuple[Level, str]]:
    if len({repr(item) for item in evidence}) < len(evidence):
        yield "warning", "the same evidence stands there twice"
    if len({fact.casefold() for fact in facts}) < len(facts):
        yield "warning", "the same key fact stands there twice"


def _check_repeats(rows: Sequence[Entry]) -> Iterator[Finding]:
    by_id: dict[str, Entry] = {}
    by_question: dict[tuple[str, ...], Entry] = {}
    for entry in rows:
        name, question = name_of(entry), entry.value.get("question")
        if name and (first := by_id.setdefault(name.strip().casefold(), entry)) is not entry:
            text = f"the id {name!r} is that of line {first.line} too"
            yield Finding(entry.line, "error", text, name)
        asked = (*words(question),) if isinstance(question, str) else ()
        about = (str(entry.value.get("document")), *asked)
        if asked and (first := by_question.setdefault(about, entry)) is not entry:
            yield _same_question(entry, first)


def _same_question(entry: Entry, first: Entry) -> Finding:
    if entry.value.get("answerable") == first.value.get("answerable"):
        text = f"line {first.line} asks the same"
        return Finding(entry.line, "warning", text, name_of(entry))
    text = f"line {first.line} asks the same and says otherwise whether it is answerable"
    return Finding(entry.line, "error", text, name_of(entry))


def _check_values(rows: Sequence[Entry]) -> Iterator[Finding]:
    types = Counter(v for entry in rows if isinstance(v := entry.value.get("type"), str))
    for entry in rows:
        difficulty, kind = entry.value.get("difficulty"), entry.value.get("type")
        if isinstance(difficulty, str) and difficulty not in DIFFICULTIES:
            text = f"unusual difficulty {difficulty!r}{suggestion(difficulty, DIFFICULTIES)}"
            yield Finding(entry.line, "warning", text, name_of(entry))
        if isinstance(kind, str) and types[kind] == 1:
            close = suggestion(kind, (known for known, n in types.items() if n > 1))
            if close:
                text = f"the type {kind!r} occurs just once{close}"
                yield Finding(entry.line, "warning", text, name_of(entry))


def _check_usual_fields(rows: Sequence[Entry]) -> Iterator[Finding]:
    for name in ("question_lang", "document", "type", "difficulty", "key_facts"):
        group = [e for e in rows if name != "key_facts" or e.value.get("answerable") is True]
        without = [entry for entry in group if not entry.value.get(name)]
        if group and 0 < len(without) <= (1 - USUAL) * len(group):
            for entry in without:
                text = f"no {name!r}, unlike most of the questions"
                yield Finding(entry.line, "warning", text, name_of(entry))


def _list(values: dict[str, Any], name: str) -> list[Any]:
    value = values.get(name)
    return value if isinstance(value, list) else []


def _kind(value: Any) -> str:
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return f"the text {value[:40]!r}" if value.strip() else "an empty text"
    if isinstance(value, int | float):
        return f"the number {value}"
    return "a list" if isinstance(value, list) else "an object"
