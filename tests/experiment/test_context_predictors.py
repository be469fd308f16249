"""Whatever context is measured of, an output depends on nothing beyond the reach it names."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from varied import varied_network

from seaice.ai4arctic.channels import CHANNEL_SETS
from seaice.baselines.files import baseline_path
from seaice.experiment.context_predictors import Predictor, read_predictor
from seaice.network import import_authors
from seaice.network.checkpoint import save_checkpoint
from seaice.network.checkpoint_info import describe
from seaice.scenes.read import Inputs

CORE_PX = 6
_MODELS = Path(__file__).resolve().parents[2] / "models"
_TREES = baseline_path(_MODELS, "trees", "sar", windows=True)


def of_authors_layout(folder: Path) -> Path:
    """A checkpoint like that of the authors' weights, of a smaller encoder and field."""
    path = folder / "authors.safetensors"
    config = replace(import_authors.CONFIG, encoder="resnet18", rates=(1, 2))
    channels = CHANNEL_SETS[import_authors.CHANNEL_SET]
    info = describe(config, import_authors.CHANNEL_SET, channels, 80.0, {"source": "imported"}, {})
    save_checkpoint(path, varied_network(config), info, exact=True)
    return path


@pytest.fixture(params=["authors' layout", "trees with windows"])
def predictor(request: pytest.FixtureRequest, tmp_path: Path) -> Predictor:
    is_network = request.param == "authors' layout"
    return read_predictor(of_authors_layout(tmp_path) if is_network else _TREES)[0]


def test_an_output_depends_on_all_within_the_reach_and_on_nothing_beyond(predictor):
    reach = round(predictor.reach_km * 1000 / predictor.spacing_m)
    assert reach > 10
    side = 2 * reach + CORE_PX + 80
    rng = np.random.default_rng(0)
    shape = len(predictor.channels), side, side
    own, other = (rng.normal(0, 1, shape).astype(np.float32) for _ in range(2))
    core = slice((side - CORE_PX) // 2, (side + CORE_PX) // 2)

    def seen(kept: int) -> dict[str, np.ndarray]:
        """The core's maps, where so many pixels around it are its own."""
        values = other.copy()
        near = slice(max(0, core.start - kept), core.stop + kept)
        values[:, near, near] = own[:, near, near]
        maps = predictor.predict(Inputs(values, np.ones((side, side), bool)))
        return {name: layer[core, core] for name, layer in maps.items()}

    whole = seen(side)
    for name, layer in seen(reach).items():
        np.testing.assert_allclose(layer, whole[name], atol=1e-4, err_msg=name)
    assert not np.allclose(seen(reach // 4)["SIC"], whole["SIC"], atol=1e-4)
