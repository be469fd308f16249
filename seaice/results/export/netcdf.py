"""Results as CF NetCDF files, written strip by strip, whole or not at all."""

import os
from pathlib import Path
from typing import Any

import netCDF4
import numpy as np

from seaice.ai4arctic.charts import CHART, CHARTS, FILL, ChartName
from seaice.core.errors import SceneError
from seaice.core.grids.pixel_grid import Window
from seaice.results.export.cf import (
    DIMS,
    NETWORK_DIMS,
    STRIP_LINES,
    add_dimensions,
    add_variable,
    new_file,
    others_may_read,
)
from seaice.results.export.positions import add_positions
from seaice.results.export.provenance import checkpoint_facts, provenance, scene_file, software
from seaice.results.inference import Prediction
from seaice.results.scoring import sic_classes
from seaice.scenes.netcdf import open_file
from seaice.scenes.read import read_valid
from seaice.scenes.scene import Scene


def write_prediction(
    path: Path, prediction: Prediction, command: str, *, pixel_positions: bool = False
) -> None:
    """Write the maps of a prediction.

    SIC, its class, SOD, FLOE and validity lie on the scene's own grid; probabilities and entropy on
    the grid at which the network computed, where that is another one.

    Args:
        path: The file; its folder is made, a file of that name is replaced.
        prediction: The prediction.
        command: What made it, for the file's history.
        pixel_positions: Whether to write latitude and longitude of each pixel, in place of those
            of every 4 km.

    Raises:
        OutputError: The folder cannot be written to.
    """
    scene, grid = prediction.scene, prediction.scene.grid
    with new_file(path) as file:
        file.setncatts(_provenance(prediction, command))
        add_dimensions(file, DIMS, grid)
        network_dims = DIMS
        if prediction.grid != grid:
            network_dims = NETWORK_DIMS
            add_dimensions(file, network_dims, prediction.grid)
            add_positions(file, scene, prediction.grid, network_dims, of_each_pixel=pixel_positions)
        add_positions(file, scene, grid, DIMS, of_each_pixel=pixel_positions)
        valid = add_variable(file, "valid", "u1", DIMS, long_name="inside the swath, not masked")
        valid.setncatts(
            {"flag_values": np.array([0, 1], np.uint8), "flag_meanings": "masked valid"}
        )
        _maps(file, prediction)
        is_own = prediction.grid == grid
        for strip in grid.strips(STRIP_LINES):
            inside = prediction.valid[strip] if is_own else read_valid(scene, window=strip)
            valid[strip] = inside
            _write_strip(file, prediction, strip, inside)
        for chart in prediction.probabilities:
            _uncertainty(file, prediction, chart, network_dims)


def is_prediction(path: Path, scene: Scene, sha256: str, *, pixel_positions: bool = False) -> bool:
    """Whether a file is what `write_prediction` would make of a scene once more.

    Args:
        path: The file; it may not exist or be anything else.
        scene: The scene, whose file may have changed since.
        sha256: Hash of the checkpoint's file.
        pixel_positions: Whether it must have the positions of each pixel, if the scene has any.
    """
    if not os.path.isfile(path):
        return False
    try:
        with open_file(path) as file:
            written = file.attrs
            of_pixels = "latitude" in file and file["latitude"].dims == DIMS
    except SceneError:
        return False
    if pixel_positions and scene.has_positions and not of_pixels:
        return False
    wanted = {
        "scene_file": scene_file(scene),
        "checkpoint_sha256": sha256,
        "software": software(),
    }
    return all(written.get(name) == value for name, value in wanted.items())


def _provenance(prediction: Prediction, command: str) -> dict[str, Any]:
    kind = "simulated " if prediction.scene.simulated else ""
    return {
        "Conventions": "CF-1.11",
        "title": f"Predicted ice charts of the {kind}scene {prediction.scene.id}",
        **provenance(prediction.scene, command),
        "pixel_spacing": prediction.scene.grid.spacing_m,
        **checkpoint_facts(prediction.checkpoint_name, prediction.sha256, prediction.info),
        "device": prediction.device,
        "comment": prediction.notice or "none",
    }


def _maps(file: netCDF4.Dataset, prediction: Prediction) -> None:
    add_variable(
        file,
        "SIC",
        "f4",
        DIMS,
        fill=np.float32(np.nan),
        long_name="sea ice concentration as continuous class index, tenths, 0 to 10",
        standard_name="sea_ice_area_fraction",
        units="0.1",
    )
    for chart in CHARTS:
        add_variable(
            file,
            "SIC_class" if chart == "SIC" else chart,
            "u1",
            DIMS,
            fill=np.uint8(FILL),
            long_name=CHART[chart].long_name.lower(),
            **_flags(chart),
        )


def _flags(chart: ChartName) -> dict[str, Any]:
    """Attributes that name a chart's classes."""
    return {
        "flag_values": np.arange(CHART[chart].n_classes, dtype=np.uint8),
        "flag_meanings": " ".join(_flag(text) for text in CHART[chart].class_names),
    }


def _flag(class_name: str) -> str:
    return class_name.lower().replace(" %", "_percent").replace(" ", "_").replace("-", "_")


def _write_strip(
    file: netCDF4.Dataset, prediction: Prediction, strip: Window, valid: np.ndarray
) -> None:
    for chart in CHARTS:
        with others_may_read():
            values = prediction.on(prediction.scene.grid, chart, strip)
        if chart == "SIC":
            file["SIC"][strip] = np.where(valid, values, np.float32(np.nan))
            file["SIC_class"][strip] = np.where(valid, sic_classes(values), FILL)
        else:
            file[chart][strip] = np.where(valid, values, FILL)


def _uncertainty(
    file: netCDF4.Dataset, prediction: Prediction, chart: ChartName, dims: tuple[str, str]
) -> None:
    """Probabilities and entropy, packed in steps of 1/250."""
    n_classes = CHART[chart].n_classes
    class_dim = f"{chart}_classes"
    file.createDimension(class_dim, n_classes)
    classes = file.createVariable(class_dim, "u1", (class_dim,))
    classes.setncatts(_flags(chart))
    classes[:] = np.arange(n_classes)
    packed = {"scale_factor": np.float32(1 / 250), "units": "1"}
    layer = add_variable(
        file,
        f"{chart}_probability",
        "u1",
        (class_dim, *dims),
        fill=np.uint8(FILL),
        long_name=f"probability of each class of {CHART[chart].long_name.lower()}",
        temperature=prediction.temperature(chart),
        **packed,
    )
    entropy = add_variable(
        file,
        f"{chart}_entropy",
        "u1",
        dims,
        fill=np.uint8(FILL),
        long_name="entropy of the class probabilities over its maximum, 0 sure to 1",
        **packed,
    )
    layer.set_auto_maskandscale(False)
    entropy.set_auto_maskandscale(False)
    for strip in prediction.grid.strips(STRIP_LINES):
        with others_may_read():
            valid = prediction.valid[strip]
            packed_layers = _packed(prediction.calibrated(chart, strip), valid)
            packed_entropy = _packed(prediction.entropy(chart, window=strip), valid)
        layer[:, *strip], entropy[strip] = packed_layers, packed_entropy


def _packed(values: np.ndarray, valid: np.ndarray) -> np.ndarray:
    return np.where(valid, np.rint(values.astype(np.float32) * 250), FILL).astype(np.uint8)
