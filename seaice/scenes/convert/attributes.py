"""Attributes of a converted scene."""

import importlib.metadata
from collections.abc import Mapping
from typing import Any

import numpy as np

from seaice.ai4arctic.channels import HH, SAR, SIGMA0
from seaice.ai4arctic.charts import FILL, ChartName
from seaice.ai4arctic.layout import CHART_LABELS, INPUT_FILL, spacing_attribute
from seaice.ai4arctic.names import SceneName
from seaice.scenes.convert.raw import RawScene
from seaice.scenes.convert.target import CONVERTED_BY
from seaice.scenes.untrusted import is_word

_KEPT = (
    *("polarisation", "upstream_id", "description", "units", "long_name"),
    *("zonal_range_description", "AMSR2_swaths", "AMSR2_S1_delays"),
)
"""Attributes of raw variables that are valid for the converted ones, too."""
_SIMULATED = ("simulated", "seed", "simulator_version")
_MOST_VALUES = 1000
_MOST_LETTERS = 255
"""Characters of an official name, as of any file name; real ones have some 130."""


def original_id(scene: RawScene) -> str:
    """Official name of the raw file: its attribute, else its file name."""
    name = scene.attributes.get("original_id")
    # A longer one is not a file name, and takes long to search for a time.
    return name if isinstance(name, str) and 0 < len(name) <= _MOST_LETTERS else scene.path.name


def global_attributes(scene: RawScene, scene_id: str) -> dict[str, Any]:
    """Global attributes.

    Args:
        scene: The raw scene.
        scene_id: File name of the converted one.
    """
    attributes = {
        "scene_id": scene_id,
        "original_id": original_id(scene),
        "ice_service": _service(scene, scene_id),
        "flip": scene.attributes.get("flip", 0),
        "pixel_spacing": spacing_attribute(2 * scene.grid.spacing_m),
        CONVERTED_BY: f"seaice {importlib.metadata.version('seaice')}",
    }
    if not isinstance(attributes["flip"], int | np.integer):
        attributes["flip"] = 0
    attributes["flip"] = np.int64(attributes["flip"])
    if isinstance(title := scene.attributes.get("title"), str) and title:
        # The title may say "raw layout", which is no longer true.
        attributes["title"] = f"{title}; made ready-to-train"
    # Single values only: a list says neither yes nor no.
    simulated = _kept(scene.attributes, _SIMULATED)
    return attributes | {name: value for name, value in simulated.items() if np.ndim(value) == 0}


def chart_attributes(name: ChartName, dominant_share: float) -> dict[str, Any]:
    """Attributes of a chart."""
    attributes = {"polygon": CHART_LABELS[name], "chart_fill_value": np.int64(FILL)}
    return attributes if name == "SIC" else attributes | {"dominant_share": dominant_share}


def input_attributes(scene: RawScene, name: str, valid: np.ndarray | None = None) -> dict[str, Any]:
    """Attributes of an input.

    Args:
        scene: The raw scene.
        name: The input.
        valid: Its valid values in physical units, for the range; None to leave the range out.
    """
    attributes: dict[str, Any] = {}
    if name in SAR:
        attributes["variable_fill_value"] = np.int64(INPUT_FILL)
    if name in SIGMA0:
        polarisation = "HH" if name == HH else "HV"
        attributes |= {"polarisation": polarisation, "description": "Sigma0 in dB"}
    attributes |= _kept(scene.attributes_of(name), _KEPT)
    if valid is not None and valid.size:
        attributes |= {"min": float(valid.min()), "max": float(valid.max())}
    return attributes


def _service(scene: RawScene, scene_id: str) -> str:
    """Ice service by the file's attribute where that is a word, else by the file's name."""
    named = scene.attributes.get("ice_service")
    return named if isinstance(named, str) and is_word(named) else SceneName.parse(scene_id).service


def _kept(attributes: Mapping[str, Any], names: tuple[str, ...]) -> dict[str, Any]:
    """Those of the named attributes that are texts or numbers, unchanged."""
    return {name: attributes[name] for name in names if _plain(attributes.get(name))}


def _plain(value: object) -> bool:
    """Whether an attribute is a text, a number, or not too many of them."""
    if isinstance(value, list):
        return 0 < len(value) <= _MOST_VALUES and all(isinstance(each, str) for each in value)
    if isinstance(value, np.ndarray):
        return value.dtype.kind in "fiu" and 0 < value.size <= _MOST_VALUES
    return isinstance(value, str | int | float | np.integer | np.floating)
