"""Results as CF NetCDF files, written strip by strip, whole or not at all."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import netCDF4
import numpy as np

from seaice.checkpoint import Checkpoint
from seaice.data.grid import PixelGrid, Window
from seaice.data.netcdf import NETCDF_LOCK, open_file
from seaice.data.read import read_positions, read_valid
from seaice.data.scene import Scene
from seaice.errors import ConfigError, SceneError
from seaice.explain.gradcam import Heatmap, target_names
from seaice.export.provenance import checkpoint_facts, provenance
from seaice.files import whole_file
from seaice.inference import Prediction
from seaice.scoring import sic_classes
from seaice.vocabulary import CHART, CHARTS, FILL, POSITIONS, ChartName

_STRIP_LINES = 512
_REGION = "explained_region"
"""Attribute that tells a heatmap."""
_DIMS = ("lines", "samples")
_NETWORK_DIMS = ("network_lines", "network_samples")
_PREFIX = {_DIMS: "", _NETWORK_DIMS: "network_"}
"""What the names of the positions begin with, by grid."""


def write_prediction(path: Path, prediction: Prediction, command: str) -> None:
    """Write the maps of a prediction.

    SIC, its class, SOD, FLOE and validity lie on the scene's own grid; probabilities and entropy on
    the grid at which the network computed, where that is another one.

    Args:
        path: The file; its folder is made, a file of that name is replaced.
        prediction: The prediction.
        command: What made it, for the file's history.

    Raises:
        OutputError: The folder cannot be written to.
    """
    scene, grid = prediction.scene, prediction.scene.grid
    with _new_file(path) as file:
        file.setncatts(_provenance(prediction, command))
        _dimensions(file, _DIMS, grid)
        network_dims = _DIMS
        if prediction.grid != grid:
            network_dims = _NETWORK_DIMS
            _dimensions(file, network_dims, prediction.grid)
            _positions(file, scene, prediction.grid, network_dims)
        _positions(file, scene, grid, _DIMS)
        valid = _layer(file, "valid", "u1", _DIMS, long_name="inside the swath, not masked")
        valid.setncatts(
            {"flag_values": np.array([0, 1], np.uint8), "flag_meanings": "masked valid"}
        )
        _maps(file, prediction)
        for strip in grid.strips(_STRIP_LINES):
            inside = read_valid(scene, window=strip)
            valid[strip] = inside
            _write_strip(file, prediction, strip, inside)
        for chart in prediction.probabilities:
            _uncertainty(file, prediction, chart, network_dims)


def write_heatmap(
    path: Path, scene: Scene, heatmap: Heatmap, checkpoint: Checkpoint, command: str
) -> None:
    """Write a heatmap: the evidence on the checkpoint's grid, and the raw map on feature cells.

    Args:
        path: The file; its folder is made, an earlier heatmap of that name is replaced.
        scene: The scene.
        heatmap: The heatmap.
        checkpoint: What was explained.
        command: What made it, for the file's history.

    Raises:
        ConfigError: Another file than an earlier heatmap is there.
        OutputError: The folder cannot be written to.
    """
    require_heatmap(path)
    config = heatmap.config
    with _new_file(path) as file:
        file.setncatts(_heatmap_facts(scene, heatmap, checkpoint, command))
        _dimensions(file, _DIMS, heatmap.grid)
        for dim, size in zip(("cell_lines", "cell_samples"), heatmap.raw.shape, strict=True):
            file.createDimension(dim, size)
        _positions(file, scene, heatmap.grid, _DIMS)
        evidence = _layer(
            file,
            "evidence",
            "f4",
            _DIMS,
            fill=np.float32(np.nan),
            long_name=f"{config.method} evidence for {config.chart} "
            f"{target_names(config.chart)[config.target]} at {config.layer}",
            units="1",
        )
        valid = read_valid(scene, heatmap.grid.spacing_m)
        evidence[:] = np.where(valid, heatmap.on(heatmap.grid), np.float32(np.nan))
        raw = _layer(file, "raw", "f4", ("cell_lines", "cell_samples"), units="1")
        raw.long_name = "raw map, signed, on feature cells of the window"
        raw[:] = heatmap.raw


def require_heatmap(path: Path) -> None:
    """Check that a heatmap can go to a path: a scene or a checkpoint there must not be lost.

    Raises:
        ConfigError: It does not end in .nc, or something else than an earlier heatmap is there.
    """
    if path.suffix != ".nc":
        raise ConfigError(f"{path} does not end in .nc, as a heatmap does.")
    if not os.path.lexists(path):
        return
    try:
        with open_file(path) as file:
            earlier = _REGION in file.attrs
    except SceneError:
        earlier = False
    if not earlier:
        raise ConfigError(
            f"{path} is there and no heatmap: it is not overwritten. Choose another name."
        )


def _heatmap_facts(
    scene: Scene, heatmap: Heatmap, checkpoint: Checkpoint, command: str
) -> dict[str, Any]:
    config, info = heatmap.config, checkpoint.info
    return {
        "Conventions": "CF-1.11",
        "title": f"{config.method} of {config.chart} in scene {scene.id}",
        **provenance(scene, command),
        **checkpoint_facts(checkpoint.path.name, checkpoint.sha256, info),
        "chart": config.chart,
        "target": target_names(config.chart)[config.target],
        "layer": config.layer,
        "method": config.method,
        _REGION: _bounds(heatmap.region),
        "covered_window": _bounds(heatmap.window),
        "feature_cell_pixels": heatmap.cell_px,
        "target_pixels": heatmap.target_pixels,
        "comment": heatmap.message or heatmap.notice or "none",
    }


def _bounds(window: Window) -> list[int]:
    """First and last line, first and last sample, the last ones not included."""
    return [side for part in window for side in (part.start, part.stop)]


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


@contextmanager
def _new_file(path: Path) -> Iterator[netCDF4.Dataset]:
    # The library reports a full disk as RuntimeError.
    with (
        NETCDF_LOCK,
        whole_file(path, RuntimeError) as temporary,
        netCDF4.Dataset(temporary, "w") as file,
    ):
        yield file


def _dimensions(file: netCDF4.Dataset, dims: tuple[str, str], grid: PixelGrid) -> None:
    for dim, size in zip(dims, grid.shape, strict=True):
        file.createDimension(dim, size)


def _layer(
    file: netCDF4.Dataset,
    name: str,
    kind: str,
    dims: tuple[str, ...],
    fill: Any = None,  # noqa: ANN401 - a scalar of the variable's own type
    **attributes: Any,  # noqa: ANN401
) -> netCDF4.Variable:
    variable = file.createVariable(
        name, kind, dims, compression="zlib", complevel=1, shuffle=True, fill_value=fill
    )
    prefix = _PREFIX.get(dims[-2:])
    if prefix is not None and f"{prefix}longitude" in file.variables:
        attributes["coordinates"] = f"{prefix}latitude {prefix}longitude"
    variable.setncatts(attributes)
    return variable


def _positions(file: netCDF4.Dataset, scene: Scene, grid: PixelGrid, dims: tuple[str, str]) -> None:
    if POSITIONS[0] not in scene.channels:
        return
    prefix = _PREFIX[dims]
    latitude, longitude = (
        _layer(file, f"{prefix}{name}", "f4", dims, standard_name=name, units=units)
        for name, units in (("latitude", "degrees_north"), ("longitude", "degrees_east"))
    )
    for strip in grid.strips(_STRIP_LINES):
        latitude[strip], longitude[strip] = read_positions(scene, grid.spacing_m, strip)


def _maps(file: netCDF4.Dataset, prediction: Prediction) -> None:
    _layer(
        file,
        "SIC",
        "f4",
        _DIMS,
        fill=np.float32(np.nan),
        long_name="sea ice concentration as continuous class index, tenths, 0 to 10",
        standard_name="sea_ice_area_fraction",
        units="0.1",
    )
    for name, chart in (("SIC_class", "SIC"), ("SOD", "SOD"), ("FLOE", "FLOE")):
        _layer(
            file,
            name,
            "u1",
            _DIMS,
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
    probabilities = prediction.probabilities[chart]
    class_dim = f"{chart}_classes"
    file.createDimension(class_dim, len(probabilities))
    classes = file.createVariable(class_dim, "u1", (class_dim,))
    classes.setncatts(_flags(chart))
    classes[:] = np.arange(len(probabilities))
    packed = {"scale_factor": np.float32(1 / 250), "units": "1"}
    layer = _layer(
        file,
        f"{chart}_probability",
        "u1",
        (class_dim, *dims),
        fill=np.uint8(FILL),
        long_name=f"probability of each class of {CHART[chart].long_name.lower()}",
        **packed,
    )
    entropy = _layer(
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
    for index, values in enumerate(probabilities):
        layer[index] = _packed(values, prediction.valid)
    entropy[:] = _packed(prediction.entropy(chart), prediction.valid)


def _packed(values: np.ndarray, valid: np.ndarray) -> np.ndarray:
    return np.where(valid, np.rint(values.astype(np.float32) * 250), FILL).astype(np.uint8)
