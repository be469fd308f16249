"""Heatmaps as CF NetCDF files."""

from pathlib import Path
from typing import Any

import numpy as np

from seaice.core.grids.pixel_grid import Window
from seaice.explain.gradcam import Heatmap
from seaice.explain.methods import field_warning
from seaice.explain.paths import EXPLAINED_REGION, require_heatmap
from seaice.explain.targets import target_names
from seaice.network.checkpoint import Checkpoint
from seaice.results.export.cf import DIMS, add_dimensions, add_variable, new_file
from seaice.results.export.positions import add_positions
from seaice.results.export.provenance import checkpoint_facts, provenance
from seaice.scenes.read import read_valid
from seaice.scenes.scene import Scene


def write_heatmap(
    path: Path, scene: Scene, heatmap: Heatmap, checkpoint: Checkpoint, command: str
) -> None:
    """Write a heatmap: the evidence on the checkpoint's grid, and the raw map on feature cells.

    Args:
        path: The file. Its folder is created, and an existing heatmap is replaced.
        scene: The scene.
        heatmap: The heatmap.
        checkpoint: The checkpoint that was explained.
        command: The command line, for the file's history.

    Raises:
        ConfigError: Another kind of file exists there.
        OutputError: The folder is not writable.
    """
    require_heatmap(path)
    config = heatmap.config
    with new_file(path) as file:
        file.setncatts(_heatmap_facts(scene, heatmap, checkpoint, command))
        add_dimensions(file, DIMS, heatmap.grid)
        for dim, size in zip(("cell_lines", "cell_samples"), heatmap.raw.shape, strict=True):
            file.createDimension(dim, size)
        add_positions(file, scene, heatmap.grid, DIMS)
        evidence = add_variable(
            file,
            "evidence",
            "f4",
            DIMS,
            fill=np.float32(np.nan),
            long_name=f"{config.method} evidence for {config.chart} "
            f"{target_names(config.chart)[config.target]} at {config.layer}",
            units=heatmap.cf_unit,
        )
        valid = read_valid(scene, heatmap.grid.spacing_m)
        evidence[:] = np.where(valid, heatmap.on(heatmap.grid), np.float32(np.nan))
        raw = add_variable(file, "raw", "f4", ("cell_lines", "cell_samples"), units="1")
        raw.long_name = "raw map, signed, on feature cells of the window"
        raw[:] = heatmap.raw


def _heatmap_facts(
    scene: Scene, heatmap: Heatmap, checkpoint: Checkpoint, command: str
) -> dict[str, Any]:
    config, info = heatmap.config, checkpoint.info
    warning = "" if heatmap.region == heatmap.grid.whole else field_warning(config.method)
    comments = warning, heatmap.message or heatmap.notice
    return {
        "Conventions": "CF-1.11",
        "title": f"{config.method} of {config.chart} in scene {scene.id}",
        **provenance(scene, command),
        **checkpoint_facts(checkpoint.path.name, checkpoint.sha256, info),
        "chart": config.chart,
        "target": target_names(config.chart)[config.target],
        "layer": config.layer,
        "method": config.method,
        EXPLAINED_REGION: _bounds(heatmap.region),
        "covered_window": _bounds(heatmap.window),
        "feature_cell_pixels": heatmap.cell_px,
        "target_pixels": heatmap.target_pixels,
        "evidence_unit": f"{heatmap.unit} per km2" if heatmap.unit else "none",
        "comment": " ".join(each for each in comments if each) or "none",
    }


def _bounds(window: Window) -> list[int]:
    """First and last line, first and last sample, the last ones not included."""
    return [side for part in window for side in (part.start, part.stop)]
