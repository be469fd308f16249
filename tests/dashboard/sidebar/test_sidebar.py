"""The sidebar's pickers and its training form together, on real pages."""

from pathlib import Path
from urllib.parse import quote

import pytest
import torch
from streamlit.testing.v1 import AppTest

from seaice.ai4arctic.channels import CHANNEL_SETS
from seaice.network.checkpoint import save_checkpoint
from seaice.network.checkpoint_info import describe
from seaice.network.config import NetworkConfig
from seaice.network.network import SeaIceNet


@pytest.fixture
def scenes(dashboard: AppTest, monkeypatch, tmp_path: Path) -> AppTest:
    """Scenes, the quickest page, with the form unfolded."""
    monkeypatch.setenv("SEAICE_RUNS", str(tmp_path / "runs"))
    dashboard.session_state["train_form"] = True
    return dashboard.switch_page("pages/scenes.py").run()


def test_the_pickers_fill_the_form_and_pages_keep_it(scenes: AppTest, tmp_path: Path):
    assert not scenes.exception
    scenes.selectbox(key="channel_set").set_value("sar").run()
    assert scenes.text_input(key="train_rates").value == "1-2-3"
    assert scenes.selectbox(key="train_channel_set").value == "sar"
    assert scenes.text_input(key="train_data").value == str(tmp_path / "data")
    scenes.number_input(key="train_steps").set_value(7).run()
    scenes.switch_page("pages/training.py").run()
    assert not scenes.exception
    assert scenes.number_input(key="train_steps").value == 7
    # Beside a folder without scenes too.
    scenes.text_input(key="data_folder").set_value(str(tmp_path / "gone")).run()
    assert not scenes.exception
    assert scenes.text_input(key="train_data").value == str(tmp_path / "gone")


def test_typing_into_the_form_is_not_a_step_of_the_view(scenes: AppTest):
    """Going back in the browser after typing follows the address, not the form."""
    scenes.number_input(key="train_steps").set_value(7)
    scenes.query_params["channels"] = "amsr2"
    scenes.run()
    assert scenes.selectbox(key="channel_set").value == "amsr2"


def test_lists_of_channels_are_offered_if_they_have_checkpoints(
    scenes: AppTest, texts, tmp_path: Path
):
    channels = ("nersc_sar_primary", "btemp_36_5h")
    for number, (name, used) in enumerate(
        [(",".join(channels), channels), ("mine", channels), ("t2m,skt", channels)]
    ):
        torch.manual_seed(0)
        network = SeaIceNet(NetworkConfig(2, (1, 2, 3), decoder_channels=8))
        info = describe(network.config, name, used, 400, {}, {})
        save_checkpoint(tmp_path / "models" / f"own{number}.safetensors", network, info)
    scenes.session_state["train_form"] = False
    scenes.run()
    picker = scenes.selectbox(key="channel_set")
    assert set(picker.options[:2]) == {"sar+amsr2-18-36", "HH, 36.5 GHz H"}
    picker.set_value(",".join(channels)).run()
    assert not scenes.exception
    assert scenes.query_params["channels"] == ",".join(channels)
    scenes.multiselect(key="rates").set_value(["1-2-3"]).run()
    # AppTest shows a new page its own pickers at the second run only.
    scenes.switch_page("pages/compare.py").run().run()
    assert not scenes.exception
    assert not scenes.error
    assert "channel set HH, 36.5 GHz H" in texts(scenes)
    assert list(scenes.table[0].value.columns)[:1] == ["Rates 1-2-3 · 3-10 km"]


def test_channel_sets_without_a_checkpoint_come_last_until_they_have_one(
    scenes: AppTest, make_checkpoint, tmp_path: Path
):
    others = [name for name in CHANNEL_SETS if name != "sar+amsr2-18-36"]
    picker = scenes.selectbox(key="channel_set")
    assert picker.options == ["sar+amsr2-18-36", *(f"{name} · not trained" for name in others)]
    assert scenes.selectbox(key="train_channel_set").options[: len(CHANNEL_SETS)] == [*CHANNEL_SETS]
    picker.set_value("sar").run()
    make_checkpoint((1, 2, 3), "sar", folder=tmp_path / "models")
    scenes.run()
    assert not scenes.exception
    picker = scenes.selectbox(key="channel_set")
    assert picker.value == "sar"
    assert set(picker.options[:2]) == {"sar", "sar+amsr2-18-36"}


def test_a_folder_without_scenes_says_what_to_do(scenes: AppTest, texts, tmp_path: Path):
    (tmp_path / "empty").mkdir()
    (tmp_path / "bad").mkdir()
    (tmp_path / "bad" / "bad_prep.nc").write_text("bad")
    folders = [str(tmp_path / name) for name in ("gone", "empty", "bad", "x" * 300)]
    for folder in (*folders, "\0", "~no-such-user/x"):
        scenes.text_input(key="data_folder").set_value(folder).run()
        assert not scenes.exception, folder
        assert len(scenes.error) == 1, folder
        # Nobody wants simulated scenes among files to be mended.
        bad = folder.endswith("bad")
        assert ("seaice simulate" in texts(scenes)) != bad, folder
        assert ("Copy or download it again" in texts(scenes)) == bad, folder


@pytest.mark.parametrize(
    "typed",
    ['"{}"', " '{}' ", "\u201c{}\u201d", "file://{}", "~/my data"],
)
def test_a_folder_may_be_pasted_as_it_comes(
    scenes: AppTest, texts, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, typed: str
):
    monkeypatch.setenv("HOME", str(tmp_path))
    (tmp_path / "data").rename(tmp_path / "my data")
    written = str(tmp_path / "my data")
    pasted = typed.format(quote(written) if "://" in typed else written)
    scenes.text_input(key="data_folder").set_value(pasted).run()
    assert not scenes.exception
    assert not scenes.error
    assert "2 usable scenes" in texts(scenes)
    assert scenes.text_input(key="train_data").value == written


def test_an_archive_may_be_split_into_folders(scenes: AppTest, texts, tmp_path: Path):
    data = tmp_path / "data"
    for part, path in zip(("train", "test"), sorted(data.glob("*.nc")), strict=True):
        (data / part).mkdir()
        path.rename(data / part / path.name)
    scenes.run()
    assert not scenes.exception
    assert "2 usable scenes" in texts(scenes)
    scenes.text_input(key="data_folder").set_value(str(tmp_path)).run()
    assert "may hold scenes: data/test (1 file), data/train (1 file)" in texts(scenes)


def test_unusable_files_are_named_and_the_others_stay(scenes: AppTest, texts, tmp_path: Path):
    data, models = tmp_path / "data", tmp_path / "models"
    (data / "bad_prep.nc").write_text("bad")
    (data / "gone_prep.nc").symlink_to(tmp_path / "nowhere")
    (models / "gone.safetensors").symlink_to(tmp_path / "nowhere")
    scenes.run()
    assert not scenes.exception
    assert len(scenes.warning) == 3
    assert "bad_prep.nc is not a NetCDF file" in texts(scenes)
    assert "gone.safetensors is not there" in texts(scenes)
    assert "2 usable scenes" in texts(scenes)
    # More of them are folded up.
    (models / "bad.safetensors").write_text("bad")
    scenes.run()
    assert not scenes.warning
    assert "4 files cannot be used" in [each.label for each in scenes.expander]
    assert any(each.value.startswith("bad_prep.nc is not") for each in scenes.text)


def test_a_scene_that_is_no_longer_in_the_folder_is_named(scenes: AppTest, texts, tmp_path: Path):
    scenes.selectbox(key="scene").set_value("20200101T000000_cis").run()
    (tmp_path / "data" / "20200101T000000_cis_prep.nc").unlink()
    scenes.run()
    assert not scenes.exception
    assert "20200101T000000_cis is no longer in the folder. Showing the first scene." in texts(
        scenes
    )
    assert scenes.selectbox(key="scene").value == "20180325T194759_dmi"
