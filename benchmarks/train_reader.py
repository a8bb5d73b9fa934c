"""Train the reader's own layers on the cached states of the lower ones.

    python benchmarks/reader_states.py WORK &          # may still run
    python benchmarks/train_reader.py WORK --steps 3600
    python benchmarks/train_reader.py WORK --ship src/thesis_qa/data/reader.npz
    python benchmarks/train_reader.py --ship MEAN.npz --mean ONE.npz OTHER.npz

Resumable: WORK/checkpoint.pt is written every CHECK steps, with a line on the sample in
WORK/log.jsonl. On two cores, two processes of one thread each are much faster than two threads:
`torchrun --nproc-per-node 2 benchmarks/train_reader.py WORK`. With a CUDA device it is used.
"""

import argparse
import json
import os
import random
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field, fields
from pathlib import Path
from typing import Any

import numpy as np
import torch
import torch.distributed as parallel
import torch.nn.functional as F  # noqa: N812
from torch import Tensor, nn

from reader_data import Example, across, indonesian
from reader_states import Batch, Chunk, Lower, label, write_chunk
from thesis_qa.model.encoder import BundledEmbedding
from thesis_qa.model.span_reader import LOWER, read_own, write_own
from thesis_qa.model.weights import Floats, Weights, read_weights, weights_file

SEED = 11
BATCH, RATE, WARM_UP, DECAY = 16, 2e-4, 100, 0.3  # the last 30 % of the steps
AVERAGE = 0.998  # of the weights that are shipped
CHECK = 200
SAMPLE = {"indonesian": 320, "across": 320}
PARTS = {"q", "k", "v", "ao", "fi", "fo"}


class Layer(nn.Module):
    """One layer of a BERT encoder, under the names of `weights`."""

    def __init__(self, weights: Weights, name: str) -> None:
        super().__init__()
        self.heads, epsilon = weights.shape.heads, weights.shape.epsilon
        for part in sorted(PARTS):
            matrix = torch.tensor(weights.matrices[f"{name}.{part}.w"].dense())
            linear = nn.Linear(matrix.shape[1], matrix.shape[0])
            linear.weight.data = matrix
            linear.bias.data = torch.tensor(weights.vectors[f"{name}.{part}.b"])
            setattr(self, part, linear)
        for part in ("aln", "oln"):
            norm = nn.LayerNorm(weights.shape.hidden, epsilon)
            norm.weight.data = torch.tensor(weights.vectors[f"{name}.{part}.w"])
            norm.bias.data = torch.tensor(weights.vectors[f"{name}.{part}.b"])
            setattr(self, part, norm)

    def forward(self, state: Tensor, seen: Tensor) -> Tensor:
        batch, tokens, hidden = state.shape
        matrix = torch.cat([self.q.weight, self.k.weight, self.v.weight])
        bias = torch.cat([self.q.bias, self.k.bias, self.v.bias])
        parts = F.linear(state, matrix, bias).view(batch, tokens, 3, self.heads, -1)
        query, key, value = parts.permute(2, 0, 3, 1, 4)
        # On a CPU torch's own fused attention takes a third of a step in bfloat16; this, little.
        likeness = (query * query.shape[-1] ** -0.5) @ key.transpose(-1, -2)
        found = likeness.masked_fill(~seen, -1e4).softmax(dim=-1).to(value.dtype) @ value
        found = found.transpose(1, 2).reshape(batch, tokens, hidden)
        state = self.aln(state + self.ao(found))
        return self.oln(state + self.fo(F.gelu(self.fi(state))))


class Upper(nn.Module):
    """The reader's own layers, which begin as the encoder's, and its heads."""

    def __init__(self, weights: Weights) -> None:
        super().__init__()
        torch.manual_seed(SEED)
        names = [f"l{number}" for number in range(LOWER, weights.shape.layers)]
        self.layers = nn.ModuleDict({name: Layer(weights, name) for name in names})
        self.token = nn.Linear(weights.shape.hidden, 3)  # start, end, evidence
        self.answer = nn.Linear(weights.shape.hidden, 1)

    def forward(self, states: Tensor, mask: Tensor) -> tuple[Tensor, Tensor]:
        seen = mask[:, None, None, :]
        for layer in self.layers.values():
            states = layer(states, seen)
        return self.token(states).float(), self.answer(states[:, 0])[:, 0].float()

    def tensors(self) -> dict[str, Floats]:
        """All weights by their names in the shipped file."""
        named = {n.removeprefix("layers."): p.detach().cpu() for n, p in self.state_dict().items()}
        return {
            name.replace(".weight", ".w").replace(".bias", ".b"): tensor.numpy().astype(np.float32)
            for name, tensor in named.items()
        }


@dataclass
class Run:
    """What a checkpoint holds beside the weights."""

    step: int = 0
    examples: int = 0
    seconds: float = 0.0
    uses: dict[str, int] = field(default_factory=dict)  # of each chunk


class Trainer:
    """Weights, their running average, the optimiser, and where the run stands."""

    def __init__(self, work: Path, weights: Weights, rate: float = RATE) -> None:
        self.work, self.rate, self.run = work, rate, Run()
        self.device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
        self.model = Upper(weights).to(self.device)
        self.average = {n: p.detach().clone() for n, p in self.model.state_dict().items()}
        self.optimiser = torch.optim.AdamW(
            self.model.parameters(), rate, betas=(0.9, 0.98), weight_decay=0.01, fused=True
        )

    def load(self) -> None:
        if (path := self.work / "checkpoint.pt").exists():
            stored = torch.load(path, map_location=self.device, weights_only=True)
            self.model.load_state_dict(stored["model"])
            self.optimiser.load_state_dict(stored["optimiser"])
            self.average, self.run = stored["average"], Run(**stored["run"])

    def save(self) -> None:
        stored = {
            "model": self.model.state_dict(),
            "optimiser": self.optimiser.state_dict(),
            "average": self.average,
            "run": asdict(self.run),
        }
        draft = self.work / "checkpoint.draft"
        torch.save(stored, draft)
        draft.rename(self.work / "checkpoint.pt")
        torch.save(self.average, self.work / f"average-{self.run.step:05}.pt")

    def step(self, batch: Batch, steps: int) -> float:
        """Learn from `batch`, the whole or one process's share of it; the loss before."""
        found = loss(self.model, batch, self.device)
        return self.learn(found, pace(self.run.step, steps), AVERAGE)

    def learn(self, found: Tensor, share: float, average: float) -> float:
        """One step down from a loss, at this share of the rate; `average` is how much of the mean
        of weights is kept. The loss."""
        for group in self.optimiser.param_groups:
            group["lr"] = self.rate * share
        found.backward()
        share_gradients(self.model)
        torch.nn.utils.clip_grad_norm_(self.model.parameters(), 1.0)
        self.optimiser.step()
        self.optimiser.zero_grad()
        self.run.step += 1
        kept = min(average, (1 + self.run.step) / (10 + self.run.step))
        for name, parameter in self.model.state_dict().items():
            self.average[name].lerp_(parameter, 1 - kept)
        return found.item()


def pace(step: int, steps: int) -> float:
    """Share of the rate: warming up, level, and down to nothing at the end."""
    return max(0.0, min(1.0, (step + 1) / WARM_UP, (steps - step) / (DECAY * steps)))


def loss(model: nn.Module, batch: Batch, device: torch.device) -> Tensor:
    """Cross entropy of start and end, of whether there is an answer, and of the evidence."""
    states, mask, readable, start, end, evidence, exact = (
        torch.as_tensor(getattr(batch, f.name), device=device) for f in fields(Batch)
    )
    with torch.autocast(device.type, torch.bfloat16):
        token, answer = model(states, mask)
    places = readable.clone()
    places[:, 0] = True  # where nothing answers
    ends = token[..., :2].masked_fill(~places[..., None], -1e4)
    spans = F.cross_entropy(ends[..., 0], start, reduction="none")
    spans = spans + F.cross_entropy(ends[..., 1], end, reduction="none")
    exact = exact.float()
    answered = evidence.any(dim=1).float()
    parts = F.binary_cross_entropy_with_logits(token[..., 2], evidence.float(), reduction="none")
    parts = (parts * readable).sum(dim=1) / readable.sum(dim=1).clamp(min=1)
    return (
        (spans * exact).sum() / exact.sum().clamp(min=1) / 2
        + F.binary_cross_entropy_with_logits(answer, answered)
        + parts.mean()
    )


def share_gradients(model: nn.Module) -> None:
    """Mean over the processes, if there are several."""
    if parallel.is_initialized():
        gradients = [p.grad for p in model.parameters() if p.grad is not None]
        flat = torch.cat([g.reshape(-1) for g in gradients])
        parallel.all_reduce(flat)
        flat /= parallel.get_world_size()
        parts = flat.split([g.numel() for g in gradients])
        for gradient, part in zip(gradients, parts, strict=True):
            gradient.copy_(part.view_as(gradient))


def batches(work: Path, run: Run, share: tuple[int, int]) -> Iterator[Batch]:
    """Without end: the least used chunk, in batches of similar length; rows rank::world of each."""
    rank, world = share
    while True:
        names = sorted(path.name for path in work.glob("chunk-*.npz") if "draft" not in path.name)
        draw = random.Random(f"{SEED} {run.step}")
        name = min(names, key=lambda name: (run.uses.get(name, 0), draw.random()))
        if parallel.is_initialized():  # one process may see a chunk that another doesn't yet
            choice = [name]
            parallel.broadcast_object_list(choice)
            name = choice[0]
        chunk = Chunk(work / name)
        run.uses[name] = run.uses.get(name, 0) + 1
        starts = list(range(0, len(chunk), BATCH))
        draw.shuffle(starts)
        for start in starts:
            rows = np.arange(start, min(start + BATCH, len(chunk)))
            run.examples += len(rows)
            yield chunk.batch(rows[rank::world] if len(rows) >= world else rows)


def sample(work: Path) -> Path:
    """Chunk on which checkpoints are compared: questions nobody trains on."""
    path = work / "sample.npz"
    if not path.exists():
        draw = random.Random(SEED)
        found: list[Example] = draw.sample(list(indonesian("valid", draw)), SAMPLE["indonesian"])
        found += draw.sample(list(across(draw, odd=True)), SAMPLE["across"])
        embedding = BundledEmbedding(1)
        write_chunk(path, Lower(work), [label(embedding, e) for e in found])
    return path


@torch.no_grad()
def check(model: nn.Module, chunk: Chunk, device: torch.device) -> dict[str, float]:
    """Token F1 on the answerable, and how well the score tells them from the others (AUROC)."""
    overlap, scores, answerable = [], [], []
    model.eval()
    for at in range(0, len(chunk), BATCH):
        batch = chunk.batch(np.arange(at, min(at + BATCH, len(chunk))))
        with torch.autocast(device.type, torch.bfloat16):
            token, answer = model(
                torch.as_tensor(batch.states, device=device),
                torch.as_tensor(batch.mask, device=device),
            )
        ends = np.where(batch.readable[..., None], token[..., :2].cpu().numpy(), -1e4)
        for row, (start, end) in enumerate(zip(batch.start, batch.end, strict=True)):
            scores.append(float(answer[row]))
            answerable.append(bool(start))
            if start:
                left, right = best_span(ends[row, :, 0], ends[row, :, 1])
                shared = max(0, min(right, end) - max(left, start) + 1)
                overlap.append(2 * shared / (right - left + 1 + end - start + 1))
    model.train()
    return {"f1": float(np.mean(overlap)), "auroc": auroc(scores, answerable)}


def best_span(start: Any, end: Any) -> tuple[int, int]:
    total = np.where(np.tri(len(start), k=-1, dtype=bool), -np.inf, start[:, None] + end[None, :])
    left, right = divmod(int(total.argmax()), len(end))
    return left, right


def auroc(scores: list[float], positive: list[bool]) -> float:
    from sklearn.metrics import roc_auc_score

    return float(roc_auc_score(positive, scores))


def train(work: Path, steps: int, minutes: float) -> Trainer:
    """Train until `steps` or for `minutes`, whichever is first."""
    share = int(os.environ.get("RANK", 0)), int(os.environ.get("WORLD_SIZE", 1))
    if share[1] > 1:
        parallel.init_process_group("gloo")
    trainer = Trainer(work, read_weights(weights_file()))
    trainer.load()
    began, losses, held = time.time(), [], Chunk(sample(work)) if share[0] == 0 else None
    source = batches(work, trainer.run, share)
    while trainer.run.step < steps:
        losses.append(trainer.step(next(source), steps))
        late = time.time() - began > 60 * minutes and share[1] == 1
        if share[0] == 0 and (trainer.run.step % CHECK == 0 or trainer.run.step == steps or late):
            trainer.run.seconds += time.time() - began
            began = time.time()
            trainer.save()
            report(trainer, held, losses)
            losses = []
        if late:
            break
    return trainer


def report(trainer: Trainer, held: Chunk | None, losses: list[float]) -> None:
    assert held is not None
    own = {n: p.clone() for n, p in trainer.model.state_dict().items()}
    trainer.model.load_state_dict(trainer.average)
    found = check(trainer.model, held, trainer.device)
    trainer.model.load_state_dict(own)
    run = trainer.run
    line = {
        "step": run.step,
        "examples": run.examples,
        "chunks": len(run.uses),
        "seconds": round(run.seconds),
        "loss": round(float(np.mean(losses)), 4),
        **found,
    }
    with (trainer.work / "log.jsonl").open("a") as log:
        print(json.dumps(line), file=log)
    print(json.dumps(line), flush=True)


def ship(work: Path, target: Path, average: Path) -> None:
    model = Upper(read_weights(weights_file()))
    model.load_state_dict(torch.load(average, map_location="cpu", weights_only=True))
    write_own(model.tensors(), target)
    print(f"{target}: {target.stat().st_size / 1e6:.1f} MB of {average.name}")


def ship_mean(sources: list[Path], target: Path) -> None:
    """The mean of the weights of several runs (model soups, Wortsman et al., 2022)."""
    total: dict[str, Floats] = {}
    for source in sources:
        matrices, vectors = read_own(source)
        for name, tensor in {**{n: m.dense() for n, m in matrices.items()}, **vectors}.items():
            total[name] = total.get(name, np.zeros_like(tensor)) + tensor / len(sources)
    write_own(total, target)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("work", type=Path, nargs="?")
    parser.add_argument("--steps", type=int, default=3600)
    parser.add_argument("--minutes", type=float, default=float("inf"))
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--ship", type=Path, help="write the weights here instead of training")
    parser.add_argument("--average", type=Path, help="which; by default the last")
    parser.add_argument("--mean", type=Path, nargs="+", help="shipped weights to take the mean of")
    given = parser.parse_args()
    torch.set_num_threads(given.threads)
    if given.mean:
        ship_mean(given.mean, given.ship)
    elif given.ship:
        last = max(given.work.glob("average-*.pt"))
        ship(given.work, given.ship, given.average or last)
    else:
        train(given.work, given.steps, given.minutes)


if __name__ == "__main__":
    main()
