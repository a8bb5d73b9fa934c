"""Other formats (.doc, .odt, .rtf, .wps) through LibreOffice, where it is installed.

It runs as a process of its own, with a profile that is thrown away, so that no macro runs, no
setting of the user's is touched, and nothing is fetched; if it hangs, it is ended.
"""

import os
import signal
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from thesis_qa.errors import DocumentError
from thesis_qa.read import libreoffice
from thesis_qa.read.archive import MAX_FILE_BYTES, Archive, read_start, too_large

PATIENCE = 180  # seconds; a thesis of 300 pages takes about ten, the first start another ten
CLOSED_PROXY = "http://127.0.0.1:9"  # the discard port: what is linked to can't be fetched
_PROFILE = """<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry">
<item oor:path="/org.openoffice.Office.Common/Security/Scripting">
<prop oor:name="DisableMacrosExecution" oor:op="fuse"><value>true</value></prop>
<prop oor:name="MacroSecurityLevel" oor:op="fuse"><value>3</value></prop>
<prop oor:name="BlockUntrustedRefererLinks" oor:op="fuse"><value>true</value></prop>
<prop oor:name="DisableActiveContent" oor:op="fuse"><value>true</value></prop></item>
</oor:items>
"""


@contextmanager
def as_docx(path: Path, name: str) -> Iterator[Path]:
    """The file at `path` as DOCX, as long as the context lasts.

    Raises DocumentError where LibreOffice is missing, can't read the file, or takes too long.
    """
    program = libreoffice()
    if program is None:
        raise DocumentError("needs-libreoffice", file=name)
    _refuse(path, name)
    with tempfile.TemporaryDirectory(prefix="thesis-qa-", ignore_cleanup_errors=True) as folder:
        source = Path(folder, f"document{path.suffix.lower()}")
        source.write_bytes(path.read_bytes())  # a lock file beside the original would be seen
        profile = Path(folder, "profile", "user")
        profile.mkdir(parents=True)
        (profile / "registrymodifications.xcu").write_text(_PROFILE, encoding="utf-8")
        _convert([program, f"-env:UserInstallation={profile.parent.as_uri()}"], source, name)
        made = source.with_suffix(".docx")
        if not made.is_file():
            raise DocumentError("not-converted", file=name)
        yield made


def _refuse(path: Path, name: str) -> None:
    """Raise DocumentError for what isn't worth a try: empty, too large, a PDF, a zip bomb."""
    kind = path.suffix[1:].upper()
    start = read_start(path, name)
    if not start:
        raise DocumentError("archive-empty", file=name, kind=kind)
    if start.startswith(b"%PDF-"):
        raise DocumentError("is-pdf", file=name, kind=kind)
    if (size := path.stat().st_size) > MAX_FILE_BYTES:
        raise too_large(name, size, kind, MAX_FILE_BYTES)
    if start.startswith(b"PK\x03\x04"):
        Archive(path, name, kind).close()


def _convert(program: list[str], source: Path, name: str) -> None:
    options = ["--headless", "--norestore", "--nolockcheck", "--nodefault", "--nologo"]
    proxies = dict.fromkeys(("http_proxy", "https_proxy", "ftp_proxy", "all_proxy"), CLOSED_PROXY)
    child = subprocess.Popen(
        [*program, *options, "--convert-to", "docx", "--outdir", str(source.parent), str(source)],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env={**os.environ, **proxies, "HOME": str(source.parent)},
        start_new_session=True,  # it starts others, which are to end with it
    )
    try:
        child.wait(PATIENCE)
    except subprocess.TimeoutExpired as error:
        raise DocumentError("conversion-stuck", file=name, seconds=PATIENCE) from error
    finally:
        _end(child)


def _end(child: subprocess.Popen[bytes]) -> None:
    """End the process and those it started."""
    if hasattr(os, "killpg"):
        with suppress(ProcessLookupError):
            os.killpg(child.pid, signal.SIGKILL)
    child.kill()
    child.wait()
