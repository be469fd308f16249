"""The context curve finds the distance of a simulated cue from afar."""

import numpy as np
import pytest
from scipy.ndimage import distance_transform_edt

from seaice.ai4arctic.channels import CHANNEL_SETS, SIGMA0
from seaice.ai4arctic.charts import THIN, YOUNG
from seaice.ai4arctic.layout import unscale
from seaice.experiment.context_curve import context_curve
from seaice.experiment.context_predictors import Maps, Predictor
from seaice.experiment.context_settings import ContextSettings
from seaice.scenes.read import Inputs
from seaice.scenes.scene import Scene
from seaice.simulate import simulate_folder

DISTANCE_KM = 12.0
SPACING_M = 800.0


def knows_the_cue(within_km: float) -> Predictor:
    """A predictor that calls ice young if it sees a mark, a very bright spot, within a distance."""

    def predict(inputs: Inputs) -> Maps:
        mark = inputs.valid & (unscale(SIGMA0[1], inputs.values[1]) > -11)
        away_km = np.full(mark.shape, np.inf)
        if mark.any():
            away_km = distance_transform_edt(~mark, sampling=SPACING_M / 1000)
        stage = np.where(away_km <= within_km, YOUNG, THIN).astype(np.uint8)
        return {"SIC": np.full(mark.shape, 10, np.float32), "SOD": stage, "FLOE": stage}

    channels = CHANNEL_SETS["sar"]
    return Predictor("cue", "", "sar", channels, SPACING_M, within_km + 0.8, predict)


@pytest.mark.slow
def test_the_distance_is_found_and_who_does_not_look_so_far_stays_below(tmp_path):
    side = {"lines": 200, "samples": 200, "region": "North", "month": 3}
    paths = simulate_folder(tmp_path, 5, 3, spacing_m=SPACING_M, far_cue_km=DISTANCE_KM, **side)
    scenes = [Scene.open(path) for path in paths]
    settings = ContextSettings((2.4, 4.8, 6.4, 8.0, 9.6, 11.2, 12.8, 14.4), shuffles=6)
    sees, sees_not = (
        context_curve(knows_the_cue(within_km), scenes, settings) for within_km in (13.0, 6.0)
    )
    used = sees.used(task="SOD")
    assert DISTANCE_KM / 1.5 < used.low <= used.km <= used.high < 1.5 * DISTANCE_KM
    # Most of a scene is no ring, and this predictor knows nothing else: both score little.
    whole, short = (curve.points(task="SOD")[-1].score for curve in (sees, sees_not))
    assert whole > 2 * short
