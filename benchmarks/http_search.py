"""Searches over HTTP, one after the other: how soon each is answered, and what the server holds.

    python benchmarks/http_search.py INDEX [--searches N]

INDEX is a folder that `benchmarks/latency.py` makes. The questions are of SQuAD's odd titles, half
in each language. Beside the time on the clock stands the server's own processor time (Linux), which
other programs on the machine change less.
"""

import argparse
import os
import random
import socket
import statistics
import subprocess
import sys
import time
from pathlib import Path

import httpx

from corpora import crosslingual

SEED = 3
WARM = 20  # searches before any is timed
LOOKS = 5  # at the memory


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("index", type=Path)
    parser.add_argument("--searches", type=int, default=1000)
    given = parser.parse_args()
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "thesis_qa.cli", "serve", "--index", str(given.index)]
    environment = {**os.environ, "THESIS_QA_API_RATE": "1000000"}
    with subprocess.Popen([*command, "--port", str(port)], env=environment) as server:
        try:
            with httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=60) as client:
                measure(client, server.pid, given.searches)
        finally:
            server.terminate()


def measure(client: httpx.Client, pid: int, searches: int) -> None:
    """Search, and print how it went."""
    until_up(client)
    drawn = random.Random(SEED).sample(crosslingual(True)[1], (searches + WARM + 1) // 2)
    questions = [item[f"question_{language}"] for item in drawn for language in ("en", "id")]
    for question in questions[:WARM]:
        search(client, question)
    clock, processor, memory = [], [], [resident(pid)]
    for number, question in enumerate(questions[WARM : WARM + searches], start=1):
        began, spent = time.perf_counter(), processor_seconds(pid)
        search(client, question)
        clock.append(time.perf_counter() - began)
        processor.append(processor_seconds(pid) - spent)
        if number % max(1, searches // LOOKS) == 0:
            memory.append(resident(pid))
    for name, seconds in (("clock", clock), ("processor", processor)):
        p95 = statistics.quantiles(seconds, n=20)[-1]
        print(f"{name}: median {1000 * statistics.median(seconds):.0f} ms, p95 {1000 * p95:.0f} ms")
    print(
        "memory (MB):", *(round(held / 1e6) for held in memory), f"load: {os.getloadavg()[0]:.1f}"
    )


def until_up(client: httpx.Client) -> None:
    for _ in range(600):
        try:
            client.get("/healthz").raise_for_status()
        except httpx.TransportError:
            time.sleep(0.2)
        else:
            return


def search(client: httpx.Client, question: str) -> None:
    client.post("/v1/search", json={"question": question}).raise_for_status()


def processor_seconds(pid: int) -> float:
    """What all threads of a process have spent."""
    spent = (path.read_text().split()[0] for path in Path(f"/proc/{pid}/task").glob("*/schedstat"))
    return sum(map(int, spent)) / 1e9


def resident(pid: int) -> int:
    """Bytes of memory that a process holds."""
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    [held] = (line.split()[1] for line in lines if line.startswith("VmRSS"))
    return int(held) * 1024


if __name__ == "__main__":
    main()
