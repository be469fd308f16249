"""What you can do with a run."""

from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from seaice.core.errors import RunError
from seaice.training.runs.listing import delete_run

RESUME = "seaice.dashboard.training.actions.resume"


def test_cancel_asks_the_run_to_stop(page, make_run):
    folder = make_run("running", step=5)
    page.run().click("cancel")
    assert folder.stop_file.exists()
    assert page.buttons["cancel"].label == "Stopping ..."
    assert page.buttons["cancel"].disabled
    assert page.bar == "Stopping after step 5 of 40"
    assert page.table["State"][0] == "stopping"


def test_unfinished_runs_can_be_resumed(page, make_run, set_status, tmp_path: Path, monkeypatch):
    resumed = []
    monkeypatch.setattr(RESUME, lambda *arguments: resumed.append(arguments))
    for state in ("cancelled", "failed", "interrupted"):
        # Interrupted is a run that claims to be running, but whose process is gone.
        folder = make_run("cancelled" if state == "interrupted" else state)
        if state == "interrupted":
            set_status(folder, state="running")
        page.app.session_state["selected_runs"] = [folder.name]
        page.run()
        assert state in list(page.table["State"])
        assert set(page.buttons) == {"resume", "delete"}
        page.click("resume")
        assert resumed[-1] == (folder, tmp_path / "models")


def test_a_failing_action_is_one_sentence(page, make_run, monkeypatch):
    def refuse(*_: object) -> None:
        raise RunError("20 runs are waiting already, and no *more* may.")

    make_run("cancelled")
    monkeypatch.setattr(RESUME, refuse)
    page.run().click("resume")
    assert "no \\*more\\* may" in page.app.error[0].value


def test_a_finished_run_is_deleted_after_a_question(page, make_run, set_status, tmp_path: Path):
    folder = make_run(name="20240101T000000_mine")
    checkpoint = tmp_path / "models" / "mine.safetensors"
    checkpoint.write_bytes(b"x")
    set_status(folder, checkpoint=str(checkpoint))
    other = make_run(name="20200101T000000_other")
    page.run()
    assert "resume" not in page.buttons
    page.click("delete")
    assert folder.path.exists()
    assert "Its finished checkpoint mine is kept" in page.text
    page.click("run_delete_now")
    assert not folder.path.exists()
    assert checkpoint.exists()
    assert other.path.exists()
    assert page.listed == [other.name]


def test_keep_deletes_nothing(page, make_run):
    folder = make_run("cancelled")
    page.run().click("delete")
    assert "It has no finished checkpoint" in page.text
    page.click("run_keep")
    assert folder.path.exists()
    assert "run_keep" not in {each.key for each in page.app.button}


@pytest.mark.parametrize("action", ["resume", "delete"])
def test_a_click_never_reaches_a_run_that_has_taken_anothers_place(
    page, make_run, monkeypatch, action: str
):
    folder = make_run("cancelled", name="20240101T000000_mine")
    make_run("cancelled", name="20200101T000000_other")
    monkeypatch.setattr(RESUME, lambda *_: pytest.fail("resumed"))
    page.run()
    delete_run(folder)
    page.click(action)
    assert page.selected == ["20200101T000000_other"]
    assert "run_delete_now" not in {each.key for each in page.app.button}


def test_a_finished_checkpoint_opens_in_compare(
    page, make_run, set_status, make_checkpoint, tmp_path: Path
):
    file = make_checkpoint((1, 2), "sar", folder=tmp_path / "models")
    set_status(make_run(step=40), checkpoint=str(file))
    home = Path(__file__).resolve().parents[3]
    page.app = AppTest.from_file(str(home / "app.py"), default_timeout=120)
    page.app.switch_page("pages/training.py")
    assert set(page.run().buttons) == {"open", "delete"}
    page.click("open")
    assert page.app.session_state["channel_set"] == "sar"
    assert page.app.session_state["rates"] == ["1-2"]
