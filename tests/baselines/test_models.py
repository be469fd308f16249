"""Fitted baselines against scikit-learn, and their files."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import save_file
from sklearn.ensemble import HistGradientBoostingClassifier, HistGradientBoostingRegressor
from sklearn.linear_model import LogisticRegression, Ridge

from seaice.baselines import fit
from seaice.baselines.baseline import load_baseline, save_baseline
from seaice.baselines.files import baseline_path, list_baselines
from seaice.baselines.info import FORMAT_VERSION, BaselineInfo, read_baseline_info
from seaice.baselines.inputs import window_px, window_statistics
from seaice.baselines.sample import Sample
from seaice.core.errors import BaselineError, CheckpointError, ConfigError, NoScenesError
from seaice.network.checkpoint_files import list_checkpoints
from seaice.network.checkpoint_format import BASELINE_KEY
from seaice.network.checkpoint_info import read_info

INFO = BaselineInfo("linear", "t2m,skt,tcwv", ("t2m", "skt", "tcwv"), 400)


def sample_of(pixels: int = 3000) -> Sample:
    """Labels that follow from three inputs: all SIC classes, three of SOD, two of FLOE."""
    rng = np.random.default_rng(1)
    inputs = rng.normal(size=(pixels, 3)).astype(np.float32)
    x, y, z = inputs.T
    labels = {
        "SIC": np.clip(np.rint(5 + 2 * x - y), 0, 10).astype(np.uint8),
        "SOD": np.where(x > 0, 4, np.where(y > 0, 2, 0)).astype(np.uint8),
        "FLOE": np.where(z + 0.3 * rng.normal(size=pixels) > 0, 5, 0).astype(np.uint8),
    }
    labels["SOD"][:100] = 255
    return Sample(INFO, inputs, labels, ["one"], [])


def test_a_linear_model_is_scikit_learns():
    sample, new = sample_of(), np.random.default_rng(2).normal(size=(500, 3)).astype(np.float32)
    outputs = fit.fit_linear(sample).outputs(new.T)
    ridge = Ridge(1.0).fit(sample.inputs.astype(float), sample.labels["SIC"])
    np.testing.assert_allclose(outputs["SIC"][0], ridge.predict(new.astype(float)), atol=1e-5)
    for name, classes in (("SOD", [0, 2, 4]), ("FLOE", [0, 5])):
        known = sample.labels[name] != 255
        model = LogisticRegression(C=1.0, solver="newton-cholesky").fit(
            sample.inputs[known].astype(float), sample.labels[name][known]
        )
        powers = np.exp(outputs[name].astype(float))
        shares = powers / powers.sum(axis=0)
        expected = model.predict_proba(new.astype(float)).T
        np.testing.assert_allclose(shares[classes], expected, atol=1e-5)
        others = np.setdiff1d(np.arange(len(shares)), classes)
        assert shares[others].max() < 1e-20


def test_trees_give_what_scikit_learn_gives(monkeypatch):
    monkeypatch.setattr(fit, "_TREES", {**fit._TREES, "max_iter": 12})
    sample, new = sample_of(), np.random.default_rng(2).normal(size=(9000, 3)).astype(np.float32)
    # Pixels that lie on a threshold as nearly as float32 can.
    new[:3000] = sample.inputs
    outputs = fit.fit_trees(sample, seed=0).outputs(new.T)
    for name in ("SIC", "SOD", "FLOE"):
        known = sample.labels[name] != 255
        kind = HistGradientBoostingRegressor if name == "SIC" else HistGradientBoostingClassifier
        model = kind(**fit._TREES, random_state=0)
        model.fit(sample.inputs[known], sample.labels[name][known])
        if name == "SIC":
            np.testing.assert_allclose(outputs[name][0], model.predict(new), atol=1e-6)
            continue
        powers = np.exp(outputs[name].astype(float))
        shares = (powers / powers.sum(axis=0))[model.classes_]
        np.testing.assert_allclose(shares, model.predict_proba(new).T, atol=1e-6)


def test_thresholds_lie_in_float32_without_a_change_of_side():
    thresholds = np.array([0.1, -0.1, 1 / 3, 2.0, 0.5])
    rounded = fit._at_most(thresholds)
    assert (rounded <= thresholds).all()
    assert (np.nextafter(rounded, np.float32(np.inf)) > thresholds).all()


@pytest.mark.parametrize("kind", ["linear", "trees"])
def test_a_file_gives_the_same_outputs(tmp_path: Path, kind):
    sample = sample_of(1000)
    model = fit.fit_linear(sample) if kind == "linear" else fit.fit_trees(sample, 3)
    path, info = tmp_path / "baselines" / "x.safetensors", replace(INFO, kind=kind)
    save_baseline(path, info, model)
    first = path.read_bytes()
    again = fit.fit_linear(sample) if kind == "linear" else fit.fit_trees(sample, 3)
    save_baseline(path, info, again)
    assert path.read_bytes() == first
    baseline = load_baseline(path)
    assert baseline.info == info
    for name, values in model.outputs(sample.inputs.T).items():
        np.testing.assert_array_equal(baseline.model.outputs(sample.inputs.T)[name], values)
    assert [each.path for each in list_baselines(tmp_path)[0]] == [path]
    assert list_checkpoints(tmp_path) == ([], [])
    with pytest.raises(CheckpointError, match="is a baseline, not a network"):
        read_info(path)


def test_files_that_are_no_baselines(tmp_path: Path, make_checkpoint):
    checkpoint = make_checkpoint()
    with pytest.raises(BaselineError, match="is the checkpoint of a network, not a baseline"):
        read_baseline_info(checkpoint)
    with pytest.raises(ConfigError, match="exists and is not a baseline"):
        save_baseline(checkpoint, INFO, fit.fit_linear(sample_of(500)))
    with pytest.raises(BaselineError, match="is not there"):
        read_baseline_info(tmp_path / "none.safetensors")
    damaged = baseline_path(tmp_path, "linear", "sar", windows=False)
    damaged.parent.mkdir()
    damaged.write_bytes(b"no safetensors")
    assert "is damaged or not a safetensors file" in list_baselines(tmp_path)[1][0]


def write_with(path: Path, arrays: dict, **changes: object) -> Path:
    values = {**json.loads(INFO.to_json()), **changes}
    save_file(arrays, path, metadata={BASELINE_KEY: json.dumps(values)})
    return path


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"format_version": FORMAT_VERSION + 1}, "reads up to 1. Update seaice"),
        ({"format_version": None}, "does not say its format version. Fit it again"),
        ({"kind": "forest"}, "has metadata that cannot be read. Fit it again"),
        ({"channels": ["nothing"]}, "has metadata that cannot be read"),
        ({"spacing_m": 0}, "has metadata that cannot be read"),
        ({"sigma_km": -1}, "has metadata that cannot be read"),
        ({"more": 1}, "has metadata that cannot be read"),
    ],
)
def test_metadata_of_a_newer_or_another_kind(tmp_path: Path, changes, words):
    arrays = fit.fit_linear(sample_of(500)).arrays()
    with pytest.raises(BaselineError, match=words):
        read_baseline_info(write_with(tmp_path / "x.safetensors", arrays, **changes))


def test_arrays_that_do_not_fit(tmp_path: Path):
    linear = fit.fit_linear(sample_of(500)).arrays()
    trees = fit.fit_trees(sample_of(500), 0).arrays()
    looping = {**trees, "SIC.right": np.where(trees["SIC.right"] > 0, 255, 0).astype(np.uint8)}
    for kind, arrays in (
        ("linear", {**linear, "SIC.weights": np.zeros((1, 9), np.float32)}),
        ("linear", {**linear, "SOD.offsets": np.full(6, np.nan, np.float32)}),
        ("linear", trees),
        ("trees", linear),
        ("trees", looping),
        ("trees", {**trees, "SOD.feature": trees["SOD.feature"] + np.uint8(3)}),
        ("trees", {**trees, "SIC.roots": np.zeros(0, np.int32)}),
    ):
        path = write_with(tmp_path / "x.safetensors", arrays, kind=kind)
        with pytest.raises(BaselineError, match="has arrays that do not fit its description"):
            load_baseline(path)


def test_one_class_is_nothing_to_tell_apart():
    sample = sample_of(300)
    sample.labels["FLOE"][:] = 0
    for fitted in (fit.fit_linear, lambda each: fit.fit_trees(each, 0)):
        with pytest.raises(NoScenesError, match="a FLOE label have one class, 'Open water'"):
            fitted(sample)
    sample.labels["SOD"][:] = 255
    with pytest.raises(NoScenesError, match="No pixel of the scenes has a SOD label"):
        fit.fit_linear(sample)


def test_windows_hold_mean_and_spread_of_what_is_valid():
    values = np.arange(30, dtype=np.float32).reshape(1, 5, 6)
    valid = np.ones((5, 6), bool)
    valid[1, 2] = False
    mean, spread = window_statistics(values, valid, [3])
    seen = np.array([1, 2, 3, 7, 9, 13, 14, 15])
    np.testing.assert_allclose([mean[1, 2], spread[1, 2]], [seen.mean(), seen.std()], rtol=1e-5)
    corner = np.array([0, 1, 6, 7])
    np.testing.assert_allclose([mean[0, 0], spread[0, 0]], [corner.mean(), corner.std()], rtol=1e-5)
    assert [window_px(each, 400) for each in (0.4, 1.2, 4, 12)] == [1, 3, 11, 31]
