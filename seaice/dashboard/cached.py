"""Cached loaders. Keys are identities of files and settings, never array content.

Arguments that begin with an underscore are not part of a key: they can be told from the others.
"""

from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import numpy as np
import plotly.graph_objects as go
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from seaice.ai4arctic.charts import ChartName
from seaice.ai4arctic.layout import unscale
from seaice.ai4arctic.names import REFERENCE_SUFFIX
from seaice.core.device import best_device
from seaice.core.grids.pixel_grid import PixelGrid, Window
from seaice.explain.gradcam import CamConfig, Heatmap, explain
from seaice.network.checkpoint import Checkpoint, load_checkpoint
from seaice.network.checkpoint_files import CheckpointFile, list_checkpoints
from seaice.network.network import SeaIceNet
from seaice.network.receptive_field import padding_share, receptive_field_px
from seaice.results.evaluation import score_prediction
from seaice.results.inference import Prediction, predict
from seaice.results.scoring import ScoreSums
from seaice.scenes.catalogue import Catalogue, make_ready, read_catalogue, scene_files
from seaice.scenes.read import read_chart, read_inputs, read_positions
from seaice.scenes.region import Region
from seaice.scenes.scene import Scene, SceneKey

# Entries, not bytes: a prediction of a million pixels holds about 32 MB, a heatmap 0.1 MB,
# a drawn map up to 1 MB, a figure 2 MB besides its maps.
_PREDICTIONS, _LAYERS, _HEATMAPS, _DRAWN, _FIGURES = 12, 24, 200, 150, 24
_CATALOGUES = 4

Kept = TypeVar("Kept")


def file_key(path: Path) -> SceneKey:
    """A file's identity: path, modification time, size; the path alone where it is gone."""
    try:
        status = path.stat()
    except OSError:
        return (str(path),)
    return str(path), status.st_mtime_ns, status.st_size


def catalogue(folder: Path) -> Catalogue:
    """The scenes of a folder; read again when a file comes, goes or changes.

    Raises:
        NoScenesError: The folder is not there or holds no usable scene.
    """
    # With the charts that lie in files beside their scenes.
    files = [*scene_files(folder), *sorted(folder.glob(f"*{REFERENCE_SUFFIX}"))]
    key = folder, tuple(file_key(path) for path in files)
    known = _catalogues()
    found = known.get(key)
    if found is None:
        place = st.empty()
        found = read_catalogue(folder, on_progress=_told(place))
        place.empty()
    # The last to go, of those that other sessions look at.
    known.pop(key, None)
    known[key] = found
    while len(known) > _CATALOGUES:
        known.pop(next(iter(known)), None)
    return found


def _told(place: DeltaGenerator) -> Callable[[int, int], object]:
    """Shows how many of the unknown files were opened; the first time takes a while."""
    return lambda done, total: place.progress(
        done / total, f"Reading what {total} files hold: {done} done"
    )


@st.cache_resource(show_spinner=False)
def _catalogues() -> dict[tuple[Path, tuple[SceneKey, ...]], Catalogue]:
    """Shared by all sessions; a dict, because progress cannot be shown within a cached function."""
    return {}


def ready(scene: Scene) -> None:
    """Make a raw scene ready; says so while that takes its time.

    Raises:
        SceneError, OutputError: It cannot be made ready.
    """
    if scene.raw is None:
        return
    with st.spinner("Making the raw scene ready: a minute or so, this once ..."):
        make_ready(scene, in_subprocess=True)


def checkpoints(folder: Path) -> tuple[list[CheckpointFile], list[str]]:
    """The checkpoints of a folder and its problems; read again when a file changes."""
    files = sorted(folder.glob("*.safetensors"))
    return _checkpoints(folder, tuple(file_key(path) for path in files))


@st.cache_resource(max_entries=4, show_spinner=False)
def _checkpoints(
    folder: Path, files: tuple[SceneKey, ...]
) -> tuple[list[CheckpointFile], list[str]]:
    return list_checkpoints(folder)


@st.cache_resource(max_entries=24, show_spinner=False)
def _loaded(key: SceneKey) -> Checkpoint:
    return load_checkpoint(Path(key[0]), best_device().torch_name)


def prediction(scene: Scene, file: CheckpointFile) -> Prediction:
    """The prediction of a checkpoint for a scene.

    Raises:
        MissingChannelsError: The scene lacks channels.
        SceneError, CheckpointError: A file cannot be read.
    """
    return _prediction(scene.key, file_key(file.path), scene)


@st.cache_resource(max_entries=_PREDICTIONS, show_spinner=False)
def _prediction(scene_key: SceneKey, checkpoint_key: SceneKey, _scene: Scene) -> Prediction:
    return predict(_scene, _loaded(checkpoint_key))


def scores(scene: Scene, file: CheckpointFile, region: Region | None = None) -> ScoreSums:
    """Sums for the scores of a checkpoint on a scene or a region, on the scene's own grid."""
    return _scores(scene.key, file_key(file.path), region, scene, file)


@st.cache_resource(max_entries=500, show_spinner=False)
def _scores(
    scene_key: SceneKey,
    checkpoint_key: SceneKey,
    region: Region | None,
    _scene: Scene,
    _file: CheckpointFile,
) -> ScoreSums:
    return score_prediction(prediction(_scene, _file), _window(_scene.grid, region))


def heatmap(
    scene: Scene, file: CheckpointFile, config: CamConfig, region: Region | None = None
) -> Heatmap:
    """Grad-CAM of a checkpoint on a scene; of what it says of a region, where one is given."""
    return _heatmap(scene.key, file_key(file.path), config, region, scene, file)


@st.cache_resource(max_entries=_HEATMAPS, show_spinner=False)
def _heatmap(
    scene_key: SceneKey,
    checkpoint_key: SceneKey,
    config: CamConfig,
    region: Region | None,
    _scene: Scene,
    _file: CheckpointFile,
) -> Heatmap:
    window = _window(_scene.grid.at(_file.info.spacing_m), region)
    return explain(_scene, _loaded(checkpoint_key), config, window)


def _window(grid: PixelGrid, region: Region | None) -> Window | None:
    return region.window(grid) if region else None


def channel(
    scene: Scene, name: str, spacing_m: float, region: Region | None = None
) -> tuple[np.ndarray, np.ndarray]:
    """A channel in physical units, and the validity mask, at a spacing.

    Returns:
        (lines, samples) float32 in the channel's unit, and bool; of the region, where one is given.
    """
    return _channel(scene.key, name, spacing_m, region, scene)


@st.cache_resource(max_entries=_LAYERS, show_spinner=False)
def _channel(
    scene_key: SceneKey, name: str, spacing_m: float, region: Region | None, _scene: Scene
) -> tuple[np.ndarray, np.ndarray]:
    inputs = read_inputs(_scene, (name,), spacing_m, _window(_scene.grid.at(spacing_m), region))
    return unscale(name, inputs.values[0]), inputs.valid


def chart(
    scene: Scene, name: ChartName, spacing_m: float, region: Region | None = None
) -> np.ndarray:
    """A reference chart at a spacing, (lines, samples) uint8, 255 where unlabelled."""
    return _chart(scene.key, name, spacing_m, region, scene)


@st.cache_resource(max_entries=_LAYERS, show_spinner=False)
def _chart(
    scene_key: SceneKey, name: ChartName, spacing_m: float, region: Region | None, _scene: Scene
) -> np.ndarray:
    return read_chart(_scene, name, spacing_m, _window(_scene.grid.at(spacing_m), region))


def positions(
    scene: Scene, spacing_m: float, region: Region | None = None
) -> tuple[np.ndarray, np.ndarray]:
    """Latitude and longitude at a spacing, degrees, float32."""
    return _positions(scene.key, spacing_m, region, scene)


@st.cache_resource(max_entries=8, show_spinner=False)
def _positions(
    scene_key: SceneKey, spacing_m: float, region: Region | None, _scene: Scene
) -> tuple[np.ndarray, np.ndarray]:
    window = _window(_scene.grid.at(spacing_m), region)
    latitude, longitude = read_positions(_scene, spacing_m, window)
    return latitude.astype(np.float32), longitude.astype(np.float32)


def kept(key: tuple[object, ...], build: Callable[[], Kept]) -> Kept:
    """What a function builds, built once for a key.

    Args:
        key: Identities of files and settings that the result follows from.
        build: Builds it.
    """
    return _kept(key, build)


@st.cache_resource(max_entries=_DRAWN, show_spinner=False)
def _kept(key: tuple[object, ...], _build: Callable[[], Kept]) -> Kept:
    return _build()


def figures(key: tuple[object, ...], build: Callable[[], list[go.Figure]]) -> list[go.Figure]:
    """The figures that a function builds, built once for a key; not to be changed."""
    return _figures(key, build)


@st.cache_resource(max_entries=_FIGURES, show_spinner=False)
def _figures(key: tuple[object, ...], _build: Callable[[], list[go.Figure]]) -> list[go.Figure]:
    return _build()


def network(file: CheckpointFile) -> SeaIceNet:
    """The network of a checkpoint."""
    return _loaded(file_key(file.path)).network


def receptive_field_km(file: CheckpointFile) -> float:
    """Theoretical receptive field of a checkpoint's network, km along one side."""
    return receptive_field_px(network(file)) * file.info.spacing_m / 1000


def padding(file: CheckpointFile, scene: Scene) -> float:
    """Share of the largest rate's taps that fall on padding in a whole scene; 0 without rates."""
    if not file.info.rates:
        return 0.0
    stride = file.info.network.output_stride
    lines, samples = (-(-size // stride) for size in scene.grid.at(file.info.spacing_m).shape)
    return padding_share(max(file.info.rates), (lines, samples))
