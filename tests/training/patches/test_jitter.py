"""Random changes of calibration: their size, their distribution, and where they leave no trace."""

import numpy as np
import pytest

from seaice.ai4arctic.channels import CHANNEL_SETS, SAR
from seaice.ai4arctic.layout import scale, unscale
from seaice.scenes.read import read_inputs
from seaice.scenes.scene import Scene
from seaice.training.patches.dataset import PatchDataset
from seaice.training.patches.jitter import HV_NOISE_DB, Jitter, with_noise

CHANNELS = ("sar_incidenceangle", *SAR[:2])


def test_gains_are_added_where_there_is_data():
    values = np.random.default_rng(0).normal(size=(3, 5, 6)).astype(np.float32)
    valid = np.ones((5, 6), bool)
    valid[:2] = False
    values[1:, :2] = 0
    changed = Jitter(hh_db=2.0, hv_db=-1.0).of_inputs(values, valid, CHANNELS)
    np.testing.assert_array_equal(changed[0], values[0])
    np.testing.assert_array_equal(changed[1:, :2], 0)
    for index, db in ((1, 2), (2, -1)):
        before, after = (unscale(CHANNELS[index], each[index, 2:]) for each in (values, changed))
        np.testing.assert_allclose(after - before, db, atol=1e-5)


def test_noise_by_hand():
    """At the level of the noise all is noise; 10 dB above it a tenth of the power is."""
    found = with_noise(np.array([-40, -30, -20, 0], np.float32), 3.0)
    factor, noise = 10**0.3, 10 ** (HV_NOISE_DB / 10)
    expected = [-37, -27] + [
        10 * np.log10(10 ** (db / 10) + (factor - 1) * noise) for db in (-20, 0)
    ]
    np.testing.assert_allclose(found, expected, atol=1e-4)
    # However much of it is taken away, some power is left.
    assert np.isfinite(with_noise(np.array([-60.0, HV_NOISE_DB, 5.0], np.float32), -30.0)).all()


def test_noise_changes_hv_alone():
    values = np.stack([scale(name, np.full((2, 2), -28.0)) for name in SAR[:2]])
    changed = Jitter(noise_db=2.0).of_inputs(values, np.ones((2, 2), bool), SAR[:2])
    np.testing.assert_allclose(changed[0], values[0], atol=1e-6)
    assert (changed[1] > values[1]).all()


def test_nothing_drawn_changes_no_bit():
    values = np.random.default_rng(0).normal(size=(3, 5, 6)).astype(np.float32)
    assert Jitter().of_inputs(values, np.ones((5, 6), bool), CHANNELS) is values


def test_deviates_are_normal_and_independent():
    rng = np.random.default_rng(1)
    drawn = np.array(
        [[j.hh_db, j.hv_db, j.noise_db] for j in (Jitter.draw(1.5, 2.0, rng) for _ in range(4000))]
    )
    np.testing.assert_allclose(drawn.mean(axis=0), 0, atol=0.1)
    np.testing.assert_allclose(drawn.std(axis=0), [1.5, 1.5, 2.0], rtol=0.04)
    assert np.abs(np.corrcoef(drawn.T) - np.eye(3)).max() < 0.06


@pytest.mark.parametrize("augment", [False, True])
def test_a_patch_is_jittered_by_its_number(make_scene, augment):
    scene, channels = Scene.open(make_scene()), CHANNEL_SETS["sar"]
    options = {"gain_jitter_db": 1.5, "noise_jitter_db": 2.0, "augment": augment}
    first, second = (PatchDataset([scene], channels, 400, 32, 20, 3, **options) for _ in range(2))
    for index in (0, 7):
        np.testing.assert_array_equal(first[index]["inputs"], second[index]["inputs"])
        if not augment:
            inputs = read_inputs(scene, channels, window=first.draw(index)[1])
            jitter = Jitter.draw(1.5, 2.0, np.random.default_rng((3, index, 3)))
            expected = jitter.of_inputs(inputs.values, inputs.valid, channels)
            np.testing.assert_array_equal(first[index]["inputs"], expected)
            assert not np.array_equal(expected, inputs.values)
