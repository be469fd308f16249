"""How much memory a computation may use, on a machine and in a container."""

from pathlib import Path

import pytest
import torch

from seaice.core import memory
from seaice.core.memory import memory_budget

MIB = 2**20
CPU = torch.device("cpu")


@pytest.fixture
def container(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """A container's files; the machine itself has 8 GiB free."""
    free = type("Memory", (), {"available": 8192 * MIB})
    monkeypatch.setattr(memory.psutil, "virtual_memory", lambda: free)
    monkeypatch.setattr(memory, "_CONTAINER", tmp_path)

    def limit(most: str, used: int, cached: int) -> None:
        (tmp_path / "memory.max").write_text(f"{most}\n")
        (tmp_path / "memory.current").write_text(f"{used}\n")
        (tmp_path / "memory.stat").write_text(f"anon 5\ninactive_file {cached}\n")

    return limit


def test_much_memory_is_not_all_used(container):
    assert memory_budget(CPU) == 1024 * MIB


def test_a_container_leaves_less_than_the_machine_has(container):
    container(str(1000 * MIB), 600 * MIB, 0)
    assert memory_budget(CPU) == 200 * MIB


def test_files_in_memory_are_free(container):
    container(str(1000 * MIB), 1000 * MIB, 800 * MIB)
    assert memory_budget(CPU) == 400 * MIB


def test_a_full_container_leaves_nothing(container):
    container(str(1000 * MIB), 1010 * MIB, 0)
    assert memory_budget(CPU) == 0


def test_a_container_without_a_limit_is_no_limit(container):
    container("max", 600 * MIB, 0)
    assert memory_budget(CPU) == 1024 * MIB
