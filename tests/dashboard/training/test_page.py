"""The page of the runs as a whole: with none, with one, with damaged ones, without scenes."""

from dataclasses import replace
from pathlib import Path

import pytest
import streamlit as st

from seaice.dashboard.training.words import progress_sentence, state_text
from seaice.training.runs.listing import inspect_run

DAMAGED = {
    "config.json": ["", "[1", "[]", '{"rates": "x", "channel_set": 3, "data": [1]}'],
    "status.json": ["", "[]", '{"state": 3}', '{"state": "finished", "step": -5, "steps": 2}'],
    "metrics.jsonl": [
        "\x00\xff",
        '{"kind": "step", "step": 1, "loss": "x", "seconds": [1]}\n'
        '{"kind": "validation", "step": 1, "combined": "x", "SIC": 1' + "0" * 400 + "}",
    ],
}


def test_without_runs_it_explains_how_to_start_one(page):
    page.run()
    assert not page.app.error
    assert not page.app.dataframe
    assert "No runs yet" in page.text
    assert "seaice train" in page.text


def test_without_scenes_the_runs_are_shown(page, make_run, tmp_path: Path, monkeypatch):
    make_run()
    monkeypatch.setenv("SEAICE_DATA", str(tmp_path / "nothing"))
    page.run()
    assert "seaice simulate" in page.app.error[0].value.replace("\\", "")
    assert len(page.listed) == 1


def test_a_run_without_measurements_says_so(page, make_run):
    make_run("running")
    page.run()
    assert not page.curves
    assert "No measurements yet" in page.text
    assert "No log output yet" in page.text


def test_the_log_shows_its_last_lines(page, make_run, set_status):
    folder = make_run("failed")
    folder.log_file.write_text("".join(f"line {number}\n" for number in range(100)))
    set_status(folder, message="The loss is ![x](http://y) no number.")
    page.run()
    assert page.app.code[-1].value.endswith("line 98\nline 99")
    assert "line 50\n" not in page.app.code[-1].value
    # Markdown would fetch a picture.
    assert "\\!\\[x\\]" in page.app.error[0].value


def test_a_waiting_run_says_for_how_many_it_waits(make_run):
    run = inspect_run(make_run("waiting"))
    assert progress_sentence(replace(run, ahead=2)) == "Waiting for 2 other runs"
    assert progress_sentence(replace(run, ahead=1)) == "Waiting for 1 other run"
    assert progress_sentence(replace(run, ahead=0)) == "Waiting, next in the queue"
    assert progress_sentence(replace(run, ahead=None)) == "Starting"
    assert state_text(replace(run, ahead=2)) == "waiting behind 2"


@pytest.mark.parametrize(("state", "every"), [("running", 2), ("waiting", 2), ("finished", None)])
def test_the_page_refreshes_itself_only_while_a_run_is_live(
    page, make_run, monkeypatch, state: str, every: int | None
):
    make_run(state)
    fragments = []
    fragment = st.fragment

    def spy(func=None, **options):
        fragments.append((getattr(func, "__name__", ""), options.get("run_every")))
        return fragment(func, **options)

    monkeypatch.setattr(st, "fragment", spy)
    page.run()
    assert ("_runs", every) in fragments


@pytest.mark.parametrize("file", DAMAGED)
def test_a_damaged_run_is_listed(page, make_run, file: str):
    """Alone and beside a sound one, whatever its files contain."""
    sound = make_run(name="20200101T000000_sound")
    for number, text in enumerate(DAMAGED[file]):
        broken = make_run("cancelled", step=10, name=f"2024010{number + 1}T000000_broken")
        (broken.path / file).write_text(text)
        page.app.session_state["selected_runs"] = []
        page.run()
        assert page.listed[0] == broken.name, text
        assert page.selected == [broken.name], text
        page.app.session_state["selected_runs"] = [broken.name, sound.name]
        page.run()


def test_unreadable_settings_are_named(page, make_run):
    make_run("cancelled").config_file.write_text("{")
    page.run()
    assert page.table["State"][0] == "cancelled, settings unreadable"
    assert "settings of this run cannot be read" in page.text
