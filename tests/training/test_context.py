"""What a run says of its network's context."""

import numpy as np
import pytest

from seaice.network.receptive_field import no_data_share
from seaice.scenes.catalogue import open_scene
from seaice.training.context import describe_context, taps_without_data
from seaice.training.loader import patches


@pytest.fixture
def scene(make_scene):
    return open_scene(make_scene(96, 128))


def test_masked_cells_count_as_padding(scene, tiny_config, tmp_path):
    """The left eighth of the scene is masked: 16 of its 128 samples."""
    config = tiny_config(tmp_path, rates=(2, 4), patch=128)
    with_data = np.zeros((16, 16), bool)
    with_data[:12, 2:] = True
    shares = [f"{no_data_share(rate, with_data):.0%} of rate {rate}" for rate in (2, 4)]
    expected = f"share of taps on padding or masked cells, mean over 6 patches: {', '.join(shares)}"
    assert taps_without_data(config, patches(config, [scene])).text() == expected


def test_patches_that_cannot_be_read_leave_the_formula(scene, tiny_config, tmp_path):
    config = tiny_config(tmp_path, rates=(4,), patch=64)
    dataset = patches(config, [scene])
    scene.path.unlink()
    said = taps_without_data(config, dataset).text()
    # (1 + 2 (8 - 4) / 8) / 3 of the lines, and as many of the samples, are inside.
    assert said == "share of taps on padding, masked cells not counted: 56% of rate 4"


@pytest.mark.parametrize("rates", [(), (0, 0, 0)])
def test_controls_have_no_rates_to_speak_of(scene, tiny_config, tmp_path, rates):
    config = tiny_config(tmp_path, rates=rates)
    assert taps_without_data(config, patches(config, [scene])).text() == ""
    assert "rate 0" not in describe_context(config)
