"""The page Context without a browser: the answer of a sweep, and what is said without one."""

import json
import shlex
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pyarrow.parquet as pq
import pytest
from streamlit.testing.v1 import AppTest

from seaice.commands.sweep_options import given_values
from seaice.experiment.context_files import write_curve
from seaice.experiment.sweep.folder import Sweep, sweep_folder, write_sweep
from seaice.experiment.sweep.plan_values import plan_of
from seaice.experiment.table import write_table
from seaice.training.runs.lock import hold

TEXTS = ("rates", "channels", "seeds", "only", "data", "test")
HOME = Path(__file__).resolve().parents[3]
QUALITIES = {
    ("sar", "none"): 0.5,
    ("sar", "1-2-3"): 0.6,
    ("sar", "12-24-36"): 0.55,
    ("sar+amsr2", "none"): 0.7,
    ("sar+amsr2", "1-2-3"): 0.75,
}


@pytest.fixture
def context(folders: Path, make_table: Callable) -> AppTest:
    """The page on a sweep of five cells."""
    table = make_table(QUALITIES, scenes=8, seeds=(0, 1), references=("chart", "truth"))
    write_table(folders / "models" / "sweep" / "evaluation.parquet", table)
    return AppTest.from_file(str(HOME / "app.py"), default_timeout=120)


def test_the_dashboard_opens_on_the_answer(context: AppTest, texts, figures):
    app = context.run()
    assert not app.exception
    assert app.title[0].value == "How far should the network look?"
    sentence = app.markdown[0].value.replace("\\", "")
    # The README's verdicts are of this score, and its link leads here.
    assert app.segmented_control(key="context_task").value == "combined"
    assert sentence.startswith("**Combined score: sar+amsr2 with a field of 26 km")
    assert "8 simulated scenes, 2 seeds." in sentence
    assert texts(app).count("simulated scenes: ") >= 2
    assert "the sweep lacks networks of sar, sar+amsr2-18-36 and sar+amsr2" in texts(app)
    fields, gains, matrix, groups = figures(app)
    names = [trace["name"] for trace in fields["data"] if "name" in trace]
    assert names == ["sar", "sar+amsr2"]
    assert fields["layout"]["xaxis"]["ticktext"] == [
        "26 km<br>1-2-3<br>1.6-4.8 km",
        "132 km<br>12-24-36<br>19-58 km",
    ]
    # Against the control of each set, not against another set.
    assert [trace["name"] for trace in gains["data"] if "name" in trace] == ["sar", "sar+amsr2"]
    assert len(matrix["data"][0]["text"]) == 6
    assert len(groups["layout"]["yaxis"]["ticktext"]) == 3
    assert [each["picks"] for each in figures(app)] == [True, True, False, False]


def test_task_and_reference_can_be_switched_and_are_in_the_address(context: AppTest, figures):
    app = context.run()
    app.segmented_control(key="context_task").set_value("SOD").run()
    assert not app.exception
    assert app.markdown[0].value.replace("\\", "").startswith("**Stage of development: ")
    *_, classes = figures(app)
    assert len(figures(app)) == 5
    assert len(classes["layout"]["yaxis"]["ticktext"]) == 6
    app.segmented_control(key="context_against").set_value("truth").run()
    assert not app.exception
    assert app.query_params["score"] == "SOD"
    assert app.query_params["against"] == "truth"
    again = AppTest.from_file(str(HOME / "app.py"), default_timeout=120)
    again.query_params.update({"score": "FLOE", "against": "nothing"})
    again.run()
    assert again.segmented_control(key="context_task").value == "FLOE"
    assert again.segmented_control(key="context_against").value == "chart"
    assert "reference is not available" in again.warning[0].value.replace("\\", "")
    same = AppTest.from_file(str(HOME / "app.py"), default_timeout=120)
    same.query_params.update(dict(again.query_params))
    assert not same.run().warning


def test_what_a_link_names_and_is_not_there_is_said_until_another_choice(context: AppTest):
    context.query_params.update({"sweep": "none", "score": "SID", "against": "truth"})
    app = context.run()
    assert not app.exception
    said = app.warning[0].value.replace("\\", "").split("\n\n")
    assert said == [
        f"The link's {what} is not available. Showing the default." for what in ("sweep", "task")
    ]
    assert app.segmented_control(key="context_against").value == "truth"
    # As where the browser reports how wide it is.
    assert app.run().warning
    app.segmented_control(key="context_task").set_value("FLOE").run()
    assert not app.warning


@pytest.mark.parametrize("frozen", [True, False])
def test_a_frozen_encoder_is_said(context: AppTest, folders: Path, texts, frozen: bool):
    settings = folders / "models" / "sweep" / "sweep.json"
    settings.write_text(json.dumps({"settings": {"freeze_encoder": frozen}}))
    app = context.run()
    assert not app.exception
    assert ("share one encoder" in texts(app)) is frozen


def test_a_link_to_a_scene_opens_compare(context: AppTest):
    context.query_params["scene"] = "20180325T194759_dmi"
    app = context.run()
    assert not app.exception
    assert app.title[0].value == "Compare atrous rates"


def test_without_a_table_the_page_says_what_to_run(folders: Path, texts):
    app = AppTest.from_file(str(HOME / "app.py"), default_timeout=120).run()
    assert not app.exception
    assert "There is no sweep yet" in texts(app)
    assert "seaice evaluate-all" in texts(app)


def test_a_damaged_table_is_named(folders: Path, texts):
    table = folders / "runs" / "sweeps" / "mine" / "evaluation.parquet"
    table.parent.mkdir(parents=True)
    table.write_text("damaged")
    app = AppTest.from_file(str(HOME / "app.py"), default_timeout=120).run()
    assert not app.exception
    assert "evaluation.parquet is damaged" in app.error[0].value.replace("\\", "")


def test_a_table_of_another_version_is_named(folders: Path, make_table, texts):
    table = folders / "runs" / "sweeps" / "mine" / "scores.parquet"
    write_table(table, make_table(QUALITIES, scenes=2))
    newer = pq.read_table(table).replace_schema_metadata({b"seaice_format_version": b"7"})
    pq.write_table(newer, table)
    app = AppTest.from_file(str(HOME / "app.py"), default_timeout=120).run()
    assert not app.exception
    said = app.error[0].value.replace("\\", "")
    assert "scores.parquet is an evaluation table of version 7, and this version of seaice" in said
    assert "Update seaice, or evaluate again into another file." in said


def test_differences_are_first_shown_of_a_set_that_has_some(folders: Path, make_table, texts):
    table = make_table({**QUALITIES, ("all", "1-2-3"): 0.9}, scenes=4)
    write_table(folders / "runs" / "sweeps" / "mine" / "scores.parquet", table)
    app = AppTest.from_file(str(HOME / "app.py"), default_timeout=120).run()
    assert not app.exception
    choice = app.segmented_control(key="context_channel_set")
    assert choice.options[-1] == "all"
    assert choice.value != "all"
    assert "no second field to compare with" not in texts(app)
    assert "no second field to compare with" in texts(choice.set_value("all").run())


def test_networks_of_two_widths_are_shown_one_after_the_other(folders: Path, make_table, texts):
    narrow = make_table(QUALITIES, scenes=4)
    wide = narrow[narrow.channel_set == "sar"].assign(width=64, source="wide")
    wide["source"] += wide["rates"]
    table = folders / "runs" / "sweeps" / "mine" / "scores.parquet"
    write_table(table, pd.concat([narrow, wide]))
    app = AppTest.from_file(str(HOME / "app.py"), default_timeout=120).run()
    assert not app.exception
    choice = app.selectbox(key="context_variant")
    assert choice.options == ["width 32", "width 64"]
    assert "Combined score\\: sar\\+amsr2 with a field of" in app.markdown[0].value
    choice.set_value("width-64").run()
    assert not app.exception
    assert "Combined score\\: sar with a field of" in app.markdown[0].value
    assert app.query_params["networks"] == "width-64"
    # The address opens on the same networks; another choice stays.
    again = AppTest.from_file(str(HOME / "app.py"), default_timeout=120)
    again.query_params.update({"networks": "width-64"})
    again.run()
    assert again.selectbox(key="context_variant").value == "width-64"
    assert "Combined score\\: sar with a field of" in again.markdown[0].value
    again.selectbox(key="context_variant").set_value("width-32").run()
    assert again.selectbox(key="context_variant").value == "width-32"
    assert again.query_params["networks"] == "width-32"
    unknown = AppTest.from_file(str(HOME / "app.py"), default_timeout=120)
    unknown.query_params.update({"networks": "width-16"})
    assert unknown.run().query_params["networks"] == "width-32"
    assert "choice of networks is not available" in unknown.warning[0].value.replace("\\", "")
    write_table(table, pd.concat([narrow, wide.assign(width=32)]))
    app.run()
    assert not app.exception
    assert "holds two networks with the same channels" in app.error[0].value


def test_one_scene_without_charts_of_a_kind_is_shown(folders: Path, make_table, texts):
    table = make_table(QUALITIES, scenes=1, simulated=False)
    write_table(
        folders / "runs" / "sweeps" / "mine" / "scores.parquet", table[table.chart != "FLOE"]
    )
    app = AppTest.from_file(str(HOME / "app.py"), default_timeout=120).run()
    assert not app.exception
    assert "The combined score takes charts of all tasks." in app.info[0].value
    app.segmented_control(key="context_task").set_value("SOD").run()
    assert not app.exception
    assert not app.info
    assert "one scene does not tell what another would give" in texts(app)
    assert "simulated" not in app.markdown[0].value
    app.segmented_control(key="context_task").set_value("FLOE").run()
    assert not app.exception


def test_scenes_whose_regions_are_unknown_are_one_group(
    folders: Path, make_table, make_curve, figures
):
    folder = folders / "runs" / "sweeps" / "mine"
    write_table(folder / "scores.parquet", make_table(QUALITIES, scenes=8).assign(region="unknown"))
    curve = make_curve("a.safetensors")
    curve = replace(curve, frame=curve.frame.assign(region="unknown"))
    write_curve(folder / "context" / "a.parquet", curve)
    app = AppTest.from_file(str(HOME / "app.py"), default_timeout=120).run()
    assert not app.exception
    groups = figures(app)[3]
    assert groups["layout"]["yaxis"]["ticktext"] == ["unknown · 24.0 kpx, 8 scenes"]
    app.selectbox(key="context_curve_part").set_value(("region", "unknown")).run()
    assert not app.exception
    (drawn,) = figures(app)[-1]["data"]
    scores = [point.score for point in curve.points("all", "combined")]
    assert drawn["y"] == pytest.approx(scores)


@pytest.fixture
def started(monkeypatch) -> list[Sweep]:
    """Sweeps that the page starts; they are written, and nothing works on them."""
    found: list[Sweep] = []

    def start(sweep: Sweep, models: Path) -> None:
        sweep.folder.path.mkdir(parents=True, exist_ok=True)
        write_sweep(sweep)
        found.append(sweep)

    monkeypatch.setattr("seaice.dashboard.context.train_section.start_sweep", start)
    return found


def tick(app: AppTest, *labels: str) -> AppTest:
    cells = app.pills(key="context_cells")
    wanted = [cell for cell in cells.options if cell in labels]
    assert len(wanted) == len(labels)
    return cells.set_value(wanted).run()


def test_ticked_cells_become_a_sweep_as_the_command_does(
    context: AppTest, folders: Path, started, make_scene, texts
):
    for folder in ("data", "test"):
        make_scene(folder=folders / folder)
    app = context.run()
    assert app.button(key="context_train").disabled
    # Of another sweep than the one in view, so with the control.
    tick(app, "amsr2 · none · encoder alone", "amsr2 · 3-6-9 · 5-14 km")
    app.number_input(key="context_seeds_shipped").set_value(2).run()
    app.button(key="context_train").click().run()
    assert "Name a folder of test scenes" in app.error[0].value
    app.text_input(key="context_test_shipped").set_value(str(folders / "data")).run()
    app.button(key="context_train").click().run()
    assert "holds the training scenes" in app.error[0].value.replace("\\", "")
    app.text_input(key="context_test_shipped").set_value(str(folders / "test")).run()
    app.number_input(key="context_steps_shipped").set_value(7).run()
    assert app.button(key="context_train").label == "Train 4 networks"
    (command,) = [shlex.split(each.value) for each in app.code if "sweep mine" in each.value]
    app.button(key="context_train").click().run()
    assert not app.exception
    (sweep,) = started
    assert [cell.name for cell in sweep.plan.cells] == [
        "amsr2_none_seed0",
        "amsr2_3-6-9_seed0",
        "amsr2_none_seed1",
        "amsr2_3-6-9_seed1",
    ]
    assert (sweep.plan.settings["steps"], sweep.plan.test) == (7, str(folders / "test"))
    # The command beside the button gives the same plan.
    given = dict(zip(command[3::2], command[4::2], strict=True))
    texts_given = {name: given.get(f"--{name}", "") for name in TEXTS}
    values = given_values(None, texts_given, [given["--set"]], [], None)
    assert plan_of(values, "x") == sweep.plan
    # The page shows the new sweep, also after a reload.
    assert app.query_params["sweep"] == "mine"
    assert "No cell of this sweep is scored yet" in texts(app)


def test_a_sweep_cannot_take_the_name_of_the_shipped_one(context: AppTest, started):
    app = tick(context.run(), "amsr2 · none · encoder alone")
    app.text_input(key="context_name_shipped").set_value("shipped").run()
    assert not app.exception
    assert "'shipped' is what the pages call the sweep" in app.error[0].value
    assert "context_train" not in [each.key for each in app.button]
    assert not started


def test_cells_beside_a_sweep_are_trained_as_it_was(
    context: AppTest, folders: Path, started, make_scene
):
    for folder in ("data", "training", "test"):
        make_scene(folder=folders / folder)
    own = {
        "rates": ["none", "1-2-3"],
        "channels": ["sar"],
        "seeds": [0, 1],
        "settings": {
            "data": str(folders / "training"),
            "validation": str(folders / "validation"),
            "steps": 11,
            "patch": 160,
            "batch": 3,
        },
        "test": str(folders / "test"),
    }
    file = folders / "models" / "sweep" / "sweep.json"
    file.write_text(json.dumps(own))
    app = tick(context.run(), "amsr2 · none · encoder alone")
    assert not app.exception
    assert not app.error
    assert "steps 11, patch 160, batch 3" in "".join(each.value for each in app.caption)
    assert app.text_input(key="context_training_shipped").value == str(folders / "training")
    (command,) = [shlex.split(each.value) for each in app.code if "sweep mine" in each.value]
    app.button(key="context_train").click().run()
    (sweep,) = started
    # The folder is not here: a part of the training scenes is held out.
    assert sweep.plan.settings == {**own["settings"], "validation": ""}
    assert sweep.plan.test == own["test"]
    assert [cell.name for cell in sweep.plan.cells] == ["amsr2_none_seed0", "amsr2_none_seed1"]
    pairs = list(zip(command[3::2], command[4::2], strict=True))
    given = dict(pairs)
    assert given["--config"] == str(file)
    texts_given = {name: given.get(f"--{name}", "") for name in TEXTS}
    settings = [value for name, value in pairs if name == "--set"]
    values = given_values(file, texts_given, settings, [], None)
    assert plan_of(values, "x") == sweep.plan


def test_a_sweep_fills_and_takes_further_cells(
    folders: Path, started, make_table, make_scene, figures
):
    for folder in ("data", "test"):
        make_scene(folder=folders / folder)
    settings = {"data": str(folders / "data"), "steps": 9}
    grid = {"rates": ["none", "1-2-3"], "channels": ["sar"], "test": str(folders / "test")}
    plan = plan_of({**grid, "settings": settings}, "x")
    sweep = Sweep(sweep_folder(folders / "runs", "own"), plan, {})
    sweep.folder.path.mkdir(parents=True)
    write_sweep(sweep)
    app = AppTest.from_file(str(HOME / "app.py"), default_timeout=120).run()
    assert not app.exception
    assert written(figures(app)) == ["waiting", "waiting"]
    assert [each.label for each in app.button] == ["Go on", "Train"]
    write_table(sweep.folder.path / "scores.parquet", make_table({("sar", "none"): 0.5}, scenes=3))
    app.run()
    assert not app.exception
    assert written(figures(app)) == ["waiting"]
    assert any(each.startswith("control ") for row in cells(figures(app)) for each in row)
    tick(app, "amsr2 · none · encoder alone")
    app.button(key="context_train").click().run()
    assert not app.exception
    assert [cell.name for cell in started[0].plan.cells] == [
        "sar_none_seed0",
        "sar_1-2-3_seed0",
        "amsr2_none_seed0",
    ]
    assert started[0].plan.settings == settings
    # While something works on it, it can be paused, and is looked at again and again.
    lock = hold(sweep.folder.lock_file)
    try:
        app.run()
        assert [each.label for each in app.button][:1] == ["Pause"]
        app.button(key="sweep_pause_own").click().run()
        assert sweep.folder.stop_file.exists()
    finally:
        lock.release()


def matrix(drawn: list[dict]) -> dict:
    found = [each for each in drawn if each["data"][0].get("type") == "heatmap"]
    return next(each for each in found if "amsr2" in each["layout"]["xaxis"]["ticktext"])


def cells(drawn: list[dict]) -> list[list[str]]:
    return matrix(drawn)["data"][0]["text"]


def written(drawn: list[dict]) -> list[str]:
    """Texts of cells that have no value yet."""
    texts = [each["text"] for each in matrix(drawn)["data"] if each.get("mode") == "text"]
    return texts[0] if texts else []


def test_context_curves_beside_the_table_are_drawn(
    context: AppTest, folders: Path, make_curve, texts, figures
):
    context.query_params["score"] = "SOD"
    assert "No context curve lies beside" in texts(context.run())
    folder = folders / "models" / "sweep" / "context"
    curve = make_curve("a.safetensors")
    write_curve(folder / "a.parquet", curve)
    (folder / "b.parquet").write_text("damaged")
    app = context.run()
    assert not app.exception
    assert "a: " in texts(app)
    assert "b.parquet is damaged" in texts(app)
    assert figures(app)[-1]["data"][0]["name"] == "a"
    # One group is nothing to choose from.
    assert [each.key for each in app.segmented_control].count("context_curve_group") == 0
    assert "gradient" not in texts(app)
    # Another file about the same network: what is kept of the first one is not shown.
    write_curve(folder / "a.parquet", replace(curve, gradient_km={"SOD": 12.0}))
    app = context.run()
    assert not app.exception
    assert "is within 12 km" in texts(app)
    names = [each["text"] for each in figures(app)[-1]["layout"]["annotations"]]
    assert names == ["90 % of the gradient"]


def test_the_curves_of_a_sensor_are_chosen_and_are_against_the_chart(
    context: AppTest, folders: Path, make_curve, texts, figures
):
    folder = folders / "models" / "sweep" / "context"
    write_curve(folder / "a.parquet", make_curve("a.safetensors"))
    write_curve(folder / "b.parquet", make_curve("b.safetensors", ("all", "radar")))
    app = context.run()
    assert not app.exception
    assert [each["name"] for each in figures(app)[-1]["data"]] == ["a", "b"]
    assert "against the ice chart, also where" not in texts(app)
    groups = app.segmented_control(key="context_curve_group")
    assert groups.options == ["All channels", "Radar"]
    whole = figures(app)[-1]["data"][1]["y"]
    groups.set_value("radar").run()
    assert not app.exception
    (radar,) = figures(app)[-1]["data"]
    assert radar["name"] == "b"
    assert radar["y"] != whole
    assert "a: " not in texts(app)
    app.segmented_control(key="context_against").set_value("truth").run()
    assert not app.exception
    assert texts(app).count("against the ice chart, also where") == 1
    assert figures(app)[-1]["data"] == [radar]


def test_curves_are_chosen_of_all_that_are_measured(
    context: AppTest, folders: Path, make_curve, texts, figures
):
    folder = folders / "models" / "sweep" / "context"
    names = [f"amsr2_{number}" for number in range(7)]
    for name in [*names, "sar_0"]:
        write_curve(folder / f"{name}.parquet", make_curve(f"{name}.safetensors"))
    app = context.run()
    assert not app.exception
    curves = app.multiselect(key="context_curves_of_shipped")
    assert curves.options == [*names, "sar_0"]
    assert [each["name"] for each in figures(app)[-1]["data"]] == [*names[:5], "sar_0"]
    curves.set_value(["amsr2_6"]).run()
    assert not app.exception
    assert [each["name"] for each in figures(app)[-1]["data"]] == ["amsr2_6"]
    assert "amsr2_0: " not in texts(app)
    app.multiselect(key="context_curves_of_shipped").set_value([]).run()
    assert not app.exception
    assert "amsr2_6: " not in texts(app)
    assert [each.value for each in app.info].count("Choose at least one curve.") == 1


def test_the_curve_of_a_part_is_drawn_with_its_intervals(
    context: AppTest, folders: Path, make_curve, texts, figures
):
    curve = replace(make_curve("a.safetensors"), gradient_km={"SOD": 12.0})
    write_curve(folders / "models" / "sweep" / "context" / "a.parquet", curve)
    context.query_params["score"] = "SOD"
    app = context.run()
    part = app.selectbox(key="context_curve_part")
    assert part.options[0] == "All pixels"
    assert "is within 12 km" in texts(app)
    part.set_value(("season", "JJA")).run()
    assert not app.exception
    (drawn,) = figures(app)[-1]["data"]
    expected = curve.part(season="JJA").points("all", "SOD")
    assert drawn["y"] == pytest.approx([point.score for point in expected])
    assert drawn["y"] != pytest.approx([point.score for point in curve.points("all", "SOD")])
    highs = [point.high - point.score for point in expected]
    assert drawn["error_y"]["array"] == pytest.approx(highs)
    # That of the gradient is of all scenes.
    assert "is within 12 km" not in texts(app)


def test_a_part_is_named_and_a_curve_that_lacks_it_at_a_radius_is_not_drawn(
    context: AppTest, folders: Path, make_curve, texts, figures
):
    folder = folders / "models" / "sweep" / "context"
    curve = make_curve("a.safetensors")
    region = curve.frame.assign(region="CapeFarewell")
    write_curve(folder / "a.parquet", replace(curve, frame=region))
    near = region[region["r_km"] < 30].assign(checkpoint="b.safetensors")
    far = curve.frame.assign(region="elsewhere", checkpoint="b.safetensors")
    both = replace(make_curve("b.safetensors"), frame=pd.concat([near, far], ignore_index=True))
    write_curve(folder / "b.parquet", both)
    app = context.run()
    part = app.selectbox(key="context_curve_part")
    assert "Region: Cape Farewell" in part.options
    part.set_value(("region", "CapeFarewell")).run()
    assert not app.exception
    assert [each["name"] for each in figures(app)[-1]["data"]] == ["a"]
    assert "Not drawn, because some radius has no pixel of this part: b." in texts(app)


def test_the_first_draw_does_not_wait_for_torch():
    parts = (
        "main_figure",
        "verdict_section",
        "matrix_section",
        "tables_section",
        "scope",
        "curves_section",
        "needed_section",
        "train_section",
        "live_section",
    )
    imports = "; ".join(f"import seaice.dashboard.context.{part}" for part in parts)
    code = f"import sys; {imports}; sys.exit('torch' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], cwd=HOME, check=False).returncode == 0
