import numpy as np
import pytest

from seaice.ai4arctic.charts import CHART
from seaice.figures.palettes import chart_palette, continuous, difference_palette


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
    palette = continuous("gray", -30, -10, unit="dB", count=101)
    found = palette.indices(np.array([-99, -30, -20, -10, 5, np.nan]))
    assert found.tolist() == [0, 0, 50, 100, 100, 0]


def test_a_sic_error_of_zero_is_the_middle_of_the_scale():
    palette = difference_palette()
    assert palette.indices(np.array([-100, 0, 100])).tolist() == [0, 50, 100]


def test_sic_takes_cmoceans_ice_where_colours_must_be_safe():
    palette = chart_palette("SIC", "Colour-blind safe")
    scale = palette.plotly_scale()
    assert scale[0][0] == 0
    assert scale[-1][0] == 1
    # Dark water, bright ice.
    assert palette.colours[0].max() < 30
    assert palette.colours[-1].min() > 220


def test_concentrations_take_the_ranges_of_the_ice_chart_standard():
    """JCOMM TR-24, total concentration: 1-3 tenths 140-255-160, 7-8 tenths 255-125-7."""
    palette = chart_palette("SIC", "WMO in steps")
    ranges = palette.indices(np.arange(11) * 10.0)
    assert ranges.tolist() == [0, 1, 1, 1, 2, 2, 2, 3, 3, 4, 4]
    assert palette.colours[[1, 3]].tolist() == [[140, 255, 160], [255, 125, 7]]


def test_concentrations_are_numbers_that_run_through_the_standards_colours():
    palette = chart_palette("SIC")
    assert palette.labels == ()
    assert palette.title == "SIC (%)"
    assert palette.indices(np.array([0, 37.4, 100])).tolist() == [0, 37, 100]
    at = {percent: tuple(palette.colours[percent].tolist()) for percent in (0, 20, 50, 75, 95, 100)}
    assert at[0] == (0, 100, 255)
    assert at[20] == (140, 255, 160)
    assert at[50] == (255, 255, 0)
    assert at[75] == (255, 125, 7)
    assert at[95] == at[100] == (255, 0, 0)
    # No two neighbours look the same, but in the last range.
    assert len(np.unique(palette.colours[:95], axis=0)) == 95


# Machado et al. (2009), severity 1, on linear RGB.
_SEEN_BY = {
    "normal": np.eye(3),
    "protan": [
        [0.152286, 1.052583, -0.204868],
        [0.114503, 0.786281, 0.099216],
        [-0.003882, -0.048116, 1.051998],
    ],
    "deutan": [
        [0.367322, 0.860646, -0.227968],
        [0.280085, 0.672501, 0.047413],
        [-0.011820, 0.042940, 0.968881],
    ],
    "tritan": [
        [1.255528, -0.076749, -0.178779],
        [-0.078411, 0.930809, 0.147602],
        [0.004733, 0.691367, 0.303900],
    ],
}
_TO_XYZ = np.array(
    [[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]]
) / np.array([[0.9505], [1.0], [1.089]])


def lab_as_seen(colours: np.ndarray, viewer: str) -> np.ndarray:
    """SRGB -> CIELAB of what a viewer sees."""
    share = colours / 255
    linear = np.where(share <= 0.04045, share / 12.92, ((share + 0.055) / 1.055) ** 2.4)
    xyz = np.clip(linear @ np.array(_SEEN_BY[viewer]).T, 0, 1) @ _TO_XYZ.T
    x, y, z = np.where(xyz > 0.008856, np.cbrt(xyz), 7.787 * xyz + 16 / 116).T
    return np.stack([116 * y - 16, 500 * (x - y), 200 * (y - z)], axis=1)


@pytest.mark.parametrize("chart", ["SOD", "FLOE"])
@pytest.mark.parametrize("viewer", _SEEN_BY)
def test_safe_colours_are_told_apart_by_every_viewer(chart, viewer):
    lab = lab_as_seen(chart_palette(chart, "Colour-blind safe").colours, viewer)
    distance = np.linalg.norm(lab[:, None] - lab, axis=-1)
    assert distance[np.triu_indices(len(lab), 1)].min() > 18


def test_the_standard_colours_of_stages_are_not_safe():
    """So the alternative is needed."""
    lab = lab_as_seen(chart_palette("SOD").colours, "protan")
    assert np.linalg.norm(lab[0] - lab[2]) < 10


def test_a_title_is_the_name_with_the_unit_or_else_the_hint():
    assert chart_palette("SIC", "Colour-blind safe").title == "SIC (%)"
    assert chart_palette("SOD").title == "SOD"
    assert continuous("gray", 0, 1, "Share", hint="1 is all").title == "Share (1 is all)"
    assert continuous("gray", 0, 1, unit="dB").title == "dB"
