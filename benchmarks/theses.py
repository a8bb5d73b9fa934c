"""Questions on real theses as people ask them, what is found for each, and which sentences answer.

    python benchmarks/theses.py WORK            # index, search and label all of it: resumable
    python benchmarks/theses.py WORK FOLDER     # first take more questions, written in FOLDER

More questions on the theses for training, by other hands, stand in `thesis_questions.jsonl`. The
theses are not ours to copy: each word of a quote or a key fact stands there as one character, made
from its checksum (`coded`), which is enough to find the sentence again in the thesis itself.

The theses of `split.json` under "measure" are only measured on: nothing is trained on them, fitted
or chosen by them. What is found is kept in WORK, so that it is looked for once.
"""

import hashlib
import json
import pickle
import sys
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

from corpora import DATA
from thesis_qa.answer.evidence import find_evidence, passages_of, table_heads
from thesis_qa.answer.found import Evidence, Library
from thesis_qa.answer.passages import words_missing
from thesis_qa.evaluate.metrics import contains_phrase, overlaps, shared_length
from thesis_qa.lang.words import TOKEN, words
from thesis_qa.library import Index
from thesis_qa.model.encoder import BundledEmbedding
from thesis_qa.question.read import Question as Asked
from thesis_qa.types import Passage, Sentence

FOLDER = DATA / "train"
# Of the theses for training: the reader doesn't learn from these, so that the other signals and
# the confidence can be fitted to what it says of theses it has never seen.
FITTED_ON = 8
CANDIDATES = 12  # passages found, and read
WRITTEN = Path(__file__).with_name("thesis_questions.jsonl")
FIRST_SIGN, SIGNS = 0x4E00, 20_000  # letters that no word of a thesis in these languages has


@dataclass(frozen=True, slots=True)
class Question:
    """A question on one thesis, and where its answers stand, if anywhere."""

    name: str
    text: str
    document: str
    language: str  # asked in
    kind: str
    answerable: bool
    quotes: tuple[tuple[int | None, str], ...]  # page of the file, words
    facts: tuple[str, ...]
    coded: bool = False  # quotes and facts are

    def answered_by(self, pages: Sequence[int | None], text: str) -> bool:
        """Whether a sentence on these pages shares half of the shorter with a quote there."""
        alike = _alike if self.coded else overlaps
        return any(
            (page is None or page in pages) and alike(text, quote) for page, quote in self.quotes
        )

    def facts_in(self, sentence: str) -> list[tuple[int, int]]:
        """Where key facts stand literally in a sentence, in characters."""
        if not self.coded:
            found = [(sentence.casefold().find(f.casefold()), len(f)) for f in self.facts]
            return [(start, start + length) for start, length in found if start >= 0]
        places, signs = _words_of(sentence), coded(sentence)
        if len(places) != len(signs):
            return []
        found = [(signs.find(fact), len(fact)) for fact in self.facts if fact]
        return [(places[at][0], places[at + n - 1][1]) for at, n in found if at >= 0]

    def holds(self, text: str, fact: str) -> bool:
        return fact in coded(text) if self.coded else contains_phrase(text, fact)


@lru_cache(maxsize=100_000)
def coded(text: str) -> str:
    """A text with one character for each of its words, the same for the same word."""
    return "".join(chr(FIRST_SIGN + zlib.crc32(word.encode()) % SIGNS) for word in words(text))


def _alike(text: str, signs: str) -> bool:
    own = coded(text)
    shorter = min(len(own), len(signs))
    return shorter > 0 and 2 * shared_length(own, signs) >= shorter


def _words_of(text: str) -> list[tuple[int, int]]:
    """Start and end of the words of `text` that `coded` has a character for."""
    return [match.span() for match in TOKEN.finditer(text)]


@dataclass(frozen=True, slots=True)
class Text:
    """A passage as the reader is trained on it."""

    text: str
    heads: str  # caption and column heads, if it holds rows of a table
    section: str
    right: tuple[tuple[int, int], ...]  # sentences that answer
    facts: tuple[tuple[int, int], ...]  # where key facts stand literally in them
    doubtful: bool  # holds all key facts, though no quote


@dataclass(frozen=True, slots=True)
class Found:
    """A question with its evidence, unread, and with the passages to learn from."""

    question: Question
    spoken: str  # language of the thesis
    asked: Asked
    evidence: tuple[Evidence, ...]  # best first
    right: tuple[bool, ...]  # of the evidence
    texts: tuple[Text, ...]  # those found, best first, then others that answer or stand beside
    near: int  # how many of them were found
    lacking: tuple[str, ...] = ()  # words of the question that the thesis doesn't hold


def names(part: str) -> list[str]:
    """Theses of "train", "measure", or of the two halves of the first: "learn" and "fit"."""
    split: dict[str, list[str]] = json.loads((FOLDER / "split.json").read_text())
    if part in split:
        return split[part]
    order = sorted(split["train"], key=lambda name: hashlib.sha256(name.encode()).hexdigest())
    return order[:FITTED_ON] if part == "fit" else order[FITTED_ON:]


def questions(name: str) -> list[Question]:
    lines = (FOLDER / "gold" / f"{name}.jsonl").read_text(encoding="utf-8").splitlines()
    own = [_question(json.loads(line)) for line in lines if line.strip()]
    [path] = [path for path in (FOLDER / "docs").iterdir() if path.stem == name]
    more = written().get(hashlib.sha256(path.read_bytes()).hexdigest(), [])
    return own + [
        _question({**item, "id": f"{name}-more-{i}", "document": path.name}, coded=True)
        for i, item in enumerate(more)
    ]


@cache
def written() -> dict[str, list[dict[str, Any]]]:
    """Questions of our own, by the checksum of the thesis."""
    found: dict[str, list[dict[str, Any]]] = {}
    for line in WRITTEN.read_text(encoding="utf-8").splitlines():
        item = json.loads(line)
        found.setdefault(item["thesis"], []).append(item)
    return found


def write_down(index: Index, folder: Path) -> None:
    """Make WRITTEN of plain questions, `folder`/NAME.jsonl, as in the gold sets.

    A quote may stem from another reading of the file, with words parted or joined wrongly: the
    sentences that are read now are what is coded.
    """
    lines = []
    for name in names("train"):
        if not (plain := folder / f"{name}.jsonl").exists():
            continue
        [path] = [path for path in (FOLDER / "docs").iterdir() if path.stem == name]
        thesis = hashlib.sha256(path.read_bytes()).hexdigest()
        for item in map(json.loads, plain.read_text(encoding="utf-8").splitlines()):
            evidence = [
                {"pdf_page": e.get("pdf_page"), "quote": coded(text)}
                for e in item["evidence"]
                for text in _as_read(index, path.name, e.get("pdf_page"), e["quote"])
            ]
            facts = [coded(fact) for fact in item.get("key_facts") or ()]
            kept = {k: item[k] for k in ("question", "question_lang", "answerable", "type")}
            lines.append({"thesis": thesis, **kept, "evidence": evidence, "key_facts": facts})
    text = "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines)
    WRITTEN.write_text(text, encoding="utf-8")


def _as_read(index: Index, document: str, page: int | None, quote: str) -> list[str]:
    """The sentences of a page that hold the quote."""
    catalog = index.catalog
    beside = catalog.passages_of(document) if page is None else catalog.passages_on(document, page)
    texts = [s.text for passage in beside for s in passage.sentences]
    return list(dict.fromkeys(t for t in texts if overlaps(t, quote))) or [quote]


def _question(item: dict[str, Any], coded: bool = False) -> Question:
    evidence = item.get("evidence") or []
    return Question(
        item["id"],
        " ".join(item["question"].split()),
        item["document"],
        item["question_lang"],
        item.get("type", ""),
        item["answerable"],
        tuple((e.get("pdf_page"), e["quote"]) for e in evidence),
        tuple(item.get("key_facts") or ()),
        coded,
    )


def found(work: Path, name: str, index: Index | None = None) -> list[Found]:
    """What is found for the questions on one thesis."""
    path = work / "found" / f"{name}.pickle"
    if not path.exists():
        index = index or the_index(work, [name])
        path.parent.mkdir(parents=True, exist_ok=True)
        made = [_look(index, question) for question in questions(name)]
        draft = path.with_suffix(".draft")
        draft.write_bytes(pickle.dumps(made))
        draft.rename(path)
    kept: list[Found] = pickle.loads(path.read_bytes())
    return kept


def the_index(work: Path, wanted: Sequence[str]) -> Index:
    """One index of the theses; those that aren't in it are read."""
    index = Index.create(work / "index")
    index.__dict__["embedding"] = BundledEmbedding(1)
    known = {Path(document).stem for document in index.catalog.names()}
    for path in sorted((FOLDER / "docs").iterdir()):
        if path.stem in wanted and path.stem not in known:
            (report, *_) = index.update(path).documents
            print(path.stem, report.status, report.passages, report.seconds, flush=True)
    return index


def _look(index: Index, question: Question) -> Found:
    catalog = index.catalog
    asked = index.question(question.text, [question.document])
    passages = index.passages(asked, CANDIDATES)
    library = Library(index)
    evidence = find_evidence(asked, library, passages)
    right = tuple(
        question.answered_by(_pages(index, e.passage, e.sentence), e.sentence.text)
        for e in evidence
    )
    near = passages_of(evidence)
    near += [p for p in passages if p not in near]
    pages = {page for page, _ in question.quotes if page}
    beside = [p for page in sorted(pages) for p in catalog.passages_on(question.document, page)]
    if any(page is None for page, _ in question.quotes):
        beside = [p for p in catalog.passages_of(question.document) if _quoted(index, question, p)]
    known = {p.passage_id for p in near}
    others = [p for p in beside if p.passage_id not in known and len(p.text) > 20]
    others = list({p.passage_id: p for p in others}.values())
    languages = catalog.document(question.document).languages
    return Found(
        question,
        max(("id", "en"), key=lambda code: languages.get(code, 0.0)),
        asked,
        tuple(evidence),
        right,
        tuple(_text(index, question, p) for p in (*near, *others)),
        len(near),
        words_missing(asked, library),
    )


def _pages(index: Index, passage: Passage, sentence: Sentence) -> list[int | None]:
    return [index.catalog.page(passage.document, span.page).number for span in sentence.spans]


def _quoted(index: Index, question: Question, passage: Passage) -> bool:
    return any(question.answered_by(_pages(index, passage, s), s.text) for s in passage.sentences)


def _text(index: Index, question: Question, passage: Passage) -> Text:
    right, facts, held = [], [], 0
    for sentence in passage.sentences:
        at = passage.text.find(sentence.text)
        pages = _pages(index, passage, sentence)
        if at < 0 or not question.answered_by(pages, sentence.text):
            continue
        right.append((at, at + len(sentence.text)))
        facts += [(at + start, at + end) for start, end in question.facts_in(sentence.text)]
    whole = f"{passage.section} {passage.text}"
    held = sum(question.holds(whole, fact) for fact in question.facts)
    doubtful = not right and 0 < held == len(question.facts)
    return Text(
        passage.text, table_heads(passage), passage.section, tuple(right), tuple(facts), doubtful
    )


def main(work: Path, more: Path | None = None) -> None:
    everything = [*names("train"), *names("measure")]
    index = the_index(work, everything)
    if more:
        write_down(index, more)
    for name in everything:
        items = found(work, name, index)
        hits = [any(i.right) for i in items if i.question.answerable]
        print(f"{name}: {len(items)} questions, {sum(hits)} of {len(hits)} have evidence")


if __name__ == "__main__":
    main(Path(sys.argv[1]), *map(Path, sys.argv[2:]))
