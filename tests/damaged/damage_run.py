"""Runs commands on damaged files and measures their output, time and memory.

Each runs in a process of its own, which is ended where a file holds it up for ever.
"""

import hashlib
import json
import os
import signal
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).resolve().parent
GOOD = "20180325T194759_dmi"
"""Id of the good scene."""
_MOST_S = 600
"""Wall-clock time for many commands, beyond which one of them hangs."""

_SESSION = """
import contextlib, io, json, resource, sys, traceback
from seaice.scenes.catalogue import sandbox
from seaice.commands.main import main
sandbox.MOST_CPU_S = 1.0  # Each file that hangs takes so long.
said = sys.stdout
for arguments in json.loads(sys.argv[1]):
    sys.argv, status, out, err = ["seaice", *arguments], 0, io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        try:
            main()
        except SystemExit as ended:
            status = ended.code or 0
        except BaseException:
            traceback.print_exc()
    print(json.dumps([status, out.getvalue(), err.getvalue()]), file=said, flush=True)
sandbox.SANDBOX.close()  # What a child took is told once it has ended.
everyone = resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN
own, children = (resource.getrusage(who) for who in everyone)
cpu_s = sum(each.ru_utime + each.ru_stime for each in (own, children))
# Of its own the system's figure begins with what the process had that started this one.
status = dict(line.split(":", 1) for line in open("/proc/self/status"))
kib = max(int(status["VmHWM"].split()[0]), children.ru_maxrss)
print(json.dumps([kib * 1024, cpu_s]), file=said)
"""


@dataclass(frozen=True)
class Answer:
    """The result of a command.

    Attributes:
        status: Its exit status.
        out: Standard output.
        lines: The lines on standard error.
    """

    status: int
    out: str
    lines: list[str]

    @property
    def said(self) -> str:
        return "\n".join(self.lines)


@dataclass(frozen=True)
class Session:
    """Commands run one after another in one process.

    Attributes:
        answers: What each said.
        bytes: The most memory that the process, or one that it started, had at a time.
        cpu_s: How long it and those that it started computed.
    """

    answers: list[Answer]
    bytes: int
    cpu_s: float

    @property
    def answer(self) -> Answer:
        """Of the only command."""
        (answer,) = self.answers
        return answer


def seaice(*arguments: object) -> Session:
    """Run one command."""
    return run([arguments])


def run(commands: Sequence[Sequence[object]], most_s: float = _MOST_S) -> Session:
    """Run commands; each must end, and none in a traceback."""
    texts = [[str(each) for each in arguments] for arguments in commands]
    process = subprocess.Popen(
        [sys.executable, "-c", _SESSION, json.dumps(texts)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=HERE.parents[1],
        start_new_session=True,
        # Threads that wait for each other beside other work take many times as long.
        env=os.environ | {"OMP_NUM_THREADS": "1"},
    )
    try:
        out, err = process.communicate(timeout=most_s)
    except subprocess.TimeoutExpired:
        # Also what it started, which a damaged file may hold up.
        os.killpg(process.pid, signal.SIGKILL)
        done = process.communicate()[0].count("\n")
        raise AssertionError(f"does not end: {texts[done]}") from None
    said = [json.loads(line) for line in out.splitlines()]
    assert len(said) == len(texts) + 1, f"the process ended at {texts[len(said)]}: {err}"
    answers = [Answer(status, out, err.splitlines()) for status, out, err in said[:-1]]
    for each, arguments in zip(answers, texts, strict=True):
        assert "Traceback" not in each.said, (arguments, each.said)
    assert "Traceback" not in err
    return Session(answers, *said[-1])


def contents(folder: Path) -> dict[str, tuple[object, ...]]:
    """What must not change in a folder: names, sizes, modification times, bytes."""
    found = {}
    for path in sorted(folder.iterdir()):
        status = path.lstat()
        # A device behind a link has no end of file.
        plain = path.is_file() and not path.is_symlink()
        digest = hashlib.sha256(path.read_bytes()).hexdigest() if plain else ""
        found[path.name] = (status.st_mode, status.st_size, status.st_mtime_ns, digest)
    return found


def is_sentence(text: str) -> bool:
    return text.endswith(".") and text.isprintable() and len(text) < 1000


def spoil_heap(path: Path, at: int, content: bytes) -> Path:
    """Overwrite bytes in a file's first global heap, which has dimensions and texts."""
    whole = bytearray(path.read_bytes())
    start = whole.index(b"GCOL") + at
    whole[start : start + len(content)] = content
    path.write_bytes(whole)
    return path


def never_ending(path: Path) -> Path:
    """Leave a free space of size 0 in a heap, which sends HDF5 into an endless loop."""
    return spoil_heap(path, 16, bytes(16))
