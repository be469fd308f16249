"""What the server does before its first page: it makes way for a page that somebody asks for."""

import subprocess
import sys
from collections.abc import Iterator
from unittest.mock import Mock

import pytest
import streamlit as st

from seaice.dashboard import navigation, warmup
from seaice.dashboard.context import sweeps


@pytest.fixture
def steps(monkeypatch) -> Iterator[list[int]]:
    """Numbers of those four steps that were computed."""
    done: list[int] = []

    def compute_first() -> Iterator[None]:
        for number in range(4):
            done.append(number)
            yield

    monkeypatch.setattr(sweeps, "compute_first", compute_first)
    monkeypatch.setattr(warmup, "_HEAVY", ())
    monkeypatch.setattr(warmup, "_LONGEST_S", 0.0)
    monkeypatch.setattr(warmup.gc, "freeze", lambda: None)
    warmup._goes_on.clear()
    yield done
    warmup._goes_on.clear()


def test_the_first_page_is_computed_while_nobody_asks_for_another(steps):
    warmup._warm_up()
    assert steps == [0, 1, 2, 3]


def test_another_page_that_is_asked_for_does_not_wait_for_the_first(steps):
    warmup.go_on()
    warmup._warm_up()
    assert steps == [0]


@pytest.mark.parametrize(("asked", "goes_on"), [("context", False), ("help", True)])
def test_only_another_page_than_the_first_is_asked_for(asked, goes_on, steps, monkeypatch):
    pages = {name: Mock(name=name) for name in ("context", "compare", "help")}
    monkeypatch.setattr(st, "navigation", lambda _: pages[asked])
    pages[asked].run = lambda: steps.append(warmup._goes_on.is_set())
    navigation.run(pages)
    assert steps == [goes_on]


def test_compare_is_drawn_without_what_only_trainings_and_heatmaps_need():
    modules = "seaice.dashboard.compare.map_section, seaice.dashboard.sidebar.selection"
    late = "{'lightning', 'pytorch_grad_cam', 'sklearn'}"
    code = f"import sys, {modules}; print(sorted({late} & set(sys.modules)))"
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert found.stdout == "[]\n", found.stderr
