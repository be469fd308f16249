"""Maps of explanations as files: what they hold, where it lies, and where it came from."""

import json

import numpy as np
import pytest
import rasterio
import xarray as xr

from seaice.ai4arctic.charts import CHART
from seaice.core.errors import ConfigError
from seaice.explain.branches import NO_BRANCH, branch_shares
from seaice.explain.gradcam import CamConfig, explain
from seaice.explain.map_files import (
    branch_layer,
    evidence_layer,
    network_facts,
    sure_layers,
    write_maps,
)
from seaice.network.checkpoint import load_checkpoint
from seaice.results.confidence.ensemble import ensemble
from seaice.results.confidence.trust import trust
from seaice.results.export.map_grid import place_on_map
from seaice.results.inference import predict
from seaice.scenes.read import read_valid
from seaice.scenes.scene import Scene


@pytest.fixture
def scene(make_scene) -> Scene:
    return Scene.open(make_scene(64, 96))


def test_evidence_and_branches_are_written_on_the_scenes_own_grid(
    scene, make_checkpoint, in_float32, tmp_path
):
    checkpoint = load_checkpoint(make_checkpoint((1, 3)))
    facts = network_facts(checkpoint.path, checkpoint.sha256, checkpoint.info)
    heatmap = explain(scene, checkpoint, CamConfig("SIC", 0))
    shares = branch_shares(scene, checkpoint, "SOD")
    layers = [
        evidence_layer(scene, heatmap, "evidence", facts),
        branch_layer(scene, shares, "leading", facts),
    ]
    valid = read_valid(scene)
    write_maps(tmp_path / "maps.nc", scene, layers, {"limit": 0.7}, "seaice app")
    with xr.open_dataset(tmp_path / "maps.nc") as file:
        evidence = file["evidence"]
        np.testing.assert_array_equal(np.isfinite(evidence), valid)
        np.testing.assert_allclose(evidence.values[valid], heatmap.on(scene.grid)[valid])
        assert evidence.attrs["checkpoint_sha256"] == checkpoint.sha256
        assert (evidence.attrs["method"], evidence.attrs["target"]) == ("HiResCAM", "more ice")
        # A unit that programs know, and the same in words.
        assert evidence.attrs["units"] == "percent km-2"
        assert evidence.attrs["evidence_unit"] == "percentage points per km2"
        assert json.loads(file.attrs["settings"]) == {"limit": 0.7}
        assert file.attrs["scene"] == scene.id
        leading = file["leading"].values
        cells = shares.leading.repeat(8, 0).repeat(8, 1)
        known = valid & (cells != NO_BRANCH)
        np.testing.assert_array_equal(leading[known], cells[known])
        assert np.isnan(leading[~known]).all()
        assert file["leading"].attrs["classes"].startswith("0 1 x 1, 1 rate 1, 3.2 km")
    write_maps(tmp_path / "maps.tif", scene, layers, {"limit": 0.7}, "seaice app")
    with rasterio.open(tmp_path / "maps.tif") as file:
        placed, _, corner = place_on_map(scene, np.stack([each.values for each in layers]), np.nan)
        np.testing.assert_array_equal(file.read(), placed)
        assert (file.transform.c, file.transform.f) == corner
        assert file.crs.to_epsg() == 3413
        assert np.isnan(file.nodata)
        assert file.descriptions == ("evidence", "leading")
        assert file.tags(1)["checkpoint_sha256"] == checkpoint.sha256
        assert file.tags()["limit"] == "0.7"


def test_seeds_are_written_with_their_spread_and_mask(scene, make_checkpoint, in_float32, tmp_path):
    seeds = [load_checkpoint(make_checkpoint(seed=seed)) for seed in (0, 1)]
    maps = ensemble([predict(scene, each) for each in seeds])
    valid = read_valid(scene)
    for chart, limit in (("SOD", 0.2), ("SIC", 3.0)):
        found = trust(maps, chart, limit, None)
        written = sure_layers(maps, found, chart, "network_1", {})
        layers = {each.name: each.values for each in written}
        assert written[0].classes == (() if chart == "SIC" else CHART["SOD"].class_names)
        np.testing.assert_array_equal(
            layers["network_1_do_not_trust"][valid] == 1, found.masked[valid]
        )
        spread = maps.sic_spread if chart == "SIC" else maps.spread["SOD"]
        np.testing.assert_array_equal(layers["network_1_spread"][valid], spread[valid])
        assert ("network_1_sure" in layers) == (chart == "SOD")
    np.testing.assert_allclose(layers["network_1_SIC"][valid], 10 * maps.sic[valid], rtol=1e-6)


def test_another_ending_is_refused(scene, tmp_path):
    with pytest.raises(ConfigError, match=r"ends in neither \.nc nor \.tif"):
        write_maps(tmp_path / "maps.png", scene, [], {}, "seaice app")
