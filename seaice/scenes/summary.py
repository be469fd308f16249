"""Summary of a scene: thumbnails, and the shares of its pixels that are valid and water."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from seaice.ai4arctic.channels import HH
from seaice.ai4arctic.charts import CHART, FILL, ChartName
from seaice.ai4arctic.layout import INPUT_FILL, unscale
from seaice.core.grids.coarsen import block_any, block_mean, block_mode
from seaice.core.grids.pixel_grid import Window
from seaice.scenes.read import read_chart, read_inputs
from seaice.scenes.scene import Scene

_THUMBNAIL_PX = 80
_STRIP_LINES = 1024
# A coarse pixel is valid where any of its own pixels is, so validity is counted on finer ones.
_FINER = 4


@dataclass(frozen=True)
class Summary:
    """What a table of scenes shows of each scene.

    Attributes:
        hh_db: HH, (lines, samples) float32 dB, at most 80 pixels along a side; None if the
            scene has no HH.
        valid: (lines, samples) bool of the same size.
        chart_name: SOD, or else the scene's first chart; None if it has none.
        chart: That chart, (lines, samples) uint8 classes, 255 where unlabelled.
        share_valid: Share of the pixels inside the swath and not masked, 0 to 1, counted on
            pixels of at most 320 along a side.
        share_water: Share of class 0 % in the pixels that SIC labels, 0 to 1, counted on the
            scene's own grid; None where SIC labels none.
    """

    hh_db: np.ndarray | None
    valid: np.ndarray
    chart_name: ChartName | None
    chart: np.ndarray | None
    share_valid: float
    share_water: float | None


def summarize(scene: Scene) -> Summary:
    """Summarise a scene from a coarse reading.

    Raises:
        SceneError: The file cannot be read.
    """
    step = -(-max(scene.grid.shape) // (_THUMBNAIL_PX * _FINER))
    spacing_m = scene.grid.spacing_m * step
    hh_db, valid = _hh(scene, spacing_m)
    name = _shown_chart(scene)
    return Summary(
        hh_db=None if hh_db is None else block_mean(hh_db, valid, _FINER, INPUT_FILL),
        valid=block_any(valid, _FINER),
        chart_name=name,
        chart=_chart(scene, name, spacing_m) if name else None,
        share_valid=float(valid.mean()),
        share_water=_share_water(scene),
    )


def _strips(scene: Scene, spacing_m: float) -> Iterator[Window]:
    """Strips of the coarse grid: the radar channels of a full-size scene take 0.5 GB at once."""
    lines = max(1, round(_STRIP_LINES * scene.grid.spacing_m / spacing_m))
    return scene.grid.at(spacing_m).strips(lines)


def _hh(scene: Scene, spacing_m: float) -> tuple[np.ndarray | None, np.ndarray]:
    """HH in dB, None if the scene has none, and validity."""
    channels = (HH,) if HH in scene.channels else ()
    strips = [read_inputs(scene, channels, spacing_m, at) for at in _strips(scene, spacing_m)]
    valid = np.concatenate([strip.valid for strip in strips])
    if not channels:
        return None, valid
    return unscale(HH, np.concatenate([strip.values[0] for strip in strips])), valid


def _shown_chart(scene: Scene) -> ChartName | None:
    """SOD if there is one: it says most about a scene."""
    return "SOD" if "SOD" in scene.charts else next(iter(scene.charts), None)


def _chart(scene: Scene, name: ChartName, spacing_m: float) -> np.ndarray:
    strips = [read_chart(scene, name, spacing_m, at) for at in _strips(scene, spacing_m)]
    classes = np.concatenate(strips)
    return block_mode(classes, CHART[name].n_classes, _FINER)


def _share_water(scene: Scene) -> float | None:
    """Counted on every pixel: the modal class of a coarse pixel says nothing about shares."""
    if "SIC" not in scene.charts:
        return None
    water = labelled = 0
    for strip in scene.grid.strips(_STRIP_LINES):
        classes = read_chart(scene, "SIC", window=strip)
        water += int(np.count_nonzero(classes == 0))
        labelled += int(np.count_nonzero(classes != FILL))
    return water / labelled if labelled else None
