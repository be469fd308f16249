from dataclasses import replace

import numpy as np
import plotly.graph_objects as go
import pytest

from seaice.ai4arctic.charts import CHART
from seaice.figures.bars import class_shares, histogram, step_shares
from seaice.figures.channels import ChannelPanel, channel_maps, channel_palette
from seaice.figures.extent import Extent
from seaice.figures.palettes import chart_palette, continuous

EXTENT = Extent(400, 416, 4)


def number_panel() -> ChannelPanel:
    values = np.linspace(200, 240, 1000)
    palette = channel_palette("t2m", values, "Air", "K")
    hover = np.full((100, 104), 220, np.float32)
    bars = histogram(values, palette)
    return ChannelPanel("Air (K)", "mean 220.0", "data:image/png;base64,", hover, palette, bars)


def class_panel() -> ChannelPanel:
    names = CHART["SOD"].class_names
    bars = class_shares(np.array([0, 0, 0, 5], np.uint8), names)
    hover = np.full((100, 104), "Old ice", dtype=object)
    return ChannelPanel("SOD", "", "data:image/png;base64,", hover, chart_palette("SOD"), bars)


def bars_of(figure: go.Figure) -> list[go.Bar]:
    return [trace for trace in figure.data if isinstance(trace, go.Bar)]


def test_colours_end_at_robust_percentiles():
    """One odd pixel in a hundred thousand does not stretch the scale."""
    values = np.append(np.linspace(100, 200, 100_000), 1e6)
    palette = channel_palette("btemp_36_5v", values)
    assert palette.low == pytest.approx(101, abs=0.1)
    assert palette.high == pytest.approx(199, abs=0.1)


def test_winds_have_zero_in_the_middle():
    palette = channel_palette("u10m_rotated", np.linspace(-2, 8, 1000))
    assert palette.low == -palette.high
    assert palette.high == pytest.approx(7.9, abs=0.02)
    still = channel_palette("u10m_rotated", np.zeros(10))
    assert still.low == -still.high < 0


@pytest.mark.parametrize("values", [np.zeros(0), np.full(9, 250.0), np.full(9, 0.0)])
def test_a_channel_of_one_value_or_none_has_a_scale(values):
    palette = channel_palette("skt", values)
    assert palette.low < palette.high
    bars = histogram(values, palette)
    assert bars.percent.sum() == pytest.approx(100 if values.size else 0)


def test_the_histogram_counts_all_pixels_but_draws_those_on_the_scale():
    bars = histogram(np.array([0.1, 0.1, 0.9, 5.0]), continuous("gray", 0, 1, unit="dB"))
    assert bars.percent.sum() == pytest.approx(75)
    assert bars.at[bars.percent == 50] == pytest.approx([0.1125])
    assert bars.ends == (0, 1)
    assert (bars.decimals, bars.unit) == (2, "dB")


def test_shares_of_classes_and_steps():
    classes = np.array([0, 2, 2, 10], np.uint8)
    assert list(class_shares(classes[:3], ("a", "b", "c")).percent.round(1)) == [33.3, 0, 66.7]
    steps = step_shares(classes, 11, 10, "%")
    assert list(steps.at[steps.percent > 0]) == [0, 20, 100]
    assert steps.ends == (0, 100)
    assert not class_shares(classes[:0], ("a", "b")).percent.any()


def test_bars_wear_the_colours_of_the_map():
    panel = number_panel()
    bars, strip = bars_of(channel_maps([panel], EXTENT, 1, 400))
    assert bars.marker.color[0] == panel.palette.css(2)
    assert bars.marker.color == strip.marker.color
    assert len(set(bars.marker.color)) == len(bars.x) == 40
    (classes,) = bars_of(channel_maps([class_panel()], EXTENT, 1, 400))
    assert list(classes.marker.color) == [chart_palette("SOD").css(each) for each in range(6)]
    assert list(classes.text) == ["75.0 %", "0.0 %", "0.0 %", "0.0 %", "0.0 %", "25.0 %"]


def test_the_axis_below_says_the_range_in_the_unit():
    panel = number_panel()
    figure = channel_maps([panel], EXTENT, 1, 400)
    ticks = figure.layout.xaxis2
    assert list(ticks.ticktext) == ["200.4", "220.0", "239.6"]
    assert ticks.range[0] < panel.palette.low < panel.palette.high < ticks.range[1]


def test_class_names_stand_beside_their_bars():
    axis = channel_maps([class_panel()], EXTENT, 1, 400).layout.yaxis2
    assert axis.ticktext == CHART["SOD"].class_names
    # The first class on top.
    assert axis.range[0] > axis.range[1]


def test_maps_are_linked_and_bars_are_not():
    figure = channel_maps([number_panel()] * 5, EXTENT, 4, 1000)
    maps = [f"xaxis{number}" for number in (3, 5, 7, 9)]
    assert all(figure.layout[name].matches == "x" for name in maps)
    assert all(figure.layout[name.replace("x", "y", 1)].matches == "y" for name in maps)
    assert all(figure.layout[f"xaxis{number}"].matches is None for number in (2, 4, 6, 8, 10))
    assert tuple(figure.layout.xaxis.range) == (0, 416)
    # The first line is on top.
    assert tuple(figure.layout.yaxis.range) == (400, 0)


def test_the_pointer_tells_values_and_names():
    number, names = (
        next(trace for trace in figure.data if isinstance(trace, go.Heatmap))
        for figure in (
            channel_maps([each], EXTENT, 1, 400) for each in (number_panel(), class_panel())
        )
    )
    assert number.hovertemplate.startswith("%{z:.1f} K<br>")
    assert names.hovertemplate.startswith("%{text}<br>")
    assert names.text[0][0] == "Old ice"
    assert (number.x0, number.dx, number.opacity) == (2, 4, 0)


@pytest.mark.parametrize(("count", "columns"), [(14, 4), (7, 4), (6, 3), (6, 2), (1, 4)])
@pytest.mark.parametrize("sides_km", [(400, 416), (1, 400), (400, 1)])
def test_no_two_plots_overlap(count, columns, sides_km):
    figure = channel_maps([number_panel()] * count, Extent(*sides_km, 4), columns, 900)
    boxes = [
        (*x.domain, *y.domain)
        for x, y in zip(figure.select_xaxes(), figure.select_yaxes(), strict=True)
    ]
    assert len(boxes) == 2 * count
    for number, (left, right, bottom, top) in enumerate(boxes):
        assert 0 <= left < right <= 1
        assert 0 <= bottom < top <= 1
        for l2, r2, b2, t2 in boxes[:number]:
            assert right <= l2 or r2 <= left or top <= b2 or t2 <= bottom


def test_notes_stay_within_their_panels_and_titles_below_the_toolbar():
    long = replace(class_panel(), note="Stage of development, 93 % labelled")
    wide, narrow = (channel_maps([long] * 4, EXTENT, 2, width) for width in (900, 440))
    texts = [note.text for note in narrow.layout.annotations if "SOD" in note.text]
    assert all("development,<br>93 % labelled" in text for text in texts)
    assert all("development, 93 %" in note.text for note in wide.layout.annotations[-1:])
    for figure, title_px in ((wide, 44), (narrow, 58)):
        # Plotly's buttons end 28 px below the upper edge.
        assert figure.layout.margin.t >= 28
        plot_px = figure.layout.height - figure.layout.margin.t
        assert (1 - figure.layout.yaxis.domain[1]) * plot_px == pytest.approx(title_px, abs=0.5)


def test_each_panel_has_its_own_image_and_title():
    figure = channel_maps([number_panel(), class_panel()], EXTENT, 2, 900)
    assert [image.xref for image in figure.layout.images] == ["x", "x3"]
    texts = [note.text.split("<br>")[0] for note in figure.layout.annotations]
    assert [text for text in texts if text.startswith("<b>")] == ["<b>Air (K)</b>", "<b>SOD</b>"]
    assert texts.count("100 km") == 2
