"""The tool that draws the pictures of docs/simulator.md, on a small scene."""

import re
from pathlib import Path

import pytest
from picture_plots import reading
from PIL import Image
from simulator_pictures import draw

from seaice.ai4arctic.egg_code import EggCode
from seaice.simulate import SimulationConfig

DOCS = Path(__file__).resolve().parents[1] / "docs"


@pytest.mark.parametrize(("seed", "month"), [(10, 2), (3, 7)])
def test_draws_every_picture_of_the_page(tmp_path: Path, seed: int, month: int) -> None:
    """The page shows what the tool draws, no more and no less; sheets are of one width."""
    config = SimulationConfig(seed, 1000.0, 60, 64, "NorthWest", month)
    drawn = list(draw(config, tmp_path))
    shown = re.findall(r"\]\(simulator/([\w-]+\.png)\)", (DOCS / "simulator.md").read_text())
    assert sorted(path.name for path in drawn) == sorted(shown)
    for path in drawn:
        with Image.open(path) as picture:
            assert picture.width == 1720
            assert len(picture.convert("RGB").getcolors(1 << 24)) > 8


def test_shipped_pictures_are_small() -> None:
    """Each below 300 kB, all below 2.5 MB."""
    sizes = [path.stat().st_size for path in (DOCS / "simulator").glob("*.png")]
    assert sizes
    assert max(sizes) < 300_000
    assert sum(sizes) < 2_500_000


@pytest.mark.parametrize(
    ("code", "said"),
    [
        (EggCode(92, 50, 95, 6, 50, 93, 8), ["no stage has 65 %", "fast ice is among them"]),
        (EggCode(90, sa=99, fa=99), ["the stage is unknown", "the form is unknown"]),
        (EggCode(80, 20, 95, 6, 60, 93, 6), ["Thick first-year ice", "Vast floe"]),
        (EggCode(60, 30, 93, 3, 30, 93, 4), ["Thick first-year ice", "no form has 65 %"]),
    ],
)
def test_says_why_a_polygon_has_no_label(code: EggCode, said: list[str]) -> None:
    lines = " ".join(reading(code))
    assert all(words in lines for words in said)
