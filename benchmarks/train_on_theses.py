"""Train the shipped reader further, on theses, with the passages of a question side by side.

    python benchmarks/theses.py WORK
    python benchmarks/train_on_theses.py WORK --run WORK/run --minutes 70
    python benchmarks/train_on_theses.py WORK --run WORK/run --ship reader.npz --kept 0.3

A step reads QUESTIONS questions on theses with up to PASSAGES passages each, and OLD pairs of the
kind the shipped reader was trained on. Resumable: the run's folder holds a checkpoint and a log.
With --minutes the rate goes down by the clock, so that a busy machine only means fewer steps.
"""

import argparse
import json
import math
import random
import shutil
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, fields
from pathlib import Path

import numpy as np
import numpy.typing as npt
import torch
import torch.nn.functional as F  # noqa: N812
from torch import Tensor, nn

from reader_data import Example, across, bare, indonesian, informal, keywords, papers
from reader_states import Batch, Labelled, Lower, label
from theses import Found, Text, found, names
from thesis_qa.model.encoder import BundledEmbedding
from thesis_qa.model.span_reader import SHIPPED, read_own, write_own
from thesis_qa.model.weights import read_weights, weights_file
from train_reader import Trainer, Upper, auroc

SEED = 5
RATE, WARM_UP, DECAY = 1.5e-4, 40, 0.4  # the last part of the time
AVERAGE = 0.995
FIRST = "first.npz"  # the weights that a run began with
QUESTIONS, PASSAGES, OLD = 3, 5, 4
POSITIVE = 2  # passages of a question that answer
AMONG, BESIDE = 8, 2  # passages found, and on the pages that answer, that negatives are drawn of
RETYPED = 0.2  # of the questions, each time: chat spelling, keywords
HEADED = 0.5  # of passages of tables: caption and column heads before the rows
LISTWISE, ANSWERED = 0.5, 0.25  # weights of the losses
PARTS = 4
CHECK, KEEP = 300, 50
CHECKED = 4, 1  # questions of each thesis that is kept aside, with an answer and without

Halves = npt.NDArray[np.float16]


@dataclass(frozen=True, slots=True)
class Set:
    """Pairs that are read in one step; `owners` numbers their questions, -1 for an old pair."""

    batch: Batch
    owners: npt.NDArray[np.int64]


class Pairs:
    """Labelled pairs with the states of the lower layers, kept once computed."""

    def __init__(self, work: Path) -> None:
        self.lower, self.embedding = Lower(work), BundledEmbedding(1)
        self.kept: dict[tuple[str, str], tuple[Labelled, Halves]] = {}

    def get(self, examples: Sequence[Example], keep: bool) -> list[tuple[Labelled, Halves]]:
        keys = [(e.question, e.passage) for e in examples]
        missing = {k: e for k, e in zip(keys, examples, strict=True) if k not in self.kept}
        order = sorted(missing, key=lambda key: len(key[1]))
        labelled = [label(self.embedding, missing[key]) for key in order]
        states = self.lower.states([item.pair.ids for item in labelled])
        made = dict(zip(order, zip(labelled, states, strict=True), strict=True))
        if keep:
            self.kept |= made
        return [made[key] if key in made else self.kept[key] for key in keys]


def put_together(pairs: Sequence[tuple[Labelled, Halves]], owners: Sequence[int]) -> Set:
    longest = max(len(states) for _, states in pairs)
    shape = (len(pairs), longest)
    states = np.zeros((*shape, pairs[0][1].shape[1]), np.float32)
    mask, readable, evidence = (np.zeros(shape, np.bool_) for _ in range(3))
    for row, (item, own) in enumerate(pairs):
        states[row, : len(own)] = own
        mask[row, : len(own)] = True
        readable[row, item.pair.first : len(own) - 1] = True
        evidence[row, : len(own)] = item.evidence
    start, end, exact = (
        np.array([getattr(item, name) for item, _ in pairs]) for name in ("start", "end", "exact")
    )
    return Set(Batch(states, mask, readable, start, end, evidence, exact), np.array(owners))


# What is read


def example(question: str, text: Text, headed: bool) -> Example:
    """A pair; the span is learnt only where a key fact stands literally in what answers."""
    before = f"{text.heads}\n" if headed and text.heads else ""
    moved = [(start + len(before), end + len(before)) for start, end in text.right]
    facts = [(start + len(before), end + len(before)) for start, end in text.facts]
    passage = before + text.text
    if not moved:
        return Example("thesis", question, passage)
    if not facts:
        return Example("thesis", question, passage, (moved[0],), tuple(moved), exact=False)
    left, right = min(start for start, _ in facts), max(end for _, end in facts)
    span = (left, right) if right - left <= 100 else max(facts, key=lambda f: f[1] - f[0])
    return Example("thesis", question, passage, (span,), tuple(moved))


def drawn(item: Found, draw: random.Random) -> list[Text]:
    """Passages that answer and hard ones that don't, the likeliest most often."""
    positive = [text for text in item.texts if text.right]
    wrong = [
        (rank, text) for rank, text in enumerate(item.texts) if not text.right and not text.doubtful
    ]
    negative = [(math.log(1 + rank), text) for rank, text in wrong if rank < AMONG]
    negative += [(2.0, text) for rank, text in wrong if rank >= item.near][:BESIDE]
    draw.shuffle(positive)
    chosen = positive[:POSITIVE]
    hard = sorted(negative, key=lambda n: n[0] + math.log(-math.log(1 - draw.random() + 1e-12)))
    return [*chosen, *(text for _, text in hard[: PASSAGES - len(chosen)])]


def retyped(question: str, draw: random.Random) -> str:
    if draw.random() >= RETYPED:
        return question
    return draw.choice([informal, informal, bare, keywords])(question, draw) or question


def sets(pairs: Pairs, items: Sequence[Found], step: int) -> Iterator[Set]:
    """Without end, from `step` on; the same steps are the same whenever they are begun."""
    old = old_examples()
    each = len(items) // QUESTIONS
    while True:
        draw = random.Random(f"{SEED} {step}")
        order = random.Random(f"{SEED} epoch {step // each}").sample(items, len(items))
        at = step % each * QUESTIONS
        examples, owners = [], []
        for number, item in enumerate(order[at : at + QUESTIONS]):
            question = retyped(item.question.text, draw)
            for text in drawn(item, draw):
                examples.append(example(question, text, draw.random() < HEADED))
                owners.append(number)
        usual = {item.question.text for item in order[at : at + QUESTIONS]}
        kept = [e.question in usual for e in examples]
        found = [pairs.get([e], keep=k)[0] for e, k in zip(examples, kept, strict=True)]
        first = step * OLD % len(old)
        found += pairs.get(old[first : first + OLD], keep=False)
        yield put_together(found, owners + [-1] * (len(found) - len(owners)))
        step += 1


def old_examples() -> list[Example]:
    draw = random.Random(SEED)
    asked = draw.sample(list(indonesian("train", draw)), 4000)
    asked += draw.sample(list(across(draw)), 4000)
    asked += draw.sample(list(papers(draw)), 400)
    draw.shuffle(asked)
    return asked[: len(asked) // OLD * OLD]


# What is learnt


def loss(model: nn.Module, given: Set, device: torch.device) -> Tensor:
    """Of spans, of whether a passage answers, of the evidence, and of which passage answers."""
    states, mask, readable, start, end, evidence, exact = (
        torch.as_tensor(getattr(given.batch, f.name), device=device) for f in fields(Batch)
    )
    token, answer = read(model, states, mask)
    places = readable.clone()
    places[:, 0] = True
    ends = token[..., :2].masked_fill(~places[..., None], -1e4)
    logs = F.log_softmax(ends, dim=1)
    rows = torch.arange(len(start), device=device)
    spans = -logs[rows, start, 0] - logs[rows, end, 1]
    exact = exact.float()
    answered = evidence.any(dim=1).float()
    parts = F.binary_cross_entropy_with_logits(token[..., 2], evidence.float(), reduction="none")
    parts = (parts * readable).sum(dim=1) / readable.sum(dim=1).clamp(min=1)
    # Where the place isn't known, only that there is one.
    somewhere = -torch.log1p(-logs[:, 0].exp().clamp(max=1 - 1e-4)).sum(dim=1)
    unknown = answered * (1 - exact)
    inside = ends.masked_fill(~readable[..., None], -1e4).amax(dim=1)
    whole = (answer + (inside - ends[:, 0]).sum(dim=1) / 2) / 2
    return (
        (spans * exact).sum() / exact.sum().clamp(min=1) / 2
        + ANSWERED * (somewhere * unknown).sum() / unknown.sum().clamp(min=1) / 2
        + F.binary_cross_entropy_with_logits(answer, answered)
        + parts.mean()
        + LISTWISE * side_by_side(whole, answered, given.owners)
    )


def read(model: nn.Module, states: Tensor, mask: Tensor) -> tuple[Tensor, Tensor]:
    """What the model says to pairs, read in PARTS of similar length, so that little is padding."""
    order = torch.argsort(mask.sum(dim=1))
    tokens, answers = [], []
    with torch.autocast(states.device.type, torch.bfloat16):
        for rows in order.chunk(PARTS if states.device.type == "cpu" else 1):
            longest = int(mask[rows].sum(dim=1).max())
            token, answer = model(states[rows, :longest], mask[rows, :longest])
            tokens.append(F.pad(token, (0, 0, 0, mask.shape[1] - longest)))
            answers.append(answer)
    back = torch.argsort(order)
    return torch.cat(tokens)[back], torch.cat(answers)[back]


def side_by_side(scores: Tensor, answered: Tensor, owners: npt.NDArray[np.int64]) -> Tensor:
    """Cross entropy of the passages that answer among all passages of their question."""
    found = []
    for number in range(QUESTIONS):
        rows = torch.as_tensor(np.flatnonzero(owners == number), device=scores.device)
        right = answered[rows] > 0
        if right.any() and not right.all():
            among = F.log_softmax(scores[rows], dim=0)
            found.append(-torch.logsumexp(among[right], dim=0))
    return torch.stack(found).mean() if found else scores.sum() * 0


# Training


def beginning(model: nn.Module, weights: Path) -> dict[str, Tensor]:
    """Shipped weights under the model's own names; kept, since they may be replaced."""
    matrices, vectors = read_own(weights)
    stored = {**{name: m.dense() for name, m in matrices.items()}, **vectors}
    named = {}
    for name, value in model.state_dict().items():
        short = name.removeprefix("layers.").replace(".weight", ".w").replace(".bias", ".b")
        named[name] = torch.tensor(stored[short]).reshape(value.shape)
    return named


def begun(run: Path) -> Trainer:
    """A trainer that begins with the shipped weights, or where the run was left."""
    run.mkdir(parents=True, exist_ok=True)
    trainer = Trainer(run, read_weights(weights_file()), RATE)
    if not (run / FIRST).exists():
        shutil.copy(SHIPPED, run / FIRST)
    trainer.model.load_state_dict(beginning(trainer.model, run / FIRST))
    trainer.average = {n: p.detach().clone() for n, p in trainer.model.state_dict().items()}
    trainer.load()
    return trainer


def train(work: Path, run: Path, parts: Sequence[str], steps: int, minutes: float) -> None:
    trainer, pairs = begun(run), Pairs(work)
    items = [item for part in parts for item in searched(work, part) if item.texts]
    held = [item for item in searched(work, "fit", watched) if item.texts]
    source, losses, began = sets(pairs, items, trainer.run.step), [], time.time()
    before = trainer.run.seconds
    print(len(items), "questions", flush=True)
    while True:
        spent = before + time.time() - began
        done = max(trainer.run.step / steps, spent / 60 / minutes)
        if done >= 1:
            break
        pace = min(1.0, (trainer.run.step + 1) / WARM_UP, (1 - done) / DECAY)
        found = loss(trainer.model, next(source), trainer.device)
        losses.append(trainer.learn(found, pace, AVERAGE))
        trainer.run.seconds = before + time.time() - began
        if trainer.run.step % KEEP == 0:
            trainer.save()
        if trainer.run.step % 20 == 0:
            log = {"step": trainer.run.step, "seconds": round(spent), "pace": round(pace, 3)}
            print(json.dumps({**log, "loss": round(float(np.mean(losses[-20:])), 4)}), flush=True)
        if trainer.run.step % CHECK == 0:
            report(trainer, pairs, held)
    trainer.save()
    report(trainer, pairs, held)


def searched(
    work: Path, part: str, some: Callable[[list[Found]], list[Found]] = list
) -> list[Found]:
    """What was found in those theses of a part that are searched already."""
    known = [name for name in names(part) if (work / "found" / f"{name}.pickle").exists()]
    return [item for name in known for item in some(found(work, name))]


def watched(items: list[Found]) -> list[Found]:
    draw = random.Random(SEED)
    yes = [item for item in items if item.question.answerable]
    no = [item for item in items if not item.question.answerable]
    most, few = CHECKED
    return draw.sample(yes, min(most, len(yes))) + draw.sample(no, min(few, len(no)))


@torch.no_grad()
def report(trainer: Trainer, pairs: Pairs, held: Sequence[Found]) -> None:
    """Of the running mean: how often the likeliest passage answers, and how well it refuses."""
    own = {n: p.clone() for n, p in trainer.model.state_dict().items()}
    trainer.model.load_state_dict(trainer.average)
    hits, best, answerable = [], [], []
    for item in held:
        examples = [example(item.question.text, t, headed=False) for t in item.texts[: item.near]]
        if not examples:
            continue
        given = put_together(pairs.get(examples, keep=True), [0] * len(examples))
        states = torch.as_tensor(given.batch.states, device=trainer.device)
        mask = torch.as_tensor(given.batch.mask, device=trainer.device)
        _, answer = read(trainer.model, states, mask)
        scores = answer.cpu().numpy()
        best.append(float(scores.max()))
        answerable.append(item.question.answerable)
        if item.question.answerable:
            hits.append(bool(item.texts[int(scores.argmax())].right))
    trainer.model.load_state_dict(own)
    line = {
        "step": trainer.run.step,
        "seconds": round(trainer.run.seconds),
        "passage": round(float(np.mean(hits)), 4),
        "auroc": round(auroc(best, answerable), 4),
        "questions": len(best),
    }
    with (trainer.work / "log.jsonl").open("a") as log:
        print(json.dumps(line), file=log)
    print(json.dumps(line), flush=True)


def ship(run: Path, target: Path, average: Path, kept: float) -> None:
    """Write the running mean, mixed with a share of the weights the run began with.

    So that what was learnt before isn't forgotten (Wortsman et al., 2022).
    """
    model = Upper(read_weights(weights_file()))
    learnt, first = torch.load(average, weights_only=True), beginning(model, run / FIRST)
    model.load_state_dict({name: value.lerp(first[name], kept) for name, value in learnt.items()})
    write_own(model.tensors(), target)
    print(f"{target}: {target.stat().st_size / 1e6:.1f} MB of {average.name}")


def count(work: Path) -> None:
    """What there is to learn from."""
    for part in ("learn", "fit"):
        items = searched(work, part)
        texts = [text for item in items for text in item.texts]
        print(part, len(items), "questions;", Counter(i.question.answerable for i in items))
        print(len(texts), "passages,", sum(bool(t.right) for t in texts), "answer,",
              sum(bool(t.facts) for t in texts), "with a span,",
              sum(t.doubtful for t in texts), "doubtful")  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("work", type=Path)
    parser.add_argument("--run", type=Path)
    parser.add_argument("--on", nargs="+", default=["learn"], help="parts of the theses")
    parser.add_argument("--steps", type=int, default=2400)
    parser.add_argument("--minutes", type=float, default=float("inf"))
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--ship", type=Path, help="write the weights here instead of training")
    parser.add_argument("--average", type=Path, help="which; by default the last")
    parser.add_argument("--kept", type=float, default=0.3, help="share of what it began with")
    parser.add_argument("--count", action="store_true")
    given = parser.parse_args()
    torch.set_num_threads(given.threads)
    if given.count:
        count(given.work)
    elif given.ship:
        last = given.average or max(given.run.glob("average-*.pt"))
        ship(given.run, given.ship, last, given.kept)
    else:
        train(given.work, given.run, given.on, given.steps, given.minutes)


if __name__ == "__main__":
    main()
