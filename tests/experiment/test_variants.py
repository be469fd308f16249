"""Networks that differ in more than channels, rates and seed are told apart, or refused."""

from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest

from seaice.core.errors import TableError
from seaice.experiment.drawn import field_lines, matrix_table
from seaice.experiment.evaluated import EvaluatedSweep
from seaice.experiment.results import SweepResults
from seaice.experiment.table import SETTINGS, write_table
from seaice.experiment.tally import Cell
from seaice.experiment.variants import fits, variant_key, variant_text, variants_of

NARROW = {("sar", "none"): 0.5, ("sar", "1-2-3"): 0.7}
WIDE = {("sar", "none"): 0.8, ("sar", "1-2-3"): 0.85, ("sar", "12-24-36"): 0.9}


def widths(make_table: Callable[..., pd.DataFrame]) -> pd.DataFrame:
    """Two narrow networks and three wide ones of the same names but for their ends."""
    narrow = make_table(NARROW, scenes=4, scene_spread=0.0, references=("chart", "truth"))
    wide = make_table(WIDE, scenes=4, scene_spread=0.0, references=("chart", "truth"))
    wide = wide.assign(width=64, source=wide["source"].str.replace(".", "_width64.", regex=False))
    return pd.concat([narrow, wide], ignore_index=True)


def read(tmp_path: Path, table: pd.DataFrame) -> list[SweepResults]:
    path = tmp_path / "sweep" / "scores.parquet"
    write_table(path, table)
    return SweepResults.read(EvaluatedSweep("sweep", path.parent, path))


def test_each_variant_has_results_of_its_own(make_table, tmp_path: Path):
    wide, narrow = read(tmp_path, widths(make_table))
    assert [variant_text(each.variant) for each in (wide, narrow)] == ["width 64", "width 32"]
    for results, qualities in ((wide, WIDE), (narrow, NARROW)):
        alone = SweepResults(make_table(qualities, scenes=4, scene_spread=0.0), {})
        assert results.scores("SOD", "chart") == alone.scores("SOD", "chart")
        assert results.from_control("SOD", "chart") == alone.from_control("SOD", "chart")
        assert field_lines(results, "SOD", "chart") == field_lines(alone, "SOD", "chart")
        texts = matrix_table(results, "SOD", "chart").texts
        assert texts == matrix_table(alone, "SOD", "chart").texts


def test_baselines_belong_to_every_variant(make_table, tmp_path: Path):
    table = widths(make_table)
    baseline = table[(table["width"] == 32) & (table["rates"] == "none")].assign(
        source="all water", kind="baseline", channel_set="", rates="", encoder="", sha256="water"
    )
    baseline = baseline.astype({"seed": "Int64"}).assign(seed=pd.NA, width=pd.NA)
    for results in read(tmp_path, pd.concat([table, baseline])):
        assert list(results.baselines("SOD", "chart")) == ["all water"]


def test_networks_that_are_alike_are_one_variant(make_table, tmp_path: Path):
    (results,) = read(tmp_path, make_table(WIDE, scenes=2))
    assert results.variant == ()
    assert results.bootstrap("SOD", "chart").cells()[0] == Cell("sar", "none")
    (empty,) = SweepResults.read(EvaluatedSweep("none", tmp_path, tmp_path / "none.parquet"))
    assert empty.references == ()


def test_settings_that_a_table_does_not_record_are_apart(make_table, tmp_path: Path):
    table = widths(make_table)
    table.loc[table["width"] == 64, "encoder"] = ""
    table = table.astype({"width": "Int64", "output_stride": "Int64"})
    table.loc[table["width"] == 64, ["width", "output_stride", "spacing_m"]] = None
    unknown, narrow = variants_of(table)
    assert variant_text(unknown) == "settings not recorded"
    assert variant_text(narrow) == (
        "encoder resnet18, width 32, output stride 4, pixel spacing 400 m"
    )
    assert variant_key(narrow) == "encoder-resnet18.width-32.output_stride-4.spacing_m-400"
    assert "width-unknown.output_stride-unknown.spacing_m-unknown" in variant_key(unknown)
    assert [each.variant for each in read(tmp_path, table)] == [unknown, narrow]


@pytest.mark.parametrize("recorded", [True, False])
def test_networks_that_cannot_be_told_apart_are_named(make_table, tmp_path: Path, recorded: bool):
    table = widths(make_table).assign(width=32)
    if not recorded:
        table = table.assign(encoder="", **dict.fromkeys(SETTINGS[1:]))
    says = "and settings" if recorded else "whose settings it does not record"
    pair = r"sar_1-2-3_seed0\.safetensors \(0{8}\) and sar_1-2-3_seed0_width64\.safetensors"
    with pytest.raises(TableError, match=f"scores.parquet holds two networks .*{says}: {pair}"):
        read(tmp_path, table)


def test_a_network_that_was_trained_anew_is_not_added_up_with_the_older_one(make_table, tmp_path):
    table = make_table(NARROW, scenes=2)
    again = table[table["rates"] == "none"].assign(sha256="1" * 64)
    pair = r"sar_none_seed0.*\(00000000\) and .*\(11111111\)"
    # One file has taken the place of the other: there is no second one to put elsewhere.
    remedy = r"Delete the table and evaluate again\.$"
    with pytest.raises(TableError, match=f"{pair}. {remedy}"):
        read(tmp_path, pd.concat([table, again]))


def test_a_baseline_that_was_fitted_anew_is_not_added_up_with_the_older_one(make_table, tmp_path):
    table = make_table(NARROW, scenes=2)
    fitted = table[table["rates"] == "none"].assign(
        source="linear", kind="baseline", rates="", sha256="2" * 64
    )
    # Baselines of several channel sets share a label.
    other = fitted.assign(channel_set="amsr2", sha256="3" * 64)
    (results,) = read(tmp_path, pd.concat([table, fitted, other]))
    known = results.baselines("SOD", "chart")
    assert list(known) == ["linear \N{MIDDLE DOT} amsr2", "linear \N{MIDDLE DOT} sar"]
    again = fitted.assign(sha256="1" * 64)
    says = "holds two baselines linear on sar: 22222222 and 11111111. It was fitted again, "
    with pytest.raises(TableError, match=f"scores.parquet {says}"):
        read(tmp_path, pd.concat([table, fitted, other, again]))


def test_networks_whose_seeds_are_not_known_are_alike(make_table, tmp_path: Path):
    table = make_table({("sar", "none"): 0.5}, scenes=2)
    again = table.assign(seed=-1, source="again.safetensors")
    table["seed"] = pd.NA
    with pytest.raises(TableError, match=r"two networks .*again\.safetensors.* and "):
        read(tmp_path, pd.concat([table, again]))


def test_cells_of_a_sweep_belong_to_the_variant_of_their_values():
    variant = (("width", 32), ("spacing_m", 400.0))
    assert fits((("width", 32),), variant)
    assert not fits((("width", 64),), variant)
    assert fits((), ())
