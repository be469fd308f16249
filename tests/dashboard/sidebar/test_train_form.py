"""The training form and what it costs, without a browser and without starting a process."""

from pathlib import Path
from typing import get_args

import pytest
from streamlit.testing.v1 import AppTest

from seaice.ai4arctic.channels import CHANNEL_SETS, SAR
from seaice.core.errors import RunError
from seaice.dashboard.sidebar.train_fields import CUSTOM, FIELDS
from seaice.dashboard.sidebar.train_form import Prefill
from seaice.network.reach import reach_text
from seaice.training.config import TrainingConfig
from seaice.training.cost import cost_of
from seaice.training.runs.folder import RunFolder
from seaice.training.settings import Group

PREFILL = {
    "data": "data",
    "channel_set": "sar",
    "rates": ("1-2-3", "6-12-18"),
    "missing": ("6-12-18",),
    "channel_sets": tuple(CHANNEL_SETS),
}
# None of these is a default, and together they are valid. The folders are the test's own.
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
    "width": 16,
    "stem": "full",
    "padding": "renormalised",
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
    "dropout": 0.25,
    "clip_norm": 2.0,
    "gain_jitter_db": 0.5,
    "noise_jitter_db": 0.25,
    "class_balance": 0.75,
    "averaging": 0.125,
    "norm_patches": 50,
    "norm_patch": 256,
    "norms": "fixed",
    "start_from": "trunk.safetensors",
    "freeze_encoder": True,
    "validate_every": 5,
    "patience": 2,
    "precision": "float32",
    "devices": 2,
    "workers": 0,
    "name": "mine",
}
START = "seaice.dashboard.sidebar.train_values.start"


def _form() -> None:
    import streamlit as st

    from seaice.dashboard.sidebar.train_form import Prefill, train_form
    from seaice.dashboard.sidebar.train_values import COSTED
    from seaice.dashboard.training.settings_section import settings_section

    # As the sidebar does.
    st.session_state.pop(COSTED, None)
    train_form(Prefill(**st.session_state["prefill"]))
    if st.session_state.get("all_settings"):
        settings_section(unfolded=True)


@pytest.fixture
def started(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> list[TrainingConfig]:
    """The configurations that were started; no process is."""
    configs: list[TrainingConfig] = []

    def start(config: TrainingConfig, runs: Path, models: Path) -> RunFolder:
        assert (runs, models) == (tmp_path / "runs", tmp_path / "models")
        configs.append(config)
        return RunFolder(runs / "20200101T000000_x")

    monkeypatch.setattr(START, start)
    monkeypatch.setenv("SEAICE_RUNS", str(tmp_path / "runs"))
    monkeypatch.setenv("SEAICE_MODELS", str(tmp_path / "models"))
    return configs


@pytest.fixture
def form(started: list[TrainingConfig]) -> AppTest:
    """The form by itself, unfolded."""
    app = AppTest.from_function(_form, default_timeout=60)
    app.session_state["prefill"] = PREFILL
    app.session_state["train_form"] = True
    return app


@pytest.fixture
def scenes(make_scene, tmp_path: Path) -> Path:
    """A folder with a scene."""
    make_scene(folder=tmp_path / "data")
    return tmp_path / "data"


def widgets(app: AppTest) -> dict[str, object]:
    kinds = (app.selectbox, app.number_input, app.text_input, app.checkbox, app.multiselect)
    return {each.key: each for kind in kinds for each in kind}


def fill(app: AppTest, **values: object) -> AppTest:
    """Type into fields, unfolding them if they are folded."""
    if not {"train_patch", "train_rates"} <= widgets(app).keys():
        app.session_state["train_form"] = app.session_state["all_settings"] = True
        app.run()
    for name, value in values.items():
        widgets(app)[f"train_{name}"].set_value(value)
    return app.run()


def press_train(app: AppTest) -> AppTest:
    return app.button(key="train_start").click().run()


def texts(app: AppTest) -> str:
    return " ".join(each.value for each in app.caption).replace("\\", "")


def errors(app: AppTest) -> list[str]:
    return list(dict.fromkeys(each.value.replace("\\", "") for each in app.error))


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
    ("rates", "missing", "expected"),
    [
        (("1-2-3", "6-12-18"), ("6-12-18",), "6-12-18"),
        (("3-6-9", "6-12-18"), (), "3-6-9"),
        ((), (), "1-2-3"),
    ],
)
def test_the_rates_to_train_next_are_the_first_missing_ones(rates, missing, expected):
    assert Prefill(**PREFILL | {"rates": rates, "missing": missing}).next_rates == expected


def test_it_follows_the_pickers_and_otherwise_keeps_what_you_type(form: AppTest):
    form.run()
    assert not form.exception
    assert errors(form) == []
    assert form.text_input(key="train_rates").value == "6-12-18"
    assert form.selectbox(key="train_channel_set").value == "sar"
    assert form.text_input(key="train_data").value == "data"
    assert form.number_input(key="train_steps").value == FIELDS["steps"].default
    form.text_input(key="train_rates").set_value("2-4")
    form.text_input(key="train_data").set_value("elsewhere").run()
    # Another run has finished: you have not picked anything.
    form.session_state["prefill"] = PREFILL | {"missing": ()}
    form.run()
    assert form.text_input(key="train_rates").value == "2-4"
    form.session_state["prefill"] = PREFILL | {"rates": ("none",), "missing": ("none",)}
    form.run()
    assert form.text_input(key="train_rates").value == "none"
    assert form.text_input(key="train_data").value == "elsewhere"
    # Nothing typed since: the next missing rates.
    rates = ("none", "3-6-9")
    form.session_state["prefill"] = PREFILL | {"rates": rates, "missing": rates}
    form.run()
    form.session_state["prefill"] = PREFILL | {"rates": rates, "missing": rates[1:]}
    form.run()
    assert form.text_input(key="train_rates").value == "3-6-9"


def test_every_field_has_a_widget_that_ends_up_in_the_configuration(
    form: AppTest, started, scenes: Path, make_scene, tmp_path: Path
):
    validation = tmp_path / "validation"
    make_scene(folder=validation)
    assert set(OTHER) == set(FIELDS)
    values = OTHER | {"data": str(scenes), "validation": f" {validation} "}
    fill(form, **values | {"start_from": f'"{OTHER["start_from"]}"'})
    assert not form.exception
    press_train(form)
    assert errors(form) == []
    expected = TrainingConfig(**values | {"rates": (2, 4), "validation": str(validation)})
    assert started == [expected]
    changed = {name for name, field in FIELDS.items() if getattr(expected, name) != field.default}
    assert changed == set(FIELDS)
    # A start folds the form.
    assert not form.session_state["train_form"]
    assert "Started 20200101T000000" in form.toast[0].value
    # On another page, the settings still count, and the short form says so.
    form.session_state["train_form"] = True
    form.session_state["all_settings"] = False
    form.run()
    assert "train_patch" not in widgets(form)
    assert "Batch size 8" in texts(form)
    press_train(form)
    assert started == [expected, expected]


def test_bad_settings_are_one_sentence(form: AppTest, started, tmp_path: Path):
    (tmp_path / "empty").mkdir()
    for name, value, expected in [
        ("patch", 100, "multiple of 8"),
        ("rates", "6-x", "not '6-x'"),
        ("rates", "1-2-3-4-5-6", "1 to 5 whole numbers"),
        ("patch", 16, "nothing but padding"),
        ("data", " ", "data is empty"),
        ("channel_set", CUSTOM, "No channel is selected"),
    ]:
        before = widgets(fill(form))[f"train_{name}"].value
        fill(form, **{name: value})
        assert not form.exception
        assert len(errors(form)) == 1
        assert expected in errors(form)[0]
        press_train(form)
        assert not form.exception
        assert len(errors(form)) == 1
        fill(form, **{name: before})
    # These need a look at the disk, and come when you press Train.
    for folder in ("gone", "empty"):
        assert errors(fill(form, data=str(tmp_path / folder))) == []
        [error] = errors(press_train(form))
        assert str(tmp_path / folder) in error
    assert started == []


def test_a_run_that_cannot_be_started_is_one_sentence(form: AppTest, monkeypatch, scenes: Path):
    def start(*_: object) -> None:
        raise RunError("20 runs are waiting *already*.")

    monkeypatch.setattr(START, start)
    fill(form, **small(scenes))
    press_train(form)
    assert [each.value for each in form.error] == [r"20 runs are waiting \*already\*\."]


def test_a_double_click_starts_one_run(form: AppTest, started, scenes: Path, live_run):
    _, lock = live_run(state="running")
    fill(form, **small(scenes))
    [error] = errors(press_train(form))
    assert "is already running with these settings" in error
    assert started == []
    lock.release()
    press_train(form)
    assert len(started) == 1


def test_channels_can_be_picked_one_by_one(form: AppTest, started, scenes: Path):
    fill(form, **small(scenes, channel_set=CUSTOM))
    fill(form, channels=["btemp_18_7h", "nersc_sar_primary"])
    press_train(form)
    assert started[-1].channel_set == "nersc_sar_primary,btemp_18_7h"
    fill(form, channels=list(SAR[::-1]))
    press_train(form)
    assert started[-1].channel_set == "sar"


def cost(app: AppTest) -> dict[str, str]:
    table = app.table[0].value
    return dict(zip(table.index, table.iloc[:, 0], strict=True))


def test_the_cost_is_shown_before_anything_starts(form: AppTest):
    form.run()
    expected = cost_of(TrainingConfig("data", (6, 12, 18), "sar"))
    assert cost(form) == {
        "Parameters": f"{expected.parameters / 1e6:.2f} million",
        "Reach of the rates": reach_text((6, 12, 18), expected.cell_m),
        "Receptive field": f"{expected.receptive_field_km:.0f} km",
        "Taps on padding": "51 % at rate 18",
        "Memory": f"{expected.memory_gib:.1f} GiB, plus about 1 GiB for the software",
    }
    form.text_input(key="train_rates").set_value("none").run()
    assert cost(form)["Taps on padding"] == "none"
    assert cost(form)["Parameters"] != f"{expected.parameters / 1e6:.2f} million"


def test_steps_are_timed_on_request(form: AppTest, monkeypatch):
    timed = []

    def step_seconds(config: TrainingConfig) -> float:
        timed.append(config)
        return 0.5

    monkeypatch.setattr("seaice.dashboard.sidebar.train_cost._step_seconds", step_seconds)
    form.run()
    assert "Time per step" not in cost(form)
    form.button(key="train_time").click().run()
    assert (cost(form)["Time per step"], cost(form)["All steps"]) == ("0.5 s", "9 min")
    # More steps take the same time each; a larger batch does not.
    form.number_input(key="train_steps").set_value(1200).run()
    assert cost(form)["All steps"] == "10 min"
    fill(form, batch=8)
    assert "Time per step" not in cost(form)
    assert len(timed) == 1
    assert timed[0].rates == (6, 12, 18)


def test_too_little_memory_is_not_tried(form: AppTest, monkeypatch):
    monkeypatch.setattr("seaice.dashboard.sidebar.train_cost.free_gib", lambda: 0.01)
    form.run()
    assert "more memory than the machine has" in form.warning[0].value
    assert form.button(key="train_time").disabled


def test_all_settings_stand_in_groups_with_their_cost(form: AppTest, started, scenes: Path):
    fill(form, **small(scenes))
    assert [text.value for text in form.markdown] == [
        *(f"**{name}**" for name in get_args(Group)),
        "**Cost**",
    ]
    beside = form.table[1].value
    assert list(beside.iloc[:, 0]) == list(form.table[0].value.iloc[:, 0])
    fill(form, width=16)
    assert list(form.table[1].value.iloc[:, 0]) != list(beside.iloc[:, 0])
    form.button(key="train_start_page").click().run()
    assert started[-1].width == 16


def test_what_a_tab_kept_comes_back_where_it_fits(form: AppTest, monkeypatch):
    given: list[object] = []
    kept = {
        "steps": 7,
        "rates": "2-4",
        "augment": False,
        "patch": 10**9,
        "encoder": "pickle",
        "channels": ["nothing"],
        "_train_started": True,
    }

    def kept_in_tab(name: str, values: dict | None) -> dict | None:
        given.append(values)
        return kept if values is None else None

    monkeypatch.setattr("seaice.dashboard.sidebar.train_values.kept_in_tab", kept_in_tab)
    form.run()
    assert not form.exception
    assert form.number_input(key="train_steps").value == 7
    assert form.text_input(key="train_rates").value == "2-4"
    # What no field would take is left out; what the pickers fill in is not kept.
    assert given[-1] == {"steps": 7, "rates": "2-4", "augment": False}
    form.number_input(key="train_seed").set_value(4).run()
    assert given[-1] == {"steps": 7, "rates": "2-4", "augment": False, "seed": 4}
