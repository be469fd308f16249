"""Curves of one run and of several, and the settings in which they differ."""

import base64
import json
import math
from dataclasses import replace

import numpy as np
import pytest

from seaice.dashboard.training.comparison import differences
from seaice.dashboard.training.measurements import run_metrics
from seaice.dashboard.training.words import run_labels
from seaice.training.runs.listing import inspect_run
from seaice.training.runs.metrics import STEP, append_metrics


def decoded(values: object) -> list[float]:
    """An array as Plotly's JSON holds it."""
    if isinstance(values, list):
        return [math.nan if value is None else value for value in values]
    return np.frombuffer(base64.b64decode(values["bdata"]), values["dtype"]).tolist()


def test_curves_show_what_was_measured(page, make_run):
    folder = make_run(step=30)
    losses, scores = page.run().curves
    assert [each["name"] for each in losses if "name" in each] == ["total", "SIC", "SOD", "FLOE"]
    assert [each["name"] for each in scores] == ["combined", "SIC", "SOD", "FLOE"]
    assert decoded(losses[0]["x"]) == list(range(1, 31))
    assert decoded(losses[0]["y"]) == pytest.approx([8 / step for step in range(1, 31)])
    assert decoded(scores[0]["x"]) == [10, 20, 30]
    assert decoded(scores[0]["y"]) == [10.5, 20.5, 30.5]
    assert all(value != value for value in decoded(scores[3]["y"]))
    append_metrics(folder, STEP, {"step": 31, "loss": 99.0})
    assert decoded(page.run().curves[0][0]["y"])[-1] == 99


def test_curves_can_be_frozen_while_a_run_continues(page, make_run):
    folder = make_run("running", step=12)
    page.run()
    page.app.toggle(key="curves_live").set_value(False)
    before = page.run().curves
    for step in range(13, 25):
        append_metrics(folder, STEP, {"step": step, "loss": 1.0})
    assert page.run().curves == before
    page.app.toggle(key="curves_live").set_value(True)
    assert decoded(page.run().curves[0][0]["x"])[-1] == 24


def test_metrics_are_read_again_only_when_they_have_changed(make_run):
    folder = make_run(step=3)
    first = run_metrics(inspect_run(folder))
    assert run_metrics(inspect_run(folder)) is first
    append_metrics(folder, STEP, {"step": 4, "loss": 1.0})
    assert len(run_metrics(inspect_run(folder)).steps) == 4


def test_only_settings_that_differ_are_compared(make_run):
    runs = [
        inspect_run(make_run(rates=(1, 2), learning_rate=1e-3)),
        inspect_run(make_run(rates=(), learning_rate=1e-3, seed=7)),
    ]
    table = differences(runs)
    assert table.index.tolist() == ["Atrous rates", "Seed", "Reach of the rates"]
    assert [value.replace("\\", "") for value in table.loc["Atrous rates"]] == ["1-2", "none"]
    assert table.loc["Seed"].tolist() == ["0", "7"]
    assert [name.replace("\\", "") for name in table.columns] == [
        "1-2 · 1.6-3.2 km · sar",
        "none · encoder alone · sar",
    ]


def test_a_setting_that_an_older_configuration_lacks_has_its_default(make_run):
    old, new = make_run(), make_run(patience=3)
    values = json.loads(old.config_file.read_text())
    del values["patience"]
    old.config_file.write_text(json.dumps(values))
    table = differences([inspect_run(old), inspect_run(new)])
    assert table.loc["Patience"].tolist() == ["4", "3"]
    assert len(table) == 1


def test_labels_tell_runs_apart(make_run):
    one, other = (inspect_run(make_run(seed=seed)) for seed in (1, 2))
    assert run_labels([one, other]) == [
        "1-2 · 1.6-3.2 km · sar · seed 1",
        "1-2 · 1.6-3.2 km · sar · seed 2",
    ]
    again = inspect_run(make_run(seed=1))
    assert run_labels([one, again]) == [one.name, again.name]
    assert run_labels([replace(one, config=None), other]) == [one.name, other.name]


def test_selected_runs_are_overlaid(page, make_run):
    names = ["20200101T000000_a", "20210101T000000_b"]
    make_run(step=20, name=names[0])
    make_run("cancelled", step=10, rates=(3,), name=names[1])
    page.app.session_state["selected_runs"] = names
    page.run()
    assert "2 runs compared" in [each.value for each in page.app.subheader]
    losses, scores = page.curves
    assert [each["name"] for each in scores] == ["3 · 5 km · sar", "1-2 · 1.6-3.2 km · sar"]
    assert decoded(losses[1]["x"])[-1] == 20
    assert page.app.table[0].value.index.tolist() == ["Atrous rates", "Reach of the rates"]
    page.app.segmented_control(key="compared_task").set_value("SIC")
    losses, scores = page.run().curves
    assert decoded(scores[1]["y"]) == [11, 21]
    assert set(decoded(losses[0]["y"])) == {16}
