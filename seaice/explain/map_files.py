"""Maps of explanations as files: CF NetCDF for programs, GeoTIFF for a GIS, with their settings."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np

from seaice.ai4arctic.charts import CHART, ChartName
from seaice.core.files import atomic_write
from seaice.core.grids.resample import bilinear, centres, nearest
from seaice.explain.branches import NO_BRANCH, BranchShares
from seaice.explain.faithful import MAP_NAMES, Trial
from seaice.explain.gradcam import Heatmap
from seaice.explain.paths import SETTINGS, require_map
from seaice.explain.targets import target_names
from seaice.network.checkpoint_info import CheckpointInfo
from seaice.results.confidence.ensemble import EnsembleMaps
from seaice.results.confidence.trust import Trust
from seaice.results.export.cf import DIMS, add_dimensions, add_variable, new_file
from seaice.results.export.geotiff import float_geotiff
from seaice.results.export.positions import add_positions
from seaice.results.export.provenance import checkpoint_facts, provenance
from seaice.results.maps import ChartMaps
from seaice.scenes.read import read_valid
from seaice.scenes.scene import Scene


@dataclass(frozen=True, eq=False)
class MapLayer:
    """A map on a scene's own grid.

    Attributes:
        name: Name of the variable.
        values: (lines, samples) float32, NaN where there is nothing to tell.
        long_name: What it shows.
        units: Its unit.
        classes: What its whole numbers stand for, if it shows classes.
        facts: Where it came from: checkpoint and settings.
    """

    name: str
    values: np.ndarray
    long_name: str
    units: str = "1"
    classes: tuple[str, ...] = ()
    facts: Mapping[str, Any] = field(default_factory=dict)


def network_facts(path: Path, sha256: str, info: CheckpointInfo) -> dict[str, Any]:
    """What a layer says about its checkpoint."""
    return {**checkpoint_facts(path.name, sha256, info), "seed": str(info.training.get("seed"))}


def evidence_layer(scene: Scene, heatmap: Heatmap, name: str, facts: Mapping[str, Any]) -> MapLayer:
    """A map of evidence."""
    config = heatmap.config
    target = target_names(config.chart)[config.target]
    return MapLayer(
        name,
        _masked(scene, heatmap.on(scene.grid)),
        f"{config.method} evidence for {config.chart} {target} at {config.layer}",
        heatmap.cf_unit,
        facts={
            **facts,
            "evidence_unit": f"{heatmap.unit} per km2" if heatmap.unit else "none",
            "chart": config.chart,
            "target": target,
            "layer": config.layer,
            "method": config.method,
            "explained_region": _window_text(heatmap),
            "comment": heatmap.message or "none",
        },
    )


def trial_layers(
    scene: Scene, trial: Trial, suffix: str, facts: Mapping[str, Any]
) -> list[MapLayer]:
    """The maps of a test, their names with a suffix."""
    layers = []
    for name, heatmap in zip(MAP_NAMES, trial.maps, strict=True):
        variable = f"{name.lower().replace(' ', '_')}{suffix}"
        layer = evidence_layer(scene, heatmap, variable, facts)
        layers.append(replace(layer, long_name=f"{name}: {layer.long_name}"))
    return layers


def branch_layer(
    scene: Scene, result: BranchShares, name: str, facts: Mapping[str, Any]
) -> MapLayer:
    """The branch whose absence costs the prediction most."""
    spacing_m = scene.grid.spacing_m
    at = (centres(size, spacing_m, 0, 1000 * result.cell_km) for size in scene.grid.shape)
    leading = nearest(result.leading, *at).astype(np.float32)
    return MapLayer(
        name,
        _masked(scene, np.where(leading == NO_BRANCH, np.float32(np.nan), leading)),
        f"branch whose absence costs the prediction of {result.chart} most",
        classes=result.branches,
        facts={**facts, "chart": result.chart},
    )


def sure_layers(
    maps: ChartMaps, trust: Trust, chart: ChartName, name: str, facts: Mapping[str, Any]
) -> list[MapLayer]:
    """What is said, how surely, what seeds agree on, and what not to trust."""
    scene, own = maps.scene, {**facts, "chart": chart}

    def layer(part: str, values: np.ndarray, long_name: str, units: str = "1") -> MapLayer:
        return MapLayer(f"{name}_{part}", _masked(scene, values), long_name, units, facts=own)

    def bands(values: np.ndarray) -> np.ndarray:
        return maps.resampled(values, scene.grid, None, bilinear)

    said = maps.on(scene.grid, chart) * (10 if chart == "SIC" else 1)
    masked = maps.resampled(trust.masked, scene.grid, None, nearest)
    whole = layer(chart, said, f"predicted {chart}", "percent" if chart == "SIC" else "1")
    layers = [
        whole if chart == "SIC" else replace(whole, classes=CHART[chart].class_names),
        layer("do_not_trust", masked, "1 where the map is not to be trusted"),
    ]
    if chart != "SIC":
        sure = 100 * maps.confidence(chart, scene.grid)
        layers.append(layer("sure", sure, "probability of the class", "percent"))
    if isinstance(maps, EnsembleMaps):
        spread = maps.sic_spread if chart == "SIC" else maps.spread[chart]
        text = "standard deviation between seeds"
        layers.append(layer("spread", bands(spread), text, "percent"))
    return layers


def write_maps(
    path: Path,
    scene: Scene,
    layers: Sequence[MapLayer],
    settings: Mapping[str, Any],
    command: str,
) -> None:
    """Write maps as .nc or .tif. An existing file is replaced.

    Args:
        path: The file.
        scene: The scene.
        layers: At least one.
        settings: What they were computed with.
        command: What made them, for the file's history.

    Raises:
        ConfigError: The file has another ending.
        SceneError: A GeoTIFF is asked for of a scene without positions.
        OutputError: The folder is not writable.
    """
    require_map(path)
    if path.suffix.lower() == ".nc":
        _write_netcdf(path, scene, layers, settings, command)
        return
    facts = {**provenance(scene, command), **{name: str(each) for name, each in settings.items()}}
    described = [
        {"long_name": each.long_name, "units": each.units, **_class_facts(each), **each.facts}
        for each in layers
    ]
    content = float_geotiff(
        scene,
        np.stack([each.values for each in layers]),
        [each.name for each in layers],
        facts,
        described,
    )
    with atomic_write(path) as temporary:
        temporary.write_bytes(content)


def _write_netcdf(
    path: Path,
    scene: Scene,
    layers: Sequence[MapLayer],
    settings: Mapping[str, Any],
    command: str,
) -> None:
    with new_file(path) as file:
        file.setncatts({"Conventions": "CF-1.11", **provenance(scene, command)})
        file.setncatts({SETTINGS: json.dumps(dict(settings), default=str)})
        add_dimensions(file, DIMS, scene.grid)
        add_positions(file, scene, scene.grid, DIMS)
        for each in layers:
            variable = add_variable(
                file,
                each.name,
                "f4",
                DIMS,
                fill=np.float32(np.nan),
                long_name=each.long_name,
                units=each.units,
                **_class_facts(each),
                **{name: _attribute(value) for name, value in each.facts.items()},
            )
            variable[:] = each.values


def _class_facts(layer: MapLayer) -> dict[str, str]:
    return (
        {"classes": ", ".join(f"{n} {name}" for n, name in enumerate(layer.classes))}
        if (layer.classes)
        else {}
    )


def _attribute(value: object) -> object:
    return value if isinstance(value, int | float) else str(value)


def _masked(scene: Scene, values: np.ndarray) -> np.ndarray:
    found: np.ndarray = np.where(read_valid(scene), values, np.nan).astype(np.float32)
    return found


def _window_text(heatmap: Heatmap) -> str:
    lines, samples = heatmap.region
    return f"lines {lines.start}-{lines.stop}, samples {samples.start}-{samples.stop}"
