"""What pages load or compute once and share between sessions."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from seaice.baselines.beside import Yardstick, yardsticks
from seaice.baselines.files import FOLDER
from seaice.core.device import best_device
from seaice.core.errors import MissingChannelsError, NoScenesError, SceneError
from seaice.core.grids.pixel_grid import PixelGrid, Window
from seaice.dashboard.cache_keys import cached, file_key, folder_key
from seaice.dashboard.text import sendable
from seaice.explain.gradcam import CamConfig, Heatmap, explain
from seaice.network.checkpoint import Checkpoint, load_checkpoint
from seaice.network.checkpoint_files import CheckpointFile, file_sha256, list_checkpoints
from seaice.network.network import SeaIceNet
from seaice.results.autoice.column import ClassMaps, MapsFile, read_maps, score_maps
from seaice.results.evaluation import score_prediction
from seaice.results.inference import Prediction, predict
from seaice.results.maps import ChartMaps
from seaice.results.scoring import ScoreSums
from seaice.scenes.catalogue import (
    Catalogue,
    checked,
    make_ready,
    read_catalogue,
    reference_files,
    scene_files,
)
from seaice.scenes.region import Region
from seaice.scenes.scene import Scene, SceneKey

# A prediction of a million pixels holds about 32 MB, a heatmap 0.1 MB.
_PREDICTIONS, _HEATMAPS = 12, 200
_CATALOGUES = 4


def catalogue(folder: Path) -> Catalogue:
    """The scenes of a folder; read again when a file comes, goes or changes.

    Raises:
        NoScenesError: The folder does not exist or holds no scene that pages can show.
    """
    # With the charts that lie in files of their own.
    files = [*scene_files(folder), *reference_files(folder)]
    key = folder, tuple(file_key(path) for path in files)
    known = _catalogues()
    found = known.get(key)
    if found is None:
        place = st.empty()
        found = _with_sendable_names(read_catalogue(folder, on_progress=_progress_bar(place)))
        place.empty()
    # The most recently used one comes last and is dropped last.
    known.pop(key, None)
    known[key] = found
    while len(known) > _CATALOGUES:
        known.pop(next(iter(known)), None)
    return found


def _with_sendable_names(catalogue: Catalogue) -> Catalogue:
    """A catalogue without the files whose names a browser cannot be told: they become problems.

    Raises:
        NoScenesError: No scene is left.
    """
    paths = {each: str(each.raw or each.path) for each in catalogue.scenes}
    clear = tuple(each for each, path in paths.items() if sendable(path) == path)
    problems = tuple(
        f"{path}: its name is not valid UTF-8, so pages cannot show it. Rename it."
        for each, path in paths.items()
        if each not in clear
    )
    if paths and not clear:
        raise NoScenesError(problems[0])
    return replace(
        catalogue,
        scenes=clear,
        problems=tuple(map(sendable, (*catalogue.problems, *problems))),
        results=tuple(Path(sendable(str(path))) for path in catalogue.results),
    )


def _progress_bar(place: DeltaGenerator) -> Callable[[int, int], object]:
    """Show how many new files have been opened; the first time takes a while."""
    return lambda done, total: place.progress(done / total, f"Opening files: {done} of {total}")


@st.cache_resource(show_spinner=False)
def _catalogues() -> dict[tuple[Path, tuple[SceneKey, ...]], Catalogue]:
    """A dict for all sessions: a cached function could not show progress."""
    return {}


def ready(scene: Scene) -> None:
    """Make a raw scene ready, with a spinner.

    Raises:
        SceneError, OutputError: The scene cannot be made ready.
    """
    if scene.raw is None:
        return
    with st.spinner("Converting the raw scene: about a minute, the first time only ..."):
        make_ready(scene, in_subprocess=True)


@cached(max_entries=100)
def checked_scene(scene: Scene) -> Scene:
    """A scene that knows what is implausible about its file, for its notice."""
    return checked(scene)


@st.cache_resource(
    max_entries=4,
    show_spinner=False,
    hash_funcs={type(Path()): lambda folder: folder_key(folder, "*.safetensors")},
)
def checkpoints(folder: Path) -> tuple[list[CheckpointFile], list[str]]:
    """The checkpoints of a folder and its problems; read again when a file changes."""
    return list_checkpoints(folder)


@cached(max_entries=24)
def checkpoint(file: CheckpointFile) -> Checkpoint:
    """A checkpoint with its network.

    Raises:
        CheckpointError: The file cannot be read.
    """
    return load_checkpoint(file.path, best_device().torch_name)


@cached(max_entries=500)
def sha256(file: CheckpointFile) -> str:
    """SHA-256 of a checkpoint, hexadecimal; empty if the file is gone."""
    try:
        return file_sha256(file.path)
    except OSError:
        return ""


def network(file: CheckpointFile) -> SeaIceNet:
    """The network of a checkpoint."""
    return checkpoint(file).network


@cached(_PREDICTIONS)
def prediction(scene: Scene, file: CheckpointFile) -> Prediction:
    """The prediction of a checkpoint for a scene.

    Raises:
        MissingChannelsError: The scene lacks channels.
        SceneError, CheckpointError: A file cannot be read.
    """
    return predict(scene, checkpoint(file))


@cached(_HEATMAPS)
def heatmap(
    scene: Scene, file: CheckpointFile, config: CamConfig, region: Region | None = None
) -> Heatmap:
    """Evidence of a checkpoint on a scene; of its prediction in a region if one is given."""
    window = _window(scene.grid.at(file.info.spacing_m), region)
    return explain(scene, checkpoint(file), config, window)


@cached(max_entries=500)
def scores(maps: ChartMaps, region: Region | None = None) -> ScoreSums:
    """Sums for the scores of predicted maps over a scene or a region, on the scene's own grid."""
    window = _window(maps.scene.grid, region)
    if isinstance(maps, ClassMaps):
        return score_maps(maps, window)
    return score_prediction(maps, window)


@cached(max_entries=6)
def maps_of_file(file: MapsFile, scene: Scene) -> ClassMaps:
    """Maps of a scene from an AutoICE package or a prediction.

    Raises:
        SceneError: The file holds none, or cannot be read.
    """
    return read_maps(file, scene)


@st.cache_resource(
    max_entries=16,
    show_spinner=False,
    hash_funcs={type(Path()): lambda folder: folder_key(folder / FOLDER, "*.safetensors")},
)
def baselines(models: Path, channel_set: str) -> tuple[list[Yardstick], list[str]]:
    """What networks on a channel set are compared with; read again when a file changes.

    Returns:
        The yardsticks, and a sentence for each baseline that cannot be read.
    """
    return yardsticks(models, channel_set)


@cached(max_entries=6)
def baseline_maps(scene: Scene, yardstick: Yardstick) -> ChartMaps | None:
    """What a baseline predicts for a scene; None where it cannot, as the truth of a real scene."""
    try:
        return replace(yardstick.predict(scene), source=yardstick.key)
    except (SceneError, MissingChannelsError):
        return None


@cached(max_entries=1000)
def baseline_scores(
    scene: Scene, yardstick: Yardstick, region: Region | None = None
) -> ScoreSums | None:
    """Sums for a baseline's scores over a scene or a region; None where it cannot predict it."""
    maps = baseline_maps(scene, yardstick)
    return score_prediction(maps, _window(scene.grid, region)) if maps else None


def _window(grid: PixelGrid, region: Region | None) -> Window | None:
    return region.window(grid) if region else None
