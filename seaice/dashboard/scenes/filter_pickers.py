"""The widgets of the scene filter. They offer what the scenes of the folder differ in."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, cast

import streamlit as st

from seaice.ai4arctic.channels import CHANNEL_SETS
from seaice.ai4arctic.charts import CHARTS
from seaice.ai4arctic.names import region_name
from seaice.ai4arctic.seasons import SEASONS, UNKNOWN, season
from seaice.dashboard.scenes.filter import SceneFilter, longer_side_km
from seaice.scenes.scene import Scene

_ANY_WATER = (0, 100)
# The bounds that the slider of lengths had on the previous run.
_BOUNDS = "filter_bounds_km"
# Five side by side beside an open sidebar, two on a phone.
_PICKER_PX = 172


@dataclass(frozen=True)
class FilterOptions:
    """What the widgets offer.

    Attributes:
        lists: Options by the name of a list picker.
        side_km: Smallest and largest length of a longer side, whole km.
    """

    lists: Mapping[str, Sequence[Any]] = field(default_factory=dict)
    side_km: tuple[int, int] = (0, 0)

    @classmethod
    def of(cls, scenes: Sequence[Scene]) -> "FilterOptions":
        """Options for these scenes, at least one."""
        present = {season(scene.time) for scene in scenes}
        sides = [longer_side_km(scene) for scene in scenes]
        lists: dict[str, Sequence[Any]] = {
            "seasons": [name for name in (*SEASONS, UNKNOWN) if name in present],
            "regions": sorted({scene.region or UNKNOWN for scene in scenes}),
            "services": sorted({scene.service or UNKNOWN for scene in scenes}),
            "channel_sets": list(CHANNEL_SETS),
            "charts": list(CHARTS),
            "spacings_m": sorted({scene.grid.spacing_m for scene in scenes}),
        }
        return cls(lists, (int(min(sides)), int(-(-max(sides) // 1))))

    @property
    def cleared(self) -> dict[str, Any]:
        """Values of the widgets that let every scene pass."""
        lists: dict[str, list[Any]] = {name: [] for name in self.lists}
        return {"text": "", **lists, "water": _ANY_WATER, "side_km": self.side_km}


@dataclass(frozen=True)
class _ListPicker:
    """Words of a list picker, and how it shows its options."""

    label: str
    help: str
    show: Callable[[Any], str] = str


_LIST_PICKERS = {
    "seasons": _ListPicker("Season", "Season of the acquisition: DJF is December to February."),
    "regions": _ListPicker("Region", "Region of the ice chart.", region_name),
    "services": _ListPicker(
        "Ice service", "Who drew the chart: DMI (Greenland) or CIS (Canada).", str.upper
    ),
    "channel_sets": _ListPicker("Channel sets", "Scenes with all channels of each selected set."),
    "charts": _ListPicker("Charts", "Scenes with every selected chart."),
    "spacings_m": _ListPicker(
        "Pixel spacing", "Pixel spacing of the scene's own grid.", "{:g} m".format
    ),
}


def pick_filter(scenes: Sequence[Scene]) -> SceneFilter:
    """Draw the widgets; they keep their values on other pages.

    Args:
        scenes: At least one.
    """
    options = FilterOptions.of(scenes)
    _drop_impossible(options)
    with st.container(horizontal=True, key="filter", vertical_alignment="bottom"):
        text = st.text_input(
            "Name",
            key="filter_text",
            persist_state="session",
            max_chars=80,
            placeholder="any",
            help="Words in the scene's name, such as 2020 dmi.",
            width=_PICKER_PX,
        )
        lists = {name: _pick_list(name, options.lists[name]) for name in _LIST_PICKERS}
        water = _pick_range(
            "Water (%)",
            "filter_water",
            _ANY_WATER,
            "Share of open water in the pixels that SIC labels. Scenes with an unknown share pass "
            "only the full range.",
        )
        side_km = None
        # Scenes of one size leave nothing to choose.
        if options.side_km[1] - options.side_km[0] > 1:
            side_km = _pick_range(
                "Longer side (km)",
                "filter_side_km",
                options.side_km,
                "Length of the scene's longer side on the ground.",
            )
    return SceneFilter(text=text or "", **lists, water_percent=water, side_km=side_km)


def _pick_list(name: str, options: Sequence[Any]) -> list[Any]:
    picker = _LIST_PICKERS[name]
    return st.multiselect(
        picker.label,
        options,
        key=f"filter_{name}",
        persist_state="session",
        placeholder="any",
        format_func=picker.show,
        help=picker.help,
        width=_PICKER_PX,
    )


def _pick_range(
    label: str, key: str, bounds: tuple[int, int], explanation: str
) -> tuple[int, int] | None:
    """A range within bounds; None if it is all of them."""
    value = st.slider(
        label,
        *bounds,
        key=key,
        persist_state="session",
        help=explanation,
        width=_PICKER_PX,
    )
    # The slider is one of a range because its value in the session is a pair.
    low, high = cast("tuple[int, int]", value)
    return None if (low, high) == bounds else (low, high)


def _drop_impossible(options: FilterOptions) -> None:
    """Drop values from another folder that no scene of this one can have."""
    for name, cleared in options.cleared.items():
        key = f"filter_{name}"
        value = st.session_state.get(key, cleared)
        if name in options.lists:
            value = [each for each in value if each in options.lists[name]]
        elif name == "side_km":
            value = possible_side(tuple(value), cleared)
        st.session_state[key] = value


def possible_side(value: tuple[int, int], bounds: tuple[int, int]) -> tuple[int, int]:
    """The selected range; the full one if it was full before, or if this folder cannot give it."""
    before = st.session_state.get(_BOUNDS, bounds)
    st.session_state[_BOUNDS] = bounds
    possible = bounds[0] <= value[0] <= value[1] <= bounds[1]
    return value if possible and value != before else bounds


def clear_filter(scenes: Sequence[Scene]) -> None:
    """Let every scene pass. Call it in a button's callback."""
    for name, value in FilterOptions.of(scenes).cleared.items():
        st.session_state[f"filter_{name}"] = value
