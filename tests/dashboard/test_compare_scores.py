"""What Compare says beside its scores."""

import os
from pathlib import Path

import numpy as np
from streamlit.testing.v1 import AppTest

from seaice.ai4arctic.charts import FILL


def test_scores_of_a_chart_whose_concentration_hardly_varies_are_explained(
    dashboard: AppTest, make_scene
):
    def nearly_one_class(arrays: dict) -> None:
        sic = arrays["SIC"]
        arrays["SIC"] = np.where((sic == FILL) | (sic == 10), sic, 9).astype(np.uint8)

    name = "20210101T000000_dmi"
    make_scene(
        folder=Path(os.environ["SEAICE_DATA"]), name=f"{name}_prep.nc", change=nearly_one_class
    )
    app = dashboard.run()
    assert not any("hardly varies" in each.value for each in app.info)
    app.selectbox(key="scene").set_value(name).run()
    assert not app.exception
    (said,) = (each.value for each in app.info if "hardly varies" in each.value)
    assert "percentage points" in said
