"""The form that trains, what it costs, and the runs below it, without a browser or a process."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from streamlit.testing.v1 import AppTest

from seaice.ai4arctic.channels import CHANNEL_SETS, SAR
from seaice.core.errors import RunError
from seaice.dashboard.sidebar.run_progress import ended_text, progress_text
from seaice.dashboard.sidebar.train_fields import CUSTOM, FIELDS
from seaice.network.checkpoint import describe, save_checkpoint
from seaice.network.config import NetworkConfig
from seaice.network.network import SeaIceNet
from seaice.training.config import TrainingConfig
from seaice.training.cost import cost_of
from seaice.training.runs.folder import RunFolder
from seaice.training.runs.listing import delete_run, inspect_run
from seaice.training.runs.lock import Lock, hold
from seaice.training.runs.status import Status, write_status
from seaice.training.start import new_run

PREFILL = {
    "data": "data",
    "channel_set": "sar",
    "rates": ("1-2-3", "6-12-18"),
    "missing": ("6-12-18",),
    "channel_sets": tuple(CHANNEL_SETS),
}
# Other than the default, and going with each other; the folders are the test's own.
OTHER = {
    "rates": "2-4",
    "channel_set": "amsr2",
    "data": "",
    "validation": "",
    "steps": 7,
    "seed": 3,
    "train_list": "train.json",
    "validation_list": "validation.json",
    "validation_share": 0.3,
    "encoder": "resnet34",
    "output_stride": 16,
    "spacing_m": 800.0,
    "patch": 128,
    "batch": 8,
    "accumulate": 2,
    "learning_rate": 1e-4,
    "schedule": "cosine",
    "weight_decay": 0.5,
    "weight_sic": 0.5,
    "weight_sod": 2.0,
    "weight_floe": 0.0,
    "sampling": "balanced",
    "augment": False,
    "validate_every": 5,
    "patience": 2,
    "precision": "float32",
    "devices": 2,
    "workers": 0,
    "name": "mine",
}


def _form() -> None:
    import streamlit as st

    from seaice.dashboard.sidebar.train_form import Prefill, train_form

    train_form(Prefill(**st.session_state["prefill"]))


def _progress() -> None:
    from seaice.dashboard.sidebar.run_progress import run_progress

    run_progress()


@pytest.fixture
def started(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> list[TrainingConfig]:
    """The configurations that were started; no process is."""
    found: list[TrainingConfig] = []

    def start(config: TrainingConfig, runs: Path, models: Path) -> RunFolder:
        assert (runs, models) == (tmp_path / "runs", tmp_path / "models")
        found.append(config)
        return RunFolder(runs / "20200101T000000_x")

    monkeypatch.setattr("seaice.dashboard.sidebar.train_form.start", start)
    monkeypatch.setenv("SEAICE_RUNS", str(tmp_path / "runs"))
    monkeypatch.setenv("SEAICE_MODELS", str(tmp_path / "models"))
    return found


@pytest.fixture
def form(started: list[TrainingConfig]) -> AppTest:
    """The form by itself, unfolded."""
    app = AppTest.from_function(_form, default_timeout=60)
    app.session_state["prefill"] = PREFILL
    app.session_state["train_form"] = True
    return app


def widgets(app: AppTest) -> dict[str, object]:
    kinds = (app.selectbox, app.number_input, app.text_input, app.checkbox, app.multiselect)
    return {each.key: each for kind in kinds for each in kind}


def fill(app: AppTest, **values: object) -> AppTest:
    """Type into fields, unfolding them all."""
    app.session_state["train_more"] = True
    app.run()
    for name, value in values.items():
        widgets(app)[f"train_{name}"].set_value(value)
    return app.run()


def small(folder: Path, **values: object) -> dict:
    return {"data": str(folder), "patch": 64, "batch": 1, "rates": "1", **values}


def test_a_folded_form_draws_nothing(started):
    app = AppTest.from_function(_form)
    app.session_state["prefill"] = PREFILL
    app.run()
    assert not app.exception
    assert [each.label for each in app.expander] == ["Train"]
    assert widgets(app) == {}


@pytest.mark.parametrize(
    ("rates", "missing", "filled"),
    [
        (("1-2-3", "6-12-18"), ("6-12-18",), "6-12-18"),
        (("3-6-9", "6-12-18"), (), "3-6-9"),
        ((), (), "1-2-3"),
    ],
)
def test_it_is_filled_with_what_is_chosen(form: AppTest, rates, missing, filled):
    form.session_state["prefill"] = PREFILL | {"rates": rates, "missing": missing}
    form.run()
    assert not form.exception
    assert not form.error
    assert form.text_input(key="train_rates").value == filled
    assert form.selectbox(key="train_channel_set").value == "sar"
    assert form.text_input(key="train_data").value == "data"
    assert form.number_input(key="train_steps").value == 400


def test_it_follows_the_pickers_and_else_keeps_what_is_typed(form: AppTest):
    form.run()
    form.text_input(key="train_rates").set_value("2-4")
    form.text_input(key="train_data").set_value("elsewhere").run()
    # Another one has been trained: nothing was chosen.
    form.session_state["prefill"] = PREFILL | {"missing": ()}
    form.run()
    assert form.text_input(key="train_rates").value == "2-4"
    form.session_state["prefill"] = PREFILL | {"rates": ("none",), "missing": ("none",)}
    form.run()
    assert form.text_input(key="train_rates").value == "none"
    assert form.text_input(key="train_data").value == "elsewhere"
    # Nothing typed since: the next that is missing.
    rates = ("none", "3-6-9")
    form.session_state["prefill"] = PREFILL | {"rates": rates, "missing": rates}
    form.run()
    form.session_state["prefill"] = PREFILL | {"rates": rates, "missing": rates[1:]}
    form.run()
    assert form.text_input(key="train_rates").value == "3-6-9"


def test_every_field_has_a_widget_that_ends_in_the_configuration(
    form: AppTest, started, make_scene, tmp_path: Path
):
    data, validation = tmp_path / "data", tmp_path / "validation"
    for folder in (data, validation):
        make_scene(folder=folder)
    assert set(OTHER) == set(FIELDS)
    values = OTHER | {"data": str(data), "validation": f" {validation} "}
    fill(form, **values)
    assert not form.exception
    assert not form.error
    form.button(key="train_start").click().run()
    assert not form.error
    expected = TrainingConfig(**values | {"rates": (2, 4), "validation": str(validation)})
    assert started == [expected]
    changed = {name for name, field in FIELDS.items() if getattr(expected, name) != field.default}
    assert changed == set(FIELDS)
    # What is folded away counts on.
    form.session_state["train_form"] = True
    form.session_state["train_more"] = False
    form.run()
    assert "train_patch" not in widgets(form)
    form.button(key="train_start").click().run()
    assert started == [expected, expected]


def test_a_start_folds_the_form(form: AppTest, started, make_scene, tmp_path: Path):
    make_scene(folder=tmp_path / "data")
    fill(form, **small(tmp_path / "data"))
    form.button(key="train_start").click().run()
    assert len(started) == 1
    assert not form.session_state["train_form"]
    assert "Started 20200101T000000" in form.toast[0].value


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("patch", 100, "multiple of 16"),
        ("rates", "6-x", "whole numbers joined"),
        ("rates", "1-2-3-4-5-6", "one to 5 whole numbers"),
        ("patch", 16, "nothing but padding"),
        ("data", " ", "data is empty"),
        ("channel_set", CUSTOM, "No channel is selected"),
    ],
)
def test_bad_settings_are_one_sentence(form: AppTest, started, name, value, said):
    fill(form, **{name: value})
    assert not form.exception
    assert len(form.error) == 1
    assert said in form.error[0].value.replace("\\", "")
    form.button(key="train_start").click().run()
    assert not form.exception
    assert len(form.error) == 1
    assert started == []


@pytest.mark.parametrize("folder", ["gone", "empty"])
def test_a_folder_without_scenes_is_told_at_once(form: AppTest, started, tmp_path, folder):
    (tmp_path / "empty").mkdir()
    fill(form, **small(tmp_path / folder))
    form.button(key="train_start").click().run()
    assert [folder in each.value for each in form.error] == [True]
    assert started == []


def test_a_run_that_cannot_be_started_is_one_sentence(
    form: AppTest, monkeypatch, make_scene, tmp_path: Path
):
    def start(*_: object) -> None:
        raise RunError("20 runs are waiting *already*.")

    monkeypatch.setattr("seaice.dashboard.sidebar.train_form.start", start)
    make_scene(folder=tmp_path / "data")
    fill(form, **small(tmp_path / "data"))
    form.button(key="train_start").click().run()
    assert [each.value for each in form.error] == [r"20 runs are waiting \*already\*\."]


def test_channels_can_be_named_one_by_one(form: AppTest, started, make_scene, tmp_path: Path):
    make_scene(folder=tmp_path / "data")
    fill(form, **small(tmp_path / "data", channel_set=CUSTOM))
    fill(form, channels=["btemp_18_7h", "nersc_sar_primary"])
    form.button(key="train_start").click().run()
    assert started[-1].channel_set == "nersc_sar_primary,btemp_18_7h"
    form.session_state["train_form"] = True
    fill(form, channels=list(SAR[::-1]))
    form.button(key="train_start").click().run()
    assert started[-1].channel_set == "sar"


def cells(app: AppTest) -> dict[str, str]:
    table = app.table[0].value
    return dict(zip(table.index, table.iloc[:, 0], strict=True))


def test_the_costs_are_shown_before_anything_starts(form: AppTest):
    form.run()
    cost = cost_of(TrainingConfig("data", (6, 12, 18), "sar"))
    assert cells(form) == {
        "Parameters": f"{cost.parameters / 1e6:.2f} million",
        "Receptive field": f"{cost.receptive_field_km:.0f} km",
        "Taps on padding": "31 % at rate 18",
        "Memory": f"{cost.memory_gib:.1f} GiB",
    }
    form.text_input(key="train_rates").set_value("none").run()
    assert cells(form)["Taps on padding"] == "none"
    assert cells(form)["Parameters"] != f"{cost.parameters / 1e6:.2f} million"


def test_steps_are_timed_when_asked(form: AppTest, monkeypatch):
    asked = []

    def timed(pace: TrainingConfig) -> float:
        asked.append(pace)
        return 0.5

    monkeypatch.setattr("seaice.dashboard.sidebar.train_cost._step_seconds", timed)
    form.run()
    assert "Time per step" not in cells(form)
    form.button(key="train_time").click().run()
    assert (cells(form)["Time per step"], cells(form)["All steps"]) == ("0.5 s", "3 min")
    # More steps are as fast each; a larger batch is not.
    form.number_input(key="train_steps").set_value(1200).run()
    assert cells(form)["All steps"] == "10 min"
    fill(form, batch=8)
    assert "Time per step" not in cells(form)
    assert len(asked) == 1
    assert asked[0].rates == (6, 12, 18)


def test_more_memory_than_there_is_is_not_tried(form: AppTest, monkeypatch):
    monkeypatch.setattr("seaice.dashboard.sidebar.train_cost.free_gib", lambda: 0.01)
    form.run()
    assert "more memory than the machine has" in form.warning[0].value
    assert form.button(key="train_time").disabled


@pytest.fixture
def a_run(tmp_path: Path, monkeypatch) -> Callable[..., tuple[RunFolder, Lock]]:
    """Make a run that this process seems to work on; its folder and what is held."""
    monkeypatch.setenv("SEAICE_RUNS", str(tmp_path / "runs"))
    monkeypatch.setenv("SEAICE_MODELS", str(tmp_path / "models"))

    def make(rates: tuple[int, ...] = (1,), **values: object) -> tuple[RunFolder, Lock]:
        config = TrainingConfig(str(tmp_path / "data"), rates, "sar", patch=64, batch=1)
        folder = new_run(config, tmp_path / "runs")
        lock = hold(folder.lock_file)
        write_status(folder, Status(**values))
        return folder, lock

    return make


def test_a_double_click_starts_one_run(form: AppTest, started, make_scene, a_run, tmp_path: Path):
    make_scene(folder=tmp_path / "data")
    _, lock = a_run(state="running")
    fill(form, **small(tmp_path / "data"))
    form.button(key="train_start").click().run()
    assert "is already running with these settings" in form.error[0].value
    assert started == []
    lock.let_go()
    form.button(key="train_start").click().run()
    assert len(started) == 1


@pytest.mark.parametrize(
    ("values", "ahead", "text"),
    [
        ({"state": "waiting"}, None, "starting"),
        ({"state": "waiting"}, 0, "starting"),
        ({"state": "waiting"}, 1, "waiting for 1 other run"),
        ({"state": "waiting"}, 2, "waiting for 2 other runs"),
        ({"state": "running", "message": "reading the scenes"}, None, "reading the scenes"),
        ({"state": "running", "step": 3, "steps": 400}, None, "step 3/400"),
        (
            {"state": "running", "step": 120, "steps": 400, "seconds_left": 190, "score": 61.24},
            None,
            "step 120/400 · 3 min left · score 61.2",
        ),
        (
            {"state": "running", "step": 1, "steps": 2, "seconds_left": 1e10},
            None,
            "step 1/2",
        ),
    ],
)
def test_a_live_run_is_told_in_a_line(a_run, values, ahead, text):
    folder, lock = a_run(**values)
    assert progress_text(replace(inspect_run(folder), ahead=ahead)) == text
    lock.let_go()


@pytest.mark.parametrize(
    ("values", "text"),
    [
        ({"state": "finished", "checkpoint": "HERE/a_1.safetensors"}, "Finished. Checkpoint **a_1"),
        ({"state": "finished", "checkpoint": "/x/a.safetensors"}, "Its checkpoint is /x/a.safe"),
        ({"state": "cancelled", "message": "Stopped."}, "**sar_1_seed0**: Stopped."),
        ({"state": "failed", "message": "No scenes."}, "**sar_1_seed0** failed: No scenes."),
        ({"state": "running"}, "**sar_1_seed0** was interrupted: Its process ended early. It had"),
    ],
)
def test_the_end_of_a_run_is_told_in_a_sentence(a_run, tmp_path: Path, values, text):
    if "checkpoint" in values:
        path = values["checkpoint"].replace("HERE", str(tmp_path / "models"))
        values = values | {"checkpoint": path}
    folder, lock = a_run(**values)
    lock.let_go()
    said = ended_text(inspect_run(folder)).replace("\\", "")
    assert text in said
    assert ("now available" in said) == ("Finished" in text)


def test_no_run_draws_nothing(a_run):
    app = AppTest.from_function(_progress).run()
    assert not app.exception
    assert not app.markdown
    assert not app.button


def test_a_live_run_can_be_cancelled_and_its_end_is_told(a_run, texts):
    folder, lock = a_run(state="running", step=3, steps=10, score=50.0)
    app = AppTest.from_function(_progress).run()
    assert not app.exception
    assert "sar_1_seed0" in texts(app)
    button = app.button(key=f"cancel_{folder.name}")
    assert button.label == "Cancel"
    button.click().run()
    assert folder.stop_file.exists()
    button = app.button(key=f"cancel_{folder.name}")
    assert (button.label, button.disabled) == ("Stopping ...", True)
    write_status(folder, Status(state="cancelled", message="Stopped after step 4."))
    lock.let_go()
    app.run()
    assert [each.value.replace("\\", "") for each in app.info] == [
        "**sar_1_seed0**: Stopped after step 4."
    ]
    app.button(key="dismiss_run").click().run()
    assert not app.info
    app.run()
    assert not app.info


def test_a_run_that_cannot_be_cancelled_is_one_sentence(a_run, monkeypatch):
    def cancel(folder: RunFolder) -> None:
        raise RunError("It *cannot*.")

    folder, lock = a_run(state="running", step=3, steps=10)
    monkeypatch.setattr("seaice.dashboard.sidebar.run_progress.cancel", cancel)
    app = AppTest.from_function(_progress).run()
    app.button(key=f"cancel_{folder.name}").click().run()
    assert [each.value for each in app.error] == [r"It \*cannot\*\."]
    lock.let_go()


def test_only_ends_that_the_session_has_seen_are_told(a_run, texts):
    _, lock = a_run(state="finished")
    lock.let_go()
    app = AppTest.from_function(_progress).run()
    assert not app.success
    # One that has come and gone between two looks.
    quick, lock = a_run((2,), state="failed", message="No *scenes*.")
    lock.let_go()
    app.run()
    assert [each.value for each in app.error] == [r"**sar\_2\_seed0** failed: No \*scenes\*\."]
    delete_run(quick)
    app.run()
    assert not app.exception
    assert not app.error


def test_many_waiting_runs_are_counted(a_run, texts):
    made = [a_run((rate,), state="waiting") for rate in range(1, 6)]
    app = AppTest.from_function(_progress).run()
    assert not app.exception
    assert len(app.button) == 3
    for _, lock in made:
        lock.let_go()


def test_a_damaged_run_does_no_harm(a_run, tmp_path: Path):
    folder, lock = a_run(state="running", step=-5, steps=3)
    app = AppTest.from_function(_progress).run()
    assert not app.exception
    folder.status_file.write_text("{")
    folder.config_file.write_text("[]")
    app.run()
    assert not app.exception
    assert app.button(key=f"cancel_{folder.name}").label == "Cancel"
    lock.let_go()


@pytest.fixture
def scenes(dashboard: AppTest, monkeypatch, tmp_path: Path) -> AppTest:
    """The dashboard's quickest page."""
    monkeypatch.setenv("SEAICE_RUNS", str(tmp_path / "runs"))
    dashboard.session_state["train_form"] = True
    app = dashboard.switch_page("pages/scenes.py")
    return app.run()


def test_the_sidebar_fills_the_form_and_pages_keep_it(scenes: AppTest, tmp_path: Path):
    assert not scenes.exception
    scenes.selectbox(key="channel_set").set_value("sar").run()
    assert scenes.text_input(key="train_rates").value == "1-2-3"
    assert scenes.selectbox(key="train_channel_set").value == "sar"
    assert scenes.text_input(key="train_data").value == str(tmp_path / "data")
    scenes.number_input(key="train_steps").set_value(7).run()
    scenes.switch_page("pages/compare.py").run()
    assert not scenes.exception
    assert scenes.number_input(key="train_steps").value == 7


def test_the_form_stays_beside_a_folder_without_scenes(scenes: AppTest, tmp_path: Path):
    scenes.text_input(key="data_folder").set_value(str(tmp_path / "gone")).run()
    assert not scenes.exception
    assert scenes.text_input(key="train_data").value == str(tmp_path / "gone")


def test_what_is_typed_into_the_form_is_no_step_of_the_view(scenes: AppTest):
    """Going back in the browser after typing follows the address, not the form."""
    scenes.number_input(key="train_steps").set_value(7)
    scenes.query_params["channels"] = "amsr2"
    scenes.run()
    assert scenes.selectbox(key="channel_set").value == "amsr2"


def test_lists_of_channels_can_be_chosen_where_there_are_checkpoints(
    scenes: AppTest, texts, tmp_path: Path
):
    channels = ("nersc_sar_primary", "btemp_36_5h")
    for number, (named, used) in enumerate(
        [(",".join(channels), channels), ("mine", channels), ("t2m,skt", channels)]
    ):
        torch.manual_seed(0)
        network = SeaIceNet(NetworkConfig(2, (1, 2, 3), decoder_channels=8))
        info = describe(network.config, named, used, 400, {}, {})
        save_checkpoint(tmp_path / "models" / f"own{number}.safetensors", network, info)
    scenes.run()
    picker = scenes.selectbox(key="channel_set")
    assert picker.options == [*CHANNEL_SETS, "HH, 36.5 GHz H"]
    scenes.session_state["train_form"] = False
    picker.set_value(",".join(channels)).run()
    assert not scenes.exception
    assert scenes.query_params["channels"] == ",".join(channels)
    scenes.multiselect(key="rates").set_value(["1-2-3"]).run()
    # AppTest tells a new page of its own pickers at the second run only.
    scenes.switch_page("pages/compare.py").run().run()
    assert not scenes.exception
    assert not scenes.error
    assert "channel set HH, 36.5 GHz H" in texts(scenes)
    assert list(scenes.table[0].value.columns) == ["Rates 1-2-3", "What it is"]


def test_compare_sends_to_the_form(dashboard: AppTest, texts):
    app = dashboard.run()
    app.multiselect(key="rates").set_value(["none"]).run()
    assert "Press Train in the sidebar" in texts(app)
    assert "seaice train --rates none" in texts(app)
