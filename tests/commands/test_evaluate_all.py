import json
from pathlib import Path

import numpy as np

from seaice.ai4arctic.channels import AMSR2, INCIDENCE_ANGLE
from seaice.baselines.files import BELOW_LINEAR


def test_it_scores_a_folder_once(seaice, make_scene, make_checkpoint, tmp_path: Path):
    make_scene(64, 64, folder=tmp_path / "data")
    path = make_checkpoint(folder=tmp_path / "models")
    arguments = "evaluate-all", tmp_path / "models", "--data", tmp_path / "data"
    arguments = *arguments, "--baselines", "none"
    status, text, _ = seaice(*arguments, "--json")
    facts = json.loads(text)
    assert (status, facts["scenes"], facts["left_out"]) == (0, 1, [])
    _, alone, _ = seaice("evaluate", path, "--data", tmp_path / "data", "--json")
    assert facts["pooled"][path.name]["SOD"] == json.loads(alone)["pooled"]["SOD"]
    table = Path(facts["table"])
    written = table.stat().st_mtime_ns
    _, again, _ = seaice(*arguments, "--json")
    assert (json.loads(again), table.stat().st_mtime_ns) == (facts, written)


def test_a_network_below_the_linear_model_of_its_channels_is_marked(
    seaice, make_scene, make_checkpoint, tmp_path: Path
):
    def informative(arrays: dict) -> None:
        steps = np.digitize(arrays["nersc_sar_primary"], (-0.7, 0, 0.7))
        for name, ice in (("SIC", 7), ("SOD", 4), ("FLOE", 5)):
            arrays[name] = np.array((0, 0, ice, ice), np.uint8)[steps]

    data, models = tmp_path / "data", tmp_path / "models"
    make_scene(64, 64, folder=data, change=informative)
    path = make_checkpoint(folder=models)
    # No linear model knows its channels.
    other = make_checkpoint(channel_set="sar+amsr2", folder=models)
    seaice("baseline", "linear", "--channels", "sar", "--data", data, "--models", models)
    arguments = "evaluate-all", models, "--data", data
    _, answer, said = seaice(*arguments, "--json")
    (missing,) = [line for line in said if "per-pixel linear model" in line]
    assert missing.startswith(f"no per-pixel linear model of sar+amsr2 in {models / 'baselines'}: ")
    facts = json.loads(answer)
    assert facts["below_linear"] == [path.name]
    assert other.name in facts["pooled"]
    assert facts["rates"][path.name] == {
        "rates": [1, 2],
        "reach_min_km": 3.2,
        "reach_max_km": 6.4,
    }
    assert list(facts["rates"]) == [other.name, path.name]
    lines = seaice(*arguments)[1].splitlines()
    assert [line.count("  1-2 · 3-6 km") for line in lines if ".safetensors" in line] == [1, 1]
    assert [line.split()[0] for line in lines if line.endswith(BELOW_LINEAR)] == [path.name]


def test_a_table_in_a_folder_that_is_not_there_is_written(
    seaice, make_scene, make_checkpoint, tmp_path: Path
):
    make_scene(64, 64, folder=tmp_path / "data")
    make_checkpoint(folder=tmp_path / "models")
    table = tmp_path / "new" / "folder" / "table.parquet"
    where = "--data", tmp_path / "data", "--table", table, "--baselines", "none"
    status, text, _ = seaice("evaluate-all", tmp_path / "models", *where, "--json")
    assert (status, json.loads(text)["left_out"]) == (0, [])
    assert table.is_file()
    assert list(table.parent.glob(".*.part")) == []


def test_what_is_not_there_is_told_in_a_sentence(seaice, make_scene, tmp_path: Path):
    (tmp_path / "models").mkdir()
    status, _, (line,) = seaice("evaluate-all", tmp_path / "models")
    assert (status, line) == (2, f"There are no checkpoints in {tmp_path / 'models'}.")
    status, _, (line,) = seaice("evaluate-all", tmp_path, "--baselines", "some")
    assert (status, line) == (2, "--baselines is quick, all or none, not 'some'.")
    status, _, (line,) = seaice("evaluate-all", tmp_path, "--table", "scores.csv")
    assert (status, line[:71]) == (
        2,
        "--table is a Parquet file, so its name ends in .parquet, unlike scores.",
    )


def test_networks_that_results_cannot_tell_apart_are_named(
    seaice, make_scene, make_checkpoint, tmp_path: Path
):
    make_scene(64, 64, folder=tmp_path / "data")
    make_checkpoint(folder=tmp_path / "models")
    make_checkpoint(folder=tmp_path / "models", name="wider", stride=4)
    where = "--data", tmp_path / "data", "--baselines", "none"
    status, _, said = seaice("evaluate-all", tmp_path / "models", *where)
    assert (status, [line for line in said if "two networks" in line]) == (0, [])
    make_checkpoint(folder=tmp_path / "models", name="again", score=50)
    status, _, said = seaice("evaluate-all", tmp_path / "models", *where)
    (line,) = [line for line in said if "two networks" in line]
    assert status == 0
    assert "again.safetensors (" in line
    assert "sar_1-2_seed0.safetensors (" in line


def test_scenes_with_odd_values_are_said_once_each(
    seaice, make_scene, make_checkpoint, tmp_path: Path
):
    def even(arrays: dict) -> None:
        arrays["nersc_sar_primary"][:] = 0.5
        for name in (*AMSR2, INCIDENCE_ANGLE):
            arrays[name] *= 0.3

    for rates in ((1, 2), ()):
        make_checkpoint(rates, folder=tmp_path / "models")
    make_scene(64, 64, folder=tmp_path / "data", change=even)
    arguments = "evaluate-all", tmp_path / "models", "--data", tmp_path / "data"
    status, _, said = seaice(*arguments, "--baselines", "none")
    assert status == 0
    (line,) = [line for line in said if line.startswith("notice: ")]
    assert "nersc_sar_primary (median" in line
    assert "hardly vary" in line
