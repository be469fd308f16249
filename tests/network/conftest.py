import subprocess
import sys
from collections.abc import Callable

import pytest


@pytest.fixture
def in_fresh_python() -> Callable[..., str]:
    """Run a program in a Python that has imported nothing yet; what it prints."""

    def run(program: str, *arguments: object) -> str:
        command = [sys.executable, "-c", program, *map(str, arguments)]
        return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()

    return run
