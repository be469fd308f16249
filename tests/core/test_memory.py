"""How much memory a computation may use, on a machine and in a container."""

from pathlib import Path

import pytest
import torch

from seaice.core import memory
from seaice.core.errors import ConfigError
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


@pytest.mark.parametrize(
    ("named", "budget"), [("0.25", 256), ("3", 3072), ("100", 8192), ("", 1024)]
)
def test_a_budget_can_be_named_and_no_more_than_is_free_is_taken(
    container, monkeypatch, named: str, budget: int
):
    monkeypatch.setenv("SEAICE_MEMORY", named)
    assert memory_budget(CPU) == budget * MIB


@pytest.mark.parametrize("named", ["0", "-1", "nan", "inf", "2 GiB", "half"])
def test_another_value_than_a_positive_number_is_refused_in_a_sentence(
    container, monkeypatch, named: str
):
    monkeypatch.setenv("SEAICE_MEMORY", named)
    with pytest.raises(ConfigError, match=f"^SEAICE_MEMORY is '{named}'. It is the memory"):
        memory_budget(CPU)
