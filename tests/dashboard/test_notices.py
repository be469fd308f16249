"""What is implausible about a scene's file stands above its maps, once."""

import os
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import cast

import netCDF4
import pytest
from streamlit.testing.v1 import AppTest

from seaice.ai4arctic.channels import SIGMA0
from seaice.ai4arctic.layout import unscale
from seaice.dashboard.compare.results import NetworkResult, _notices

SceneWriter = Callable[..., Path]


@pytest.mark.parametrize("page", ["pages/compare.py", "pages/scenes.py"])
def test_values_in_other_units(
    dashboard: AppTest,
    make_scene: SceneWriter,
    texts: Callable[[AppTest], str],
    tmp_path: Path,
    page: str,
) -> None:
    def change(arrays: dict) -> None:
        for name in SIGMA0:
            arrays[name][:, 16:] = unscale(name, arrays[name][:, 16:])

    make_scene(folder=tmp_path / "data", change=change)
    words = "values look as if they were never scaled"
    app = dashboard.switch_page(page).run()
    assert not app.exception
    assert texts(app).count(words) == 1
    assert f"20180325T194759_dmi_prep.nc: {SIGMA0[0]} (median" in texts(app)
    app.selectbox(key="scene").set_value("20200101T000000_cis").run()
    assert words not in texts(app)


def test_scenes_in_the_south_are_counted_beside_the_map(
    dashboard: AppTest, make_scene: SceneWriter, texts: Callable[[AppTest], str], tmp_path: Path
) -> None:
    def change(arrays: dict) -> None:
        arrays["sar_grid2d_latitude"] *= -1

    make_scene(folder=tmp_path / "data", change=change)
    app = dashboard.switch_page("pages/scenes.py").run()
    assert not app.exception
    assert "1 scene not on this map: in the south" in texts(app)


def test_other_polarisations_are_refused(
    dashboard: AppTest, make_scene: SceneWriter, texts: Callable[[AppTest], str], tmp_path: Path
) -> None:
    path = make_scene(folder=tmp_path / "data")
    with netCDF4.Dataset(path, "a") as file:
        for name, polarisation in zip(SIGMA0, ("VV", "VH"), strict=True):
            file[name].polarisation = polarisation
    app = dashboard.run()
    assert not app.exception
    assert len(app.error) == 1
    assert f"lacks HH ({SIGMA0[0]} holds VV)" in app.error[0].value.replace("\\", "")
    assert texts(app).count("but networks are trained on HH and HV") == 1


def noticed(label: str, outside: str, before: str = "") -> NetworkResult:
    notice = " ".join(filter(None, (before, outside)))
    prediction = SimpleNamespace(notice=notice, range_notice=outside)
    return cast(NetworkResult, SimpleNamespace(label=label, prediction=prediction))


def test_networks_that_notice_the_same_say_it_once() -> None:
    """Each archive's networks have their own sample of it, so figures differ by little."""
    bright = "HH of water is 1.8 dB brighter than in any of them."
    alike = [noticed("1-2", bright), noticed("3-6", bright.replace("1.8", "1.7"))]
    assert _notices(alike) == [bright]
    assert _notices([*alike, noticed("none", "")]) == [f"Rates 1-2, 3-6: {bright}"]
    other = bright.replace("HH", "HV")
    assert _notices([*alike, noticed("none", other)])[1] == f"Rates none: {other}"


def test_notices_of_other_channels_or_spacings_are_not_the_same() -> None:
    """Figures in names and sizes tell them apart, and only the amount does not."""
    warm = "18.7 GHz H of ice is 5.0 K warmer than in any of them."
    other = "36.5 GHz H of ice is 3.0 K warmer than in any of them."
    assert len(_notices([noticed("1-2", warm), noticed("3-6", other)])) == 2
    fine, coarse = (f"The checkpoint's {size} m are not a multiple." for size in (300, 700))
    assert len(_notices([noticed("1-2", "", fine), noticed("3-6", "", coarse)])) == 2
    assert _notices([noticed("1-2", "", fine), noticed("3-6", "", fine)]) == [fine]
    less = warm.replace("5.0", "4.8")
    assert len(_notices([noticed("1-2", warm, fine), noticed("3-6", less, fine)])) == 1


@pytest.mark.parametrize("page", ["pages/compare.py", "pages/scenes.py"])
def test_a_file_whose_name_is_no_text_is_left_out_and_named(
    dashboard, make_scene, texts, tmp_path, page
):
    """As on disks that were written in Latin-1: a browser cannot be told its name."""
    name = os.fsdecode("20190101T000000_dmi_Grön_prep.nc".encode("latin-1"))
    made = make_scene(folder=tmp_path / "data", name="20190101T000000_dmi_prep.nc", seed=3)
    scene = made.rename(made.with_name(name))
    damaged = scene.with_name(name.replace("2019", "2018"))
    damaged.write_bytes(b"no scene")
    app = dashboard.switch_page(page).run()
    assert not app.exception
    assert "2 usable scenes" in texts(app) or page != "pages/scenes.py"
    assert texts(app).count("its name is not valid UTF-8, so pages cannot show it") == 1
    for path in tmp_path.glob("data/20*"):
        if path not in (scene, damaged):
            path.unlink()
    app.run()
    assert not app.exception
    assert "its name is not valid UTF-8" in texts(app)
