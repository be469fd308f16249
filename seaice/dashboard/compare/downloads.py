"""Downloads of Compare: predictions, scores and the figure, each with its provenance."""

import shutil
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path

import streamlit as st

from seaice.dashboard.cache_keys import cached
from seaice.dashboard.compare.baselines import baseline_sums
from seaice.dashboard.compare.results import ColumnResult, NetworkResult, networks_among
from seaice.dashboard.text import plain
from seaice.results.export import (
    geotiff_problem,
    scores_csv,
    write_chart_geotiffs,
    write_geotiff,
    write_polygons,
    write_prediction,
)
from seaice.results.inference import Prediction
from seaice.scenes.region import Region
from seaice.scenes.scene import Scene

_COMMAND = "seaice app"
"""The command that a file's history names."""

_MIME = {"nc": "application/x-netcdf", "tif": "image/tiff", "zip": "application/zip"}

Writer = Callable[[Path, Prediction, str], None]

_SAVE_FIGURE = """
export default function ({ data, parentElement }) {
  const button = parentElement.querySelector("button");
  button.textContent = data.label;
  // Plotly's own picture of the screen, zoom included.
  button.onclick = () => {
    const saves = document.querySelectorAll(`.st-key-${data.maps} [data-title^="Download plot"]`);
    for (const save of saves) save.click();
  };
}
"""
_STYLE = """
button { font: inherit; width: 100%; padding: 0.45rem 0.75rem; cursor: pointer;
  color: var(--st-text-color); background: var(--st-background-color);
  border: 1px solid var(--st-border-color); border-radius: var(--st-button-radius, 0.25rem); }
button:hover, button:focus-visible { border-color: var(--st-primary-color);
  color: var(--st-primary-color); }
"""
_figure_button = st.components.v2.component(
    "seaice_save_figure",
    html='<button type="button"></button>',
    css=_STYLE,
    js=_SAVE_FIGURE,
)


def downloads(results: Sequence[ColumnResult], region: Region | None, figure: str | None) -> None:
    """Draw the buttons.

    Args:
        results: What the columns' sources make of the scene, scored; at least one.
        region: What they were scored over; the whole scene if None.
        figure: Key of what holds the figures that can be saved; None if there is none.
    """
    scene, networks = results[0].maps.scene, networks_among(results)
    problem = _geotiff_problem(scene)
    for result in networks:
        _file_button(result, f"Prediction {result.label} (NetCDF)", "nc", write_prediction)
        if not problem:
            _file_button(result, f"Prediction {result.label} (GeoTIFF)", "tif", write_geotiff)
            _file_button(result, f"Charts {result.label} for a GIS (ZIP)", "zip", write_zip)
    if problem:
        st.caption(f"No GeoTIFF: {plain(problem)}")
    if scene.charts and networks:
        others = {each.label: each.sums for each in results if each not in networks}
        st.download_button(
            "Scores (CSV)",
            lambda: scores_csv(
                [each.prediction for each in networks],
                [each.sums for each in networks],
                region,
                _COMMAND,
                baseline_sums(scene, networks[0].file.info.channel_set, region) | others,
            ),
            file_name=f"{_safe(scene)}_scores.csv",
            mime="text/csv",
            key="download_scores",
            on_click="ignore",
            width="stretch",
        )
    if figure:
        _figure_button(key="save_figure", data={"label": "Figure (PNG)", "maps": figure})
    if region:
        st.caption("Predictions cover the whole scene; scores cover the region.")


@cached(max_entries=100)
def _geotiff_problem(scene: Scene) -> str:
    return geotiff_problem(scene)


def _file_button(result: NetworkResult, label: str, suffix: str, write: Writer) -> None:
    prediction = result.prediction
    name = f"{_safe(prediction.scene)}_{Path(prediction.checkpoint_name).stem}.{suffix}"
    st.download_button(
        label,
        lambda: file_content(prediction, suffix, write),
        file_name=name,
        mime=_MIME[suffix],
        key=f"download_{suffix}_{prediction.sha256}",
        on_click="ignore",
        width="stretch",
    )


def write_zip(path: Path, prediction: Prediction, command: str) -> None:
    """Each chart as a GeoTIFF with colours and names of classes, and as polygons: one archive."""
    name = f"{_safe(prediction.scene)}_{Path(prediction.checkpoint_name).stem}"
    folder = path.with_suffix("")
    write_chart_geotiffs(folder / f"{name}.tif", prediction, command)
    write_polygons(folder / f"{name}.geojson", prediction, command)
    shutil.make_archive(str(folder), "zip", folder)


def file_content(prediction: Prediction, suffix: str, write: Writer) -> bytes:
    """The content of a file that is written for it and removed again.

    Args:
        prediction: What to write.
        suffix: Ending of the file's name.
        write: Writes it.
    """
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"prediction.{suffix}"
        write(path, prediction, _COMMAND)
        return path.read_bytes()


def _safe(scene: Scene) -> str:
    """A scene's id as part of a file's name."""
    return "".join(char if char.isalnum() or char in "-_." else "_" for char in scene.id)
