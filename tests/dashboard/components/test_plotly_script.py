"""How a page brings Plotly to the browser, with and without the script of Streamlit's charts."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from seaice.dashboard.components import plotly_script
from seaice.dashboard.components.plotly_script import chart_script

STATIC = Path(st.__file__).parent / "static"


def _page() -> None:
    from seaice.dashboard.components.plotly_script import load_plotly

    load_plotly()


@pytest.fixture
def streamlit_of(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The folder of scripts of another version of Streamlit, without any yet."""
    monkeypatch.setattr(plotly_script.st, "__file__", str(tmp_path / "__init__.py"))
    scripts = tmp_path / "static" / "static" / "js"
    scripts.mkdir(parents=True)
    chart_script.cache_clear()
    yield scripts
    chart_script.cache_clear()


def test_the_script_is_plotlys():
    script = chart_script()
    assert script is not None
    assert script.startswith("static/js/")
    assert "plotly.js" in (STATIC / script).read_text("utf-8")


def test_the_browser_is_sent_its_address_and_no_chart():
    app = AppTest.from_function(_page).run()
    assert not app.exception
    (sent,) = app.get("bidi_component")
    assert json.loads(sent.proto.json) == chart_script()
    assert not app.get("plotly_chart")


@pytest.mark.parametrize("names", [[], ["PlotlyChart.a.js", "PlotlyChart.b.js"]])
def test_without_the_one_script_a_chart_brings_it(streamlit_of: Path, names: list[str]):
    for name in names:
        (streamlit_of / name).touch()
    assert chart_script() is None
    app = AppTest.from_function(_page).run()
    assert not app.exception
    assert not app.get("bidi_component")
    assert [each.key for each in app.get("plotly_chart")] == ["plotly"]


def test_the_script_of_another_version_is_found(streamlit_of: Path):
    (streamlit_of / "PlotlyChart.a.js").touch()
    (streamlit_of / "index.a.js").touch()
    assert chart_script() == "static/js/PlotlyChart.a.js"
