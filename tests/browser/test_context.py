"""A tiny sweep on Context: ticked, trained, seen to fill, reloaded, and reported."""

import os
import re
import signal
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pandas as pd
import pytest
from dashboard import Watch, running_dashboard, settle
from playwright.sync_api import Browser, Page, expect

from seaice.core.cache import cache_folder
from seaice.experiment.sweep.folder import Sweep, sweep_folder, write_sweep
from seaice.experiment.sweep.plan_values import plan_of
from seaice.experiment.sweep.start import pause_sweep
from seaice.experiment.table import read_table
from seaice.training.runs.folder import list_runs
from seaice.training.runs.status import read_status
from seaice.training.start import cancel

pytestmark = [pytest.mark.browser, pytest.mark.timeout(1500)]

# However slow the machine is: three processes import torch, one after another.
_SLOW_MS = 600_000
_END_S = 60
_SMALL = {"patch": 64, "batch": 1, "width": 8, "steps": 3, "validate_every": 3}


@pytest.fixture
def sweep(tmp_path: Path, make_scene, monkeypatch: pytest.MonkeyPatch) -> Iterator[Sweep]:
    """A sweep of one cell that nothing works on yet; nothing does so after the test either."""
    for number in range(1, 4):
        name = f"2018032{number}T194759_dmi_prep.nc"
        make_scene(folder=tmp_path / "data", name=name, seed=number)
        if number < 3:
            make_scene(folder=tmp_path / "test", name=name, seed=10 + number)
    (tmp_path / "models").mkdir()
    # Its runs wait for no others, and for the opened files of none.
    monkeypatch.setenv("SEAICE_CACHE", str(tmp_path / "cache"))
    assert cache_folder() == tmp_path / "cache"
    plan = plan_of(
        {
            "only": ["sar:none"],
            "settings": {"data": str(tmp_path / "data"), **_SMALL},
            "test": str(tmp_path / "test"),
        },
        "x",
    )
    made = Sweep(sweep_folder(tmp_path / "runs", "tiny"), plan, {})
    made.folder.path.mkdir(parents=True)
    write_sweep(made)
    yield made
    _end(made)


def _end(sweep: Sweep) -> None:
    deadline = time.monotonic() + _END_S
    while sweep.folder.alive() and time.monotonic() < deadline:
        pause_sweep(sweep.folder)
        time.sleep(0.2)
    for run in list_runs(sweep.folder.runs):
        while run.alive():
            cancel(run)
            if time.monotonic() > deadline:
                os.kill(read_status(run).pid, signal.SIGKILL)
            time.sleep(0.2)


def matrix(page: Page):
    return page.locator(".st-key-context_matrix")


def bar(page: Page):
    return page.locator(".st-key-sweep_bar_tiny")


def test_a_sweep_is_ticked_trained_seen_to_fill_reloaded_and_reported(
    browser: Browser, sweep: Sweep, tmp_path: Path, seaice: Callable[..., tuple]
):
    folders = tmp_path / "data", tmp_path / "models", tmp_path / "runs"
    with running_dashboard(*folders) as url:
        page = browser.new_context(viewport={"width": 1280, "height": 720}).new_page()
        page.set_default_timeout(_SLOW_MS)
        watch = Watch(page)
        page.goto(f"{url}/?sweep=tiny")
        settle(page)
        expect(matrix(page).get_by_text("waiting")).to_have_count(1)
        page.get_by_role("button", name="sar · 1-2-3 · 1.6-4.8 km", exact=True).click()
        page.get_by_role("button", name="Train 1 network").click()
        # Both cells wait; then the control has its score, before the other one is trained.
        expect(bar(page)).to_contain_text("0 of 2 cells", timeout=_SLOW_MS)
        expect(matrix(page).get_by_text(re.compile("^control "))).to_be_visible(timeout=_SLOW_MS)
        page.reload()
        expect(matrix(page).get_by_text(re.compile("^control "))).to_be_visible(timeout=_SLOW_MS)
        assert "sweep=tiny" in page.url
        # The last score comes by itself, and the bar goes with the sweep's end.
        expect(matrix(page).get_by_text(re.compile(r" · 1$"))).to_be_visible(timeout=_SLOW_MS)
        expect(bar(page)).to_have_count(0, timeout=_SLOW_MS)
        assert [watch.foreign, watch.errors] == [[], []]
    table = read_table(sweep.folder.path / "scores.parquet", kind="network", stratum="all")
    assert set(table["rates"]) == {"none", "1-2-3"}
    report = tmp_path / "report"
    status, written, _ = seaice("report", "tiny", "--runs", folders[2], "--out", report)
    assert (status, set(written.split())) == (0, {str(each) for each in report.iterdir()})
    # The cell that was ticked is in the files, with a score and a gain on the control.
    scores = pd.read_csv(report / "scores.csv", comment="#").set_index("rates")
    assert set(scores.index) == {"none", "1-2-3"}
    assert scores.loc["1-2-3", ["score", "from_control"]].notna().all(axis=None)
    # The page of the dashboard complains that its server has gone.
    page = page.context.new_page()
    watch = Watch(page)
    page.goto((report / "report.html").as_uri())
    expect(page.locator(".js-plotly-plot .main-svg").first).to_be_visible()
    expect(page.locator("svg").get_by_text(re.compile(r" · 1$")).first).to_be_visible()
    assert watch.errors == []
    page.context.close()


def test_a_point_opens_its_network_beside_the_control(page: Page):
    page.get_by_role("link", name="Context").click()
    settle(page)
    points = page.locator(".st-key-context_fields .scatterlayer .trace").first.locator(
        ".points path"
    )
    # SAR alone with 6-12-18: the third of the first line.
    box = points.nth(2).bounding_box()
    assert box is not None
    page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    expect(page.get_by_role("heading", name="Compare atrous rates")).to_be_visible()
    settle(page)
    assert "channels=sar&" in page.url
    assert "rates=none+6-12-18" in page.url
    # Two steps: the page adds to its address what it shows.
    for _ in range(2):
        page.go_back()
        settle(page)
    expect(page.get_by_role("heading", name="How far should the network look?")).to_be_visible()
