"""Whether the browser window is narrow."""

import streamlit as st

_NARROW_PX = 760

_SCRIPT = """
export default function ({ data, setStateValue, parentElement }) {
  const report = () => setStateValue("narrow", window.innerWidth < data.narrow_px);
  report();
  let pending = 0;
  const later = () => { clearTimeout(pending); pending = setTimeout(report, 300); };
  window.addEventListener("resize", later);
  return () => { clearTimeout(pending); window.removeEventListener("resize", later); };
}
"""

_component = st.components.v2.component("seaice_viewport", js=_SCRIPT)


def is_narrow() -> bool:
    """True in a window as narrow as a phone; False until the browser has reported its width."""
    result = _component(
        key="viewport",
        data={"narrow_px": _NARROW_PX},
        default={"narrow": False},
        on_narrow_change=lambda: None,
    )
    return bool(result.narrow)
