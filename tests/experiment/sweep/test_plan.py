"""Plans of sweeps: the grid, its files, what does not fit, and enlarging."""

import json
from pathlib import Path

import pytest

from seaice.core.errors import ConfigError
from seaice.experiment.sweep.plan import SweepPlan, pair_name
from seaice.experiment.sweep.plan_values import plan_of, read_plan

GRID = {"rates": ["none", "1-2-3"], "channels": ["sar", "amsr2"], "seeds": [0, 1]}


def test_the_grid_is_the_product_and_a_seed_is_whole_before_the_next():
    cells = plan_of({**GRID, "vary": {"output_stride": [4, 8]}}, "x").cells
    assert len(cells) == len({cell.name for cell in cells}) == 16
    assert [cell.seed for cell in cells] == [0] * 8 + [1] * 8
    assert cells[0].name == "sar_none_seed0_stride4"
    assert cells[-1].name == "amsr2_1-2-3_seed1_stride8"
    config = plan_of({**GRID, "settings": {"steps": 7}}, "x").config
    made = config(plan_of(GRID, "x").cells[1], None)
    assert (made.rates, made.channel_set, made.seed, made.steps) == ((1, 2, 3), "sar", 0, 7)
    assert made.name == "sar_1-2-3_seed0"


def test_trunks_are_shared_by_all_rates():
    plan = plan_of({**GRID, "settings": {"freeze_encoder": True}, "trunk": {"steps": 50}}, "x")
    assert [cell.name for cell in plan.trunks] == [
        "sar_trunk_seed0",
        "amsr2_trunk_seed0",
        "sar_trunk_seed1",
        "amsr2_trunk_seed1",
    ]
    trunk = plan.config(plan.trunks[0], None)
    assert (trunk.rates, trunk.steps, trunk.freeze_encoder, trunk.start_from) == ((), 50, False, "")
    arm = plan.config(plan.cells[1], Path("t.safetensors"))
    assert (arm.start_from, arm.freeze_encoder) == ("t.safetensors", True)
    assert plan.cells[1].trunk_cell == plan.trunks[0]


def test_a_plan_comes_back_from_json_and_toml(tmp_path: Path):
    contrast = {
        "plus": {"channels": ["sar"], "rates": ["1-2-3"]},
        "minus": {"channels": ["sar"], "rates": ["none"]},
    }
    values = {**GRID, "settings": {"steps": 7}, "contrasts": {"SOD": contrast}}
    plan = plan_of(values, "x")
    assert plan_of(plan.to_dict(), "x") == plan
    (tmp_path / "a.json").write_text(json.dumps(values))
    (tmp_path / "a.toml").write_text(
        'rates = ["none", "1-2-3"]\nchannels = ["sar", "amsr2"]\nseeds = [0, 1]\n'
        "[settings]\nsteps = 7\n[contrasts.SOD]\n"
        'plus = { channels = ["sar"], rates = ["1-2-3"] }\n'
        'minus = { channels = ["sar"], rates = ["none"] }\n'
    )
    for name in ("a.json", "a.toml"):
        assert plan_of(read_plan(tmp_path / name), name) == plan


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"rates": []}, "A sweep needs rates"),
        ({"rates": "none"}, r'rates of a sweep is a list, such as \["none", "1-2-3"\]'),
        ({"rates": ["6,12"]}, "Write atrous rates as 6-12"),
        ({"channels": ["radar"]}, "No channel set 'radar'"),
        ({"seeds": [True]}, r"seeds of a sweep is a list, such as \[0, 1\]"),
        ({"rate": ["none"]}, "A sweep has no rate. It has: rates, channels"),
        ({"vary": {"width": [[8], 16]}}, r"width of a sweep is a list, such as \[4, 8\]"),
        ({"vary": {"steps": [1]}}, "A sweep cannot vary steps. It can vary: output_stride"),
        ({"settings": {"seed": 3}}, "The grid of a sweep sets seed. Leave it out"),
        ({"settings": {"step": 3}}, "No setting 'step' of a training"),
        ({"settings": {"steps": 0}}, "steps must be between 1 and"),
        ({"settings": []}, "settings of a sweep holds settings by name"),
        ({"rates": ["96"], "settings": {"patch": 64}}, "patch"),
        ({"contrasts": {"ICE": {}}}, "Write contrasts by task"),
        ({"seeds": list(range(2000))}, "A sweep has 1 to 5000 cells, not 8000"),
        ({"only": ["sar"]}, "Write a cell as CHANNELS:RATES, such as sar:1-2-3, not 'sar'"),
        ({"only": ["sar:3-6-9"]}, "sar:3-6-9 is not in the grid"),
        ({"test": 3}, "test of a sweep is a folder"),
        ([], "This is no configuration of a sweep"),
    ],
)
def test_what_does_not_fit_is_a_sentence(values, words):
    with pytest.raises(ConfigError, match=f"plan.json: .*{words}"):
        plan_of({**GRID, **values} if isinstance(values, dict) else values, "plan.json")


@pytest.mark.parametrize(
    ("name", "text", "words"),
    [
        ("gone.json", None, "gone.json cannot be read as JSON"),
        ("a.toml", "rates = [", "a.toml cannot be read as TOML"),
        ("a.json", "[1]", "a.json is no configuration of a sweep"),
    ],
)
def test_a_file_that_cannot_be_read_is_a_sentence(tmp_path: Path, name, text, words):
    if text is not None:
        (tmp_path / name).write_text(text)
    with pytest.raises(ConfigError, match=words):
        read_plan(tmp_path / name)


def test_a_sweep_grows_but_keeps_its_settings():
    plan = plan_of({**GRID, "settings": {"steps": 7}}, "x")
    more = plan_of({**GRID, "seeds": [1, 2], "rates": ["3-6-9"], "settings": {"steps": 7}}, "x")
    grown = plan.enlarged(more)
    assert grown.seeds == (0, 1, 2)
    assert grown.rates == ((), (1, 2, 3), (3, 6, 9))
    assert grown.enlarged(plan) == grown
    other = plan_of({**GRID, "settings": {"steps": 8, "batch": 2}}, "x")
    with pytest.raises(ConfigError, match=r"its settings differ \(batch, steps\)"):
        plan.enlarged(other)
    with pytest.raises(ConfigError, match="it varies other settings"):
        plan.enlarged(plan_of({**GRID, "settings": {"steps": 7}, "vary": {"width": [8]}}, "x"))
    assert isinstance(grown, SweepPlan)


def test_a_part_of_a_grid_grows_by_its_cells_alone():
    plan = plan_of({"only": ["sar:none", "amsr2:1-2-3"], "seeds": [0, 1]}, "x")
    assert [cell.name for cell in plan.cells] == [
        "sar_none_seed0",
        "amsr2_1-2-3_seed0",
        "sar_none_seed1",
        "amsr2_1-2-3_seed1",
    ]
    assert plan_of(plan.to_dict(), "x") == plan
    grown = plan.enlarged(plan_of({"only": ["sar:3-6-9"], "test": "t"}, "x"))
    assert [pair_name(each) for each in grown.pairs] == ["sar:none", "sar:3-6-9", "amsr2:1-2-3"]
    assert grown.test == "t"
    # A whole grid that grows by a cell does not become a larger grid.
    whole = plan_of({"rates": ["none", "1-2-3"], "channels": ["sar"]}, "x")
    cells = whole.enlarged(plan_of({"only": ["amsr2:none"]}, "x")).pairs
    assert [pair_name(each) for each in cells] == ["sar:none", "sar:1-2-3", "amsr2:none"]
    with pytest.raises(ConfigError, match="its cells are scored on t"):
        grown.enlarged(plan_of({"only": ["sar:none"], "test": "u"}, "x"))


def test_the_sweep_of_the_documentation_is_a_plan(tmp_path: Path):
    page = Path(__file__).parents[3] / "docs" / "replicate.md"
    text = page.read_text().split("```toml\n")[1].split("```")[0]
    (tmp_path / "study.toml").write_text(text)
    plan = plan_of(read_plan(tmp_path / "study.toml"), "study.toml")
    assert (len(plan.cells), len(plan.trunks)) == (72, 0)


def test_a_plan_tells_the_size_of_the_cells_unless_it_varies_it():
    assert plan_of({**GRID, "settings": {"output_stride": 8}}, "x").cell_m == 3200.0
    assert plan_of({**GRID, "vary": {"width": [8, 16]}}, "x").cell_m == 1600.0
    assert plan_of({**GRID, "vary": {"output_stride": [4, 8]}}, "x").cell_m is None
