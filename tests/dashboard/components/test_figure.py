"""What the browser gets of a figure that it changes in place."""

import base64
import json

import numpy as np
import plotly.graph_objects as go
import pytest

from seaice.dashboard.components.figure import SentFigure
from seaice.figures.extent import Extent
from seaice.figures.maps import Panel, Row, linked_maps
from seaice.figures.palettes import chart_palette, heat_palette


@pytest.fixture
def figure() -> go.Figure:
    """Two panels on the same ground."""
    positions = np.arange(12, dtype=np.float32).reshape(2, 3, 2)
    first = np.array([["old", "new", "old"], ["new", "<b>é</b>", "old"]], object)
    second = np.array([["", "land", ""], ["land", "land", ""]], object)
    return go.Figure(
        [
            go.Heatmap(z=np.zeros((2, 3)), text=each, customdata=positions)
            for each in (first, second)
        ],
        {"height": 300, "title": {"text": "<i>x</i>"}},
    )


def test_texts_come_back_to_their_places(figure: go.Figure):
    sent = json.loads(SentFigure.of(figure).text)
    for trace, shown in zip(sent["data"], figure.data, strict=True):
        packed = trace["text"]
        at = np.frombuffer(base64.b64decode(packed["at"]), "<u2").reshape(-1, packed["samples"])
        assert np.array(packed["texts"], object)[at].tolist() == shown.text.tolist()


def test_positions_are_sent_once(figure: go.Figure):
    sent = json.loads(SentFigure.of(figure).text)
    assert [trace["customdata"] for trace in sent["data"]] == [{"position": 0}] * 2
    (known,) = sent["positions"]
    values = np.frombuffer(base64.b64decode(known["bdata"]), f"<{known['dtype']}")
    shape = [int(each) for each in known["shape"].split(",")]
    assert values.reshape(shape).tolist() == figure.data[0].customdata.tolist()


def test_a_picture_that_several_maps_show_is_sent_once(figure: go.Figure):
    for source in ("data:image/png;base64,aa", "data:image/png;base64,bb") * 2:
        figure.add_layout_image(source=source)
    sent = json.loads(SentFigure.of(figure).text)
    sources = [sent["sources"][image["source"]] for image in sent["layout"]["images"]]
    assert sources == [image.source for image in figure.layout.images]
    assert len(sent["sources"]) == 2


def test_the_rest_is_what_plotly_writes(figure: go.Figure):
    sent, own = json.loads(SentFigure.of(figure).text), json.loads(figure.to_json())
    for each in (*sent["data"], *own["data"]):
        del each["text"], each["customdata"]
    del own["layout"]["template"]
    assert sent["data"] == own["data"]
    assert sent["layout"] == own["layout"]
    assert SentFigure.of(figure).css_height == "300px"


def test_maps_are_sent_as_plotly_would_and_stay_as_they_were():
    hover = np.array([["a", "b"], ["b", "b"]], object)
    degrees = np.arange(4, dtype=np.float32).reshape(2, 2)
    panel = Panel("a", ["data:,1", "data:,2"], hover, "nothing", scale=heat_palette())
    rows = [Row([panel, None], chart_palette("SOD")), Row([None, panel], heat_palette())]
    maps = linked_maps(rows, Extent(20, 20, 10, degrees, degrees), 1000)
    first, again, own = (SentFigure.of(each) for each in (maps, maps, maps.to_plotly()))
    assert first == again
    assert json.loads(first.text) == json.loads(own.text)


def test_another_figure_has_another_id(figure: go.Figure):
    before = SentFigure.of(figure).id
    assert SentFigure.of(figure).id == before
    figure.data[1].text[0, 0] = "water"
    assert SentFigure.of(figure).id != before
