"""Text from elsewhere: egg codes, regions, configurations of sweeps, links; read, or refused."""

import json
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from seaice.ai4arctic.egg_code import EggCode, classify, format_codes, parse_codes
from seaice.dashboard.link import Link, parse
from seaice.experiment.sweep.plan_values import plan_of, read_plan
from seaice.results.export.region_geojson import region_from_geojson, region_to_geojson
from seaice.scenes.region import Region
from seaice.scenes.scene import Scene

sys.path.insert(0, str(Path(__file__).resolve().parent))
from damage_bytes import bounded, mutated, require_read_or_said
from test_fuzz import changed

pytestmark = pytest.mark.slow

CODES = format_codes({7: EggCode(80, 20, 95, 6, 60, 93, 6), -4: EggCode(0, poly_type="W")})


@bounded
@given(data=st.data())
def test_a_table_of_egg_codes(data: st.DataObject):
    content = data.draw(mutated("\n".join(CODES).encode()))
    text = content.decode(data.draw(st.sampled_from(["latin-1", "utf-16"])), "replace")
    require_read_or_said(lambda: [*map(classify, parse_codes(text.split("\n")).values())])


@pytest.fixture
def scene(make_scene) -> Scene:
    return Scene.open(make_scene(60, 64))


@bounded
@given(data=st.data())
def test_a_region(scene: Scene, data: st.DataObject):
    text = region_to_geojson(scene, Region((1, 3), (1, 3)))
    if data.draw(st.booleans()):
        content = json.dumps(data.draw(changed(json.loads(text)))).encode()
    else:
        content = data.draw(mutated(text.encode()))
    require_read_or_said(lambda: region_from_geojson(scene, content))


GROUP = {"channels": ["sar"], "rates": ["none"]}
PLAN = {
    "rates": ["none", "1-2-3"],
    "channels": ["sar"],
    "seeds": [0, 1],
    "only": ["sar:none"],
    "settings": {"data": "data", "steps": 9},
    "vary": {"output_stride": [4, 8]},
    "trunk": {"steps": 3},
    "contrasts": {"SIC": {"plus": GROUP, "minus": GROUP}},
}
TOML = """rates = ["none", "1-2-3"]
channels = ["sar"]
[settings]
data = "data"
[vary]
width = [8, 16]
"""


@bounded
@given(data=st.data())
def test_a_configuration_of_a_sweep(tmp_path: Path, data: st.DataObject):
    path = tmp_path / data.draw(st.sampled_from(["sweep.json", "sweep.toml"]))
    text = TOML if path.suffix == ".toml" else json.dumps(data.draw(changed(PLAN)))
    content = text.encode()
    path.write_bytes(data.draw(st.sampled_from([content, data.draw(mutated(content))])))
    require_read_or_said(lambda: plan_of(read_plan(path), str(path)))


def test_the_whole_configurations_are_read(tmp_path: Path):
    """Otherwise nothing would be tested above."""
    for name, text in (("a.json", json.dumps(PLAN)), ("a.toml", TOML)):
        (tmp_path / name).write_text(text)
        assert plan_of(read_plan(tmp_path / name), name).cells


LINK = Link(
    **{"scene": "20180325T194759_dmi", "rates": ("1-2-3", "none"), "channels": "sar"},
    **{"task": "SOD", "target": 5, "region": Region((10, 90.5), (0, 200)), "opacity": 65},
    **{"layer": "atrous branch 1", "method": "HiResCAM", "folder": "scenes-0a1b2c", "versus": 3},
    **{"checkpoints": ("accd2081", "-"), "columns": ("0a1b2c3d", "baseline-all-water")},
    **{"view": "Swipe", "maps": ("Maps", "Entropy")},
).query()


@bounded
@given(data=st.data())
def test_a_link(data: st.DataObject):
    """It is never refused: what is wrong in it is left out."""
    name = data.draw(st.sampled_from(sorted(LINK)))
    value = data.draw(mutated(LINK[name].encode())).decode("utf-8", "replace")
    link, problems = parse({**LINK, name: value})
    # Without its task, a link has no class either.
    assert len(problems) <= 2
    assert parse(link.query())[0] == link
