"""Texts above the maps of Compare: what the maps show, and which checkpoints are missing."""

from collections.abc import Sequence
from dataclasses import asdict

import streamlit as st

from seaice.dashboard.compare.headings import headings
from seaice.dashboard.navigation import link_to
from seaice.dashboard.sidebar.description import describe_selection
from seaice.dashboard.sidebar.labels import channel_set_label
from seaice.dashboard.sidebar.selection import Selection
from seaice.dashboard.sidebar.train_fields import DEFAULT_CELL_M
from seaice.dashboard.text import plain
from seaice.network.checkpoint_files import CheckpointFile
from seaice.network.checkpoint_info import CheckpointInfo
from seaice.network.rates import parse_rates
from seaice.network.reach import rates_label


def introduction(selection: Selection) -> None:
    """Explain the page to first-time visitors, and say what is selected."""
    with st.popover("What am I looking at?", icon=":material/help:"):
        describe_selection(selection)
        st.markdown(
            "Each column shows what one network predicts for the same scene. The networks differ "
            "only in their **atrous rates**, that is, in how far around a pixel they look. Under "
            "**Settings** you add others: another channel set, another seed. The "
            "first column shows the scene itself: the analyst's **ice chart** and the radar.\n\n"
            "- **Maps**: the predicted chart. Hover to see the predicted and the charted class.\n"
            "- **Errors**: which class of the chart was taken for which.\n"
            "- **Differences**: where columns differ from one another.\n"
            "- **Evidence**: which parts of the scene support the chosen class, by default "
            "(HiResCAM) on one scale for all rates.\n"
            "- **Entropy**: where the network is uncertain.\n\n"
            "Choose other rates, channels or another scene in the sidebar. Draw a **region** to "
            "look closer. **Swipe** lays two maps over each other. **Copy link** saves the view."
        )
        link_to("help", "A guided start, and ten words explained", ":material/help:")


def missing_checkpoints(selection: Selection, further: Sequence[CheckpointFile] = ()) -> None:
    """Show how to train missing checkpoints; warn of training scenes and of unlike networks.

    Args:
        selection: What is selected in the sidebar.
        further: Checkpoints on show besides, which may be unlike the others.
    """
    if selection.commands:
        _not_trained(selection)
    shown = *selection.checkpoints, *further
    if not shown and not selection.commands:
        st.info("Choose atrous rates in the sidebar to see predictions for this scene.")
    own = [file for file in shown if selection.scene.id in file.info.training.get("scene_ids", ())]
    if own:
        names = ", ".join(" · ".join(each) for each in headings(own))
        st.warning(
            f"Trained on this scene, so the scores here are optimistic: rates {plain(names)}."
        )
    if unlike := differences([file.info for file in selection.checkpoints]):
        st.warning(
            f"These networks differ in more than their rates: {plain(unlike)}. Choose checkpoints "
            "that are alike in the sidebar, or train them, to compare rates alone.",
            icon=":material/compare_arrows:",
        )
    seeds = dict.fromkeys(str(file.info.training.get("seed")) for file in selection.checkpoints)
    if len(seeds) > 1:
        st.caption(
            f"Seeds of these networks, in order: {plain(', '.join(seeds))}. Another seed changes a "
            "score too: choose the same in the sidebar to compare rates alone."
        )


def _not_trained(selection: Selection) -> None:
    """Say in one box which rates are missing, with the commands that train them folded below."""
    labels = [rates_label(parse_rates(rates), DEFAULT_CELL_M) for rates in selection.commands]
    one = len(labels) == 1
    st.info(
        f"Not trained yet: rates {', '.join(labels)}, channel set "
        f"{channel_set_label(selection.channel_set)}. **Press Train in the sidebar**"
        f"{'' if one else ', once for each'}, or run the command{'' if one else 's'} below. Both "
        "train on the data folder. To keep its scenes for testing, train on another folder "
        "(`seaice simulate` can write one)."
    )
    with st.expander("Command" if one else "Commands", key="train_commands"):
        st.code("\n".join(selection.commands.values()), language="bash")


def differences(infos: Sequence[CheckpointInfo]) -> str:
    """In what networks differ besides their rates, and the values in order; empty if in nothing."""
    built = [{**asdict(info.network), "pixel spacing": info.spacing_m} for info in infos]
    parts = []
    for name in (built[0] if built else {}).keys() - {"rates"}:
        values = list(dict.fromkeys(str(each[name]) for each in built))
        if len(values) > 1:
            parts.append(f"{name.replace('_', ' ')} {' or '.join(values)}")
    return ", ".join(sorted(parts))
