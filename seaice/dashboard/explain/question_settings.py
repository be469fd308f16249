"""What a link to Explain says of a question beside its name and the pixel."""

from typing import Any

import streamlit as st

from seaice.ai4arctic.charts import ChartName
from seaice.dashboard.compare.region_picker import chosen_region
from seaice.dashboard.explain.questions import TAPS_KEY, TESTED_LAYER_KEY, QuestionName, class_key
from seaice.dashboard.permalink import classes_key, limit_key
from seaice.scenes.scene import Scene


def question_settings(question: QuestionName, chart: ChartName, scene: Scene) -> dict[str, Any]:
    """The settings of a question as fields of a link; those not chosen yet are left out."""
    state = st.session_state
    if question == "One pixel":
        shown = state.get(TAPS_KEY)
        return {"of": None if shown is None else shown + 1}
    if question == "How sure?":
        return {"limit": state.get(limit_key(chart))}
    if question in ("Branches", "Field"):
        chosen = state.get(class_key(question, chart))
        pixels = state.get("field_pixels") if question == "Field" else None
        part = _part(scene) if question == "Branches" else {}
        return {"classes": None if chosen is None else (chosen,), "pixels": pixels, **part}
    if question == "Channels":
        return {"over": state.get("channels_over")}
    if question == "Is it true?":
        return _maps(scene, state.get(TESTED_LAYER_KEY))
    by_layers = state.get("evidence_by") == "Layers"
    of_layers = state.get(class_key(question, chart))
    return {
        **_maps(scene),
        "across": state.get("evidence_across"),
        "classes": (of_layers,)
        if by_layers and of_layers is not None
        else tuple(state.get(classes_key(chart)) or ()) or None,
        "opacity": state.get("opacity"),
        "of": state.get("evidence_of"),
    }


def _maps(scene: Scene, first: str | None = None) -> dict[str, Any]:
    """Which maps Evidence shows; of their layers, that which is tested comes first."""
    state = st.session_state
    layers = sorted(state.get("evidence_layers") or (), key=lambda name: name != first)
    return {
        "by": state.get("evidence_by"),
        "layers": tuple(layers) or None if state.get("evidence_by") == "Layers" else None,
        "method": state.get("method"),
        **_part(scene),
    }


def _part(scene: Scene) -> dict[str, Any]:
    """Whose outputs are explained."""
    within = st.session_state.get("evidence_within")
    return {"within": within, "region": chosen_region(scene) if within == "Region" else None}
