"""What the scene browser shows of every scene of a folder: read once, as far as time allows.

Glances are kept between runs of the dashboard, too.
"""

import base64
import io
import json
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass

import numpy as np
import streamlit as st
from PIL import Image

from seaice.ai4arctic.charts import FILL
from seaice.core.cache import Store
from seaice.core.errors import SceneError
from seaice.dashboard.words import in_percent
from seaice.figures.palettes import Palette, chart_palette, continuous
from seaice.figures.png import map_png
from seaice.scenes.footprint import read_footprint
from seaice.scenes.scene import Scene, SceneKey
from seaice.scenes.summary import Summary, summarize

# A glance holds some 4 kB.
_MOST = 5000
_KIND = "glance-1"
"""The number is that of a glance's form."""
# Few greys: a thumbnail of radar speckle is mostly noise, which does not compress.
_HH_RANGE_DB, _GREYS = (-28.0, -4.0), 16


@dataclass(frozen=True)
class Glance:
    """A scene at a glance.

    Attributes:
        hh: Thumbnail of HH as a data URI; None where there is none.
        chart: Thumbnail of its SOD, or of the first chart there is; the same.
        share_valid: Share of valid pixels, 0 to 1; None where it could not be read.
        share_water: Share of water in the pixels that SIC labels; None where not known.
        outline_m: Points of the outline, x and y in EPSG:3413, metres; None where not known.
        problem: Why the scene cannot be read; empty where it can.
    """

    hh: str | None = None
    chart: str | None = None
    share_valid: float | None = None
    share_water: float | None = None
    outline_m: list[list[float]] | None = None
    problem: str = ""


def glances(
    scenes: Sequence[Scene],
    seconds: float | None = None,
    tell: Callable[[int], object] = lambda count: None,
) -> dict[str, Glance]:
    """Glances at scenes: those that are there already, and more until the time is up.

    Args:
        scenes: The scenes, the first one to be read first.
        seconds: When to stop reading; None reads all.
        tell: Called with the number of scenes that are there, after each that is read.

    Returns:
        Glances by scene id; scenes that are left for later are not in it.
    """
    memory, began = _memory(), time.monotonic()
    keys = {scene.id: _key(scene) for scene in scenes}
    _remember(memory, [keys[scene.id] for scene in scenes if not _unread(scene)])
    found = {scene.id: memory[keys[scene.id]] for scene in scenes if keys[scene.id] in memory}
    # To be looked at when they have been made ready.
    found |= {scene.id: Glance() for scene in scenes if scene.id not in found and _unread(scene)}
    for scene in scenes:
        if scene.id in found:
            continue
        if seconds is not None and time.monotonic() - began >= seconds:
            break
        key = keys[scene.id]
        found[scene.id] = memory[key] = glance = _look(scene)
        if not glance.problem:
            Store().put(_KIND, json.dumps(key), json.dumps(asdict(glance)).encode())
        while len(memory) > _MOST:
            memory.pop(next(iter(memory)), None)
        tell(len(found))
    return found


def _remember(memory: dict[SceneKey, Glance], keys: Sequence[SceneKey]) -> None:
    """Take over what earlier runs of the dashboard kept."""
    wanted = {json.dumps(key): key for key in keys if key not in memory}
    for text, value in Store().get_many(_KIND, list(wanted)).items():
        if glance := _glance(value):
            memory[wanted[text]] = glance


def _unread(scene: Scene) -> bool:
    """Whether a raw scene was never opened: making it ready takes too long for a glance."""
    return scene.raw is not None and not scene.path.is_file()


def _glance(text: bytes) -> Glance | None:
    """What was kept; None where it is anything else."""
    try:
        return Glance(**json.loads(text))
    except (ValueError, TypeError):
        return None


@st.cache_resource(show_spinner=False)
def _memory() -> dict[SceneKey, Glance]:
    """Shared by all sessions; a dict, to tell what is there without reading what is not."""
    return {}


def _key(scene: Scene) -> SceneKey:
    """The scene's identity, also when its file has gone."""
    try:
        return scene.key
    except SceneError:
        return (str(scene.path),)


def _look(scene: Scene) -> Glance:
    try:
        summary, outline_m = summarize(scene), read_footprint(scene)
    except SceneError as error:
        return Glance(problem=str(error))
    hh = None
    if summary.hh_db is not None:
        hh = _thumbnail(summary, summary.hh_db, continuous("gray", *_HH_RANGE_DB, "dB", _GREYS))
    return Glance(
        hh=hh,
        chart=_chart_thumbnail(summary),
        share_valid=summary.share_valid,
        share_water=summary.share_water,
        outline_m=None if outline_m is None else outline_m.round().tolist(),
    )


def _chart_thumbnail(summary: Summary) -> str | None:
    if summary.chart is None or summary.chart_name is None:
        return None
    shown = in_percent(summary.chart_name, summary.chart)
    return _thumbnail(summary, shown, chart_palette(summary.chart_name))


def _thumbnail(summary: Summary, values: np.ndarray, palette: Palette) -> str:
    labelled = summary.chart != FILL if values is not summary.hh_db else summary.valid
    nowhere = np.zeros(values.shape, bool)
    return _smaller(map_png(values, palette, summary.valid & labelled, nowhere))


def _smaller(uri: str) -> str:
    """The picture as lossless WebP: a third of a PNG, of which the palette alone takes 1 kB."""
    picture = Image.open(io.BytesIO(base64.b64decode(uri.partition(",")[2])))
    file = io.BytesIO()
    picture.convert("RGBA").save(file, "WEBP", lossless=True)
    return "data:image/webp;base64," + base64.b64encode(file.getvalue()).decode("ascii")
