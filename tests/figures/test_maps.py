import base64
import re
from dataclasses import replace
from itertools import pairwise

import numpy as np
import plotly.graph_objects as go
import pytest

from seaice.core.grids.orientation import ORIENTATIONS, Orientation
from seaice.figures.channels import sar_palette
from seaice.figures.extent import Extent, at_cells, hover_step
from seaice.figures.map_axes import Grid
from seaice.figures.map_marks import add_outline, add_path, add_source
from seaice.figures.maps import (
    BACKDROP,
    OVERLAY,
    Panel,
    Row,
    css_height,
    linked_maps,
    stacked_maps,
)
from seaice.figures.overlays import Mark, add_circle, add_cross, add_marks, add_square
from seaice.figures.palettes import chart_palette, heat_palette
from seaice.figures.scale_strip import SCALE

EXTENT = Extent(400, 416, 3.2, np.full((125, 130), 70.0), np.full((125, 130), -20.0))


_LATITUDE = np.linspace(72, 70.01, 125)[:, None].repeat(130, 1)
_LONGITUDE = np.linspace(-22, -19, 130)[None].repeat(125, 0)


def panel(title: str, layers: int = 1, message: str = "") -> Panel:
    hover = np.full((125, 130), "Old ice", dtype=object)
    return Panel(title, ["data:image/png;base64,"] * layers, hover, message)


@pytest.fixture
def rows() -> list[Row]:
    return [
        Row([panel("chart"), panel("a")], chart_palette("SOD"), unlabelled=True, land=True),
        Row([None, panel("b", 2, "nothing")], heat_palette()),
    ]


def drawn(*arguments) -> go.Figure:
    """All maps in one figure, as Plotly has it: with a value that it does not know, it has none."""
    return linked_maps(*arguments).to_plotly()


def numbers(customdata: dict[str, str]) -> np.ndarray:
    shape = [int(each) for each in customdata["shape"].split(",")]
    values = np.frombuffer(base64.b64decode(customdata["bdata"]), customdata["dtype"])
    return values.reshape(shape)


def heatmaps(figure: go.Figure) -> list[go.Heatmap]:
    return [trace for trace in figure.data if isinstance(trace, go.Heatmap)]


def test_all_panels_are_linked_and_in_km(rows):
    figure = drawn(rows, EXTENT, 1000)
    axes = list(figure.select_xaxes())
    targets = {axis.matches for axis in axes}
    assert len(targets - {None}) == 1
    assert all(tuple(axis.range) == (0, 416) for axis in axes)
    # The first line is on top.
    assert all(tuple(axis.range) == (400, 0) for axis in figure.select_yaxes())
    assert "km" in {axis.title.text for axis in axes}


def test_a_long_entry_of_a_legend_gets_more_room(rows):
    first = rows[0]
    long = replace(first.palette, labels=("Only small, 28 km: 15.5 %", *first.palette.labels[1:]))
    usual = drawn(rows, EXTENT, 1000).layout.margin.r
    assert drawn(rows[1:], EXTENT, 1000).layout.margin.r == usual
    # It takes 138 px in Arial of 12 px, beside a swatch with its gaps.
    assert drawn([replace(first, palette=long)], EXTENT, 1000).layout.margin.r >= 138 + 46
    assert usual < 138 + 46


def test_a_drawn_line_says_its_length_in_km(rows):
    figure = drawn(rows, EXTENT, 1000)
    assert "drawline" in figure.layout.modebar.add
    assert figure.layout.newshape.label.texttemplate == "%{length:.1f} km"


def test_every_panel_answers_the_pointer(rows):
    figure = drawn(rows, EXTENT, 1000)
    assert len(heatmaps(figure)) == 3
    for trace in heatmaps(figure):
        assert trace.opacity == 0
        assert trace.text[0][0] == "Old ice"
        assert "%{text}" in trace.hovertemplate
        assert "° N" in trace.hovertemplate
        assert (trace.x0, trace.dx) == (1.6, 3.2)


def test_longitudes_are_told_as_a_person_writes_them(rows):
    (west, *_) = heatmaps(drawn(rows, EXTENT, 1000))
    assert "° W" in west.hovertemplate
    assert numbers(west.customdata)[0, 0, 1] == 20
    longitude = np.linspace(-1, 3, 125 * 130).reshape(125, 130)
    (both, *_) = heatmaps(drawn(rows, Extent(400, 416, 3.2, EXTENT.latitude, longitude), 1000))
    assert "° E" in both.hovertemplate
    assert numbers(both.customdata)[0, 0, 1] == -1


def test_a_part_of_a_scene_keeps_its_kilometres(rows):
    extent = Extent(40, 60, 0.4, top_km=100, left_km=200)
    figure = drawn(rows, extent, 1000)
    assert all(tuple(axis.range) == (200, 260) for axis in figure.select_xaxes())
    assert all(tuple(axis.range) == (140, 100) for axis in figure.select_yaxes())
    trace = heatmaps(figure)[0]
    assert (trace.x0, trace.y0) == (200.2, 100.2)
    assert {round(image.x) for image in figure.layout.images} == {200}
    assert {image.y for image in figure.layout.images} == {100}


def test_a_figure_says_where_it_came_from_and_outlines_a_region(rows):
    parts = linked_maps(rows, EXTENT, 1000)
    add_source(parts, ["scene x", "y"])
    add_outline(parts, EXTENT, (10, 20), (30, 50))
    figure = parts.to_plotly()
    assert "scene x<br>y" in [note.text for note in figure.layout.annotations]
    outlines = [shape for shape in figure.layout.shapes if shape.type == "rect"]
    assert {(s.x0, s.x1, s.y0, s.y1) for s in outlines} == {(30, 50, 10, 20)}
    # Three panels, each with a dark line within a light one; none in the empty place.
    assert len(outlines) == 6
    assert not any(shape.xref == "x3" for shape in figure.layout.shapes)
    assert [axis.visible for axis in figure.select_xaxes()] == [True, True, False, True]


def test_marks_lie_on_every_map_and_on_no_empty_place(rows):
    parts = linked_maps(rows, EXTENT, 1000)
    before = len(parts.shapes), len(parts.traces)
    add_path(parts, np.array([[0, 0], [1, 0], [1, 1]]))
    add_square(parts, EXTENT, (50, 60), 20, "red")
    add_circle(parts, EXTENT, (50, 60), 10, "red")
    add_cross(parts, EXTENT, (50, 60))
    add_marks(parts, EXTENT, [Mark((10, 20), True, "x")], "red", "cells")
    figure = parts.to_plotly()
    shapes, (*crosses, marks) = figure.layout.shapes[before[0] :], figure.data[before[1] :]
    # Each has a dark line and a light one.
    twice = [("x", "y"), ("x2", "y2"), ("x4", "y4")] * 2
    for kind in ("path", "rect", "circle"):
        assert [(each.xref, each.yref) for each in shapes if each.type == kind] == twice
    assert [(each.xaxis, each.yaxis, each.x, each.y) for each in crosses] == [
        (*axes, (60,), (50,)) for axes in twice
    ]
    assert (marks.x, marks.y, marks.marker.symbol) == ((20,), (10,), ("x",))


@pytest.mark.parametrize("count", [1, 2, 3, 8])
def test_panels_fill_the_grid_from_its_upper_left(count: int):
    grid = Grid(count, count, 0.1)
    across, down = ([of(i) for i in range(count)] for of in (grid.across, grid.down))
    # Plotly would not take ends beyond these.
    assert across[0][0] == down[-1][0] == 0
    assert across[-1][1] <= 1
    assert down[0][1] <= 1
    for ends, gap in ((across, 0.025), (down[::-1], 0.1)):
        assert ends[-1][1] == pytest.approx(1)
        assert np.ptp([high - low for low, high in ends]) == pytest.approx(0)
        gaps = [low - high for (_, high), (low, _) in pairwise(ends)]
        assert gaps == pytest.approx([gap] * (count - 1))


@pytest.mark.parametrize("count", [1, 2, 5])
def test_the_lines_below_a_figure_have_room(rows, count: int):
    """They begin below the ticks and their unit, however many there are."""
    bare = drawn(rows, EXTENT, 1000)
    below = bare.layout.margin.b
    parts = linked_maps(rows, EXTENT, 1000)
    add_source(parts, ["x"] * count)
    figure = parts.to_plotly()
    (note,) = (note for note in figure.layout.annotations if note.name == "source")
    assert figure.layout.margin.b - below >= count * 1.3 * note.font.size
    assert figure.layout.height - bare.layout.height == figure.layout.margin.b - below


def test_the_height_follows_the_width(rows):
    """At the width that a figure was computed for, it has its own height."""
    figure = linked_maps(rows, EXTENT, 1000)
    css = css_height(figure, 2, 2, EXTENT, 1000)
    grown = re.fullmatch(r"max\(\d+px, (\d+)px \+ \(100cqw - 1000px\) \* ([\d.]+)\)", css)
    assert grown is not None
    assert int(grown[1]) == figure.to_plotly().layout.height
    wider = drawn(rows, EXTENT, 1500).layout.height
    assert int(grown[1]) + 500 * float(grown[2]) == pytest.approx(wider, abs=2)


@pytest.mark.parametrize("orientation", ORIENTATIONS)
def test_a_place_keeps_its_numbers_however_the_map_lies(rows, orientation: Orientation):
    """The pointer's cell, its position, the axes and an outline all tell the scene's place."""
    shape, km = (5, 4), 10.0
    texts = np.array([[f"{line},{sample}" for sample in range(4)] for line in range(5)], object)
    degrees = np.arange(20, dtype=np.float32).reshape(shape)
    extent = Extent(50, 40, km, degrees, degrees, 100, 200, orientation)
    parts = linked_maps([Row([Panel("a", [""], texts)], heat_palette())], extent, 1000)
    add_outline(parts, extent, (120, 130), (210, 220))
    figure = parts.to_plotly()
    (trace,) = heatmaps(figure)
    (x_axis,), (y_axis,) = figure.select_xaxes(), figure.select_yaxes()
    screen = orientation.apply(texts)
    for down, across in np.ndindex(screen.shape):
        # Where Plotly draws each cell of the trace.
        text = np.asarray(trace.text)
        row = down if y_axis.range[0] > y_axis.range[1] else screen.shape[0] - 1 - down
        column = across if x_axis.range[0] < x_axis.range[1] else screen.shape[1] - 1 - across
        assert text[row, column] == screen[down, across]
        x, y = trace.x0 + column * trace.dx, trace.y0 + row * trace.dy
        sample, line = (y, x) if orientation.transposed else (x, y)
        assert text[row, column] == f"{(line - 105) / km:.0f},{(sample - 205) / km:.0f}"
        expected = degrees[int((line - 105) / km), int((sample - 205) / km)]
        assert numbers(trace.customdata)[row, column, 0] == expected
    assert ("%{y:.0f} km, %{x:.0f} km" in trace.hovertemplate) == orientation.transposed
    (image,) = figure.layout.images
    assert (image.x, image.y) == (x_axis.range[0], y_axis.range[1])
    outline = next(shape for shape in figure.layout.shapes if shape.type == "rect")
    spans = {(outline.x0, outline.x1), (outline.y0, outline.y1)}
    assert spans == {(120, 130), (210, 220)}
    assert (outline.x0 == 120) == orientation.transposed


def test_every_map_has_a_scale_bar_and_an_arrow_and_the_first_of_a_row_names_the_graticule(rows):
    figure = drawn(rows, replace(EXTENT, latitude=_LATITUDE, longitude=_LONGITUDE), 1000)
    texts = [note.text for note in figure.layout.annotations]
    assert texts.count("<b>N</b>") == texts.count("100 km") == 3
    assert texts.count("71° N") == 1
    assert len([shape for shape in figure.layout.shapes if shape.type == "path"]) == 3


def test_a_map_with_a_scale_of_its_own_shows_it_in_its_corner(rows):
    grey = sar_palette("nersc_sar_primary")
    first, *others = rows[0].panels
    scaled = [replace(rows[0], panels=[replace(first, scale=grey), *others]), *rows[1:]]
    strip = [shape for shape in drawn(scaled, EXTENT, 1000).layout.shapes if shape.name == SCALE]
    *steps, outline = strip
    # From black at the left to white at the right, without a gap.
    assert (steps[0].fillcolor, steps[-1].fillcolor) == (
        grey.css(0),
        grey.css(len(grey.colours) - 1),
    )
    assert [step.x1 for step in steps[:-1]] == [step.x0 for step in steps[1:]]
    assert (outline.x0, outline.x1) == (steps[0].x0, steps[-1].x1)
    # In shares of its own map, so that it stays where it is while the map is zoomed.
    assert {(shape.xref, shape.yref) for shape in strip} == {("x domain", "y domain")}
    assert not any(shape.name == SCALE for shape in drawn(rows, EXTENT, 1000).layout.shapes)


def test_opacity_is_the_last_layers(rows):
    seen_through = replace(panel("a", 2), opacity=0.4)
    figure = drawn([Row([seen_through], heat_palette())], EXTENT, 1000)
    assert [image.opacity for image in figure.layout.images] == [1, 0.4]


@pytest.mark.parametrize("opacity", [1.0, 0.4])
def test_a_backdrop_shows_only_through_a_map(rows, opacity: float):
    named = replace(panel("a", 2), opacity=opacity, names=(BACKDROP, OVERLAY))
    below, above = drawn([Row([named], heat_palette())], EXTENT, 1000).layout.images
    assert (below.name, above.name) == (BACKDROP, OVERLAY)
    assert (below.visible, above.visible) == (opacity < 1, True)


def test_without_positions_the_pointer_tells_none(rows):
    figure = drawn(rows, Extent(400, 416, 3.2), 1000)
    assert "° N" not in heatmaps(figure)[0].hovertemplate


def test_images_of_one_panel_differ_in_place(rows):
    """Plotly draws one only of several images of the same place and size."""
    images = drawn(rows, EXTENT, 1000).layout.images
    assert len(images) == 4
    places = {(image.xref, image.x, image.sizex, image.yref, image.y) for image in images}
    assert len(places) == 4


def test_legends_name_classes_and_what_is_no_data(rows):
    figure = drawn(rows, EXTENT, 1000)
    names = [trace.name for trace in figure.data if isinstance(trace, go.Bar)]
    assert names == [*chart_palette("SOD").labels, "Unlabelled", "Land", "No data"]
    bars = [trace for trace in figure.data if trace.type == "scatter" and trace.marker.showscale]
    assert [bar.marker.colorbar.title.text for bar in bars] == [heat_palette().title]


def test_a_title_that_has_no_room_beside_the_maps_goes_on_in_a_second_line(rows):
    long = Row(rows[1].panels, heat_palette(shared=False))
    beside = drawn([long], EXTENT, 1000).select_traces({"type": "scatter"})
    (text,) = [bar.marker.colorbar.title.text for bar in beside]
    assert text == "Evidence<br>(1 = each map's peak)"
    below = stacked_maps(long, EXTENT, 440).to_plotly().select_traces({"type": "scatter"})
    assert [bar.marker.colorbar.title.text for bar in below] == [long.palette.title]
    # Beside its entries, a title takes the room of the last of them.
    assert stacked_maps(rows[0], EXTENT, 440).to_plotly().layout.legend.title.side == "top"


def test_words_stand_in_for_an_empty_map(rows):
    texts = [note.text for note in drawn(rows, EXTENT, 1000).layout.annotations]
    assert "nothing" in texts
    assert {"chart", "a", "b"} <= set(texts)


@pytest.mark.parametrize("size_km", [(0.4, 80), (80, 0.4)])
def test_very_flat_and_tall_scenes_have_a_figure(rows, size_km):
    extent = Extent(*size_km, 1.0)
    assert 300 < drawn(rows, extent, 1000).layout.height < 3000
    assert stacked_maps(rows[1], extent, 440).to_plotly().layout.height > 300


def test_stacked_panels_stand_one_below_the_other(rows):
    figure = stacked_maps(rows[0], EXTENT, 440).to_plotly()
    tops = [axis.domain[1] for axis in figure.select_yaxes()]
    assert len(tops) == 2
    assert tops[0] > tops[1]
    assert figure.layout.legend.orientation == "h"
    assert len(list(stacked_maps(rows[1], EXTENT, 440).to_plotly().select_yaxes())) == 1


@pytest.mark.parametrize("lines", [1, 2, 3, 5])
def test_the_toolbar_of_stacked_panels_covers_no_title(rows, lines: int):
    named = replace(rows[0].panels[0], title="<br>".join("abcde"[:lines]))
    figure = stacked_maps(replace(rows[0], panels=[named]), EXTENT, 440).to_plotly()
    # Plotly's buttons end 28 px below the upper edge.
    assert figure.layout.margin.t - 15 * lines >= 28
    plot_px = figure.layout.height - figure.layout.margin.t - figure.layout.margin.b
    one = stacked_maps(replace(rows[0], panels=[replace(named, title="a")]), EXTENT, 440)
    margin = one.layout["margin"]
    assert plot_px == one.layout["height"] - margin["t"] - margin["b"]


@pytest.mark.parametrize("shape", [(1000, 1040), (500, 523), (7, 5), (96, 97)])
def test_the_pointers_grid_takes_the_middle_of_each_cell(shape):
    step = hover_step(shape)
    values = np.arange(shape[0])[:, None].repeat(shape[1], 1)
    cells = at_cells(values)
    assert max(cells.shape) <= 96
    assert cells.shape == tuple(-(-size // step) for size in shape)
    assert cells[0, 0] == min(step // 2, shape[0] - 1)


def test_all_legends_have_titles_of_one_size(rows):
    layout = drawn(rows, EXTENT, 1000).layout
    sizes = {layout.legend.title.font.size, layout.legend2.title.font.size}
    bars = drawn(rows, EXTENT, 1000).select_traces({"type": "scatter"})
    assert sizes | {bar.marker.colorbar.title.font.size for bar in bars} == {13}
