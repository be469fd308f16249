"""Context curves as files: what is no curve is refused, not drawn."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from seaice.core.errors import SceneError
from seaice.experiment.context_files import read_curve, write_curve
from seaice.experiment.context_summary import COLUMNS, ContextCurve


def row(**changes: object) -> dict[str, object]:
    texts = dict.fromkeys(COLUMNS, "a")
    numbers = dict.fromkeys(("sic_squared_error", "sic_absolute_error", "sic_error"), 0.0)
    counts = {"shuffle": 0, "pixels": 36, "confusion": np.ones(36, int)}
    return texts | numbers | counts | {"r_km": 2.0, "chart": "SOD"} | changes


@pytest.fixture
def written(tmp_path: Path) -> Path:
    path = tmp_path / "curve.parquet"
    frame = pd.DataFrame([row(), row(scene="b")])
    write_curve(
        path, ContextCurve(frame, "x.safetensors", "ab", "x", (2.0,), ("all",), 9.0, 400.0, 1, 0)
    )
    return path


def test_the_radius_of_the_gradient_is_kept(written: Path, make_curve):
    curve = replace(make_curve("a.safetensors"), gradient_km={"SIC": 8.5, "FLOE": 29.7})
    write_curve(written, curve)
    assert read_curve(written).gradient_km == {"SIC": 8.5, "FLOE": 29.7}
    assert read_curve(written).part(season="MAM").gradient_km == {"SIC": 8.5, "FLOE": 29.7}


def test_a_file_of_version_1_knows_no_gradient(written: Path):
    frame = pd.read_parquet(written)
    assert frame.attrs["seaice_context_version"] == 2
    frame.attrs["seaice_context_version"] = 1
    frame.to_parquet(written)
    with pytest.raises(SceneError, match="is no context curve that this version"):
        read_curve(written)  # it would be of no version
    del frame.attrs["gradient_km"]
    frame.to_parquet(written)
    curve = read_curve(written)
    assert (curve.gradient_km, curve.reach_km, len(curve.frame)) == ({}, 9.0, 2)


def say(name: str, value: object) -> Callable[[pd.DataFrame], object]:
    return lambda frame: frame.attrs.update({name: value})


def lose(name: str) -> Callable[[pd.DataFrame], object]:
    return lambda frame: frame.attrs.pop(name)


def put(name: str, *values: object) -> Callable[[pd.DataFrame], object]:
    return lambda frame: frame.isetitem(frame.columns.get_loc(name), pd.Series(values))


def test_text_in_another_encoding_is_refused(written: Path):
    table = pq.read_table(written)
    latin = pa.array([b"\xe1"] * len(table)).view(pa.string())  # as Latin-1 has it
    pq.write_table(table.set_column(table.schema.get_field_index("scene"), "scene", latin), written)
    with pytest.raises(SceneError, match="is damaged or no Parquet file"):
        read_curve(written)


@pytest.mark.parametrize(
    "damage",
    [
        lose("reach_km"),
        lose("seed"),
        lose("gradient_km"),
        say("gradient_km", None),
        say("gradient_km", [9.0]),
        say("gradient_km", {"SID": 9.0}),
        say("gradient_km", {"SOD": "9"}),
        say("gradient_km", {"SOD": True}),
        say("gradient_km", {"SOD": float("nan")}),
        say("gradient_km", {"SOD": -1.0}),
        say("gradient_km", {"SOD": float("inf")}),
        say("checkpoint", 3),
        say("shuffles", 1.5),
        say("shuffles", True),
        say("seed", "0"),
        say("seed", -1),
        say("reach_km", "9"),
        say("reach_km", float("nan")),
        say("spacing_m", None),
        say("groups", "all"),
        say("groups", ["all", 1]),
        say("radii_km", 2.0),
        say("radii_km", ["2"]),
        say("radii_km", [3.0, 2.0]),
        say("radii_km", [2.0, 1e9]),
        put("r_km", "2", "2"),
        put("r_km", 2.0, np.nan),
        put("chart", "SOD", "SID"),
        put("confusion", [1] * 36, [1] * 49),
        put("confusion", [1] * 36, None),
        put("scene", "a", None),
        put("kind", "whole", "replaced"),
    ],
)
def test_a_file_that_says_less_than_a_curve_is_refused(written: Path, damage):
    assert len(read_curve(written).frame) == 2
    frame = pd.read_parquet(written)
    damage(frame)
    frame.to_parquet(written)
    with pytest.raises(SceneError, match="is no context curve that this version"):
        read_curve(written)


@pytest.mark.parametrize("key", ["numpy_type", "pandas_type", "columns", "name", "index_columns"])
def test_damage_to_what_the_file_says_of_its_columns_is_said(written: Path, key: str):
    table = pq.read_table(written)
    described = table.schema.metadata[b"pandas"]
    assert f'"{key}"'.encode() in described
    table = table.replace_schema_metadata(
        {**table.schema.metadata, b"pandas": described.replace(f'"{key}"'.encode(), b'"~"')}
    )
    pq.write_table(table, written)
    with pytest.raises(SceneError, match="is damaged or no Parquet file"):
        read_curve(written)


@pytest.mark.parametrize("kind", ["untouched", "replaced"])
def test_a_file_that_lacks_a_radius_of_a_group_is_refused(written: Path, make_curve, kind: str):
    curve = make_curve("a.safetensors", ["all", "radar"])
    rows = curve.frame
    lost = (rows["kind"] == kind) & (rows["group"] == "radar") & (rows["r_km"] == 3)
    write_curve(written, replace(curve, frame=rows[~lost]))
    with pytest.raises(SceneError, match="is no context curve that this version"):
        read_curve(written)
    write_curve(written, curve)
    assert read_curve(written).groups == ("all", "radar")
