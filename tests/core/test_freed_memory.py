"""Freed memory: what stays, and what goes back."""

import subprocess
import sys

import psutil
import pytest

from seaice.core.freed_memory import give_back_freed_memory

_FAULTS = """
import resource, sys
import numpy as np
from contextlib import nullcontext
from seaice.core.freed_memory import freed_memory_given_back, keep_freed_memory
kind = sys.argv[1]
if kind != "plain":
    keep_freed_memory()
if kind == "kept again":
    with freed_memory_given_back():
        np.ones(2**24)
with freed_memory_given_back() if kind == "given back" else nullcontext():
    np.ones(2**24)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
    for _ in range(3):
        np.ones(2**24)  # 128 MiB
    print(resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before)
"""


def _faults(kind: str) -> int:
    done = subprocess.run(
        [sys.executable, "-c", _FAULTS, kind], capture_output=True, text=True, check=True
    )
    return int(done.stdout)


@pytest.mark.skipif(sys.platform != "linux", reason="glibc's")
def test_a_large_array_gets_the_pages_of_the_one_before():
    plain = _faults("plain")
    assert _faults("kept") < 0.1 * plain
    assert _faults("given back") > 0.9 * plain
    assert _faults("kept again") < 0.1 * plain


@pytest.mark.skipif(sys.platform != "linux", reason="glibc's")
def test_what_glibc_keeps_goes_back_to_the_system():
    # Too small for mappings of their own, and below what stays: the heap cannot shrink by itself.
    blocks = [bytearray(b"x" * 100_000) for _ in range(1000)]
    above = [bytearray(b"x" * 100_000) for _ in range(10)]
    del blocks
    held = psutil.Process().memory_info().rss
    give_back_freed_memory()
    assert psutil.Process().memory_info().rss < held - 50e6
    assert above
