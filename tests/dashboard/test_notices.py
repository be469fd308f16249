"""What is implausible about a scene's file stands above its maps, once."""

from collections.abc import Callable
from pathlib import Path

import netCDF4
import pytest
from streamlit.testing.v1 import AppTest

from seaice.ai4arctic.channels import SIGMA0
from seaice.ai4arctic.layout import unscale

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
