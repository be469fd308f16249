"""Whether the window is narrow, as the browser tells."""

import streamlit as st

_NARROW_PX = 760

_SCRIPT = """
export default function ({ data, setStateValue, parentElement }) {
  const tell = () => setStateValue("narrow", window.innerWidth < data.narrow_px);
  tell();
  let pending = 0;
  const later = () => { clearTimeout(pending); pending = setTimeout(tell, 300); };
  window.addEventListener("resize", later);
  return () => { clearTimeout(pending); window.removeEventListener("resize", later); };
}
"""

_component = st.components.v2.component("seaice_viewport", js=_SCRIPT)


def is_narrow() -> bool:
    """True in a window of a phone's width; a wide one is assumed until the browser has told."""
    result = _component(
        key="viewport",
        data={"narrow_px": _NARROW_PX},
        default={"narrow": False},
        on_narrow_change=lambda: None,
    )
    return bool(result.narrow)
