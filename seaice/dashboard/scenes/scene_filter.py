"""Which scenes of a folder the browser shows: what is wanted of them, and the pickers for it."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import streamlit as st

from seaice.ai4arctic.channels import CHANNEL_SETS
from seaice.ai4arctic.charts import CHARTS
from seaice.scenes.scene import Scene

SEASONS = ("DJF", "MAM", "JJA", "SON")

UNKNOWN = "unknown"
"""What stands for a season, region or service that a file does not tell."""

_ANY_WATER = (0, 100)
# The folder's range that the slider of lengths was made for.
_BOUNDS = "filter_bounds_km"
# Five side by side beside an open sidebar, two on a phone.
_PICKER_PX = 172


def season(time: datetime | None) -> str:
    """Meteorological season of a time, named by the first letters of its months.

    >>> season(datetime(2018, 12, 25)), season(datetime(2018, 8, 1)), season(None)
    ('DJF', 'JJA', 'unknown')
    """
    return SEASONS[time.month % 12 // 3] if time else UNKNOWN


def longer_side_km(scene: Scene) -> float:
    """Length of a scene's longer side, km."""
    return max(scene.grid.shape) * scene.grid.spacing_m / 1000


@dataclass(frozen=True)
class SceneFilter:
    """What is wanted of a scene; what is empty or None wants nothing.

    Attributes:
        text: Words that its id holds, in any order, whatever their case.
        seasons: Its season is one of these.
        regions: Its region is one of these.
        services: Its ice service is one of these.
        channel_sets: It can feed all of these.
        charts: It has all of these.
        spacings_m: Its spacing is one of these, metres.
        water_percent: Least and largest share of water; a share that is not known does not pass.
        side_km: Least and largest length of its longer side, km.
    """

    text: str = ""
    seasons: Sequence[str] = ()
    regions: Sequence[str] = ()
    services: Sequence[str] = ()
    channel_sets: Sequence[str] = ()
    charts: Sequence[str] = ()
    spacings_m: Sequence[float] = ()
    water_percent: tuple[float, float] | None = None
    side_km: tuple[float, float] | None = None

    def passes(self, scene: Scene, share_water: float | None) -> bool:
        """Whether a scene is what is wanted.

        Args:
            scene: The scene.
            share_water: Share of water in its labelled pixels, 0 to 1; None where not known.
        """
        identity = scene.id.lower()
        percent = None if share_water is None else 100 * share_water
        return (
            all(word in identity for word in self.text.lower().split())
            and _one_of(season(scene.time), self.seasons)
            and _one_of(scene.region or UNKNOWN, self.regions)
            and _one_of(scene.service or UNKNOWN, self.services)
            and _one_of(scene.grid.spacing_m, self.spacings_m)
            and set(self.channel_sets) <= set(scene.usable_channel_sets())
            and set(self.charts) <= set(scene.charts)
            and _between(percent, self.water_percent)
            and _between(longer_side_km(scene), self.side_km)
        )


def _one_of(value: object, wanted: Sequence[object]) -> bool:
    return not wanted or value in wanted


def _between(value: float | None, bounds: tuple[float, float] | None) -> bool:
    return bounds is None or (value is not None and bounds[0] <= value <= bounds[1])


@dataclass(frozen=True)
class Choices:
    """What the scenes of a folder differ in.

    Attributes:
        lists: Options by the name of a picker.
        side_km: Least and largest length of a longer side, whole km.
    """

    lists: Mapping[str, Sequence[Any]] = field(default_factory=dict)
    side_km: tuple[int, int] = (0, 0)

    @classmethod
    def of(cls, scenes: Sequence[Scene]) -> "Choices":
        """What these scenes differ in."""
        found = {season(scene.time) for scene in scenes}
        sides = [longer_side_km(scene) for scene in scenes]
        lists = {
            "seasons": [name for name in (*SEASONS, UNKNOWN) if name in found],
            "regions": sorted({scene.region or UNKNOWN for scene in scenes}),
            "services": sorted({scene.service or UNKNOWN for scene in scenes}),
            "channel_sets": list(CHANNEL_SETS),
            "charts": list(CHARTS),
            "spacings_m": sorted({scene.grid.spacing_m for scene in scenes}),
        }
        return cls(lists, (int(min(sides)), int(-(-max(sides) // 1))))

    @property
    def nothing_wanted(self) -> dict[str, Any]:
        """Values of the pickers that let every scene pass."""
        lists = {name: [] for name in self.lists}
        return {"text": "", **lists, "water": _ANY_WATER, "side_km": self.side_km}


_PICKERS = {
    "seasons": ("Season", "December to February, March to May, June to August, or the rest.", str),
    "regions": ("Region", "Region of the ice chart, as the file names it.", str),
    "services": ("Ice service", "Who drew the chart: dmi (Greenland) or cis (Canada).", str.upper),
    "channel_sets": ("Can feed", "Scenes that hold all channels of each chosen set.", str),
    "charts": ("Has charts", "Scenes that have each chosen chart.", str),
    "spacings_m": ("Spacing", "Pixel spacing of the scene's own grid.", "{:g} m".format),
}


def pick_filter(scenes: Sequence[Scene]) -> SceneFilter:
    """Draw the pickers; they keep their values on other pages.

    Args:
        scenes: At least one.
    """
    choices = Choices.of(scenes)
    _keep_possible(choices)
    with st.container(horizontal=True, key="filter", vertical_alignment="bottom"):
        text = st.text_input(
            "Name",
            key="filter_text",
            persist_state="session",
            max_chars=80,
            placeholder="any",
            help="Words that the scene's name holds, such as 2020 dmi.",
            width=_PICKER_PX,
        )
        lists = {name: _list_picker(name, choices.lists[name]) for name in _PICKERS}
        water = st.slider(
            "Water (%)",
            *_ANY_WATER,
            key="filter_water",
            persist_state="session",
            help="Share of open water in the pixels that SIC labels. A scene whose share is not "
            "known passes the full range alone.",
            width=_PICKER_PX,
        )
        side_km = _side_picker(choices.side_km)
    return SceneFilter(
        text=text or "",
        **lists,
        water_percent=None if tuple(water) == _ANY_WATER else tuple(water),
        side_km=side_km,
    )


def _list_picker(name: str, options: Sequence[Any]) -> list[Any]:
    label, explanation, shown = _PICKERS[name]
    return st.multiselect(
        label,
        options,
        key=f"filter_{name}",
        persist_state="session",
        placeholder="any",
        format_func=shown,
        help=explanation,
        width=_PICKER_PX,
    )


def _side_picker(bounds: tuple[int, int]) -> tuple[int, int] | None:
    if bounds[1] - bounds[0] <= 1:
        # Scenes of one size leave nothing to choose.
        return None
    chosen = st.slider(
        "Longer side (km)",
        *bounds,
        key="filter_side_km",
        persist_state="session",
        help="Ground along the scene's longer side.",
        width=_PICKER_PX,
    )
    return None if tuple(chosen) == bounds else tuple(chosen)


def _keep_possible(choices: Choices) -> None:
    """Drop what pickers held of another folder and this one cannot give."""
    for name, nothing in choices.nothing_wanted.items():
        key = f"filter_{name}"
        value = st.session_state.get(key, nothing)
        if name in choices.lists:
            value = [each for each in value if each in choices.lists[name]]
        elif name == "side_km":
            value = possible_side(tuple(value), nothing)
        st.session_state[key] = value


def possible_side(value: tuple[int, int], bounds: tuple[int, int]) -> tuple[int, int]:
    """The chosen range; all of it where that was chosen before, or this folder cannot give it."""
    before = st.session_state.get(_BOUNDS, bounds)
    st.session_state[_BOUNDS] = bounds
    possible = bounds[0] <= value[0] <= value[1] <= bounds[1]
    return value if possible and value != before else bounds


def clear_filter(scenes: Sequence[Scene]) -> None:
    """Let every scene pass; for a button's callback."""
    for name, value in Choices.of(scenes).nothing_wanted.items():
        st.session_state[f"filter_{name}"] = value


def neighbours(
    scene_ids: Sequence[str], passing: Collection[str], chosen: str
) -> tuple[str | None, str | None]:
    """The scenes that pass before and after the chosen one, which itself need not pass.

    >>> neighbours(["a", "b", "c", "d"], {"a", "d"}, "b")
    ('a', 'd')
    """
    at = scene_ids.index(chosen)
    before = (each for each in reversed(scene_ids[:at]) if each in passing)
    after = (each for each in scene_ids[at + 1 :] if each in passing)
    return next(before, None), next(after, None)
