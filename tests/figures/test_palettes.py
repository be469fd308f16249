import numpy as np
import pytest

from seaice.figures.palettes import chart_palette, continuous, difference_palette
from seaice.vocabulary import CHART


@pytest.mark.parametrize("chart", ["SOD", "FLOE"])
def test_every_class_has_a_colour_of_its_own(chart):
    palette = chart_palette(chart)
    assert palette.labels == CHART[chart].class_names
    assert len({tuple(colour) for colour in palette.colours}) == CHART[chart].n_classes


def test_stages_take_the_colours_of_the_ice_chart_standard():
    # JCOMM TR-24: young ice 170-40-240, thick first-year ice 0-120-0, old ice 180-100-50.
    colours = chart_palette("SOD").colours
    assert colours[[2, 4, 5]].tolist() == [[170, 40, 240], [0, 120, 0], [180, 100, 50]]


def test_continuous_values_run_from_end_to_end_and_are_held():
    palette = continuous("gray", -30, -10, "dB", 101)
    found = palette.indices(np.array([-99, -30, -20, -10, 5, np.nan]))
    assert found.tolist() == [0, 0, 50, 100, 100, 0]


def test_a_sic_error_of_zero_is_the_middle_of_the_scale():
    palette = difference_palette("SIC")
    assert palette.indices(np.array([-100, 0, 100])).tolist() == [0, 50, 100]


def test_sic_takes_cmoceans_ice():
    scale = chart_palette("SIC").plotly_scale()
    assert scale[0][0] == 0
    assert scale[-1][0] == 1
    # Dark water, bright ice.
    assert chart_palette("SIC").colours[0].max() < 30
    assert chart_palette("SIC").colours[-1].min() > 220
