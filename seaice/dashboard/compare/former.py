"""While another scene is predicted, the maps and scores of the former one are not to be seen.

Streamlit leaves them in place, faded, until new ones come: below the name of the new scene. They
are hidden and not removed, so that the page keeps its height, and the window its place in it.
"""

import html
from collections.abc import Iterator
from contextlib import contextmanager

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from seaice.core.errors import SeaIceError
from seaice.dashboard.sidebar.labels import scene_label
from seaice.dashboard.text import sendable
from seaice.scenes.scene import Scene

RESULTS = "results"
"""Key of the container of all that is hidden."""
_SHOWN = "_compared_scene"

_STYLE = f"""<style>
.st-key-{RESULTS} {{ position: relative; min-height: 60vh; visibility: hidden; }}
.st-key-predicting {{
  visibility: visible;
  position: absolute;
  inset: 0;
  padding: 4rem 1rem;
  text-align: center;
  border: 1px dashed rgba(128, 128, 128, 0.5);
  border-radius: 4px;
}}
/* Seen wherever the window is on the page. */
.st-key-predicting > * {{ position: sticky; top: 5rem; }}
</style>"""


@contextmanager
def former_hidden(results: DeltaGenerator, scene: Scene) -> Iterator[None]:
    """Hide what a container holds of another scene until the block has drawn that of this one.

    On the scene that was drawn last, as after a change of rates or task, nothing is hidden.

    Args:
        results: The container, with the key `RESULTS`, before anything is drawn into it.
        scene: What the block draws.
    """
    cover = results.empty()
    if st.session_state.get(_SHOWN) != scene.path:
        # Forgotten at once: going back before the end, too, must not show what names this scene.
        st.session_state.pop(_SHOWN, None)
        with cover.container(key="predicting"):
            st.html(f'{_STYLE}<p role="status">Predicting {_written(scene)} ...</p>')
    try:
        yield
    except SeaIceError:
        cover.empty()
        raise
    cover.empty()
    st.session_state[_SHOWN] = scene.path


def _written(scene: Scene) -> str:
    return html.escape(sendable(scene_label(scene)))
