"""Thirty visitors at once for two minutes: `make soak`. Exits with 1 if anything went wrong.

A server of its own, on this machine only, reads a copy of the first document; each visitor opens
the page, asks, waits for the whole answer as a browser does, and looks at the places it cites. One
of them brings files in meanwhile. What is printed depends on the machine: read ratios.
"""

import argparse
import json
import random
import re
import secrets
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
import urllib.error
import urllib.parse
import urllib.request
from collections import Counter, defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from html import unescape
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parent.parent
VISITORS, SECONDS, SEED = 30, 120, 8
PATIENCE = 60  # seconds for one answer
QUESTIONS = (
    "What obstacles occurred?",
    "Apa hambatan yang terjadi?",
    "What is the aim of this study?",
    "Metode penelitian apa yang digunakan?",
    "What is the capital of France?",
    "Siapa yang bekerja sama?",
    "Berapa jumlah responden nelayan?",
    "?!",
)
SENTENCE = "Responden penelitian ini berjumlah 137 orang nelayan di Wakatobi."


class Tally:
    """What happened, from all visitors."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self.seconds: dict[str, list[float]] = defaultdict(list)
        self.errors: Counter[str] = Counter()

    @contextmanager
    def timed(self, what: str) -> Iterator[None]:
        """Note how long it takes, or what goes wrong."""
        started = time.monotonic()
        try:
            yield
        except Exception as error:
            with self._lock:
                self.errors[f"{what}: {type(error).__name__} {str(error)[:100]}"] += 1
        else:
            with self._lock:
                self.seconds[what].append(time.monotonic() - started)


class Visitor:
    """A browser's requests without the browser."""

    def __init__(self, address: str, number: int, tally: Tally) -> None:
        self.address, self.number, self.tally = address, number, tally
        self.choose = random.Random(SEED + number)
        self.language = self.choose.choice(("id", "en"))
        self.session = secrets.token_hex(6)

    def stay(self, until: float) -> None:
        """Ask and look around until it is time to go."""
        config: dict[str, Any] = {}
        with self.tally.timed("page"):
            self._get(f"/{self.language}/")
            config = json.loads(self._get(f"/{self.language}/config"))
        while config and time.monotonic() < until:
            said = ""
            with self.tally.timed("answer"):
                said = self._ask(config, self.choose.choice(QUESTIONS))
            for link in self._links(said)[:4]:
                with self.tally.timed(link[1:].partition("?")[0]):
                    self._get(link)
            if self.number == 0:
                with self.tally.timed("upload"):
                    self._upload(config)
            with self.tally.timed("health"):
                self._get("/healthz")
            time.sleep(self.choose.uniform(0.5, 3))

    def _get(self, path: str, body: bytes | None = None, kind: str = "application/json") -> str:
        request = urllib.request.Request(self.address + path, body, {"Content-Type": kind})
        with urllib.request.urlopen(request, timeout=PATIENCE) as answer:
            text: str = answer.read().decode("utf-8", "replace")
            return text

    def _ask(self, config: dict[str, Any], question: str) -> str:
        return self._use(
            config, "question", "submit", {"question": question, "hidden-chosen": "[]"}
        )

    def _use(self, config: dict[str, Any], element: str, event: str, values: dict[str, Any]) -> str:
        """Let an element raise an event and wait for all that comes of it."""
        names = {c["id"]: c["props"].get("elem_id") for c in config["components"]}
        used = next(
            d
            for d in config["dependencies"]
            if any(names.get(target) == element and kind == event for target, kind in d["targets"])
        )
        data = [values.get(names.get(i) or "") for i in used["inputs"]]
        job = {"data": data, "fn_index": used["id"], "session_hash": self.session}
        api = f"/{self.language}/gradio_api"
        event_id = json.loads(self._get(f"{api}/queue/join", json.dumps(job).encode()))["event_id"]
        stream = f"{self.address}{api}/queue/data?session_hash={self.session}"
        said = []
        with urllib.request.urlopen(stream, timeout=PATIENCE) as lines:
            for line in lines:
                text = line.decode().removeprefix("data:").strip()
                message = json.loads(text) if text else {}
                said.append(text)
                if message.get("event_id") == event_id and message["msg"] == "process_completed":
                    if not message["success"]:
                        raise RuntimeError(message["output"])
                    return "".join(said)
        raise RuntimeError("the answer broke off")

    def _links(self, said: str) -> list[str]:
        """The places and pictures of pages that an answer's cards point to."""
        return list(
            dict.fromkeys(map(unescape, re.findall(r'\\"(/(?:place|picture)\?[^\\"]+)', said)))
        )

    def _upload(self, config: dict[str, Any]) -> None:
        text = f"Catatan {secrets.token_hex(4)}: pasar {self.choose.random()} buka hari Senin.\n"
        name, edge = f"soak-{self.choose.randrange(5)}.txt", "soak"
        body = (
            f'--{edge}\r\nContent-Disposition: form-data; name="files"; filename="{name}"\r\n'
            f"Content-Type: text/plain\r\n\r\n{text}\r\n--{edge}--\r\n"
        ).encode()
        api = f"/{self.language}/gradio_api/upload"
        (path,) = json.loads(self._get(api, body, f"multipart/form-data; boundary={edge}"))
        sent = [{"path": path, "orig_name": name, "meta": {"_type": "gradio.FileData"}}]
        self._use(config, "files", "upload", {"files": sent})


def small_pdf(sentence: str) -> bytes:
    """A PDF of one page with a sentence on it."""
    drawn = f"BT /F1 12 Tf 72 700 Td ({sentence}) Tj ET"
    objects = (
        "<< /Type /Catalog /Pages 2 0 R >>",
        "<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R"
        " /Resources << /Font << /F1 5 0 R >> >> >>",
        f"<< /Length {len(drawn)} >>\nstream\n{drawn}\nendstream",
        "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    )
    parts = [f"{number} 0 obj\n{body}\nendobj\n" for number, body in enumerate(objects, start=1)]
    return f"%PDF-1.4\n{''.join(parts)}trailer << /Root 1 0 R >>\n".encode()


@contextmanager
def serving(folder: Path) -> Iterator[str]:
    """A server of `folder`, on a free port of this machine."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        address = f"http://127.0.0.1:{free.getsockname()[1]}"
    program = [sys.executable, "-m", "thesis_qa.cli"]
    if not (folder / "index").is_dir():
        subprocess.run([*program, "index"], cwd=folder, check=True, stdout=subprocess.DEVNULL)
    port = address.rpartition(":")[2]
    server = subprocess.Popen(
        [*program, "serve", "--port", port], cwd=folder, stdout=subprocess.DEVNULL
    )
    try:
        for _ in range(3000):
            try:
                urllib.request.urlopen(f"{address}/healthz", timeout=2).close()
                break
            except OSError:
                time.sleep(0.02)
        yield address
    finally:
        server.terminate()
        server.wait(timeout=30)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--visitors", type=int, default=VISITORS)
    parser.add_argument("--seconds", type=float, default=SECONDS)
    options = parser.parse_args()
    tally = Tally()
    with tempfile.TemporaryDirectory() as folder:
        documents = Path(folder) / "documents"
        documents.mkdir()
        shutil.copy(ROOT / "documents" / "kerja-sama-sister-city-jakarta-hanoi.md", documents)
        (documents / "nelayan.pdf").write_bytes(small_pdf(SENTENCE))
        with serving(Path(folder)) as address:
            until = time.monotonic() + options.seconds
            visits = [
                threading.Thread(target=Visitor(address, number, tally).stay, args=(until,))
                for number in range(options.visitors)
            ]
            for visit in visits:
                visit.start()
            for visit in visits:
                visit.join()
    for what, seconds in tally.seconds.items():
        ordered = sorted(seconds)
        print(
            f"{what:7} {len(ordered):5} times, median {statistics.median(ordered):6.2f} s,"
            f" 95 % within {ordered[int(0.95 * (len(ordered) - 1))]:6.2f} s"
        )
    for error, count in tally.errors.most_common():
        print(f"ERROR {count} × {error}")
    return 1 if tally.errors or not tally.seconds["answer"] else 0


if __name__ == "__main__":
    sys.exit(main())
