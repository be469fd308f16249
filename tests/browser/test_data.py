"""What the archive's files come as, opened in the dashboard: raw, a reference apart, no chart."""

import re
import shutil
from pathlib import Path

import pytest
import xarray as xr
from dashboard import settle
from playwright.sync_api import Page, expect

from seaice.ai4arctic.charts import CHARTS
from seaice.simulate import simulate_folder

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A raw scene, one whose charts lie beside it, and one without; by year 2019, 2020, 2021."""
    made, folder = tmp_path_factory.mktemp("made"), tmp_path_factory.mktemp("archive")
    simulate_folder(made, 3, 5, spacing_m=1000, lines=120, samples=128, raw=True)
    raws = sorted(path for path in made.iterdir() if not path.name.endswith("_prep.nc"))
    raw = re.sub(r"_\d{8}T", "_20190301T", raws[0].name)
    shutil.copy(raws[0], folder / raw)
    ready = sorted(made.glob("*_prep.nc"))
    for path, name in zip(ready[1:], ("20200301T000000_dmi", "20210301T000000_cis"), strict=True):
        with xr.open_dataset(path, decode_cf=False) as scene:
            scene.drop_vars(CHARTS).to_netcdf(folder / f"{name}_prep.nc")
            if name.endswith("dmi"):
                scene[list(CHARTS)].to_netcdf(folder / f"{name}_prep_reference.nc")
    return folder


@pytest.fixture
def archive(page: Page, files: Path) -> Page:
    """Compare, on that folder."""
    field = page.get_by_role("textbox", name="Data folder")
    field.fill(str(files))
    field.press("Enter")
    page.get_by_role("heading", name="Compare atrous rates").wait_for()
    settle(page)
    page.get_by_role("button", name="What am I looking at?").click()
    page.get_by_text("prepared from a raw file").wait_for()
    page.keyboard.press("Escape")
    page.get_by_test_id("stPopoverBody").wait_for(state="hidden")
    return page


def choose(page: Page, year: int) -> None:
    picker = page.locator(".st-key-scene [role=combobox]")
    picker.click()
    page.get_by_role("option", name=re.compile(f"^{year}-")).click()
    settle(page)


def test_a_raw_scene_is_made_ready_and_shown(archive: Page, files: Path):
    expect(archive.locator(".js-plotly-plot").first).to_be_visible()
    expect(archive.get_by_role("table").first).to_contain_text("combined", ignore_case=True)
    assert len(list(files.iterdir())) == 4


def test_a_reference_apart_is_scored(archive: Page):
    choose(archive, 2020)
    expect(archive.locator(".js-plotly-plot").first).to_be_visible()
    expect(archive.get_by_role("table").first).to_contain_text("combined", ignore_case=True)
    archive.get_by_role("button", name="What am I looking at?").click()
    expect(archive.get_by_text("computing on").first).to_be_visible()
    assert archive.get_by_text("no reference chart").count() == 0


def test_a_scene_without_charts_is_predicted(archive: Page):
    choose(archive, 2021)
    expect(archive.locator(".js-plotly-plot").first).to_be_visible()
    archive.get_by_role("button", name="What am I looking at?").click()
    expect(archive.get_by_text("no reference chart, so no scores").first).to_be_visible()
    assert archive.get_by_text(re.compile("^combined", re.I)).count() == 0


def test_a_scene_that_is_added_or_removed_appears_or_goes(archive: Page, files: Path):
    new = files / "20220301T000000_dmi_prep.nc"
    shutil.copy(files / "20200301T000000_dmi_prep.nc", new)
    # With the next click, whatever it is.
    choose(archive, 2020)
    choose(archive, 2022)
    new.unlink()
    choose(archive, 2021)
    archive.locator(".st-key-scene [role=combobox]").click()
    expect(archive.get_by_role("option")).to_have_count(3)
