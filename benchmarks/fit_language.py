"""Fit and check `src/thesis_qa/lang/letter_groups.json`: which letter groups speak for Indonesian.

    python benchmarks/fit_language.py --write  # fit, write the table, print the held-out check
    python benchmarks/fit_language.py          # only the check

Fitted on lower-case words (so on the language, not on names) of the even titles of the
cross-lingual set, of idk-mrc train and of the even articles of the parallel guides; checked on
sentences and questions of the odd titles, idk-mrc valid and the odd articles, cut to n words.
"""

import argparse
import json
import os
import random
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from thesis_qa.lang.detect import TABLE, language_of, letter_groups

DATA = Path(os.environ.get("THESIS_QA_DATA", "../shared/data"))
UNTRANSLATED = 0.5  # an "Indonesian" article sharing this many of its lines with the English one
Text = tuple[str, str]  # language, text


def crosslingual(odd: bool) -> Iterator[Text]:
    folder = DATA / "crosslingual"
    paragraphs = [json.loads(x) for x in (folder / "squad2_dev_en_id_paragraphs.jsonl").open()]
    titles = {title: i for i, title in enumerate(sorted({p["title"] for p in paragraphs}))}
    questions = map(json.loads, (folder / "squad2_dev_en_id_questions.jsonl").open())
    for item in [*paragraphs, *questions]:
        if titles[item["title"]] % 2 == odd:
            yield "en", item.get("context_en") or item["question_en"]
            yield "id", item.get("context_id") or item["question_id"]


def idk_mrc(part: str) -> Iterator[Text]:
    for item in json.loads((DATA / "idk-mrc" / f"idk_mrc_{part}.json").read_text()):
        yield "id", item["context"]
        yield from (("id", qa["question"]) for qa in item["qas"])


def parallel(odd: bool) -> Iterator[Text]:
    for path in sorted((DATA / "parallel" / "en").glob("*.md"))[odd::2]:
        english = path.read_text().splitlines()
        indonesian = (DATA / "parallel" / "id" / path.name).read_text().splitlines()
        yield from (("en", line) for line in english)
        if len(set(english) & set(indonesian)) < UNTRANSLATED * len(set(english)):
            yield from (("id", line) for line in set(indonesian) - set(english))


def fit() -> dict[str, float]:
    from sklearn.feature_extraction import DictVectorizer
    from sklearn.linear_model import LogisticRegression

    counts: dict[str, Counter[str]] = {"id": Counter(), "en": Counter()}
    for language, text in [*crosslingual(False), *idk_mrc("train"), *parallel(False)]:
        counts[language].update(re.findall(r"(?<![\w'-])[a-z]{2,}(?![\w'-])", text))
    rows = [(w, lang, n) for lang in counts for w, n in counts[lang].items() if n > 1]
    vectors = DictVectorizer().fit([dict.fromkeys(letter_groups(w), 1) for w, _, _ in rows])
    model = LogisticRegression(solver="liblinear", l1_ratio=1, C=2.0, max_iter=300)
    matrix = vectors.transform([dict.fromkeys(letter_groups(w), 1) for w, _, _ in rows])
    matrix.indices, matrix.indptr = matrix.indices.astype("i4"), matrix.indptr.astype("i4")
    model.fit(
        matrix,
        [lang == "id" for _, lang, _ in rows],
        sample_weight=[np.log1p(n) * (1e4 / len(counts[lang])) for _, lang, n in rows],
    )
    names, weights = vectors.get_feature_names_out(), model.coef_[0]
    table = {str(g): round(float(w), 2) for g, w in zip(names, weights, strict=True)}
    return {"": round(float(model.intercept_[0]), 2)} | {g: w for g, w in table.items() if w}


def check() -> None:
    rng = random.Random(0)
    texts = [*crosslingual(True), *idk_mrc("valid"), *parallel(True)]
    sentences = [(lg, s) for lg, t in texts for s in re.split(r"(?<=[.?!]) +", t)]
    print("words   right  none  wrong      n   (id right / en right)")
    for length in (1, 2, 3, 5, 8, 12, 20):
        results: dict[str, Counter[str]] = {"id": Counter(), "en": Counter()}
        for language, sentence in rng.sample(sentences, min(len(sentences), 6000)):
            words = sentence.split()
            if len(words) < length:
                continue
            start = rng.randrange(len(words) - length + 1)
            found = language_of(" ".join(words[start : start + length]))
            results[language][str(found)] += 1
        total = sum(c.total() for c in results.values())
        right = {lang: results[lang][lang] for lang in results}
        none = sum(c["None"] for c in results.values())
        shares = " / ".join(f"{right[x] / results[x].total():.3f}" for x in results)
        good = sum(right.values())
        print(
            f"{length:5d}   {good / total:.3f}  {none / total:.3f} "
            f"{(total - good - none) / total:.4f} {total:6d}   ({shares})"
        )


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--write", action="store_true", help="fit anew; otherwise only measure")
    if parser.parse_args().write:
        TABLE.write_text(json.dumps(fit(), ensure_ascii=False, separators=(",", ":")) + "\n")
    check()
