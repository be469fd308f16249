"""What the scene browser shows of each scene, read once and kept between starts of the dashboard.

`seaice.scenes.summary` reads a scene coarsely, as arrays. A `SceneSummary` is what the browser's
table and map draw from them: small pictures, percentages and an outline.
"""

import base64
import io
import json
import os
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass

import numpy as np
import streamlit as st
from PIL import Image

from seaice.ai4arctic.channels import HH
from seaice.ai4arctic.charts import FILL
from seaice.core.cache import Store
from seaice.core.errors import SceneError
from seaice.core.grids.orientation import AS_ACQUIRED, Orientation
from seaice.dashboard.cache_keys import scene_key
from seaice.dashboard.words import in_percent
from seaice.figures.channels import sar_palette
from seaice.figures.palettes import Palette, chart_palette
from seaice.figures.png import map_png
from seaice.scenes.footprint import read_footprint
from seaice.scenes.north import scene_orientation
from seaice.scenes.scene import Scene, SceneKey
from seaice.scenes.summary import Summary, summarize

# A summary takes about 4 kB.
_MAX_IN_MEMORY = 5000
# The number is the version of the stored form.
_STORE_KIND = "scene-summary-2"
# Few greys: a thumbnail of radar speckle is mostly noise, which does not compress.
_GREYS = 16


@dataclass(frozen=True)
class SceneSummary:
    """What the scene browser shows of one scene.

    Attributes:
        hh: Thumbnail of HH as a data URI; None if the scene has no HH.
        chart: Thumbnail of SOD, or else of the scene's first chart; None if it has no chart.
        share_valid: Share of valid pixels, 0 to 1; None if the scene was not or cannot be read.
        share_water: Share of open water in the pixels that SIC labels, 0 to 1; None if unknown.
        outline_m: Points of the outline, x and y in EPSG:3413, metres; None if unknown.
        problem: Why the scene cannot be read; empty if it can.
    """

    hh: str | None = None
    chart: str | None = None
    share_valid: float | None = None
    share_water: float | None = None
    outline_m: list[list[float]] | None = None
    problem: str = ""

    @property
    def unprepared(self) -> bool:
        """Whether it is a raw scene that nobody has opened yet, of which nothing is known."""
        return self.share_valid is None and not self.problem


def scene_summaries(
    scenes: Sequence[Scene],
    time_limit_s: float | None = None,
    on_progress: Callable[[int], object] = lambda count: None,
) -> dict[str, SceneSummary]:
    """Summaries of scenes: all that are known, and as many new ones as time allows.

    Args:
        scenes: The scenes, in the order in which to read them.
        time_limit_s: When to stop reading, seconds; None reads all of them, 0 none.
        on_progress: Called after each scene that is read, with the number of summaries so far.

    Returns:
        Summaries by scene id. Scenes that there was no time for are missing.
    """
    memory, start = _memory(), time.monotonic()
    keys = {scene.id: scene_key(scene) for scene in scenes}
    _load_stored(memory, [keys[scene.id] for scene in scenes if not _is_unprepared(scene)])
    known = {scene.id: memory[keys[scene.id]] for scene in scenes if keys[scene.id] in memory}
    # These get their summary once they have been prepared.
    known |= {
        scene.id: SceneSummary()
        for scene in scenes
        if scene.id not in known and _is_unprepared(scene)
    }
    for scene in scenes:
        if scene.id in known:
            continue
        if time_limit_s is not None and time.monotonic() - start >= time_limit_s:
            break
        key = keys[scene.id]
        known[scene.id] = memory[key] = summary = _read(scene)
        if not summary.problem:
            Store().put(_STORE_KIND, json.dumps(key), json.dumps(asdict(summary)).encode())
        while len(memory) > _MAX_IN_MEMORY:
            memory.pop(next(iter(memory)), None)
        on_progress(len(known))
    return known


def _load_stored(memory: dict[SceneKey, SceneSummary], keys: Sequence[SceneKey]) -> None:
    """Add to memory what earlier starts of the dashboard have stored."""
    wanted = {json.dumps(key): key for key in keys if key not in memory}
    for text, value in Store().get_many(_STORE_KIND, list(wanted)).items():
        if summary := _parse(value):
            memory[wanted[text]] = summary


def _is_unprepared(scene: Scene) -> bool:
    """Whether a raw scene was never prepared, which takes too long for a summary."""
    return scene.raw is not None and not os.path.isfile(scene.path)


def _parse(text: bytes) -> SceneSummary | None:
    """A stored summary; None if the text is anything else."""
    try:
        return SceneSummary(**json.loads(text))
    except (ValueError, TypeError):
        return None


@st.cache_resource(show_spinner=False)
def _memory() -> dict[SceneKey, SceneSummary]:
    """Shared by all sessions; a dict, so that what is known can be listed without reading more."""
    return {}


def _read(scene: Scene) -> SceneSummary:
    try:
        summary, outline_m = summarize(scene), read_footprint(scene)
        orientation = scene_orientation(scene) or AS_ACQUIRED
    except SceneError as error:
        return SceneSummary(problem=str(error))
    hh = None
    if summary.hh_db is not None:
        grey = sar_palette(HH, count=_GREYS)
        hh = _thumbnail(summary.hh_db, summary.valid, grey, orientation)
    return SceneSummary(
        hh=hh,
        chart=_chart_thumbnail(summary, orientation),
        share_valid=summary.share_valid,
        share_water=summary.share_water,
        outline_m=None if outline_m is None else outline_m.round().tolist(),
    )


def _chart_thumbnail(summary: Summary, orientation: Orientation) -> str | None:
    if summary.chart is None or summary.chart_name is None:
        return None
    values = in_percent(summary.chart_name, summary.chart)
    labelled = summary.valid & (summary.chart != FILL)
    return _thumbnail(values, labelled, chart_palette(summary.chart_name), orientation)


def _thumbnail(
    values: np.ndarray, shown: np.ndarray, palette: Palette, orientation: Orientation
) -> str:
    """A small picture, north up, as a data URI, transparent except where `shown`."""
    no_land = np.zeros(values.shape, bool)
    return _as_webp(map_png(values, palette, shown, no_land, orientation=orientation))


def _as_webp(png_uri: str) -> str:
    """The picture as lossless WebP: a third of the PNG, whose palette alone takes 1 kB."""
    picture = Image.open(io.BytesIO(base64.b64decode(png_uri.partition(",")[2])))
    file = io.BytesIO()
    picture.convert("RGBA").save(file, "WEBP", lossless=True)
    return "data:image/webp;base64," + base64.b64encode(file.getvalue()).decode("ascii")
