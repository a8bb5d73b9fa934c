"""What the reader is trained on: questions with a passage that answers them, or doesn't.

Never used: the gold questions, the valid part of idk-mrc, the odd titles of crosslingual.
Everything is drawn with SEED, so the same data folder gives the same examples.
"""

import json
import math
import random
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby, islice

from corpora import DATA, LANGUAGES, Item, crosslingual, idk_mrc
from thesis_qa.lang.words import fold, stop_words, words
from thesis_qa.split import join_spans, sentence_spans
from thesis_qa.structure.document import load
from thesis_qa.types import Block, Document, Language

SEED = 7
WINDOW = (400, 700)  # characters of the passages that are cut out of longer texts
TEXTS = (
    *("theses/jijiau.pdf", "theses/ajb.pdf", "theses/hadihammurabi.docx"),
    *("awkward/hediet.pdf", "awkward/law_pp_2020_74.gold.md", "awkward/law_pp_2021_34.gold.md"),
)
SAME_DOCUMENT, OTHER_DOCUMENT, SHORT, CHANGED = 3000, 800, 3600, 1200  # drawn of these kinds

Spans = tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True)
class Example:
    """A question and a passage; `answers` is empty where the passage doesn't answer it.

    `evidence` are the sentences that hold the answer. Where `exact` is false the answer is only
    known to be somewhere in the evidence, and no span is learnt.
    """

    kind: str
    question: str
    passage: str
    answers: Spans = ()
    evidence: Spans = ()
    exact: bool = True


def examples() -> list[Example]:
    """All training examples, shuffled."""
    draw = random.Random(SEED)
    asked = [*indonesian("train", draw), *across(draw), *papers(draw)]
    found = [*asked, *wrong_passages(asked, draw), *shortened(asked, draw), *headings(draw)]
    found += islice(changed(asked, draw), CHANGED)
    draw.shuffle(found)
    return found


def answered(kind: str, question: str, passage: str, start: int, end: int) -> Example:
    evidence = tuple(s for s in sentence_spans(passage) if s[0] < end and s[1] > start)
    return Example(kind, question, passage, ((start, end),), evidence)


def window(text: str, start: int, end: int, draw: random.Random) -> tuple[int, int]:
    """A part of `text`, of whole words, that holds the characters from `start` to `end`."""
    size = draw.randint(*WINDOW)
    if len(text) <= size * 1.2:
        return 0, len(text)
    spare = max(0, size - (end - start))
    left = max(0, min(start - draw.randint(0, spare), len(text) - size))
    right = min(len(text), max(end, left + size))
    left = text.find(" ", left, start) + 1 if left and " " in text[left:start] else left
    space = text.rfind(" ", end, right)
    return left, right if right == len(text) or space < 0 else space


def cut(kind: str, question: str, text: str, answer: Item | None, draw: random.Random) -> Example:
    """An example on a window of `text` around the answer, or around any place."""
    if answer is None:
        place = draw.randrange(max(1, len(text) - WINDOW[0]))
        left, right = window(text, place, place, draw)
        return Example(kind, question, text[left:right])
    start = answer["answer_start"]
    end = start + len(answer["text"].rstrip())
    left, right = window(text, start, end, draw)
    return answered(kind, question, text[left:right], start - left, end - left)


def indonesian(part: str, draw: random.Random) -> Iterator[Example]:
    """idk-mrc (Putri and Oh, 2022)."""
    for item in idk_mrc(part):
        text = item["context"]
        for asked in item["qas"]:
            answer = next((a for a in asked["answers"] if stands(a, text)), None)
            if answer or asked["is_impossible"]:
                yield cut("idk", asked["question"], text, answer, draw)


def stands(answer: Item, text: str) -> bool:
    start = answer["answer_start"]
    return bool(answer["text"].strip()) and text[start:].startswith(answer["text"])


def across(draw: random.Random, odd: bool = False) -> Iterator[Example]:
    """SQuAD 2.0 in English and machine-translated, question and passage in any language.

    Odd titles are for measuring.
    """
    paragraphs, questions = crosslingual(odd)
    texts = {p["par"]: p for p in paragraphs}
    for asked in questions:
        for asked_in in LANGUAGES:
            for language in LANGUAGES:
                text = texts[asked["par"]][f"context_{language}"]
                answers = [a for a in asked[f"answers_{language}"] if stands(a, text)]
                if answers or asked["is_impossible"]:
                    kind = f"squad-{asked_in}-{language}"
                    answer = draw.choice(answers) if answers else None
                    yield cut(kind, asked[f"question_{asked_in}"], text, answer, draw)


def papers(draw: random.Random) -> Iterator[Example]:
    """COVID-QA (Möller et al., 2020): longer answers out of papers."""
    for paper in covid():
        text = paper["context"]
        for asked in paper["qas"]:
            answer = asked["answers"][0]
            start = text.find(answer["text"], max(0, answer["answer_start"] - 200))
            start = text.find(answer["text"]) if start < 0 else start
            if start >= 0 and len(answer["text"]) < WINDOW[0]:
                moved = {"text": answer["text"], "answer_start": start}
                yield cut("covid", asked["question"], text, moved, draw)


def covid() -> list[Item]:
    data = json.loads((DATA / "covid-qa" / "200423_covidQA.json").read_text())["data"]
    return [paragraph for paper in data for paragraph in paper["paragraphs"]]


# Passages that don't answer


def wrong_passages(asked: list[Example], draw: random.Random) -> Iterator[Example]:
    """Answerable questions with the likeliest other passage, and with any other."""
    by_kind: dict[str, list[Example]] = {}
    for example in asked:
        by_kind.setdefault(example.kind, []).append(example)
    share = SAME_DOCUMENT / len(asked)
    for kind, members in by_kind.items():
        passages = list(dict.fromkeys(e.passage for e in members))
        likeness = Likeness(passages)
        answerable = [e for e in members if e.answers]
        for example in draw.sample(answerable, min(len(answerable), int(share * len(members)))):
            near = [passages[i] for i in likeness.nearest(example, 6)]
            fit = [p for p in near if not tells(p, example)]
            if fit:
                yield Example(f"near-{kind}", example.question, draw.choice(fit[:3]))
    everything = [e for e in asked if e.answers]
    for example, other in zip(
        draw.sample(everything, OTHER_DOCUMENT), draw.sample(asked, OTHER_DOCUMENT), strict=True
    ):
        if not tells(other.passage, example):
            yield Example("other", example.question, other.passage)


def tells(passage: str, example: Example) -> bool:
    """Whether the passage overlaps the example's own or holds its answer."""
    (start, end), *_ = example.answers
    same = example.passage[:80] in passage or passage[:80] in example.passage
    return same or fold(example.passage[start:end]) in fold(passage)


class Likeness:
    """Passages that share rare words with an example's question and passage."""

    def __init__(self, passages: Sequence[str]) -> None:
        self.sets = [frozenset(words(p)) for p in passages]
        count = Counter(word for found in self.sets for word in found)
        self.weight = {word: math.log(len(passages) / n) for word, n in count.items()}
        self.postings: dict[str, list[int]] = {}
        for row, found in enumerate(self.sets):
            for word in found:
                self.postings.setdefault(word, []).append(row)

    def nearest(self, example: Example, count: int) -> list[int]:
        score: Counter[int] = Counter()
        query = Counter(words(example.question) * 3 + words(example.passage))
        for word, times in query.items():
            if len(rows := self.postings.get(word, [])) < 400:
                for row in rows:
                    score[row] += self.weight[word] * min(times, 4)
        return [row for row, _ in score.most_common(count)]


# Questions of something else than the passage tells

NAMED = re.compile(r"(?<=[^\W\d_] )[A-Z][\w-]+(?: [A-Z][\w-]+)*")
FIGURE = re.compile(r"\b\d[\d.,]*\b")


def changed(asked: list[Example], draw: random.Random) -> Iterator[Example]:
    """Answerable questions with a name or a number replaced by another that the passage has.

    After the changes that Rajpurkar et al. (2018) found in questions written to be unanswerable.
    IDK-MRC has plenty of those, so its questions are left as they are.
    """
    answerable = [e for e in asked if e.answers and e.kind != "idk"]
    for example in draw.sample(answerable, len(answerable)):
        (start, end), *_ = example.answers
        for kind in (NAMED, FIGURE):
            there = [m for m in kind.finditer(example.question) if len(m[0]) > 1]
            others = {m[0] for m in kind.finditer(example.passage) if len(m[0]) > 1}
            others = {o for o in others if fold(o) not in fold(example.question)}
            others -= {o for o in others if o in example.passage[start:end]}
            if there and others:
                old, new = draw.choice(there), draw.choice(sorted(others))
                asked_now = example.question[: old.start()] + new + example.question[old.end() :]
                yield Example(f"changed-{example.kind}", asked_now, example.passage)
                break


# Questions as people type them

INFORMAL = {
    "bagaimana": "gmn gimana", "mengapa": "knp kenapa", "kenapa": "knp", "tidak": "gak ga",
    "yang": "yg", "dengan": "dgn", "untuk": "utk", "apakah": "apa", "dari": "dr", "dan": "dn &",
    "siapakah": "siapa", "kapankah": "kapan", "dimanakah": "dimana", "berapakah": "brp berapa",
    "berapa": "brp", "adalah": "itu", "tersebut": "tsb", "pada": "pd", "sebutkan": "apa aja",
    "what": "wht", "and": "&", "are": "r", "you": "u",
}  # fmt: skip
ASKING = frozenset(
    """apa apakah apakah siapa siapakah kapan kapankah dimana dimanakah mana manakah berapa
    berapakah bagaimana bagaimanakah mengapa kenapa adalah itu what which who whom when where how
    why did does do is are was were many much""".split()
)


def shortened(asked: list[Example], draw: random.Random) -> Iterator[Example]:
    """Keywords, informal spelling, no question mark; as often without an answer as with one."""
    for example in draw.sample(asked, SHORT):
        change = draw.choice([keywords, keywords, informal, bare])
        question = change(example.question, draw)
        if question != example.question and len(question.split()) > 1:
            yield replace(example, kind=f"short-{example.kind}", question=question)


def keywords(question: str, draw: random.Random) -> str:
    empty = stop_words() | ASKING
    kept = [w for w in question.strip(" ?").split() if w.lower().strip(",") not in empty]
    return " ".join(kept) + draw.choice(["", "?"])


def informal(question: str, draw: random.Random) -> str:
    typed = [
        draw.choice(INFORMAL[word].split()) if word in INFORMAL else word
        for word in question.lower().strip(" ?").split()
    ]
    return " ".join(typed) + draw.choice(["", "?", " sih?" if "gmn" in typed else "??"])


def bare(question: str, draw: random.Random) -> str:
    return question.strip(" ?").lower()


# Headings as questions

TERMS = """
    hambatan=obstacles kendala=obstacles tantangan=challenges tujuan=objectives manfaat=benefits
    metode=method metodologi=methodology hasil=results kesimpulan=conclusions saran=suggestions
    batasan=limitations keterbatasan=limitations ruang_lingkup=scope latar_belakang=background
    rumusan_masalah=research_questions identifikasi_masalah=problems teori=theory
    data=data pengujian=testing evaluasi=evaluation implementasi=implementation
    perancangan=design arsitektur=architecture kebutuhan=requirements analisis=analysis
    pembahasan=discussion definisi=definition strategi=strategy upaya=efforts dampak=impact
    faktor=factors penyebab=causes solusi=solutions peran=role bentuk=forms tugas=duties
    wewenang=authority modal=capital penelitian_terdahulu=related_work sampel=sample
    populasi=population instrumen=instruments perangkat_keras=hardware perangkat_lunak=software
    sistematika_penulisan=structure pendekatan=approach tahapan=stages langkah=steps
    kontribusi=contributions keunggulan=advantages kelemahan=weaknesses
"""
PAIRS = [tuple(p.replace("_", " ").split("=")) for p in TERMS.split()]
ASK: dict[Language, tuple[str, ...]] = {
    "id": ("apa {}?", "apa saja {}nya?", "{}", "{}?", "jelaskan {}", "bagaimana {}?",
           "gmn {}nya", "apa yang dijelaskan tentang {}?", "{}nya apa aja?"),
    "en": ("what is the {}?", "what are the {}?", "{}", "{}?", "explain the {}",
           "what about the {}", "which {} are named?", "what does it say about {}?"),
}  # fmt: skip
NUMBER = re.compile(
    r"^\s*(?:(?:BAB|Chapter|Pasal)\s+)?(?:[IVX]+|[A-Z]|\d+)?(?:\.\d+)*[.)]?\s+(?=\S)|^#+\s*"
)
UNNAMED = re.compile(r"(?i)(ayat|pasal|bagian|paragraf|huruf|angka|daftar|list of|abbreviation)\b")
LISTED = ("list", "table")


@dataclass(frozen=True, slots=True)
class Section:
    """What stands under one heading."""

    heading: str
    language: Language
    parts: tuple[tuple[str, bool], ...]  # text, and whether it is an item of a list


def headings(draw: random.Random) -> Iterator[Example]:
    """Sections of the theses, the awkward documents and the guides."""
    for name in TEXTS:
        found = sections(load(DATA / name, name.split("/")[1]))
        for section in found:
            for _ in range(3 if section.parts[-1][1] or known(section) else 2):
                yield from under(section, section, draw)
                yield from elsewhere(section, found, draw)
    for path in sorted((DATA / "parallel" / "en").iterdir()):
        sides = [sections(load(DATA / "parallel" / c / path.name, path.name)) for c in LANGUAGES]
        for pair in zip(*sides, strict=False):
            for asked in pair:
                for read in pair if len(sides[0]) == len(sides[1]) else (asked,):
                    yield from under(asked, read, draw)
                    yield from elsewhere(asked, sides[pair.index(read)], draw)


def sections(document: Document) -> list[Section]:
    found = []
    for path, blocks in groupby(document.blocks, key=lambda block: block.section):
        read = [b for b in blocks if b.kind in ("text", *LISTED)]
        parts = tuple((text_of(document, b), b.kind in LISTED) for b in read)
        parts = tuple(part for part in parts if len(part[0]) > 20)
        heading = NUMBER.sub("", path[-1]).strip(" .:") if path else ""
        named = 3 < len(heading) < 90 and words(heading) and not UNNAMED.match(heading)
        if parts and named and parts[0][0] != heading:
            language = language_in(" ".join(text for text, _ in parts))
            found.append(Section(heading, language, parts))
    return found


def text_of(document: Document, block: Block) -> str:
    text, _ = join_spans(document.pages, block.spans)
    return re.sub(r"\s+", " ", text).strip()


def language_in(text: str) -> Language:
    found = words(text)
    return max(LANGUAGES, key=lambda code: sum(word in stop_words(code) for word in found))


def known(section: Section) -> tuple[str, str] | None:
    """The word pair that names the section, if it has a usual name."""
    padded = f" {fold(section.heading)} "
    return next(
        ((i, e) for i, e in PAIRS if f" {i} " in padded or f" {e} " in padded), None
    )  # fmt: skip


def question_of(section: Section, draw: random.Random) -> str:
    """The heading asked for in its own language or, where its usual name is known, in either."""
    if section.heading.endswith("?"):
        return draw.choice([section.heading, section.heading.lower().rstrip("?")])
    pair = known(section)
    if pair and draw.random() < 0.6:
        language = draw.choice(LANGUAGES)
        return draw.choice(ASK[language]).format(pair[language == "en"])
    topic = section.heading if draw.random() < 0.3 else section.heading.lower()
    return draw.choice(ASK[section.language]).format(topic).replace("snya?", "s?")


def under(asked: Section, read: Section, draw: random.Random) -> Iterator[Example]:
    """The passage that begins the section; its list, if it has one, is the answer."""
    size, passage, items, first = draw.randint(*WINDOW), "", [], None
    if draw.random() < 0.5:
        passage = read.heading + "\n"
    listed = [i for i, (_, is_item) in enumerate(read.parts) if is_item]
    begin = max(0, listed[0] - 1) if listed else 0
    for text, is_item in read.parts[begin:]:
        if len(passage) + len(text) > size and (items or first):
            break
        start = len(passage)
        passage += text[:size].strip() + "\n"
        span = (start, len(passage) - 1)
        first = first or span
        if is_item:
            items.append(span)
        elif items:
            break
    if len(items) > 1:
        answer = ((items[0][0], items[-1][1]),)
        yield Example("list", question_of(asked, draw), passage[:-1], answer, tuple(items))
    elif first:
        yield Example("heading", question_of(asked, draw), passage[:-1], (first,), (first,),
                      exact=False)  # fmt: skip


def elsewhere(asked: Section, among: Sequence[Section], draw: random.Random) -> Iterator[Example]:
    """The same question with a passage of the document that has none of the heading's words."""
    other = draw.choice(among)
    pair = known(asked) or ()
    names = {w for name in (asked.heading, *pair) for w in words(name)} - stop_words("id")
    text = " ".join(part for part, _ in other.parts)
    left, right = window(text, 0, 0, draw)
    passage = text[left:right]
    if other.heading != asked.heading and not names & set(words(passage + " " + other.heading)):
        yield Example("elsewhere", question_of(asked, draw), passage)


if __name__ == "__main__":
    found = examples()
    for kind, number in Counter(e.kind for e in found).most_common():
        of_kind = [e for e in found if e.kind == kind]
        length = sum(len(e.passage) for e in of_kind) / number
        print(f"{kind:24}{number:6}{sum(bool(e.answers) for e in of_kind):6}{length:8.0f}")
    print(len(found), sum(bool(e.answers) for e in found))
