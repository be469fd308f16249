"""The evaluation table as a file: round trip, filters, versions, damage."""

from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from seaice.core.errors import OutputError, TableError
from seaice.experiment import table as module
from seaice.experiment.results import SweepResults
from seaice.experiment.table import (
    SCHEMA,
    SETTINGS,
    append_table,
    frame_of,
    known_predictions,
    pack_table,
    pooled_sums,
    read_table,
    record_settings,
    write_table,
)
from seaice.results.scoring import ScoreSums

VERSION_1 = Path(__file__).parent / "data" / "version1.parquet"


def row(chart: str = "SOD", n: int = 6, **changes: object) -> dict[str, object]:
    values = {
        "source": "a.safetensors",
        "kind": "network",
        "channel_set": "sar",
        "rates": "1-2-3",
        "field_km": 31.6,
        "seed": 0,
        "encoder": "resnet18",
        "width": 32,
        "output_stride": 4,
        "spacing_m": 400.0,
        "sha256": "ab",
        "scene": "20180325T194759_dmi",
        "region": "SouthEast",
        "season": "MAM",
        "month": 3,
        "service": "dmi",
        "simulated": False,
        "reference": "chart",
        "chart": chart,
        "stratum": "all",
        "value": "",
        "pixels": n * n,
        "confusion": np.arange(n * n),
        "sic_squared_error": 0.0,
        "sic_absolute_error": 0.0,
        "sic_error": 0.0,
    }
    return values | changes


@pytest.mark.parametrize(
    "changes",
    [
        {"scene": None},
        {"chart": "SID"},
        {"confusion": [1] * 49},
        {"confusion": []},
        {"confusion": [-1] * 36},
        {"confusion": [None] * 36},
        {"confusion": None},
    ],
    ids=str,
)
def test_values_that_no_table_has_are_refused(tmp_path: Path, changes: dict[str, object]):
    path = tmp_path / "scores.parquet"
    rows = [row(), row(**changes)]
    columns = {
        name: [
            list(each[name]) if name == "confusion" and each[name] is not None else each[name]
            for each in rows
        ]
        for name in SCHEMA.names
    }
    pq.write_table(pa.table(columns, schema=SCHEMA), path)
    with pytest.raises(TableError, match="holds values that no evaluation table has"):
        read_table(path)


def test_a_table_comes_back_as_it_was(tmp_path: Path):
    path = tmp_path / "new" / "scores.parquet"
    baseline = row(kind="baseline", source="all water", seed=None, field_km=np.nan, month=None)
    frame = frame_of([row(), baseline])
    write_table(path, frame)
    # Baselines come before networks.
    read = read_table(path).iloc[::-1].reset_index(drop=True)
    assert list(read.columns) == SCHEMA.names
    assert read["seed"].dtype == "Int64"
    assert read["seed"].tolist() == [0, pd.NA]
    assert read["field_km"].isna().tolist() == [False, True]
    np.testing.assert_array_equal(read["confusion"][0], np.arange(36))
    assert read["confusion"][0].dtype == np.int64
    pd.testing.assert_frame_equal(
        read.drop(columns="confusion"), frame.drop(columns="confusion"), check_dtype=False
    )
    assert read_table(path, kind="baseline")["source"].tolist() == ["all water"]
    assert read_table(path, seed=0)["source"].tolist() == ["a.safetensors"]
    assert read_table(path, simulated=True).empty


def test_rows_are_added_and_known(tmp_path: Path):
    path = tmp_path / "scores.parquet"
    assert known_predictions(path) == set()
    append_table(path, frame_of([row()]))
    append_table(path, frame_of([row(scene="other")]))
    assert known_predictions(path) == {("ab", "20180325T194759_dmi"), ("ab", "other")}
    assert len(read_table(path)) == 2


def test_pooling_adds_what_score_sums_add():
    """Two scenes' maps, counted together and each into a row of the table."""
    rng = np.random.default_rng(1)
    together, rows = ScoreSums(), []
    for _ in range(2):
        apart = ScoreSums()
        for chart, n in (("SIC", 11), ("SOD", 6), ("FLOE", 7)):
            reference = rng.integers(0, n, 500).astype(np.uint8)
            predicted = rng.uniform(-1, 11, 500) if chart == "SIC" else rng.integers(0, n, 500)
            for sums in (together, apart):
                sums.add(chart, reference, predicted)
            errors = {}
            if chart == "SIC":
                errors = {
                    "sic_squared_error": apart.sic_squared_error,
                    "sic_absolute_error": apart.sic_absolute_error,
                    "sic_error": apart.sic_error,
                }
            rows.append(row(chart, confusion=apart.confusion[chart].ravel(), **errors))
    pooled = pooled_sums(frame_of(rows))
    for name, score in together.scores().items():
        assert dict(pooled.scores().items())[name].value == pytest.approx(score.value)
    assert pooled.sic_errors().mean == pytest.approx(together.sic_errors().mean)


def test_another_version_and_damage_are_a_sentence(tmp_path: Path):
    path = tmp_path / "scores.parquet"
    with pytest.raises(TableError, match=r"scores.parquet is not there\. Write it with"):
        read_table(path)
    write_table(path, frame_of([row()]))
    written = pq.read_table(path)
    for version, words in (
        (b"3", "of version 3, and this version of seaice reads versions 1 to 2"),
        (None, "is no evaluation table"),
    ):
        metadata = {b"seaice_format_version": version} if version else {}
        pq.write_table(written.replace_schema_metadata(metadata), path)
        with pytest.raises(TableError, match=words):
            read_table(path)
        with pytest.raises(TableError, match=words):
            append_table(path, frame_of([row()]))
    metadata = SCHEMA.metadata
    pq.write_table(written.drop_columns(["month"]).replace_schema_metadata(metadata), path)
    with pytest.raises(TableError, match="does not have the columns"):
        read_table(path)
    text = written.schema.get_field_index("scene")
    latin = pa.array([b"\xe1"] * len(written)).view(pa.string())  # as Latin-1 has it
    pq.write_table(written.set_column(text, "scene", latin), path)
    with pytest.raises(TableError, match="is damaged or no evaluation table"):
        read_table(path)
    path.write_bytes(b"PAR1 no more")
    with pytest.raises(TableError, match="is damaged or no evaluation table"):
        read_table(path)


def test_a_full_disk_leaves_the_table_as_it_was(tmp_path: Path, monkeypatch):
    path = tmp_path / "scores.parquet"
    write_table(path, frame_of([row()]))

    def full(writer: object, part: pa.Table) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(module.pq.ParquetWriter, "write_table", full)
    with pytest.raises(OutputError, match=r"No space left on device"):
        append_table(path, frame_of([row()]))
    assert len(read_table(path)) == 1
    assert [each.name for each in tmp_path.iterdir()] == ["scores.parquet"]


def test_each_stratum_lies_by_itself_and_is_read_alone(tmp_path: Path):
    path = tmp_path / "scores.parquet"
    mixed = [row(stratum=name, value=value) for value in "ab" for name in ("all", "border")]
    write_table(path, frame_of(mixed))
    file = pq.ParquetFile(path)
    parts = [set(file.read_row_group(n)["stratum"].to_pylist()) for n in range(file.num_row_groups)]
    assert parts == [{"all"}, {"border"}]
    columns = [file.metadata.row_group(0).column(n) for n in range(file.metadata.num_columns)]
    (counts,) = [each for each in columns if each.path_in_schema.startswith("confusion")]
    assert "BYTE_STREAM_SPLIT" in counts.encodings
    assert list(read_table(path, stratum="border")["value"]) == ["a", "b"]
    assert len(read_table(path, stratum="border", value="b")) == 1


def test_a_table_of_version_1_is_read_and_learns_how_its_networks_are_built(tmp_path: Path):
    path = tmp_path / "scores.parquet"
    rows = [row(), row(sha256="cd", source="b.safetensors", stratum="border")]
    write_table(path, frame_of(rows))
    old = pq.read_table(path).drop_columns(list(SETTINGS))
    pq.write_table(old.replace_schema_metadata({b"seaice_format_version": b"1"}), path)
    frame = read_table(path)
    assert list(frame.columns) == SCHEMA.names
    assert frame["encoder"].tolist() == ["", ""]
    assert frame[list(SETTINGS[1:])].isna().all(axis=None)
    assert known_predictions(path) == {("ab", row()["scene"]), ("cd", row()["scene"])}
    append_table(path, frame_of([row(sha256="ef")]))
    record_settings(path, {"ab": dict(zip(SETTINGS, ("resnet34", 64, 8, 80.0), strict=True))})
    frame = read_table(path).set_index("sha256")
    assert frame["encoder"].to_dict() == {"ab": "resnet34", "ef": "resnet18", "cd": ""}
    assert frame.loc["ab", list(SETTINGS)].tolist() == ["resnet34", 64, 8, 80.0]
    assert frame.loc["ef", "width"] == 32
    assert frame.loc["ab", "confusion"].tolist() == list(range(36))


def test_a_table_that_version_1_wrote_is_read():
    assert pq.read_schema(VERSION_1).metadata[b"seaice_format_version"] == b"1"
    assert len(read_table(VERSION_1)) == 95
    whole = read_table(VERSION_1, stratum="all", reference="chart").set_index(["kind", "chart"])
    assert whole.loc["network", "pixels"].to_dict() == {
        "SIC": 696521,
        "SOD": 543066,
        "FLOE": 467065,
    }
    assert [counts.sum() for counts in whole["confusion"]] == whole["pixels"].tolist()
    assert whole.loc[("network", "SIC"), "sic_error"] == pytest.approx(-428388.9, abs=0.05)
    assert (whole["encoder"] == "").all()


def test_rows_are_written_in_an_order_that_results_do_not_depend_on(tmp_path: Path, make_table):
    whole = make_table({("sar", "none"): 0.5, ("sar", "1-2-3"): 0.6}, scenes=4)
    water = whole[whole.rates == "none"].assign(
        source="all water", kind="baseline", channel_set="", rates="", seed=pd.NA
    )
    linear = water.assign(source="linear", channel_set="sar", sha256="1")
    whole = pd.concat([whole, linear, water], ignore_index=True)
    near, far = (whole.assign(stratum="border", value=value) for value in ("< 2 km", "2-10 km"))
    table = pd.concat([whole, far, near], ignore_index=True)
    path, mixed = tmp_path / "scores.parquet", tmp_path / "mixed.parquet"
    write_table(path, table.sample(frac=1, random_state=1))
    scenes = read_table(path, stratum="border", chart="SOD")["scene"].tolist()
    assert scenes == sorted(scenes)
    rows = pq.read_table(path)
    pq.write_table(rows.take(np.arange(len(rows))[::-1]), mixed)
    first, second = (
        SweepResults(read_table(each, stratum="all"), {}, each) for each in (path, mixed)
    )
    for results in (first, second):
        assert list(results.baselines("SOD", "chart")) == ["all water", "linear · sar"]
        assert list(results.groups("border", "chart")) == ["< 2 km", "2-10 km"]
    for grouping in ("region", "border"):
        one, other = (each.differences(grouping, "SOD", "chart", "sar") for each in (first, second))
        np.testing.assert_array_equal(one.points, other.points)
        np.testing.assert_array_equal(one.half_widths, other.half_widths)
    assert first.finding("SOD", "chart") == second.finding("SOD", "chart")


def test_values_of_another_version_come_last(tmp_path: Path, make_table):
    whole = make_table({("sar", "none"): 0.5, ("sar", "1-2-3"): 0.6}, scenes=4)
    values = ("> 99 km", "2-10 km", "< 2 km", "10-99 km")
    parts = (whole.assign(stratum="border", value=value) for value in values)
    path = tmp_path / "scores.parquet"
    write_table(path, pd.concat([whole, *parts], ignore_index=True))
    groups = SweepResults(whole, {}, path).groups("border", "chart")
    assert list(groups) == ["< 2 km", "2-10 km", "10-99 km", "> 99 km"]


def test_tables_that_ship_are_read():
    for folder in ("sweep", "frozen"):
        shipped = Path(__file__).parents[2] / "models" / folder / "evaluation.parquet"
        assert len(read_table(shipped, stratum="all", reference="chart"))


def test_a_packed_table_is_smaller_and_holds_the_same(tmp_path: Path):
    path = tmp_path / "scores.parquet"
    counts = np.random.default_rng(0).geometric(0.01, (600, 36))
    rows = [row(scene=f"{number}", confusion=each) for number, each in enumerate(counts)]
    write_table(path, frame_of(rows))
    before, size = read_table(path), path.stat().st_size
    pack_table(path)
    assert path.stat().st_size < size
    pd.testing.assert_frame_equal(read_table(path), before)
