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


_MAIN = ".st-key-context_fields .js-plotly-plot"


def _of_main(page: Page, what: str) -> object:
    """Something of the figure of scores, as Plotly has it."""
    return page.evaluate(f"() => document.querySelector('{_MAIN}')._fullLayout.{what}")


@pytest.fixture
def sent(browser: Browser, address: str) -> Iterator[tuple[Page, list[object]]]:
    """A new visitor's page, and what its browser sends to the server."""
    context = browser.new_context(viewport={"width": 1280, "height": 720})
    page = context.new_page()
    page.set_default_timeout(60_000)
    frames: list[object] = []
    page.on("websocket", lambda socket: socket.on("framesent", lambda frame: frames.append(frame)))
    watch = Watch(page)
    page.goto(address)
    settle(page)
    yield page, frames
    context.close()
    assert [watch.foreign, watch.errors] == [[], []]


def test_a_visit_runs_the_page_once_and_another_width_once_more(sent: tuple[Page, list[object]]):
    page, frames = sent
    expect(page.locator(f"{_MAIN} .main-svg").first).to_be_visible()
    assert len(frames) == 1
    page.set_viewport_size({"width": 420, "height": 900})
    # A narrow window has no room for a colour bar.
    expect(matrix(page).locator(".colorbar")).to_have_count(0)
    settle(page)
    assert len(frames) == 2
    page.reload()
    settle(page)
    expect(matrix(page).locator(".main-svg").first).to_be_visible()
    expect(matrix(page).locator(".colorbar")).to_have_count(0)
    assert len(frames) == 3


def test_another_theme_changes_colours_that_the_server_chooses(sent: tuple[Page, list[object]]):
    page, frames = sent
    ink = f"() => document.querySelector('{_MAIN}')._fullData[0].line.color"
    light = page.evaluate(ink)
    page.emulate_media(color_scheme="dark")
    page.wait_for_function(f"light => ({ink})() !== light", arg=light)
    settle(page)
    assert len(frames) == 2


def test_another_task_is_seen_whole_after_a_zoom(page: Page):
    page.get_by_role("link", name="Context").click()
    settle(page)
    box = page.locator(f"{_MAIN} .nsewdrag").first.bounding_box()
    assert box is not None
    at = [
        (box["x"] + share * box["width"], box["y"] + share * box["height"]) for share in (0.2, 0.7)
    ]
    page.mouse.move(*at[0])
    page.mouse.down()
    page.mouse.move(*at[1], steps=5)
    page.mouse.up()
    page.wait_for_function(f"() => !document.querySelector('{_MAIN}')._fullLayout.yaxis.autorange")
    page.get_by_role("radio", name="SIC", exact=True).click()
    settle(page)
    assert _of_main(page, "title.text") == "Score of sea ice concentration"
    assert _of_main(page, "yaxis.autorange") is True


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
    # The page adds to its address what it shows, and yet one step leads back.
    page.go_back()
    settle(page)
    expect(page.get_by_role("heading", name="How far should the network look?")).to_be_visible()
    page.go_forward()
    settle(page)
    expect(page.get_by_role("heading", name="Compare atrous rates")).to_be_visible()
    assert "rates=none+6-12-18" in page.url
