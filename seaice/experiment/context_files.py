"""Context curves as files: tables for other programs. A Parquet file is read back as a curve."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import fields
from pathlib import Path
from typing import Any, TypeGuard

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from seaice.ai4arctic.charts import CHART, CHARTS
from seaice.core.errors import ConfigError, SceneError
from seaice.core.files import atomic_write
from seaice.experiment.context_settings import MAX_RADIUS_KM
from seaice.experiment.context_summary import COLUMNS, ContextCurve

SUFFIXES = (".csv", ".parquet")

FORMAT_VERSION = 2
"""Version that this software writes; it reads version 1 too, which knows no gradient."""
_VERSION = "seaice_context_version"
_GRADIENT = "gradient_km"
_NUMBERS = ("r_km", "pixels", "sic_squared_error", "sic_absolute_error", "sic_error")


def check_table_path(path: Path) -> Path:
    """Return a path whose ending says how to write a table.

    Raises:
        ConfigError: It has another ending.
    """
    if path.suffix.lower() not in SUFFIXES:
        raise ConfigError(f"{path} must end in {' or '.join(SUFFIXES)}.")
    return path


def write_curve(path: Path, curve: ContextCurve) -> None:
    """Write the table of a curve, whole or not at all. An existing file is replaced.

    A CSV file has each confusion matrix as numbers with spaces between them. A Parquet file also
    holds what the curve says about itself.

    Raises:
        ConfigError: The file ends neither in `.csv` nor in `.parquet`.
        OutputError: The folder is not writable, or the disk is full.
    """
    frame = curve.frame.copy()
    with atomic_write(check_table_path(path)) as temporary:
        if path.suffix.lower() == ".csv":
            frame["confusion"] = frame["confusion"].map(lambda counts: " ".join(map(str, counts)))
            frame.to_csv(temporary, index=False, lineterminator="\n")
        else:
            for name, value in {_VERSION: FORMAT_VERSION, **_about(curve)}.items():
                frame.attrs[name] = value
            frame.to_parquet(temporary, engine="pyarrow", compression="zstd", index=False)


def read_curve(path: Path) -> ContextCurve:
    """Read a curve that `write_curve` wrote as Parquet.

    Raises:
        SceneError: The file is missing, damaged, or no context curve of this version or an
            earlier one.
    """
    try:
        # Text in another encoding would only be found where it is used.
        pq.read_table(path, partitioning=None).validate(full=True)
        frame = pd.read_parquet(path, engine="pyarrow")
    except FileNotFoundError as error:
        raise SceneError(path, "is not there", "Write it with `seaice context --out`.") from error
    except (
        pa.ArrowException,
        OSError,
        ValueError,
        LookupError,
        TypeError,
        AttributeError,
    ) as error:
        # Such a file describes its columns in JSON too, which the library takes as it comes.
        raise SceneError(path, "is damaged or no Parquet file", "Measure it again.") from error
    about = {str(name): value for name, value in frame.attrs.items()}
    if about.get(_VERSION) == 1 and _GRADIENT not in about:
        about |= {_VERSION: FORMAT_VERSION, _GRADIENT: {}}
    if (
        about.pop(_VERSION, None) != FORMAT_VERSION
        or set(frame.columns) != set(COLUMNS)
        or set(about) != set(_about_names())
        or not _has_values(frame)
        or not _describes_a_curve(about)
        or not _has_all_radii(frame, about["groups"])
    ):
        raise SceneError(
            path, "is no context curve that this version of seaice reads", "Measure it again."
        )
    about = {name: tuple(each) if isinstance(each, list) else each for name, each in about.items()}
    reach_km = about.pop("reach_km")
    return ContextCurve(frame, **about, reach_km=math.inf if reach_km is None else reach_km)


def _has_values(frame: pd.DataFrame) -> bool:
    """Whether each row counts the pixels of all classes of its chart, at a radius that is one."""
    sizes = frame["chart"].map({name: CHART[name].n_classes ** 2 for name in CHARTS})
    return bool(
        (frame["confusion"].map(np.size) == sizes).all()
        and all(pd.api.types.is_numeric_dtype(frame[name]) for name in _NUMBERS)
        # A whole scene has no radius.
        and (frame.loc[frame["kind"] == "whole", "r_km"] == 0).all()
        and frame[["r_km", "scene", "kind", "group", "stratum"]].notna().all(axis=None)
    )


def _has_all_radii(frame: pd.DataFrame, groups: Sequence[str]) -> bool:
    """Whether each group has the same radii, before and after it is replaced."""
    # As the curve takes them: a file of one stratum is that of a part.
    rows = frame if frame["stratum"].nunique() == 1 else frame[frame["stratum"] == "all"]
    of = {key: set(radii) for key, radii in rows.groupby(["kind", "group"])["r_km"]}
    found = [of.get((kind, group), set()) for kind in ("untouched", "replaced") for group in groups]
    return all(each == found[0] for each in found)


def _describes_a_curve(about: Mapping[str, Any]) -> bool:
    """Whether each thing that a file says of its curve is of its kind."""
    radii, groups, reach = about["radii_km"], about["groups"], about["reach_km"]
    return (
        all(isinstance(about[name], str) for name in ("checkpoint", "sha256", "description"))
        and all(type(about[name]) is int and about[name] >= 0 for name in ("shuffles", "seed"))
        and _is_number(about["spacing_m"])
        and (reach is None or _is_number(reach))
        and isinstance(groups, list)
        and all(isinstance(each, str) for each in groups)
        and isinstance(radii, list)
        and all(map(_is_radius, radii))
        and radii == sorted(set(radii))
        and _are_radii(about[_GRADIENT])
    )


def _are_radii(of_charts: object) -> bool:
    """Whether it holds radii by chart."""
    return isinstance(of_charts, dict) and all(
        name in CHARTS and _is_radius(km) for name, km in of_charts.items()
    )


def _is_radius(km: object) -> bool:
    return _is_number(km) and km <= MAX_RADIUS_KM


def _is_number(value: object) -> TypeGuard[float]:
    """Whether it is a finite number of at least 0; a truth value is none."""
    return isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value < math.inf


def _about_names() -> list[str]:
    return [each.name for each in fields(ContextCurve) if each.name != "frame"]


def _about(curve: ContextCurve) -> dict[str, Any]:
    """What a curve says about itself, as JSON values."""
    about = {name: getattr(curve, name) for name in _about_names()}
    # JSON has no infinity.
    about["reach_km"] = curve.reach_km if math.isfinite(curve.reach_km) else None
    about[_GRADIENT] = dict(curve.gradient_km)
    return about
