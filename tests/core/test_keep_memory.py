"""Freed memory that stays with its process."""

import subprocess
import sys

import pytest

_FAULTS = """
import resource, sys
import numpy as np
from seaice.core.keep_memory import keep_freed_memory
if sys.argv[1] == "kept":
    keep_freed_memory()
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
    assert _faults("kept") < 0.1 * _faults("plain")
