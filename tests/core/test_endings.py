"""A process that ends at once still says all that it has to say, and cleans up."""

import subprocess
import sys

import pytest

from seaice.core.endings import status_of

PROGRAM = """
import atexit, sys, threading, time
from seaice.core.endings import end_at_once
class Module:
    def __del__(self):
        print("taken apart", flush=True)
kept = Module()
atexit.register(print, "cleaned up")
threading.Thread(target=time.sleep, args=(600,)).start()
print("said", end=" ")
print("warned", end="", file=sys.stderr)
end_at_once(3)
"""


def test_exit_functions_run_and_output_goes_out_but_nobody_waits():
    ended = subprocess.run(
        [sys.executable, "-c", PROGRAM], capture_output=True, text=True, timeout=60
    )
    assert ended.returncode == 3
    assert ended.stdout == "said cleaned up\n"
    assert ended.stderr == "warned"


def test_signals_no_longer_count():
    """They would show a traceback, and how it ends is settled."""
    signals = "atexit.register(lambda: [signal.raise_signal(each) for each in (2, 15)])"
    program = f"import atexit, signal\n{signals}\n{PROGRAM}"
    ended = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, timeout=60
    )
    assert (ended.returncode, ended.stderr) == (3, "warned")


@pytest.mark.parametrize(
    ("code", "status"), [(None, 0), (0, 0), (2, 2), (True, 1), ("a sentence", 1)]
)
def test_statuses_are_pythons(code, status):
    assert status_of(SystemExit(code)) == status
