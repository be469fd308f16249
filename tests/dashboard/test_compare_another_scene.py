"""What Compare says while it computes another scene, and where that fails."""

from contextlib import nullcontext

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from seaice.core.errors import SceneError
from seaice.dashboard import cached
from seaice.dashboard.compare import former
from seaice.dashboard.text import plain

SECOND = "20200101T000000_cis"


def covers(app: AppTest) -> list[str]:
    return [each.proto.body for each in app.get("html") if "Predicting" in each.proto.body]


def test_every_spinner_of_a_scene_names_it(dashboard: AppTest, monkeypatch: pytest.MonkeyPatch):
    said: list[str] = []
    monkeypatch.setattr(st, "spinner", lambda text: said.append(text) or nullcontext())
    app = dashboard.run()
    assert not app.exception
    said.clear()
    app.selectbox(key="scene").set_value(SECOND).run()
    assert not app.exception
    named = [text for text in said if plain("2020-01-01 00:00") in text]
    assert [text.split()[0] for text in named[:3]] == ["Predicting", "Predicting", "Computing"]
    assert {text.split()[0] for text in named[3:]} == {"Scoring"}
    assert named[1].endswith("with rates 6-12-18 · 19-58 km (2 of 2) ...")


def test_what_needs_no_network_is_shown_before_the_predictions(
    dashboard: AppTest, monkeypatch: pytest.MonkeyPatch
):
    done: list[str] = []
    predict = cached.prediction
    monkeypatch.setattr(cached, "prediction", lambda *a: done.append("predicted") or predict(*a))
    figure = former._figure
    monkeypatch.setattr(former, "_figure", lambda *a: done.append(a[0]) or figure(*a))
    app = dashboard.run()
    assert not app.exception
    assert done == ["Sentinel-1 HH", "Ice chart SOD", "predicted", "predicted"]
    done.clear()
    app.run()
    assert done == ["predicted", "predicted"]
    app.selectbox(key="scene").set_value(SECOND).run()
    assert done[2:4] == ["Sentinel-1 HH", "Ice chart SOD"]


def test_a_scene_that_cannot_be_predicted_leaves_no_word_of_it(
    dashboard: AppTest, monkeypatch: pytest.MonkeyPatch
):
    app = dashboard.run()
    assert covers(app) == []

    def fail(scene: object, file: object) -> None:
        raise SceneError("x.nc", "is broken")

    monkeypatch.setattr(cached, "prediction", fail)
    app.selectbox(key="scene").set_value(SECOND).run()
    assert "is broken" in app.error[0].value
    assert covers(app) == []
