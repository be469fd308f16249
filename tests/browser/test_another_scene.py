"""Compare while another scene is predicted: nothing of the former one stands below its name."""

import re

import pytest
from dashboard import HOME, settle
from playwright.sync_api import Page, expect

from seaice.dashboard.sidebar.labels import scene_label
from seaice.scenes.scene import Scene

pytestmark = pytest.mark.browser

SCENES = [Scene.open(path) for path in sorted((HOME / "data").glob("*_prep.nc"))]

# Of each frame: what the heading says, which scene the maps show if they are seen, and what else.
_WATCH = """() => {
  const seen = (element) => element?.checkVisibility({ visibilityProperty: true });
  const text = (selector) => document.querySelector(selector)?.innerText ?? "";
  window.frames_seen = [];
  const look = () => {
    const maps = document.querySelector(".st-key-maps [role=figure]");
    const scores = document.querySelector(".st-key-scores table");
    window.frames_seen.push([
      text(".st-key-heading"), seen(maps) ? maps.getAttribute("aria-label") : "",
      seen(scores) ? scores.innerText : "",
      text(".st-key-predicting"), text("[data-testid=stSpinner]"),
      document.querySelector("[data-testid=stMain]").scrollHeight,
      [...document.querySelectorAll(".st-key-predicting img")].filter((each) => each.naturalWidth)
        .length,
    ].join("|"));
    if (window.frames_seen.length > 20000) return;
    requestAnimationFrame(look);
  };
  look();
}"""


def watched(page: Page) -> list[list[str]]:
    """What was seen since, each state once."""
    frames = page.evaluate("() => window.frames_seen.splice(0)")
    return [each.split("|") for each in dict.fromkeys(frames)]


def choose_scene(page: Page, scene: Scene) -> None:
    page.locator(".st-key-scene [role=combobox]").click()
    page.get_by_role("option", name=re.compile(f"^{scene.time:%Y-%m-%d %H:%M}")).click()


def test_former_maps_and_scores_never_stand_below_the_name_of_another_scene(page: Page):
    first, other = SCENES[0], SCENES[5]
    scores = page.locator(".st-key-scores table").inner_text()
    height = page.evaluate("() => document.querySelector('[data-testid=stMain]').scrollHeight")
    page.evaluate(_WATCH)
    choose_scene(page, other)
    settle(page)
    frames = [each for each in watched(page) if scene_label(other) in each[0]]
    assert frames
    assert [each for each in frames if first.id in each[1] or each[2] == scores] == []
    # It says what it does meanwhile, on a page that stays as high.
    waiting = [each for each in frames if each[3]]
    _, *maps = filter(None, waiting[-1][3].split("\n"))
    assert {each[3].split("\n")[0] for each in waiting} == {f"Predicting {scene_label(other)} ..."}
    # What needs no network is shown already.
    assert maps == ["Sentinel-1 HH", "Ice chart SOD"]
    assert waiting[-1][6] == "2"
    # A prediction that takes less than a tenth of a second has no spinner of its own.
    assert any(f"{scene_label(other)} " in each[4] for each in waiting)
    assert int(waiting[0][5]) > 0.95 * height
    figure = page.locator(".st-key-maps [role=figure]")
    expect(figure).to_be_visible()
    expect(figure).to_have_attribute("aria-label", re.compile(other.id))
    # Another task of the same scene changes the maps in place.
    page.get_by_text("SIC · Concentration", exact=True).click()
    settle(page)
    assert all(each[1] and not each[3] for each in watched(page)[1:])
