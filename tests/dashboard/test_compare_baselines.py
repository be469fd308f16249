"""Baselines beside the networks on Compare."""

import os
from pathlib import Path

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from seaice.baselines.files import baseline_path
from seaice.baselines.make import make_baseline

SET = "sar+amsr2-18-36"


@pytest.fixture
def fitted(dashboard: AppTest, make_scene, tmp_path: Path) -> AppTest:
    """The dashboard with a linear model and trees that know the charts of its scenes."""

    def informative(arrays: dict) -> None:
        steps = np.digitize(arrays["nersc_sar_primary"], (-0.7, 0, 0.7))
        for name, classes in (
            ("SIC", (0, 3, 7, 10)),
            ("SOD", (0, 0, 4, 4)),
            ("FLOE", (0, 0, 5, 5)),
        ):
            arrays[name] = np.array(classes, np.uint8)[steps]

    data, models = Path(os.environ["SEAICE_DATA"]), Path(os.environ["SEAICE_MODELS"])
    make_scene(folder=data, simulated=1, change=informative)
    for kind in ("linear", "trees"):
        make_baseline(kind, SET, data, baseline_path(models, kind, SET, windows=False))
    return dashboard


def test_a_network_below_the_linear_model_is_marked(fitted: AppTest):
    app = fitted.run()
    assert not app.exception
    table = app.table[0].value
    assert list(table.columns[2:]) == ["All water", "Per-pixel linear model", "Meaning"]
    marks = table.loc["Against the linear model"]
    assert all("below the per-pixel linear model" in marks.iloc[i] for i in (0, 1))
    assert float(table.loc["SOD F1", "Per-pixel linear model"]) > 80
    app.toggle(key="all_baselines").set_value(True).run()
    # The truth of these scenes is not known, and no column says otherwise.
    assert list(app.table[0].value.columns[3:]) == [
        "Per-pixel linear model",
        "Boosted trees",
        "Meaning",
    ]


def test_a_damaged_baseline_is_no_column(dashboard: AppTest):
    path = baseline_path(Path(os.environ["SEAICE_MODELS"]), "linear", SET, windows=False)
    path.parent.mkdir()
    path.write_bytes(b"damaged")
    app = dashboard.run()
    assert not app.exception
    assert list(app.table[0].value.columns[2:]) == ["All water", "Meaning"]
    assert "Against the linear model" not in app.table[0].value.index
