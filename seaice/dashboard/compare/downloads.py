"""Downloads of Compare: predictions, scores and the figure, each with where it came from."""

import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path

import streamlit as st

from seaice.dashboard import cached
from seaice.dashboard.text import plain
from seaice.network.rates import rates_name
from seaice.results.export import geotiff_problem, scores_csv, write_geotiff, write_prediction
from seaice.results.inference import Prediction
from seaice.results.scoring import ScoreSums
from seaice.scenes.region import Region
from seaice.scenes.scene import Scene

_COMMAND = "seaice app"
"""What made a file, for its history."""

Writer = Callable[[Path, Prediction, str], None]

_SAVE_FIGURE = """
export default function ({ data, parentElement }) {
  const button = parentElement.querySelector("button");
  button.textContent = data.label;
  // Plotly's own picture of what is on the screen, zoom included.
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


def downloads(
    predictions: Sequence[Prediction],
    sums: Sequence[ScoreSums],
    region: Region | None,
    *,
    figure: bool,
) -> None:
    """Draw the buttons.

    Args:
        predictions: One a checkpoint, at least one.
        sums: What each scored; empty where the scene has no chart.
        region: What they were scored over; the whole scene where None.
        figure: Whether a figure is on the page that can be saved.
    """
    scene = predictions[0].scene
    problem = cached.kept(("geotiff", *scene.key), lambda: geotiff_problem(scene))
    for prediction in predictions:
        rates = rates_name(prediction.info.rates)
        _file_button(prediction, f"Prediction {rates} (NetCDF)", "nc", write_prediction)
        if not problem:
            _file_button(prediction, f"Prediction {rates} (GeoTIFF)", "tif", write_geotiff)
    if problem:
        st.caption(f"No GeoTIFF: {plain(problem)}")
    if sums:
        st.download_button(
            "Scores (CSV)",
            lambda: scores_csv(predictions, sums, region, _COMMAND),
            file_name=f"{_safe(predictions[0].scene)}_scores.csv",
            mime="text/csv",
            key="download_scores",
            on_click="ignore",
            width="stretch",
        )
    if figure:
        _figure_button(key="save_figure", data={"label": "Figure (PNG)", "maps": "maps"})
    if region:
        _figure_button(
            key="save_region", data={"label": "Figure of the region (PNG)", "maps": "region_maps"}
        )
        st.caption("Predictions are of the whole scene; the scores are the region's.")


def _file_button(prediction: Prediction, label: str, suffix: str, write: Writer) -> None:
    name = f"{_safe(prediction.scene)}_{Path(prediction.checkpoint_name).stem}.{suffix}"
    st.download_button(
        label,
        lambda: written(prediction, suffix, write),
        file_name=name,
        mime="application/x-netcdf" if suffix == "nc" else "image/tiff",
        key=f"download_{suffix}_{prediction.sha256}",
        on_click="ignore",
        width="stretch",
    )


def written(prediction: Prediction, suffix: str, write: Writer) -> bytes:
    """A file's content; the file itself is gone again.

    Args:
        prediction: What is written.
        suffix: How the file's name ends.
        write: Writes it.
    """
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"prediction.{suffix}"
        write(path, prediction, _COMMAND)
        return path.read_bytes()


def _safe(scene: Scene) -> str:
    """A scene's id as part of a file's name."""
    return "".join(char if char.isalnum() or char in "-_." else "_" for char in scene.id)
