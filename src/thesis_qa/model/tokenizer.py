"""The bundled model's tokenizer: SentencePiece's unigram model, as XLM-RoBERTa uses it.

Loading its 250,000 pieces takes most of a second, which a single question need not pay: the pieces
stand in a small database too, from which a tokenizer is made of those that occur in the question.
The unigram model chooses the likeliest way through the pieces that occur in a text (Kudo, 2018),
so leaving out the others changes nothing.
"""

import json
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

from thesis_qa.model.weights import Weights

if TYPE_CHECKING:
    from tokenizers import Tokenizer

TOKENIZER = "tokenizer.json"
VOCABULARY = "vocabulary.db"
SPECIAL = 4  # bos, pad, eos and unk have the first ids
LONGEST = 16  # characters of the longest piece; unpacking checks it

Piece = tuple[str, float]
"""A piece of the vocabulary with its log-probability."""


def write_tokenizer(weights: Weights, folder: Path) -> None:
    """Write the whole tokenizer, as `tokenizers` and transformers load it."""
    tokenizer = _tokenizer(weights.pieces, weights.shape.positions)
    tokenizer.save(str(folder / TOKENIZER), pretty=False)
    bos, pad, eos, unk = (piece for piece, _ in weights.pieces[:SPECIAL])
    settings = {
        "tokenizer_class": "PreTrainedTokenizerFast",
        "model_max_length": weights.shape.positions,
        "bos_token": bos,
        "cls_token": bos,
        "pad_token": pad,
        "eos_token": eos,
        "sep_token": eos,
        "unk_token": unk,
    }
    (folder / "tokenizer_config.json").write_text(json.dumps(settings, indent=1), "utf-8")


def write_vocabulary(weights: Weights, folder: Path) -> None:
    """Write the pieces to look up, and those that every tokenizer needs."""
    rows = [(piece, i, score) for i, (piece, score) in enumerate(weights.pieces)]
    assert max(len(piece) for piece, _ in weights.pieces[SPECIAL:]) <= LONGEST
    rarest = min(rows, key=lambda row: row[2])  # what is unknown is scored relative to it
    with closing(sqlite3.connect(folder / VOCABULARY)) as database, database:
        for table, contents in ("pieces", rows), ("always", [*rows[:SPECIAL], rarest]):
            database.execute(
                f"CREATE TABLE {table} (piece TEXT PRIMARY KEY, id INT, score REAL) WITHOUT ROWID"
            )
            database.executemany(f"INSERT INTO {table} VALUES (?, ?, ?)", sorted(contents))


def token_ids(folder: Path, text: str, limit: int) -> list[int]:
    """Ids of the tokens of a short `text`, at most `limit`, as the whole tokenizer gives them."""
    tokenizer, ids = _part(folder, text, limit)
    return [ids[i] for i in tokenizer.encode(text).ids]


def token_places(folder: Path, text: str) -> tuple[list[int], list[tuple[int, int]]]:
    """Ids of the tokens of `text`, without special ones, and the characters each stands for."""
    tokenizer, ids = _part(folder, text, None)
    encoding = tokenizer.encode(text, add_special_tokens=False)
    return [ids[i] for i in encoding.ids], encoding.offsets


def _part(folder: Path, text: str, limit: int | None) -> tuple["Tokenizer", list[int]]:
    """A tokenizer of the pieces that can occur in `text`, and their ids in the whole one."""
    rows = _pieces(folder, text)
    pieces = [(piece, score) for _, piece, score in rows]
    return _tokenizer(pieces, limit), [i for i, _, _ in rows]


def _pieces(folder: Path, text: str) -> list[tuple[int, str, float]]:
    """Id, piece and score of all that can occur in `text`, by id."""
    place = (folder / VOCABULARY).resolve().as_uri()
    with closing(sqlite3.connect(f"{place}?mode=ro&immutable=1", uri=True)) as database:
        always = "SELECT id, piece, score FROM always"
        query = f"{always} UNION SELECT id, piece, score FROM pieces WHERE piece IN "
        words = _words([(piece, score) for _, piece, score in database.execute(always)], text)
        parts = {
            word[start:end]
            for word in words
            for start in range(len(word))
            for end in range(start + 1, min(len(word), start + LONGEST) + 1)
        }
        found = database.execute(
            f"{query} (SELECT value FROM json_each(?))", [json.dumps([*parts])]
        )
        return sorted(found)


def _words(pieces: list[Piece], text: str) -> set[str]:
    """The words of `text`, normalised; no piece reaches beyond a word."""
    tokenizer = _tokenizer(pieces, None)
    assert tokenizer.normalizer is not None
    assert tokenizer.pre_tokenizer is not None
    normal = tokenizer.normalizer.normalize_str(text)
    return {word for word, _ in tokenizer.pre_tokenizer.pre_tokenize_str(normal)}


def _tokenizer(pieces: list[Piece], limit: int | None) -> "Tokenizer":
    """Normalises as SentencePiece's "nmt_nfkc" does."""
    from tokenizers import AddedToken, Regex, Tokenizer, normalizers, pre_tokenizers, processors
    from tokenizers.models import Unigram

    bos, pad, eos, unk = (piece for piece, _ in pieces[:SPECIAL])
    tokenizer = Tokenizer(Unigram(pieces, SPECIAL - 1, byte_fallback=False))
    tokenizer.normalizer = normalizers.Sequence(
        [normalizers.Nmt(), normalizers.NFKC(), normalizers.Replace(Regex(" {2,}"), " ")]
    )
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace(replacement="▁", prepend_scheme="always")
    tokenizer.post_processor = processors.TemplateProcessing(
        single=f"{bos} $A {eos}", special_tokens=[(bos, 0), (eos, 2)]
    )
    tokenizer.add_special_tokens([AddedToken(t, normalized=False) for t in (bos, pad, eos, unk)])
    if limit is not None:
        tokenizer.enable_truncation(limit)
    return tokenizer
