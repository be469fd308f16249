import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from seaice.ai4arctic.channels import CHANNEL_SETS, SAR
from seaice.ai4arctic.layout import scale, unscale
from seaice.training.patches.augment import Symmetry, draw_symmetry

WIND = ("u10m_rotated", "v10m_rotated")
ALL = [Symmetry(flipped, turns) for flipped in (False, True) for turns in range(4)]


def wind_field(u: np.ndarray, v: np.ndarray) -> np.ndarray:
    return np.stack([scale(WIND[0], u), scale(WIND[1], v)])


def in_m_s(values: np.ndarray) -> np.ndarray:
    return np.stack([unscale(name, layer) for name, layer in zip(WIND, values, strict=True)])


@pytest.mark.parametrize(
    ("symmetry", "wind"),
    [
        # 3 m/s towards growing samples (right), 1 m/s towards growing lines (down).
        (Symmetry(), (3, 1)),
        (Symmetry(flipped=True), (-3, 1)),
        # Counter-clockwise: what blew right blows up, what blew down blows right.
        (Symmetry(quarter_turns=1), (1, -3)),
        (Symmetry(quarter_turns=2), (-3, -1)),
        (Symmetry(quarter_turns=3), (-1, 3)),
        (Symmetry(True, 1), (1, 3)),
    ],
)
def test_a_constant_wind_by_hand(symmetry, wind):
    values = wind_field(np.full((4, 4), 3.0), np.full((4, 4), 1.0))
    turned = in_m_s(symmetry.of_inputs(values, WIND))
    np.testing.assert_allclose(turned[0], wind[0], atol=1e-5)
    np.testing.assert_allclose(turned[1], wind[1], atol=1e-5)


@pytest.mark.parametrize("symmetry", ALL)
@given(line=st.integers(0, 8), sample=st.integers(0, 8))
def test_vectors_that_point_to_a_feature_still_do(symmetry, line, sample):
    lines, samples = np.mgrid[:9, :9].astype(float)
    mark = np.zeros((1, 9, 9), np.float32)
    mark[0, line, sample] = 1
    values = np.concatenate([mark, wind_field(sample - samples, line - lines)])
    moved = symmetry.of_inputs(values, ("nersc_sar_primary", *WIND))
    ((line, sample),) = np.argwhere(moved[0])
    u, v = in_m_s(moved[1:])
    np.testing.assert_allclose(u, sample - samples, atol=1e-5)
    np.testing.assert_allclose(v, line - lines, atol=1e-5)


def test_four_quarter_turns_and_two_flips_change_nothing():
    values = np.random.default_rng(0).normal(size=(6, 7, 7)).astype(np.float32)
    channels = (*SAR, *WIND, "t2m")
    for symmetry, times in ((Symmetry(quarter_turns=1), 4), (Symmetry(flipped=True), 2)):
        moved = values
        for _ in range(times):
            moved = symmetry.of_inputs(moved, channels)
        np.testing.assert_allclose(moved, values, atol=1e-5)
        np.testing.assert_array_equal(moved[:3], values[:3])


def test_charts_move_as_the_inputs_do():
    layer = np.arange(20, dtype=np.float32).reshape(1, 4, 5)
    for symmetry in ALL:
        np.testing.assert_array_equal(
            symmetry.of_inputs(layer, SAR[:1]), symmetry.of_layers(layer.astype(np.uint8))
        )


def test_no_symmetry_changes_no_bit():
    values = np.random.default_rng(1).normal(size=(2, 5, 5)).astype(np.float32)
    np.testing.assert_array_equal(Symmetry().of_inputs(values, WIND), values)


def drawn(channels) -> set[Symmetry]:
    return {draw_symmetry(channels, np.random.default_rng(seed)) for seed in range(200)}


@pytest.mark.parametrize("channels", [SAR, CHANNEL_SETS["all"]])
def test_all_eight_are_drawn(channels):
    assert drawn(channels) == set(ALL)


@pytest.mark.parametrize("alone", [0, 1])
def test_one_component_of_the_wind_is_never_made_the_other(alone):
    channels = ("t2m", WIND[alone])
    assert drawn(channels) == {each for each in ALL if each.quarter_turns % 2 == 0}
    values = np.stack([np.zeros((3, 3)), scale(WIND[alone], np.full((3, 3), 4.0))])
    half = Symmetry(quarter_turns=2).of_inputs(values.astype(np.float32), channels)
    np.testing.assert_allclose(unscale(WIND[alone], half[1]), -4, atol=1e-5)
    flip = Symmetry(flipped=True).of_inputs(values.astype(np.float32), channels)
    np.testing.assert_allclose(unscale(WIND[alone], flip[1]), (-4, 4)[alone], atol=1e-5)
