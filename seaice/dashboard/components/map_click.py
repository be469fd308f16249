"""Clicks on a map: Plotly reports those on images to nobody."""

from collections.abc import Callable

import streamlit as st

_SCRIPT = """
// Streamlit calls again without cleaning up first.
const cleanups = new WeakMap();
const STILL_PX = 4;

export default function ({ data, setTriggerValue, parentElement }) {
  cleanups.get(parentElement)?.();
  let pressed = null;
  const press = (event) => {
    const plot = event.target.closest?.(`.st-key-${data.map} .js-plotly-plot`);
    pressed = plot && event.button === 0 ? { plot, x: event.clientX, y: event.clientY } : null;
  };
  const release = (event) => {
    if (!pressed) return;
    const { plot, x, y } = pressed;
    pressed = null;
    // A drag zooms.
    if (Math.hypot(event.clientX - x, event.clientY - y) > STILL_PX) return;
    const box = plot.getBoundingClientRect();
    const { xaxis, yaxis } = plot._fullLayout;
    const across = x - box.left - xaxis._offset, down = y - box.top - yaxis._offset;
    if (across < 0 || across > xaxis._length || down < 0 || down > yaxis._length) return;
    setTriggerValue("clicked", [xaxis.p2d(across), yaxis.p2d(down)]);
  };
  document.addEventListener("mousedown", press, true);
  document.addEventListener("mouseup", release, true);
  const cleanup = () => {
    document.removeEventListener("mousedown", press, true);
    document.removeEventListener("mouseup", release, true);
  };
  cleanups.set(parentElement, cleanup);
  return cleanup;
}
"""

_component = st.components.v2.component("seaice_map_click", js=_SCRIPT)


def on_map_click(map_key: str, act: Callable[[float, float], None]) -> None:
    """Act on clicks on a map.

    Args:
        map_key: Key of the container that holds the map's figure.
        act: Called with the values of the figure's horizontal and vertical axis.
    """
    key = f"click_{map_key}"

    def clicked() -> None:
        place = st.session_state[key].clicked
        if place:
            act(float(place[0]), float(place[1]))

    _component(key=key, data={"map": map_key}, on_clicked_change=clicked)
