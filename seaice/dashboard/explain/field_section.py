"""How far does each network look, as a mean over many pixels?"""

from collections.abc import Sequence

import numpy as np
import pandas as pd
import streamlit as st

from seaice.ai4arctic.channel_groups import sensor_groups
from seaice.ai4arctic.charts import CHART, ChartName
from seaice.core.errors import ConfigError
from seaice.dashboard.explain.field_maps import SHARE, field_map, sensors_map
from seaice.dashboard.explain.place_picker import place_fields
from seaice.dashboard.explain.questions import PIXELS, class_key
from seaice.dashboard.explain.save import facts_of, save_buttons
from seaice.dashboard.explain.with_progress import field_of
from seaice.dashboard.figure_config import figure_config
from seaice.dashboard.scene_view import SceneView
from seaice.dashboard.text import plain
from seaice.explain.field import SHARES, EffectiveField, profile_rows
from seaice.explain.field_files import write_fields
from seaice.figures.field_images import FieldImage, field_images
from seaice.figures.shares import HeldCurve, held_figure
from seaice.network.checkpoint_files import CheckpointFile
from seaice.scenes.scene import Scene

_MEANING = (
    "The effective receptive field is where the gradient of single output pixels lies, as a mean "
    "over pixels drawn at random. The gradient says nothing about benefit: *Context* shows what "
    "far information is good for."
)


def field_section(
    view: SceneView, chart: ChartName, files: Sequence[CheckpointFile], *, narrow: bool
) -> None:
    """Draw the fields over the scene, their radii, profiles and images."""
    dark = st.context.theme.type == "dark"
    with st.container(horizontal=True, vertical_alignment="bottom"):
        target = _class(chart)
        st.session_state.setdefault("field_pixels", PIXELS[0])
        pixels = st.segmented_control("Pixels", PIXELS, required=True, key="field_pixels")
        place_fields(view.scene)
    found: list[tuple[str, EffectiveField]] = []
    used: list[CheckpointFile] = []
    for file in files:
        label = file.info.rates_label
        try:
            result = field_of(view.scene, file, chart, target, pixels or PIXELS[0])
        except ConfigError as error:
            st.info(f"{plain(label)}: {plain(str(error))}")
            continue
        found.append((label, result))
        used.append(file)
    if not found:
        return
    left, right = (st.container(), st.container()) if narrow else st.columns([5, 6])
    fields = [result for _, result in found]
    with left:
        field_map(view, found, dark=dark)
    with right:
        for label, result in found:
            st.markdown(f"**{plain(label)}**: {plain(field_sentence(result))}")
        st.table(_table(found))
        if len({result.groups for _, result in found}) == 1 and len(found[0][1].groups) > 1:
            st.markdown("**By channels: radius of 90 % (share of the gradient)**")
            st.table(_by_channels(found))
        _profiles(view.scene, found, dark=dark)
    # Beside the tables there is room; in a narrow window, words go first.
    with right if narrow else left:
        sensors_map(view, found, dark=dark)
    st.caption(_MEANING)
    st.plotly_chart(
        field_images([_image(label, result) for label, result in found], stacked=narrow),
        key="field_images",
        config=figure_config(view.scene, "field_images"),
        alt="Images of the effective receptive fields; the table holds their radii",
    )
    _save(view.scene, chart, used, fields)


def _save(
    scene: Scene,
    chart: ChartName,
    files: Sequence[CheckpointFile],
    results: Sequence[EffectiveField],
) -> None:
    pairs = list(zip(files, results, strict=True))
    save_buttons(
        scene,
        chart,
        "field",
        lambda: [{**row, **facts_of(file)} for file, each in pairs for row in profile_rows(each)],
        images=lambda path, settings, command: write_fields(
            path, scene, [(each, facts_of(file)) for file, each in pairs], settings, command
        ),
    )


def field_sentence(result: EffectiveField) -> str:
    """How far a network looks, against how far it could."""
    radius = result.radii_km(result.profile())[SHARE]
    if np.isnan(radius):
        return "Its output has no gradient here: no small change of an input changes it."
    reach = result.theoretical_km / 2
    return (
        f"90 % of the gradient lies within {radius:.1f} km; in theory the field is a square that "
        f"reaches {reach:.0f} km to each side."
    )


def _class(chart: ChartName) -> int | None:
    if chart == "SIC":
        return None
    names = CHART[chart].class_names
    chosen: int | None = st.selectbox(
        "Pixels of class",
        [None, *range(len(names))],
        format_func=lambda index: "any" if index is None else names[index],
        key=class_key("Field", chart),
        width=220,
        help="Draws pixels that the network gives this class.",
    )
    return chosen


def _table(found: Sequence[tuple[str, EffectiveField]]) -> pd.DataFrame:
    rows = {}
    for label, result in found:
        radii = result.radii_km(result.profile())
        rows[label] = [
            *("\u2013" if np.isnan(radii[share]) else f"{radii[share]:.1f} km" for share in SHARES),
            f"{result.theoretical_km / 2:.1f} km",
            str(int(result.pixels.sum())),
        ]
    columns = [
        *(f"{share:.0%}".replace("%", " %") for share in SHARES),
        "In theory, to each side",
        "Pixels",
    ]
    return pd.DataFrame.from_dict(rows, orient="index", columns=columns).rename_axis("Rates")


def _by_channels(found: Sequence[tuple[str, EffectiveField]]) -> pd.DataFrame:
    """Radii and shares of each sensor's channels where there are two, and of each group."""
    rows = {}
    for label, result in found:
        sensors = sensor_groups(result.groups)
        each = {name: [index] for index, name in enumerate(result.groups)}
        named = (sensors if len(sensors) > 1 else {}) | each
        rows[label] = {name: _radius_and_share(result, groups) for name, groups in named.items()}
    return pd.DataFrame(rows).rename_axis("Channels")


def _radius_and_share(result: EffectiveField, groups: Sequence[int]) -> str:
    km = result.radii_km(result.profile(group=groups))[SHARE]
    share = 100 * result.group_shares[list(groups)].sum()
    return "\u2013" if np.isnan(km) else f"{km:.1f} km ({share:.0f} %)"


def _profiles(scene: Scene, found: Sequence[tuple[str, EffectiveField]], *, dark: bool) -> None:
    curves = []
    for label, result in found:
        profile = result.profile()
        total = profile.sum()
        held = np.cumsum(profile) / total if total > 0 else np.full(len(profile), np.nan)
        km = np.arange(len(profile)) * result.spacing_m / 1000
        curves.append(HeldCurve(label, km, held, result.radii_km(profile)[SHARE]))
    st.plotly_chart(
        held_figure(curves, SHARE, dark),
        key="field_profiles",
        config=figure_config(scene, "field_profiles"),
        alt="Share of the input gradient within a distance; the table gives the radii",
    )


def _image(label: str, result: EffectiveField) -> FieldImage:
    return FieldImage(label, result.image, result.spacing_m / 1000, result.theoretical_km)
