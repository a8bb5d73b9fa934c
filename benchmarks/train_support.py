"""Teach the reader's layers whether a text says a statement: small changes to each (LoRA).

    python benchmarks/train_support.py WORK --minutes 5 --longest 48  # short ones first
    python benchmarks/train_support.py WORK --minutes 25 --run 1
    python benchmarks/train_support.py WORK --ship src/thesis_qa/write/inference.npz

The reader's weights stay; to each matrix of its own layers one of rank RANK is added (Hu et al.,
2021), and its head for "this answers" becomes one for "this says it". Resumable: WORK holds a
checkpoint and a log. Groups that `kept` names are only measured on. Among pairs of all lengths
nothing was learnt in 250 steps; with the short ones first it began after as many.
"""

import argparse
import hashlib
import json
import random
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import torch
import torch.nn.functional as F  # noqa: N812
from torch import Tensor, nn

from reader_states import Lower
from support_data import Example, all_written, beside, filled, machine_made
from thesis_qa.model.encoder import QUERY, BundledEmbedding
from thesis_qa.model.span_reader import (
    EVIDENCE,
    QUESTION_TOKENS,
    SHIPPED,
    pairs,
    question_ids,
    write_own,
)
from thesis_qa.model.weights import read_weights, weights_file
from train_on_theses import beginning
from train_reader import PARTS, Upper, auroc

SEED, RANK, BATCH = 7, 32, 32
RATE, WARM_UP, DECAY, AVERAGE = 1.5e-3, 50, 0.4, 0.99
WRONG, PARTLY = 8.0, 1.0  # weight of wrong tokens among all, and of tokens beside the whole
SKIPPED = 4  # tokens before the statement: <s> and those of "query: "
SOFT = 0.02  # of each label that is left to the other
DRAWN = {"filled": 6000, "machine": 400, "kept": 250}
WRITTEN = 2  # times, each time with other sentences beside
ASIDE = 6  # every sixth group is only measured on
BESIDE = 0.4  # share of evidence with a sentence of another beside it
CHECK, CHUNK = 150, 512
Halves = npt.NDArray[np.float16]


class Changed(nn.Module):
    """A linear layer with a change of low rank."""

    def __init__(self, linear: nn.Linear) -> None:
        super().__init__()
        self.linear = linear.requires_grad_(False)
        self.down = nn.Parameter(torch.randn(RANK, linear.in_features) * linear.in_features**-0.5)
        self.up = nn.Parameter(torch.zeros(linear.out_features, RANK))

    @property
    def weight(self) -> Tensor:
        return self.linear.weight + self.up @ self.down

    @property
    def bias(self) -> Tensor:
        return self.linear.bias

    def forward(self, state: Tensor) -> Tensor:
        return self.linear(state) + F.linear(F.linear(state, self.down), self.up)


def changed() -> Upper:
    """The shipped reader with changes that are nothing yet."""
    model = Upper(read_weights(weights_file()))
    model.load_state_dict(beginning(model, SHIPPED))
    model.requires_grad_(False)
    for layer in model.layers.values():
        for part in sorted(PARTS):
            setattr(layer, part, Changed(getattr(layer, part)))
    model.answer.requires_grad_(True)
    model.token.requires_grad_(True)
    model.token.bias.data[EVIDENCE] = -4.0  # most tokens are right
    model.token.weight.data[EVIDENCE] = 0.0
    return model


@dataclass(frozen=True, slots=True)
class Seen:
    """An example as the lower layers leave it."""

    example: Example
    states: Halves
    wrong: npt.NDArray[np.int8]  # of each token of the statement: 1 if it is, -1 if not known


def seen(work: Path, examples: Sequence[Example]) -> list[Seen]:
    """States of the lower layers, kept in WORK once they are computed."""
    embedding, lower = BundledEmbedding(1), Lower(work)
    folder = work / "states"
    folder.mkdir(exist_ok=True)
    found: list[Seen] = []
    for at in range(0, len(examples), CHUNK):
        part = examples[at : at + CHUNK]
        digest = hashlib.sha256(repr(part).encode()).hexdigest()[:16]
        path = folder / f"{digest}.npz"
        if not path.exists():
            ids = [
                next(pairs(question_ids(embedding, e.statement), *embedding.pieces(e.evidence))).ids
                for e in part
            ]
            order = sorted(range(len(ids)), key=lambda i: len(ids[i]))
            states = dict(zip(order, lower.states([ids[i] for i in order]), strict=True))
            whole = np.concatenate([states[i] for i in range(len(ids))])
            np.savez(path, states=whole, ends=np.cumsum([len(line) for line in ids]))
            print(at + len(part), "of", len(examples), flush=True)
        with np.load(path) as stored:
            pieces = np.split(stored["states"], stored["ends"][:-1])
        found += [
            Seen(e, states, marks(embedding, e)) for e, states in zip(part, pieces, strict=True)
        ]
    return found


def marks(embedding: BundledEmbedding, example: Example) -> npt.NDArray[np.int8]:
    _, places = embedding.pieces(QUERY + example.statement)
    places = places[:QUESTION_TOKENS] - len(QUERY)
    if not example.true and example.wrong is None:
        return np.full(len(places), -1, np.int8)
    wrong = np.zeros(len(places), np.int8)
    for start, end in () if example.true else example.wrong or ():
        wrong |= (places[:, 0] < end) & (places[:, 1] > start)
    return wrong


def kept(example: Example) -> bool:
    """Whether an example is only measured on: by its group, the same in every run."""
    draw = random.Random(example.group)
    return example.group != "wikipedia" and draw.randrange(ASIDE) == 0


def training(run: int) -> tuple[list[Example], list[Example]]:
    """What is learnt in this run, and what is measured on."""
    draw = random.Random(f"{SEED} {run}")
    made = [*filled(draw, DRAWN["filled"]), *machine_made(draw, DRAWN["machine"])]
    own = all_written()
    ours = [e for e in own if not kept(e)]
    for _ in range(WRITTEN):
        for e in ours:
            other = draw.choice(ours)
            apart = draw.random() < BESIDE and e.group != other.group
            made.append(beside(draw, e, other.evidence) if apart else e)
    held = [e for e in made if kept(e)]
    aside = [e for e in own if kept(e)]
    wikipedia = list(machine_made(random.Random(SEED), 150, odd=True))
    measured = draw.sample(held, min(len(held), DRAWN["kept"])) + aside
    measured += draw.sample(wikipedia, min(len(wikipedia), DRAWN["kept"]))
    made = [e for e in made if not kept(e)]
    draw.shuffle(made)
    return made, measured


Batch = tuple[Tensor, Tensor, Tensor, Tensor, Tensor]
"""States, where there are tokens, where tokens of the statement, which of them are wrong, and
whether the whole is true."""


def batches(found: Sequence[Seen], draw: random.Random) -> Iterator[Batch]:
    """Without end, in batches of similar length."""
    while True:
        order = sorted(range(len(found)), key=lambda i: len(found[i].states) + draw.random() * 16)
        starts = list(range(0, len(order), BATCH))
        draw.shuffle(starts)
        for at in starts:
            yield together([found[i] for i in order[at : at + BATCH]])


def together(items: Sequence[Seen]) -> Batch:
    longest = max(len(item.states) for item in items)
    states = np.zeros((len(items), longest, items[0].states.shape[1]), np.float32)
    mask, stated = (np.zeros((len(items), longest), np.bool_) for _ in range(2))
    wrong = np.full((len(items), longest), -1, np.int8)
    for row, item in enumerate(items):
        states[row, : len(item.states)] = item.states
        mask[row, : len(item.states)] = True
        stated[row, SKIPPED : 1 + len(item.wrong)] = True
        wrong[row, SKIPPED : 1 + len(item.wrong)] = item.wrong[SKIPPED - 1 :]
    true = torch.tensor([float(item.example.true) for item in items])
    return (*map(torch.from_numpy, (states, mask, stated, wrong)), true)  # type: ignore[return-value]


def said(model: Upper, states: Tensor, mask: Tensor, stated: Tensor) -> tuple[Tensor, Tensor]:
    """Log odds of the whole being said, and of each token being wrong."""
    with torch.autocast("cpu", torch.bfloat16):
        for layer in model.layers.values():
            states = layer(states, mask[:, None, None, :])
        wrong = model.token(states)[..., EVIDENCE].float()
        answer = model.answer(states[:, 0])[:, 0].float()
    worst = torch.logsumexp(wrong.masked_fill(~stated, -1e4), dim=1)
    return answer - worst, wrong


def loss_of(model: Upper, batch: Batch) -> Tensor:
    states, mask, stated, wrong, true = batch
    whole, parts = said(model, states, mask, stated)
    found = F.binary_cross_entropy_with_logits(whole, true * (1 - 2 * SOFT) + SOFT)
    known = wrong >= 0
    each = F.binary_cross_entropy_with_logits(parts[known], wrong[known].float(), reduction="none")
    weight = torch.where(wrong[known] > 0, WRONG, 1.0)
    return found + PARTLY * (each * weight).sum() / weight.sum().clamp(min=1)


def learnt(model: nn.Module) -> dict[str, Tensor]:
    return {n: p for n, p in model.named_parameters() if p.requires_grad}


def train(work: Path, minutes: float, run: int, longest: int) -> None:
    torch.manual_seed(SEED + run)
    model = changed()
    parameters = learnt(model)
    if (work / "changes.pt").exists():
        load(model, work / "changes.pt")
    optimiser = torch.optim.AdamW(parameters.values(), RATE, betas=(0.9, 0.98), weight_decay=0.01)
    mean = {name: p.detach().clone() for name, p in parameters.items()}
    made, measured = training(run)
    print(len(made), "examples;", len(measured), "measured on", flush=True)
    held, source = (
        seen(work, measured),
        batches([s for s in seen(work, made) if len(s.states) <= longest], random.Random(run)),
    )
    print("states are there", flush=True)
    began, step, losses = time.time(), 0, []
    while (done := (time.time() - began) / 60 / minutes) < 1:
        for group in optimiser.param_groups:
            group["lr"] = RATE * min(1.0, (step + 1) / WARM_UP, (1 - done) / DECAY)
        loss = loss_of(model, next(source))
        loss.backward()
        torch.nn.utils.clip_grad_norm_(parameters.values(), 1.0)
        optimiser.step()
        optimiser.zero_grad()
        step += 1
        losses.append(loss.item())
        share = min(AVERAGE, (1 + step) / (10 + step))
        for name, parameter in parameters.items():
            mean[name].lerp_(parameter.detach(), 1 - share)
        if step % 25 == 0:
            print(step, round(done, 3), round(float(np.mean(losses[-25:])), 4), flush=True)
        if step % CHECK == 0:
            checked(work, model, mean, held, step)
    checked(work, model, mean, held, step)


def load(model: nn.Module, path: Path) -> None:
    model.load_state_dict(torch.load(path, weights_only=True), strict=False)


def checked(
    work: Path, model: Upper, mean: dict[str, Tensor], held: Sequence[Seen], step: int
) -> None:
    """Keep the running mean, and say how well it tells true from false."""
    own = {n: p.detach().clone() for n, p in learnt(model).items()}
    torch.save(mean, work / "changes.pt")
    load(model, work / "changes.pt")
    scores = scored(model, held)
    model.load_state_dict(own, strict=False)
    groups: dict[str, list[tuple[float, bool]]] = {}
    for item, score in zip(held, scores, strict=True):
        example = item.example
        made = example.group.startswith(("wikipedia", "template"))
        source = example.group.split()[0] if made else "written"
        groups.setdefault(source, []).append((score, example.true))
        groups.setdefault(f"{source} {example.kind}", []).append((score, example.true))
    line: dict[str, Any] = {"step": step}
    for name, found in sorted(groups.items()):
        right = [(score > 0) == true for score, true in found]
        line[name] = f"{np.mean(right):.3f} of {len(right)}"
        if len({true for _, true in found}) == 2:
            line[f"{name} auroc"] = round(auroc([s for s, _ in found], [t for _, t in found]), 3)
    with (work / "log.jsonl").open("a") as log:
        print(json.dumps(line), file=log)
    print(json.dumps(line), flush=True)


@torch.no_grad()
def scored(model: Upper, items: Sequence[Seen]) -> list[float]:
    found: dict[int, float] = {}
    order = sorted(range(len(items)), key=lambda i: len(items[i].states))
    for at in range(0, len(order), BATCH):
        rows = order[at : at + BATCH]
        states, mask, stated, _, _ = together([items[i] for i in rows])
        whole, _ = said(model, states, mask, stated)
        found |= dict(zip(rows, whole.tolist(), strict=True))
    return [found[i] for i in range(len(items))]


def ship(work: Path, target: Path) -> None:
    """Write what was learnt, under the names of the package's weights."""
    stored = torch.load(work / "changes.pt", weights_only=True)
    write_own({_named(name): tensor.numpy() for name, tensor in stored.items()}, target)
    print(f"{target}: {target.stat().st_size / 1e6:.2f} MB")


def _named(name: str) -> str:
    """The change "layers.l6.q.down" is one of "l6.q.w"."""
    *before, last = name.removeprefix("layers.").split(".")
    return ".".join([*before, {"weight": "w", "bias": "b"}.get(last, f"w.{last}")])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("work", type=Path)
    parser.add_argument("--minutes", type=float, default=30)
    parser.add_argument("--run", type=int, default=0, help="number of the draw of examples")
    parser.add_argument("--longest", type=int, default=100, help="tokens of pairs to learn from")
    parser.add_argument("--ship", type=Path, help="write what was learnt here, and don't train")
    given = parser.parse_args()
    given.work.mkdir(parents=True, exist_ok=True)
    torch.set_num_threads(1)
    if given.ship:
        ship(given.work, given.ship)
    else:
        train(given.work, given.minutes, given.run, given.longest)


if __name__ == "__main__":
    main()
