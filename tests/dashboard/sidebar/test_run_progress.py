"""Runs in the sidebar, without a browser and without a process."""

from dataclasses import replace
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from seaice.core.errors import RunError
from seaice.dashboard.sidebar.run_progress import ended_text, progress_text
from seaice.training.runs.folder import RunFolder
from seaice.training.runs.listing import delete_run, inspect_run
from seaice.training.runs.status import Status, write_status


def _progress() -> None:
    from seaice.dashboard.sidebar.run_progress import run_progress

    run_progress()


def run(app: AppTest) -> AppTest:
    app.run()
    assert not app.exception
    return app


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
            {
                **{"state": "running", "step": 120, "steps": 400, "seconds_left": 190},
                "left_out": "validations",
            },
            None,
            "step 120/400 · 3 min left without validations",
        ),
        ({"state": "running", "step": 1, "steps": 2, "seconds_left": 1e10}, None, "step 1/2"),
        (
            {"state": "running", "step": 9, "steps": 9, "message": "estimating norms, 40 s left"},
            None,
            "step 9/9 · estimating norms, 40 s left",
        ),
    ],
)
def test_progress_fits_one_line(live_run, values, ahead, text):
    folder, _ = live_run(**values)
    assert progress_text(replace(inspect_run(folder), ahead=ahead)) == text


@pytest.mark.parametrize(
    ("values", "text"),
    [
        (
            {"state": "finished", "checkpoint": "MODELS/a_1.safetensors"},
            "Finished. Checkpoint **a_1** is now available.",
        ),
        (
            {"state": "finished", "checkpoint": "/x/a.safetensors"},
            "**sar_1_seed0** finished. Its checkpoint is /x/a.safetensors.",
        ),
        ({"state": "cancelled", "message": "Stopped."}, "**sar_1_seed0**: Stopped."),
        ({"state": "failed", "message": "No scenes."}, "**sar_1_seed0** failed: No scenes."),
        # It claims to be running, but nobody holds its lock.
        ({"state": "running"}, "**sar_1_seed0** was interrupted: "),
    ],
)
def test_the_end_of_a_run_is_one_sentence(live_run, tmp_path: Path, values, text):
    path = values.get("checkpoint", "").replace("MODELS", str(tmp_path / "models"))
    folder, lock = live_run(**values | {"checkpoint": path})
    lock.release()
    assert ended_text(inspect_run(folder)).replace("\\", "").startswith(text)


def test_no_run_draws_nothing(live_run):
    app = run(AppTest.from_function(_progress))
    assert not app.markdown
    assert not app.button


def test_a_live_run_can_be_cancelled_and_its_end_is_shown(live_run, texts):
    folder, lock = live_run(state="running", step=3, steps=10, score=50.0)
    app = run(AppTest.from_function(_progress))
    assert "sar_1_seed0" in texts(app)
    button = app.button(key=f"cancel_{folder.name}")
    assert button.label == "Cancel"
    button.click()
    run(app)
    assert folder.stop_file.exists()
    button = app.button(key=f"cancel_{folder.name}")
    assert (button.label, button.disabled) == ("Stopping ...", True)
    write_status(folder, Status(state="cancelled", message="Stopped after step 4."))
    lock.release()
    run(app)
    assert [each.value.replace("\\", "") for each in app.info] == [
        "**sar_1_seed0**: Stopped after step 4."
    ]
    app.button(key="dismiss_run").click()
    assert not run(app).info
    assert not run(app).info


def test_a_run_that_cannot_be_cancelled_is_one_sentence(live_run, monkeypatch):
    def cancel(folder: RunFolder) -> None:
        raise RunError("It *cannot*.")

    folder, _ = live_run(state="running", step=3, steps=10)
    monkeypatch.setattr("seaice.dashboard.sidebar.run_progress.cancel", cancel)
    app = run(AppTest.from_function(_progress))
    app.button(key=f"cancel_{folder.name}").click()
    assert [each.value for each in run(app).error] == [r"It \*cannot\*\."]


def test_only_ends_that_the_session_has_seen_are_shown(live_run):
    _, lock = live_run(state="finished")
    lock.release()
    app = run(AppTest.from_function(_progress))
    assert not app.success
    # One that starts and ends between two refreshes.
    quick, lock = live_run((2,), state="failed", message="No *scenes*.")
    lock.release()
    run(app)
    assert [each.value for each in app.error] == [r"**sar\_2\_seed0** failed: No \*scenes\*\."]
    delete_run(quick)
    assert not run(app).error


def test_of_many_waiting_runs_three_are_shown(live_run):
    for rate in range(1, 6):
        live_run((rate,), state="waiting")
    assert len(run(AppTest.from_function(_progress)).button) == 3


def test_a_damaged_run_does_no_harm(live_run):
    folder, _ = live_run(state="running", step=-5, steps=3)
    app = run(AppTest.from_function(_progress))
    folder.status_file.write_text("{")
    folder.config_file.write_text("[]")
    assert run(app).button(key=f"cancel_{folder.name}").label == "Cancel"
