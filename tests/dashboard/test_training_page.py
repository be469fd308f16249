"""The page of the runs, without a browser and without a process that trains."""

import base64
import json
import math
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from seaice.core.errors import RunError
from seaice.dashboard.training.comparison import differences
from seaice.dashboard.training.table import table_of
from seaice.dashboard.training.words import progress_sentence, run_labels, state_text
from seaice.training.config import TrainingConfig
from seaice.training.runs.folder import RunFolder
from seaice.training.runs.listing import delete_run, inspect_run, inspect_runs
from seaice.training.runs.lock import hold
from seaice.training.runs.metrics import STEP, VALIDATION, append_metrics
from seaice.training.runs.status import read_status, write_status
from seaice.training.start import new_run

HOME = Path(__file__).resolve().parents[2]
BEGUN = 1_600_000_000.0
MakeRun = Callable[..., RunFolder]


@pytest.fixture
def page(make_scene, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AppTest:
    """The page on one scene, without checkpoints and runs."""
    make_scene(folder=tmp_path / "data")
    for name in ("data", "models", "runs"):
        (tmp_path / name).mkdir(exist_ok=True)
        monkeypatch.setenv(f"SEAICE_{name.upper()}", str(tmp_path / name))
    return AppTest.from_file(str(HOME / "pages" / "training.py"), default_timeout=60)


@pytest.fixture
def make_run(tmp_path: Path) -> Iterator[MakeRun]:
    """Write a run as its process would have; of a state that lives, somebody holds its lock."""
    locks = ExitStack()

    def write(
        state: str = "finished", *, name: str = "", step: int = 0, steps: int = 40, **settings
    ) -> RunFolder:
        known = {"data": "scenes", "rates": (1, 2), "channel_set": "sar", "steps": steps}
        folder = new_run(TrainingConfig(**{**known, **settings}), tmp_path / "runs")
        if name:
            folder = RunFolder(folder.path.rename(folder.path.with_name(name)))
        for number in range(1, step + 1):
            losses = {"loss": 8 / number, "loss_SIC": 16.0, "loss_SOD": 2.0, "loss_FLOE": 1.5}
            append_metrics(folder, STEP, {"step": number, **losses, "seconds": 1.5})
            if number % 10 == 0:
                scores = {"SIC": number + 1.0, "SOD": 50.0, "FLOE": None, "combined": number + 0.5}
                append_metrics(folder, VALIDATION, {"step": number, **scores, "seconds": 3.0})
        status = replace(read_status(folder), state=state, step=step, begun=BEGUN, scenes=3)
        write_status(folder, status)
        if state in ("waiting", "running"):
            locks.callback(hold(folder.lock_file).let_go)
        return folder

    with locks:
        yield write


def say(folder: RunFolder, **changes: object) -> None:
    write_status(folder, replace(read_status(folder), **changes))


def shown(app: AppTest) -> list[str]:
    """Names of the runs that the table lists."""
    return list(app.dataframe[0].value["Run"])


def looked_at(app: AppTest) -> list[str]:
    return [each.value for each in app.text if each.value in shown(app)]


def buttons(app: AppTest) -> dict[str, object]:
    """Those of the run that is shown, by what they do."""
    return {each.key.split("__")[0]: each for each in app.main.button if "__" in each.key}


def said(app: AppTest) -> str:
    kinds = (app.markdown, app.caption, app.text, app.info, app.warning, app.error, app.code)
    return "\n".join(each.value for kind in kinds for each in kind).replace("\\", "")


def bars(app: AppTest) -> list[str]:
    """Words of the progress bars, those of the sidebar left out."""
    return [each.proto.text.replace("\\", "") for each in app.main.get("progress")]


def curves(app: AppTest) -> list[dict]:
    """The figures' data."""
    return [json.loads(each.proto.spec)["data"] for each in app.get("plotly_chart")]


def test_without_a_run_it_says_how_to_begin(page: AppTest):
    app = page.run()
    assert not app.exception
    assert not app.error
    assert not app.dataframe
    assert "No runs yet" in said(app)
    assert "seaice train" in said(app)


def test_the_table_tells_of_every_run_the_newest_first(page: AppTest, make_run: MakeRun):
    old = make_run(step=40, name="20200101T000000_old", data="scenes/of/mine")
    say(old, checkpoint="/models/sar_1-2_seed0.safetensors", simulated=True)
    make_run("cancelled", step=10, name="20210101T000000_new", rates=(6, 12, 18))
    app = page.run()
    assert not app.exception
    assert shown(app) == ["20210101T000000_new", "20200101T000000_old"]
    new, old_row = (app.dataframe[0].value.iloc[row] for row in (0, 1))
    assert (new["State"], old_row["State"]) == ("cancelled", "finished")
    assert (new["Rates"], old_row["Rates"]) == ("6-12-18", "1-2")
    assert new["Channel set"] == "sar"
    assert (new["Progress"], old_row["Progress"]) == (25, 100)
    # Of the best validation, which is the last.
    assert (old_row["Combined"], old_row["SIC"], old_row["SOD"]) == (40.5, 41, 50)
    assert math.isnan(old_row["FLOE"])
    assert f"{old_row['Started (UTC)']:%Y-%m-%d %H:%M}" == "2020-09-13 12:26"
    # 40 steps of 1.5 s and 4 validations of 3 s.
    assert old_row["Training time (min)"] == pytest.approx(72 / 60)
    assert old_row["Data folder"] == "scenes/of/mine"
    assert (new["Simulated"], old_row["Simulated"]) == ("no", "yes")
    assert (new["Checkpoint"], old_row["Checkpoint"]) == ("", "sar_1-2_seed0")


def test_every_column_says_what_it_is(page: AppTest, make_run: MakeRun):
    make_run()
    app = page.run()
    columns = json.loads(app.dataframe[0].proto.columns)
    for name in app.dataframe[0].value.columns:
        assert columns[name]["help"], name


def test_what_is_not_known_is_blank(make_run: MakeRun):
    folder = make_run("failed")
    say(folder, scenes=0, begun=0.0)
    row = table_of([inspect_run(folder)]).iloc[0]
    for name in ("Combined", "Started (UTC)", "Training time (min)"):
        assert row[name] is None or row[name] != row[name], name
    assert row["Simulated"] == ""


def test_the_run_at_work_is_shown_first(page: AppTest, make_run: MakeRun):
    make_run("waiting", name="20230101T000000_waits")
    at_work = make_run("running", step=10, name="20220101T000000_works")
    make_run(name="20240101T000000_newest")
    say(at_work, seconds_left=130.0, message="validating after step 10")
    app = page.run()
    assert looked_at(app) == ["20220101T000000_works"]
    assert "Running: step 10 of 40" in bars(app)[0]
    assert "validating after step 10" in bars(app)[0]
    assert "2 min left" in bars(app)[0]
    assert set(buttons(app)) == {"training_cancel"}


def test_the_newest_is_shown_where_none_lives(page: AppTest, make_run: MakeRun):
    make_run(name="20200101T000000_old")
    make_run("cancelled", name="20240101T000000_newest")
    assert looked_at(page.run()) == ["20240101T000000_newest"]


def test_a_chosen_run_stays_chosen(page: AppTest, make_run: MakeRun):
    make_run(name="20200101T000000_old")
    page.session_state["selected_runs"] = ["20200101T000000_old"]
    make_run("running", name="20240101T000000_works")
    assert looked_at(page.run()) == ["20200101T000000_old"]


def test_a_waiting_run_says_how_many_it_stands_behind(make_run: MakeRun):
    run = inspect_run(make_run("waiting"))
    assert progress_sentence(replace(run, ahead=2)) == "Waiting for 2 other runs"
    assert progress_sentence(replace(run, ahead=1)) == "Waiting for 1 other run"
    assert progress_sentence(replace(run, ahead=0)) == "Waiting, next in the queue"
    assert progress_sentence(replace(run, ahead=None)) == "Starting"
    assert state_text(replace(run, ahead=2)) == "waiting behind 2"


def test_curves_are_what_was_measured(page: AppTest, make_run: MakeRun):
    folder = make_run(step=30)
    app = page.run()
    losses, scores = curves(app)
    assert [each["name"] for each in losses if "name" in each] == ["total", "SIC", "SOD", "FLOE"]
    assert [each["name"] for each in scores] == ["combined", "SIC", "SOD", "FLOE"]
    assert decoded(losses[0]["x"]) == list(range(1, 31))
    assert decoded(losses[0]["y"]) == pytest.approx([8 / step for step in range(1, 31)])
    assert decoded(scores[0]["x"]) == [10, 20, 30]
    assert decoded(scores[0]["y"]) == [10.5, 20.5, 30.5]
    assert all(value != value for value in decoded(scores[3]["y"]))
    append_metrics(folder, STEP, {"step": 31, "loss": 99.0})
    assert decoded(curves(app.run())[0][0]["y"])[-1] == 99


def decoded(values: object) -> list[float]:
    """An array as Plotly's JSON holds it."""
    if isinstance(values, list):
        return [math.nan if value is None else value for value in values]
    return np.frombuffer(base64.b64decode(values["bdata"]), values["dtype"]).tolist()


def test_curves_can_be_held_while_a_run_goes_on(page: AppTest, make_run: MakeRun):
    folder = make_run("running", step=12)
    app = page.run()
    before = app.toggle(key="curves_live").set_value(False).run().get("plotly_chart")
    for step in range(13, 25):
        append_metrics(folder, STEP, {"step": step, "loss": 1.0})
    held = app.run().get("plotly_chart")
    assert [each.proto.spec for each in held] == [each.proto.spec for each in before]
    app.toggle(key="curves_live").set_value(True).run()
    assert decoded(curves(app)[0][0]["x"])[-1] == 24


def test_nothing_measured_is_said(page: AppTest, make_run: MakeRun):
    make_run("running")
    app = page.run()
    assert not app.exception
    assert not curves(app)
    assert "No measurements yet" in said(app)


def test_the_log_ends_with_what_was_said_last(page: AppTest, make_run: MakeRun):
    folder = make_run("failed")
    folder.log_file.write_text("".join(f"line {number}\n" for number in range(100)))
    say(folder, message="The loss is ![x](http://y) no number.")
    app = page.run()
    assert app.code[-1].value.endswith("line 98\nline 99")
    assert "line 50\n" not in app.code[-1].value
    # Markdown would fetch a picture.
    assert "\\!\\[x\\]" in app.error[0].value


def test_cancel_asks_the_run_to_stop(page: AppTest, make_run: MakeRun):
    folder = make_run("running", step=5)
    app = page.run()
    buttons(app)["training_cancel"].click().run()
    assert not app.exception
    assert folder.stop_file.exists()
    assert buttons(app)["training_cancel"].label == "Stopping ..."
    assert buttons(app)["training_cancel"].disabled
    assert bars(app)[0] == "Stopping after step 5 of 40"
    assert app.dataframe[0].value["State"][0] == "stopping"


@pytest.mark.parametrize("state", ["cancelled", "failed", "interrupted"])
def test_what_was_left_can_be_resumed(
    page: AppTest, make_run: MakeRun, tmp_path, monkeypatch, state
):
    # Interrupted is what a run is whose process has gone without a word.
    folder = make_run("cancelled" if state == "interrupted" else state)
    if state == "interrupted":
        say(folder, state="running")
    resumed = []
    monkeypatch.setattr(
        "seaice.dashboard.training.actions.resume", lambda *what: resumed.append(what)
    )
    app = page.run()
    assert app.dataframe[0].value["State"][0] == state
    assert set(buttons(app)) == {"training_resume", "training_delete"}
    buttons(app)["training_resume"].click().run()
    assert resumed == [(folder, tmp_path / "models")]


def test_what_cannot_be_done_is_said_in_a_sentence(page: AppTest, make_run: MakeRun, monkeypatch):
    def refuse(*_: object) -> None:
        raise RunError("20 runs are waiting already, and no *more* may.")

    make_run("cancelled")
    monkeypatch.setattr("seaice.dashboard.training.actions.resume", refuse)
    app = page.run()
    buttons(app)["training_resume"].click().run()
    assert not app.exception
    assert "no *more* may" in app.error[0].value.replace("\\", "")
    assert "\\*more" in app.error[0].value


def test_a_finished_run_is_not_resumed(page: AppTest, make_run: MakeRun):
    make_run()
    assert set(buttons(page.run())) == {"training_delete"}


def test_deleting_asks_first(page: AppTest, make_run: MakeRun, tmp_path: Path):
    folder = make_run(name="20240101T000000_mine")
    kept = tmp_path / "models" / "mine.safetensors"
    kept.write_bytes(b"x")
    say(folder, checkpoint=str(kept))
    other = make_run(name="20200101T000000_other")
    app = page.run()
    buttons(app)["training_delete"].click().run()
    assert not app.exception
    assert folder.path.exists()
    assert "Its finished checkpoint mine is kept" in said(app)
    next(each for each in app.button if each.key == "run_delete_now").click().run()
    assert not app.exception
    assert not folder.path.exists()
    assert kept.exists()
    assert other.path.exists()
    assert shown(app) == [other.name]


def test_keeping_deletes_nothing(page: AppTest, make_run: MakeRun):
    folder = make_run("cancelled")
    app = page.run()
    buttons(app)["training_delete"].click().run()
    assert "It has no finished checkpoint" in said(app)
    next(each for each in app.button if each.key == "run_keep").click().run()
    assert folder.path.exists()
    assert "run_keep" not in {each.key for each in app.button}


@pytest.mark.parametrize("key", ["training_resume", "training_delete"])
def test_a_click_never_reaches_a_run_that_has_taken_anothers_place(
    page: AppTest, make_run: MakeRun, monkeypatch, key: str
):
    folder = make_run("cancelled", name="20240101T000000_mine")
    make_run("cancelled", name="20200101T000000_other")
    monkeypatch.setattr(
        "seaice.dashboard.training.actions.resume", lambda *_: pytest.fail("resumed")
    )
    app = page.run()
    delete_run(folder)
    buttons(app)[key].click().run()
    assert not app.exception
    assert looked_at(app) == ["20200101T000000_other"]
    assert "run_delete_now" not in {each.key for each in app.button}


def test_a_run_that_ends_stays_before_the_eyes(page: AppTest, make_run: MakeRun, monkeypatch):
    """It ends between the page's look at the runs and the next one, as in the seconds after it."""
    works = make_run("running", step=5, name="20220101T000000_works")
    make_run(name="20240101T000000_newest")
    app = page.run()
    assert set(buttons(app)) == {"training_cancel"}
    looks = []

    def look(runs: Path) -> list:
        looks.append(runs)
        if len(looks) == 2:
            say(works, state="cancelled")
        return inspect_runs(runs)

    monkeypatch.setattr("seaice.training.runs.listing.inspect_runs", look)
    app.run()
    assert not app.exception
    # Twice more: the whole page is drawn anew, once.
    assert len(looks) == 4
    assert looked_at(app) == [works.name]
    assert set(buttons(app)) == {"training_resume", "training_delete"}


def test_it_stays_too_where_another_part_of_the_page_has_seen_it_first(
    page: AppTest, make_run: MakeRun
):
    works = make_run("running", name="20220101T000000_works")
    make_run(name="20240101T000000_newest")
    app = page.run()
    say(works, state="finished")
    assert looked_at(app.run()) == [works.name]
    assert looked_at(app.run()) == [works.name]
    make_run("running", name="20250101T000000_begins")
    assert looked_at(app.run()) == ["20250101T000000_begins"]


@pytest.mark.parametrize(("state", "every"), [("running", 2), ("waiting", 2), ("finished", None)])
def test_the_page_looks_again_only_while_a_run_lives(
    page: AppTest, make_run: MakeRun, monkeypatch, state: str, every: int | None
):
    make_run(state)
    asked = []
    fragment = st.fragment

    def spy(func=None, **how):
        asked.append((getattr(func, "__name__", ""), how.get("run_every")))
        return fragment(func, **how)

    monkeypatch.setattr(st, "fragment", spy)
    page.run()
    assert ("_runs", every) in asked


def test_only_what_differs_is_compared(make_run: MakeRun):
    runs = [
        inspect_run(make_run(rates=(1, 2), learning_rate=1e-3)),
        inspect_run(make_run(rates=(), learning_rate=1e-3, seed=7)),
    ]
    found = differences(runs)
    assert found.index.tolist() == ["Atrous rates", "Seed"]
    assert [value.replace("\\", "") for value in found.loc["Atrous rates"]] == ["1-2", "none"]
    assert found.loc["Seed"].tolist() == ["0", "7"]
    assert [name.replace("\\", "") for name in found.columns] == ["1-2 · sar", "none · sar"]


def test_an_older_configuration_has_the_default_of_what_it_lacks(make_run: MakeRun):
    old, new = make_run(), make_run(patience=3)
    values = json.loads(old.config_file.read_text())
    del values["patience"]
    old.config_file.write_text(json.dumps(values))
    found = differences([inspect_run(old), inspect_run(new)])
    assert found.loc["Patience"].tolist() == ["0", "3"]
    assert len(found) == 1


def test_runs_are_called_by_what_tells_them_apart(make_run: MakeRun):
    one, other = (inspect_run(make_run(seed=seed)) for seed in (1, 2))
    assert run_labels([one, other]) == ["1-2 · sar · seed 1", "1-2 · sar · seed 2"]
    again = inspect_run(make_run(seed=1))
    assert run_labels([one, again]) == [one.name, again.name]
    assert run_labels([replace(one, config=None), other]) == [one.name, other.name]


def test_chosen_runs_are_laid_over_each_other(page: AppTest, make_run: MakeRun):
    make_run(step=20, name="20200101T000000_a")
    make_run("cancelled", step=10, rates=(3,), name="20210101T000000_b")
    page.session_state["selected_runs"] = ["20200101T000000_a", "20210101T000000_b"]
    app = page.run()
    assert not app.exception
    assert "2 runs compared" in [each.value for each in app.subheader]
    losses, scores = curves(app)
    assert [each["name"] for each in scores] == ["3 · sar", "1-2 · sar"]
    assert decoded(losses[1]["x"])[-1] == 20
    assert app.table[0].value.index.tolist() == ["Atrous rates"]
    app.segmented_control(key="compared_task").set_value("SIC").run()
    assert decoded(curves(app)[1][1]["y"]) == [11, 21]
    assert set(decoded(curves(app)[0][0]["y"])) == {16}


def test_a_run_deleted_elsewhere_leaves_the_comparison(page: AppTest, make_run: MakeRun):
    names = [f"2020010{day}T000000_x" for day in (1, 2)]
    first, _ = [make_run(name=name) for name in names]
    page.session_state["selected_runs"] = names
    app = page.run()
    delete_run(first)
    app.run()
    assert not app.exception
    assert looked_at(app) == [names[1]]


DAMAGED = {
    "config.json": ["", "[1", "[]", '{"rates": "x", "channel_set": 3, "data": [1]}'],
    "status.json": ["", "[]", '{"state": 3}', '{"state": "finished", "step": -5, "steps": 2}'],
    "metrics.jsonl": [
        "\x00\xff",
        '{"kind": "step", "step": 1, "loss": "x", "seconds": [1]}\n'
        '{"kind": "validation", "step": 1, "combined": "x", "SIC": 1' + "0" * 400 + "}",
    ],
}


@pytest.mark.parametrize(
    ("file", "text"), [(file, text) for file, texts in DAMAGED.items() for text in texts]
)
def test_a_damaged_run_is_listed(page: AppTest, make_run: MakeRun, file: str, text: str):
    broken = make_run("cancelled", step=10, name="20240101T000000_broken")
    (broken.path / file).write_text(text)
    sound = make_run(name="20200101T000000_sound")
    app = page.run()
    assert not app.exception
    assert shown(app) == [broken.name, sound.name]
    assert looked_at(app) == [broken.name]
    app.session_state["selected_runs"] = shown(app)
    app.run()
    assert not app.exception


def test_a_configuration_that_cannot_be_read_is_said(page: AppTest, make_run: MakeRun):
    folder = make_run("cancelled")
    folder.config_file.write_text("{")
    app = page.run()
    assert app.dataframe[0].value["State"][0] == "cancelled, settings unreadable"
    assert "settings of this run cannot be read" in said(app)


def test_without_scenes_the_runs_are_shown(page: AppTest, make_run: MakeRun, tmp_path, monkeypatch):
    make_run()
    monkeypatch.setenv("SEAICE_DATA", str(tmp_path / "nothing"))
    app = page.run()
    assert not app.exception
    assert "seaice simulate" in app.error[0].value.replace("\\", "")
    assert len(shown(app)) == 1


def test_a_finished_checkpoint_is_opened_in_compare(
    page: AppTest, make_run: MakeRun, make_checkpoint, tmp_path: Path
):
    file = make_checkpoint((1, 2), "sar", folder=tmp_path / "models")
    say(make_run(step=40), checkpoint=str(file))
    app = AppTest.from_file(str(HOME / "app.py"), default_timeout=120)
    app.switch_page("pages/training.py").run()
    assert set(buttons(app)) == {"training_open", "training_delete"}
    buttons(app)["training_open"].click().run()
    assert not app.exception
    assert app.session_state["channel_set"] == "sar"
    assert app.session_state["rates"] == ["1-2"]
