"""The map of needed context: of which networks it is, what stands below, and where it leads."""

import re
import shutil
from collections.abc import Callable, Sequence
from pathlib import Path

import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

from seaice.baselines.baseline import load_baseline
from seaice.baselines.files import LINEAR, baseline_path
from seaice.baselines.make import make_baseline
from seaice.dashboard.permalink import region_key
from seaice.experiment.table import write_table
from seaice.network.checkpoint import load_checkpoint
from seaice.network.checkpoint_files import file_sha256
from seaice.network.checkpoint_info import read_info
from seaice.network.rates import rates_name
from seaice.results.evaluation import score_prediction
from seaice.results.inference import predict
from seaice.scenes.region import Region
from seaice.scenes.scene import Scene

HOME = Path(__file__).resolve().parents[3]
SMALL, LARGE = (1, 2, 3), (12, 24, 36)


@pytest.fixture
def sweep_of(folders: Path, make_table: Callable) -> Callable[[str, Sequence[Path]], None]:
    """Write a table of checkpoints in the folder of a sweep."""

    def write(folder: str, files: Sequence[Path]) -> None:
        parts = []
        for file in files:
            info = read_info(file)
            cell = info.channel_set, rates_name(info.rates)
            table = make_table({cell: 0.5}, scenes=3, seeds=(info.training["seed"],))
            parts.append(table.assign(sha256=file_sha256(file), source=file.name))
        write_table(folders / folder / "evaluation.parquet", pd.concat(parts))

    return write


@pytest.fixture
def scene(folders: Path, make_scene) -> Scene:
    """The scene in view."""
    return Scene.open(make_scene(folder=folders / "data"))


@pytest.fixture
def shipped(folders: Path, scene: Scene, make_checkpoint, sweep_of) -> list[Path]:
    """Two networks in the folder of checkpoints, and the sweep that they are of."""
    files = [make_checkpoint(rates, folder=folders / "models") for rates in (SMALL, LARGE)]
    sweep_of("models/sweep", files)
    return files


def opened(**query: str) -> AppTest:
    app = AppTest.from_file(str(HOME / "app.py"), default_timeout=120)
    app.query_params.update({"score": "SOD", **query})
    app.run()
    app.toggle(key="context_needed").set_value(True).run()
    assert not app.exception
    assert not app.error
    return app


def whose(text: str) -> list[str]:
    """Names of the networks that a page says its map is of."""
    (line,) = [each for each in text.splitlines() if each.startswith("The map and the scores are")]
    return re.findall(r"(\S+) \(field \d+ km\)", line)


def test_the_needed_context_of_a_scene_leads_to_compare(shipped, scene: Scene, texts, figures):
    app = opened()
    titles = [each["text"] for each in figures(app)[-1]["layout"]["annotations"]]
    assert any("Needed for SOD" in title for title in titles)
    (labels,) = [each for each in texts(app).splitlines() if each.startswith("Shares of")]
    shares = [float(share) for share in re.findall(r": ([0-9.]+) %", labels)]
    assert sum(shares) == pytest.approx(100, abs=0.3)
    (button,) = [each for each in app.button if each.label == "Show the strongest disagreement"]
    button.click().run()
    assert not app.exception
    assert app.title[0].value == "Compare atrous rates"
    assert app.selectbox(key="scene").value == scene.id
    assert set(app.multiselect(key="rates").value) == {"1-2-3", "12-24-36"}


def test_scores_of_the_scene_in_view_and_of_its_region_stand_below(shipped, scene: Scene):
    app = opened()
    assert app.table[-1].value.columns.tolist() == ["Whole scene"]
    region = Region((4, 20), (8, 40))
    app.session_state[region_key(scene.id)] = region
    app.run()
    assert not app.exception
    shown = app.table[-1].value
    assert shown.columns.tolist() == ["Whole scene", "Region: lines 4-20 km, samples 8-40 km"]
    for column, window in zip(shown, (None, region.window(scene.grid)), strict=True):
        scores = [
            score_prediction(predict(scene, load_checkpoint(file)), window).scores().SOD.value
            for file in shipped
        ]
        difference = f" ({round(scores[1], 1) - round(scores[0], 1):+.1f})".replace("-", "\u2212")
        assert shown[column].tolist() == [f"{scores[0]:.1f}", f"{scores[1]:.1f}{difference}"]


def test_the_linear_model_stands_below_and_marks_what_it_beats(
    folders: Path, shipped, scene: Scene
):
    """Networks without training are as bad as can be."""
    path = baseline_path(folders / "models", "linear", "sar", windows=False)
    make_baseline("linear", "sar", folders / "data", path)
    region = Region((4, 20), (8, 40))
    app = AppTest.from_file(str(HOME / "app.py"), default_timeout=120)
    app.query_params["score"] = "SOD"
    app.session_state[region_key(scene.id)] = region
    app.run()
    app.toggle(key="context_needed").set_value(True).run()
    assert not app.exception
    shown = app.table[-1].value
    assert shown.index[-1] == LINEAR
    maps = load_baseline(path).predict(scene)
    beaten = 0
    for column, window in zip(shown, (None, region.window(scene.grid)), strict=True):
        line = score_prediction(maps, window).scores().SOD.value
        *texts, last = shown[column]
        assert last == f"{line:.1f}"
        for text, file in zip(texts, shipped, strict=True):
            own = score_prediction(predict(scene, load_checkpoint(file)), window).scores().SOD.value
            assert text.endswith(", below") == (own < line)
            beaten += own < line
    assert beaten
    assert any("Marked below: less than the per-pixel" in each.value for each in app.caption)


def test_a_map_is_of_the_seed_that_most_fields_have(
    folders: Path, scene: Scene, make_checkpoint, sweep_of, texts
):
    """Though a network of another seed, and one that is not of the sweep, are validated better."""
    models = folders / "models"
    files = [
        make_checkpoint(rates, folder=models, seed=seed, score=score)
        for rates, seed, score in (
            (SMALL, 0, 60.0),
            (LARGE, 0, 61.0),
            (SMALL, 1, 90.0),
            ((6, 12, 18), 1, 62.0),
            ((3, 6, 9), 0, 60.0),
        )
    ]
    make_checkpoint(SMALL, folder=models, name="stride4", stride=4, score=99.0)
    sweep_of("models/sweep", files)
    app = opened()
    assert whose(texts(app)) == ["sar_1-2-3_seed0", "sar_3-6-9_seed0", "sar_12-24-36_seed0"]
    assert (
        "Without rates 6-12-18 · 10-29 km, of which no network of the same seed lies in"
        in texts(app)
    )
    assert len(app.table[-1].value) == 3
    # Compare would show the better validated one first.
    (button,) = [each for each in app.button if each.label == "Show the strongest disagreement"]
    button.click().run()
    assert not app.exception
    assert app.selectbox(key="checkpoint_sar_1-2-3").value == "sar_1-2-3_seed0"


def test_fields_of_different_seeds_have_no_map(
    folders: Path, scene: Scene, make_checkpoint, sweep_of, texts
):
    seeds = enumerate((SMALL, LARGE))
    files = [make_checkpoint(rates, folder=folders / "models", seed=seed) for seed, rates in seeds]
    sweep_of("models/sweep", files)
    said = "No two receptive fields of sar have a network of the same seed."
    assert texts(opened()).count(said) == 1


def test_another_sweep_has_a_map_of_its_own_networks_or_says_where_they_lie(
    folders: Path, shipped, make_checkpoint, sweep_of, texts
):
    """Networks of the same names, rates and seeds are not of the sweep."""
    models = folders / "models"
    frozen = models / "frozen"
    frozen.mkdir()
    theirs = [make_checkpoint(rates, folder=frozen, stride=4) for rates in (SMALL, LARGE)]
    sweep_of("models/frozen", theirs)
    app = opened(sweep="models/frozen")
    assert app.selectbox(key="context_sweep").value == "models/frozen"
    said = texts(app)
    assert "These networks (sar_1-2-3_seed0.safetensors, sar_12-24-36_seed0.safetensors)" in said
    assert f"seaice app --models {frozen}" in said
    assert "Shares of" not in said
    # Beside the others, under names of their own.
    for number, file in enumerate(theirs):
        shutil.copyfile(file, models / f"frozen{number}.safetensors")
    app.run()
    assert not app.exception
    assert whose(texts(app)) == ["frozen0", "frozen1"]
    app.selectbox(key="context_sweep").set_value("shipped").run()
    assert not app.exception
    assert whose(texts(app)) == ["sar_1-2-3_seed0", "sar_12-24-36_seed0"]
