"""Help: its steps lead to views that exist, and the documentation has the same words."""

import re
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from seaice.dashboard.help.glossary import GLOSSARY
from seaice.dashboard.help.names import class_names, region_names
from seaice.dashboard.help.tour import STEPS, Step
from seaice.dashboard.link import parse
from seaice.network.checkpoint import load_checkpoint
from seaice.network.receptive_field import receptive_field_px

HOME = Path(__file__).resolve().parents[3]


def test_the_page_has_steps_words_and_names():
    app = AppTest.from_file(str(HOME / "app.py"), default_timeout=60)
    app.switch_page("pages/help.py").run()
    assert not app.exception
    shown = "\n".join(each.value for each in (*app.markdown, *app.caption))
    assert all(step.text in shown for step in STEPS)
    assert all(f"**{word}**: {text}" in shown for word, text in GLOSSARY.items())
    assert len(app.table) == 5


@pytest.mark.parametrize("step", STEPS, ids=lambda step: step.title)
def test_a_step_leads_to_a_view(step: Step):
    link, problems = parse(step.query)
    assert not problems
    assert link.query() == step.query


def test_the_first_step_tells_the_fields_of_its_networks():
    names = [
        f"sar+amsr2-18-36_{rates}_seed0.safetensors" for rates in STEPS[0].query["rates"].split()
    ]
    networks = [load_checkpoint(HOME / "models" / name) for name in names]
    widths = [receptive_field_px(each.network) * each.info.spacing_m / 1000 for each in networks]
    first, second, third = (f"{width:.0f}" for width in widths)
    assert f"are {first}, {second} and {third} km wide" in STEPS[0].text


def test_the_documentation_explains_the_same_ten_words():
    text = (HOME / "docs" / "dashboard.md").read_text(encoding="utf-8")
    section = text.split("## Ten words\n", 1)[1].split("\n## ", 1)[0]
    written = re.findall(r"^- \*\*(.+?)\*\*: (.+?)(?=^- |\Z)", section, re.M | re.S)
    assert {word: " ".join(words.split()) for word, words in written} == GLOSSARY
    assert len(GLOSSARY) == 10


def test_names_tell_the_codes_of_an_egg():
    stages = class_names("SOD")
    assert stages.loc[5].tolist() == ["Old ice", "95, 96, 97"]
    assert region_names().loc["SGRDIFOXE", "Name"] == "Foxe Basin"
