"""While another scene is predicted, the maps and scores of the former one are not to be seen.

Streamlit leaves them in place, faded, until new ones come: below the name of the new scene. They
are hidden and not removed, so that the page keeps its height, and the window its place in it.
Over them lies what is known of the new scene without a network: its radar image and ice chart.
"""

import html
from collections.abc import Callable, Iterator, Mapping
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
  padding: 2rem 1rem;
  text-align: center;
  border: 1px dashed rgba(128, 128, 128, 0.5);
  border-radius: 4px;
}}
/* Seen wherever the window is on the page. */
.st-key-predicting > * {{ position: sticky; top: 5rem; }}
.st-key-predicting figure {{ display: inline-block; max-width: 45%; margin: 0.5rem; }}
.st-key-predicting img {{ max-width: 100%; max-height: 40vh; }}
</style>"""


@contextmanager
def former_hidden(
    results: DeltaGenerator, scene: Scene, first_maps: Callable[[], Mapping[str, str]]
) -> Iterator[None]:
    """Hide what a container holds of another scene until the block has drawn that of this one.

    On the scene that was drawn last, as after a change of rates or task, nothing is hidden.

    Args:
        results: The container, with the key `RESULTS`, before anything is drawn into it.
        scene: What the block draws.
        first_maps: Makes what is shown meanwhile: pictures as data URIs, by their captions.
    """
    cover = results.empty()
    try:
        if st.session_state.get(_SHOWN) != scene.path:
            # Forgotten at once: going back before the end must not show what names this scene.
            st.session_state.pop(_SHOWN, None)
            with cover.container(key="predicting"):
                _show_meanwhile(scene, first_maps)
        yield
    except SeaIceError:
        cover.empty()
        raise
    cover.empty()
    st.session_state[_SHOWN] = scene.path


def _show_meanwhile(scene: Scene, first_maps: Callable[[], Mapping[str, str]]) -> None:
    status = f'{_STYLE}<p role="status">Predicting {_written(scene)} ...</p>'
    place = st.empty()
    # Reading a full-size scene takes seconds, too.
    place.html(status)
    place.html(status + "".join(_figure(*each) for each in first_maps().items()))


def _figure(caption: str, picture: str) -> str:
    caption = html.escape(caption)
    return (
        f'<figure><img src="{picture}" alt="{caption}"><figcaption>{caption}</figcaption></figure>'
    )


def _written(scene: Scene) -> str:
    return html.escape(sendable(scene_label(scene)))
