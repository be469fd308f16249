"""Downloads of Compare: predictions, scores and the figure, each with its provenance.

Streamlit keeps what makes a file for as long as a session lasts. So it holds no prediction, which
takes 30 MB: it asks for it again, and mostly finds it among those computed lately.
"""

import shutil
import tempfile
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path

import streamlit as st

from seaice.core.errors import CheckpointError
from seaice.dashboard import cached as computed
from seaice.dashboard.cache_keys import cached
from seaice.dashboard.compare.baselines import baseline_sums
from seaice.dashboard.compare.results import ColumnResult, NetworkResult, networks_among
from seaice.dashboard.compare.turns import quiet_turn
from seaice.dashboard.explain.save import facts_of, map_content
from seaice.dashboard.text import plain
from seaice.explain.gradcam import Heatmap
from seaice.explain.map_files import evidence_layer
from seaice.network.checkpoint_files import CheckpointFile
from seaice.results.export import (
    ScoredNetwork,
    geotiff_problem,
    scores_csv,
    tidy_csv,
    write_chart_geotiffs,
    write_geotiff,
    write_polygons,
    write_prediction,
)
from seaice.results.inference import Prediction
from seaice.results.scoring import ScoreSums
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
    _evidence_buttons(scene, networks, "" if problem else ".tif")
    if scene.charts and networks:
        others = {each.label: each.sums for each in results if each not in networks}
        _score_buttons(scene, networks, others, region)
    if figure:
        _figure_button(key="save_figure", data={"label": "Figure (PNG)", "maps": figure})
    if region:
        st.caption("Predictions cover the whole scene; scores cover the region.")


def _evidence_buttons(scene: Scene, networks: Sequence[NetworkResult], geotiff: str) -> None:
    """The heatmaps of all networks as one file: NetCDF, and one of an ending where it is given."""
    explained = [(each.file, each.heatmap) for each in networks if each.heatmap is not None]
    for suffix in filter(None, (".nc", geotiff) if explained else ()):
        _button(
            f"Evidence ({'NetCDF' if suffix == '.nc' else 'GeoTIFF'})",
            partial(_evidence_content, scene, explained, suffix),
            f"{_safe(scene)}_evidence{suffix}",
            _MIME[suffix[1:]],
            f"evidence{suffix}",
        )


def _evidence_content(
    scene: Scene, explained: Sequence[tuple[CheckpointFile, Heatmap]], suffix: str
) -> bytes:
    layers = [
        evidence_layer(scene, heatmap, f"evidence_{number}", facts_of(file))
        for number, (file, heatmap) in enumerate(explained, start=1)
    ]
    return map_content(scene, layers, suffix, {})


def _score_buttons(
    scene: Scene,
    networks: Sequence[NetworkResult],
    others: Mapping[str, ScoreSums],
    region: Region | None,
) -> None:
    """Scores with a row a value, and with a row a network that says all about where it is from."""
    channel_set = networks[0].file.info.channel_set
    rows = [ScoredNetwork.of(each.prediction, each.sums) for each in networks]

    def baselines() -> dict[str, ScoreSums]:
        return baseline_sums(scene, channel_set, region) | dict(others)

    def tidy() -> str:
        own = {each.name: (each.sha256, {scene.id: each.sums}) for each in rows}
        rest = {name: ("", {scene.id: sums}) for name, sums in baselines().items()}
        return tidy_csv(own | rest, region)

    def wide() -> str:
        return scores_csv(scene, rows, region, _COMMAND, baselines())

    _button("Scores (CSV)", tidy, f"{_safe(scene)}_scores.csv", "text/csv", "scores")
    name = f"{_safe(scene)}_networks.csv"
    _button("Scores, a row a network (CSV)", wide, name, "text/csv", "networks")


@cached(max_entries=100)
def _geotiff_problem(scene: Scene) -> str:
    return geotiff_problem(scene)


def _file_button(result: NetworkResult, label: str, suffix: str, write: Writer) -> None:
    prediction = result.prediction
    name = f"{_safe(prediction.scene)}_{Path(prediction.checkpoint_name).stem}.{suffix}"
    scene, sha256 = prediction.scene, prediction.sha256
    content = partial(_prediction_content, scene, result.file, sha256, suffix, write)
    # Two checkpoints of one name differ in content, and copies of one content in their names.
    key = f"prediction_{suffix}_{prediction.sha256}_{name}"
    _button(label, content, name, _MIME[suffix], key)


def _button(label: str, content: Callable[[], str | bytes], name: str, mime: str, key: str) -> None:
    """Draw a button.

    Args:
        label: What it says.
        content: Makes the file.
        name: The file's name. A checkpoint's may be that of another download.
        mime: The file's media type.
        key: What tells it from all other downloads.
    """
    st.download_button(
        label,
        content,
        file_name=name,
        mime=mime,
        key=f"download_{key}",
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


def _prediction_content(
    scene: Scene, file: CheckpointFile, sha256: str, suffix: str, write: Writer
) -> bytes:
    """The content of a prediction's file.

    Raises:
        CheckpointError: The checkpoint is gone, or no longer the one that the page shows.
    """
    with quiet_turn():
        prediction = computed.prediction(scene, file)
    if prediction.sha256 != sha256:
        raise CheckpointError(file.path, "has changed since its maps were drawn", "Draw them anew.")
    return file_content(prediction, suffix, write)


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
