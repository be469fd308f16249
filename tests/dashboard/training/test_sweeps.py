"""The sweeps of the page Training."""

from pathlib import Path

import pytest

from seaice.core.folders import runs_folder
from seaice.experiment.sweep.folder import Sweep, sweep_folder, write_sweep
from seaice.experiment.sweep.plan_values import plan_of
from seaice.training.runs.folder import RunFolder
from seaice.training.runs.lock import hold


@pytest.fixture
def sweep(make_run) -> Sweep:
    """A sweep of three cells, one of them begun."""
    run = make_run("running")
    plan = plan_of({"rates": ["none", "1-2-3", "3-6-9"], "channels": ["sar"]}, "x")
    sweep = Sweep(sweep_folder(runs_folder(), "mine"), plan, {"sar_none_seed0": run.name})
    write_sweep(sweep)
    return sweep


def test_a_sweep_shows_its_progress_its_matrix_and_how_to_go_on(page, sweep, monkeypatch):
    page.run()
    (bar,) = [each for each in page.app.get("progress") if "Sweep mine" in each.proto.text]
    assert bar.proto.text.replace("\\", "").startswith("Sweep mine: 0 of 3 cells")
    (expander,) = [each for each in page.app.expander if each.label.startswith("Finished seeds")]
    assert expander.table[0].value["sar"].to_dict() == dict.fromkeys(
        ("none · encoder alone", "1-2-3 · 1.6-4.8 km", "3-6-9 · 5-14 km"), "0 of 1"
    )
    assert expander.code[0].value == "seaice sweep mine"
    started = []
    monkeypatch.setattr(
        "seaice.dashboard.sweep_progress.start_sweep", lambda each, models: started.append(each)
    )
    page.app.button(key="sweep_go_on_mine").click().run()
    assert [each.folder.name for each in started] == ["mine"]
    lock = hold(sweep.folder.lock_file)
    try:
        page.run()
        page.app.button(key="sweep_pause_mine").click().run()
        assert sweep.folder.stop_file.exists()
        assert page.app.button(key="sweep_pause_mine").disabled
    finally:
        lock.release()


def test_the_time_left_and_what_is_trained_are_told_while_it_is_worked_on(page, sweep, set_status):
    (name,) = sweep.runs.values()
    set_status(RunFolder(runs_folder() / name), step=20, seconds_left=200.0)
    # What the running cell needs, and twice as long for each of the two others.
    left = " · 17 min left · sar_none_seed0"
    page.run()
    assert text_of_bar(page) == "Sweep mine: 0 of 3 cells"
    lock = hold(sweep.folder.lock_file)
    try:
        page.run()
        assert text_of_bar(page) == f"Sweep mine: 0 of 3 cells{left}"
    finally:
        lock.release()


def text_of_bar(page) -> str:
    (bar,) = [each for each in page.app.get("progress") if "Sweep mine" in each.proto.text]
    return bar.proto.text.replace("\\", "")


def test_a_damaged_sweep_is_a_sentence_and_the_runs_are_shown(page, sweep: Sweep):
    Path(sweep.folder.file).write_text("{")
    page.run()
    assert "is damaged" in page.app.warning[0].value
    assert len(page.listed) == 1
