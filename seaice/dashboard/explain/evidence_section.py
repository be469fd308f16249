"""Where do networks look, side by side: rates, channel sets or seeds by classes or layers."""

from collections.abc import Sequence
from dataclasses import replace
from functools import partial

import streamlit as st

from seaice.ai4arctic.charts import ChartName
from seaice.core.errors import ConfigError
from seaice.dashboard import cached
from seaice.dashboard.compare.drawn_maps import evidence_map, strongest_evidence
from seaice.dashboard.compare.network_layers import common_layers, layer_label
from seaice.dashboard.explain.evidence_column import EvidenceColumn
from seaice.dashboard.explain.evidence_tests import evidence_tests
from seaice.dashboard.explain.grid_pickers import (
    Asked,
    columns_picker,
    grid_pickers,
    layers_picker,
    targets_picker,
)
from seaice.dashboard.explain.place_picker import place_fields
from seaice.dashboard.explain.save import facts_of, save_buttons
from seaice.dashboard.explain.squares import mark_explained, near, place_region
from seaice.dashboard.figure_config import figure_config
from seaice.dashboard.map_figures import draw_maps, map_figures
from seaice.dashboard.scene_view import SceneView
from seaice.dashboard.text import plain
from seaice.explain.gradcam import CamConfig, Heatmap
from seaice.explain.map_files import evidence_layer
from seaice.explain.methods import DEFAULT_LAYER, METHOD, field_warning
from seaice.explain.targets import target_names
from seaice.figures.maps import Panel, Row
from seaice.figures.palettes import heat_palette
from seaice.network.checkpoint_files import CheckpointFile
from seaice.scenes.scene import Scene


def evidence_section(
    view: SceneView, chart: ChartName, files: Sequence[CheckpointFile], *, narrow: bool
) -> None:
    """Draw the pickers, and a grid of maps over the radar image."""
    asked = grid_pickers()
    columns, notes = columns_picker(asked.across, view.scene, files)
    results = [EvidenceColumn(view.scene, file) for _, file in columns]
    labels = [label for label, _ in columns]
    region = place_region(view.scene, asked.within, columns[0][1].info.spacing_m)
    first = partial(results[0].first_target, chart, region)
    targets, layers = targets_picker(asked.by, chart, first), [DEFAULT_LAYER]
    if asked.by == "Layers":
        common = common_layers(results)
        layers = layers_picker(common, {name: layer_label(name, results) for name in common})
    if asked.within != "Scene":
        place_fields(view.scene)
        if warning := field_warning(asked.method):
            st.warning(warning)
    for note in notes:
        st.caption(plain(note))
    if not targets or not layers:
        st.info("Choose at least one class and one layer.")
        return
    configs = [
        CamConfig(chart, target, layer, asked.method) for target in targets for layer in layers
    ]
    try:
        rows = [_explained(view, results, config, asked) for config in configs]
    except ConfigError as error:
        st.info(f"The evidence is not available: {plain(str(error))}")
        return
    field_km = max(each.receptive_field_km for each in results)
    _draw(near(view, asked.within, field_km), labels, rows, asked, narrow=narrow)
    evidence_tests(view.scene, labels, rows, asked.within)
    _save(view.scene, chart, rows, asked)


def _save(
    scene: Scene, chart: ChartName, rows: Sequence[Sequence[EvidenceColumn]], asked: Asked
) -> None:
    save_buttons(
        scene,
        chart,
        "evidence",
        None,
        lambda: [
            evidence_layer(scene, each.heatmap, f"evidence_{number}_{column}", facts_of(each.file))
            for number, row in enumerate(rows, 1)
            for column, each in enumerate(row, 1)
            if each.heatmap is not None
        ],
        {"compared": asked.across, "explained": asked.within},
    )


def _explained(
    view: SceneView, results: Sequence[EvidenceColumn], config: CamConfig, asked: Asked
) -> list[EvidenceColumn]:
    """The networks with their maps for one row."""
    found = []
    for number, each in enumerate(results, 1):
        what = f"{target_names(config.chart)[config.target]} at {config.layer}"
        with st.spinner(f"Explaining {what} ({number} of {len(results)}) ..."):
            spacing_m = each.file.info.spacing_m
            region = place_region(view.scene, asked.within, spacing_m)
            heatmap = cached.heatmap(view.scene, each.file, config, region)
            found.append(replace(each, heatmap=heatmap))
    return found


def _draw(
    view: SceneView,
    labels: Sequence[str],
    rows: Sequence[Sequence[EvidenceColumn]],
    asked: Asked,
    *,
    narrow: bool,
) -> None:
    # A scale for each row: on that of another class or layer, its maps could be too faint to see.
    scales = [strongest_evidence(view, row) for row in rows]
    first = _heatmap(rows[0][0])
    palette = heat_palette(shared=bool(first.unit))
    drawn: list[Row] = []
    for row, strongest in zip(rows, scales, strict=True):
        panels: list[Panel | None] = []
        for label, result in zip(labels, row, strict=True):
            title = _title(result, asked)
            one = replace(evidence_map(view, result, strongest), title=title, heading=(label,))
            panels.append(one.panel(view, asked.opacity))
        drawn.append(Row(panels, palette, land=True))
    named = [(_title(row[0], asked), scale) for row, scale in zip(rows, scales, strict=True)]
    st.markdown(plain(scale_sentence(first, named)))
    draw_maps(
        view,
        map_figures(
            drawn,
            view.located_extent,
            narrow=narrow,
            finish=lambda figure: mark_explained(figure, view, asked.within),
        ),
        "evidence_maps",
        alt="Maps of evidence: a column for each network, a row for each class or layer",
        config=figure_config(view.scene, "evidence", zooms=True),
    )
    st.caption(
        "*Is it true?* tests such maps, of a pixel or region. Evidence is what supports a class, "
        "not what harms."
    )


def _heatmap(result: EvidenceColumn) -> Heatmap:
    assert result.heatmap is not None, "every map of the grid was computed"
    return result.heatmap


def _title(result: EvidenceColumn, asked: Asked) -> str:
    """What a row of maps is about."""
    config = _heatmap(result).config
    title = target_names(config.chart)[config.target]
    return f"{title}, {config.layer}" if asked.by == "Layers" else title


def scale_sentence(heatmap: Heatmap, rows: Sequence[tuple[str, float | None]]) -> str:
    """Which maps share a scale, and what it is.

    Args:
        heatmap: The first map.
        rows: What each row is about, and its strongest evidence per km²; None without any.
    """
    method = heatmap.config.method
    if not METHOD[method].has_unit:
        return (
            f"Each map has a scale of its own, from 0 to its strongest evidence: the heat of "
            f"{method} has no unit. Compare where networks look, not how strongly."
        )
    known = [(name, f"{1000 * each:.3g} {heatmap.unit}") for name, each in rows if each]
    if not known:
        return "No map shows positive evidence, so there is no scale."
    if len(rows) == 1:
        return f"All maps share one scale: 1 stands for {known[0][1]} from a stretch of 1000 km²."
    texts = (f"{scale} ({name})" for name, scale in known)
    return (
        f"The maps of a row share one scale. From a stretch of 1000 km², 1 stands for "
        f"{', '.join(texts)}."
    )
