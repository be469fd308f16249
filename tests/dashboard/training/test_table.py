"""The table of runs, and which runs are selected."""

import json
import math

import pandas as pd
import pytest

from seaice.dashboard.training.table import table_of
from seaice.training.runs.listing import delete_run, inspect_run, inspect_runs


def test_the_table_lists_every_run_the_newest_first(page, make_run, set_status):
    old = make_run(step=40, name="20200101T000000_old", data="scenes/of/mine")
    set_status(old, checkpoint="/models/sar_1-2_seed0.safetensors", simulated=True)
    make_run("cancelled", step=10, name="20210101T000000_new", rates=(6, 12, 18))
    page.run()
    assert page.listed == ["20210101T000000_new", "20200101T000000_old"]
    # Without a live run, the newest is selected.
    assert page.selected == ["20210101T000000_new"]
    new, old_row = (page.table.iloc[row] for row in (0, 1))
    assert (new["State"], old_row["State"]) == ("cancelled", "finished")
    assert (new["Rates"], old_row["Rates"]) == ("6-12-18", "1-2")
    assert (new["Reach"], old_row["Reach"]) == ("10-29 km", "1.6-3.2 km")
    assert new["Channel set"] == "sar"
    assert (new["Progress"], old_row["Progress"]) == (25, 100)
    # Of the best validation, which is the last.
    assert (old_row["Combined"], old_row["SIC"], old_row["SOD"]) == (40.5, 41, 50)
    assert math.isnan(old_row["FLOE"])
    assert f"{old_row['Started (UTC)']:%Y-%m-%d %H:%M}" == "2020-09-13 12:26"
    # 40 steps of 1.5 s and 4 validations of 3 s.
    assert old_row["Time (min)"] == pytest.approx(72 / 60)
    assert old_row["Data folder"] == "scenes/of/mine"
    assert (new["Simulated"], old_row["Simulated"]) == ("no", "yes")
    assert (new["Checkpoint"], old_row["Checkpoint"]) == ("", "sar_1-2_seed0")
    columns = json.loads(page.app.dataframe[0].proto.columns)
    for name in page.table.columns:
        assert columns[name]["help"], name


def test_what_is_unknown_is_blank(make_run, set_status):
    folder = make_run("failed")
    set_status(folder, scenes=0, begun=0.0)
    row = table_of([inspect_run(folder)]).iloc[0]
    assert pd.isna(row[["Combined", "Started (UTC)", "Time (min)"]]).all()
    assert row["Simulated"] == ""


def test_the_running_one_is_selected_unless_you_select_another(page, make_run, set_status):
    make_run("waiting", name="20230101T000000_waits")
    running = make_run("running", step=10, name="20220101T000000_runs")
    make_run(name="20240101T000000_newest")
    set_status(running, seconds_left=130.0, message="validating, 40 s left")
    page.run()
    assert page.selected == ["20220101T000000_runs"]
    assert page.bar == "Running: step 10 of 40 · validating, 40 s left · run: about 2 min left"
    assert set(page.buttons) == {"cancel"}
    page.app.session_state["selected_runs"] = ["20240101T000000_newest"]
    assert page.run().selected == ["20240101T000000_newest"]


def test_a_run_that_ends_stays_selected(page, make_run, set_status, monkeypatch):
    """It ends between the page's two reads of the runs, as in the seconds after them."""
    watched = make_run("running", step=5, name="20220101T000000_runs")
    make_run(name="20240101T000000_newest")
    assert set(page.run().buttons) == {"cancel"}
    reads = []

    def read(runs) -> list:
        reads.append(runs)
        if len(reads) == 2:
            set_status(watched, state="cancelled")
        return inspect_runs(runs)

    monkeypatch.setattr("seaice.training.runs.listing.inspect_runs", read)
    page.run()
    # Twice more: the whole page is drawn again, once.
    assert len(reads) == 4
    assert page.selected == [watched.name]
    assert set(page.buttons) == {"resume", "delete"}


def test_it_stays_selected_if_another_part_of_the_page_saw_its_end_first(
    page, make_run, set_status
):
    watched = make_run("running", name="20220101T000000_runs")
    make_run(name="20240101T000000_newest")
    page.run()
    set_status(watched, state="finished")
    assert page.run().selected == [watched.name]
    assert page.run().selected == [watched.name]
    make_run("running", name="20250101T000000_starts")
    assert page.run().selected == ["20250101T000000_starts"]


def test_a_deleted_run_is_no_longer_selected(page, make_run):
    names = [f"2020010{day}T000000_x" for day in (1, 2)]
    first, _ = [make_run(name=name) for name in names]
    page.app.session_state["selected_runs"] = names
    page.run()
    delete_run(first)
    assert page.run().selected == [names[1]]
