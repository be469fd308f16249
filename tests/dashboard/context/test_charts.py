"""Charts are drawn once for the same values."""

import json
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import plotly.graph_objects as go
import pytest

from seaice.dashboard.context.charts import chart


@dataclass(frozen=True)
class _Line:
    scores: np.ndarray
    seeds: dict[int, float]


drawn: list[str] = []


def _lines(lines: Sequence[_Line], title: str, *, dark: bool) -> go.Figure:
    drawn.append(title)
    return go.Figure([go.Scatter(y=each.scores) for each in lines], {"title": {"text": title}})


def _bars(lines: Sequence[_Line], title: str, *, dark: bool) -> go.Figure:
    return go.Figure([go.Bar(y=each.scores) for each in lines])


def line(score: float = 3.0, seed: float = 1.0) -> _Line:
    return _Line(np.array([1.0, score, np.nan]), {0: seed})


@pytest.fixture(autouse=True)
def nothing_drawn() -> None:
    drawn.clear()


def test_the_same_values_are_drawn_once():
    sent = [chart(_lines, [line()], "once", dark=False) for _ in range(2)]
    assert drawn == ["once"]
    assert sent[0] == sent[1]
    assert json.loads(sent[0].text)["layout"]["title"]["text"] == "once"


def test_whatever_differs_is_drawn_anew():
    chart(_lines, [line()], "first", dark=False)
    chart(_lines, [line()], "second", dark=False)
    chart(_lines, [line()], "second", dark=True)
    chart(_lines, [line(score=3.5)], "second", dark=True)
    chart(_lines, [line(seed=1.5)], "second", dark=True)
    chart(_lines, [line(), line()], "second", dark=True)
    assert drawn == ["first", *["second"] * 5]


def test_each_function_draws_its_own():
    both = [chart(draw, [line()], "same", dark=False) for draw in (_lines, _bars)]
    types = [json.loads(each.text)["data"][0]["type"] for each in both]
    assert types == ["scatter", "bar"]
