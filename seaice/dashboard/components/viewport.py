"""Whether the browser window is narrow."""

import streamlit as st

_NARROW_PX = 760
_COOKIE = "seaice_narrow"
_LAST = "_narrow"

_SCRIPT = """
export default function ({ data, setStateValue, parentElement }) {
  const report = () => {
    const narrow = window.innerWidth < data.narrow_px;
    document.cookie = `${data.cookie}=${narrow ? 1 : 0}; SameSite=Lax`;
    setStateValue("narrow", narrow);
  };
  report();
  let pending = 0;
  const later = () => { clearTimeout(pending); pending = setTimeout(report, 300); };
  window.addEventListener("resize", later);
  return () => { clearTimeout(pending); window.removeEventListener("resize", later); };
}
"""

_component = st.components.v2.component("seaice_viewport", js=_SCRIPT)


def is_narrow() -> bool:
    """True in a window as narrow as a phone; a guess until the browser has reported its width."""
    result = _component(
        key="viewport",
        data={"narrow_px": _NARROW_PX, "cookie": _COOKIE},
        default={"narrow": _guess()},
        on_narrow_change=lambda: None,
    )
    st.session_state[_LAST] = bool(result.narrow)
    return bool(result.narrow)


def _guess() -> bool:
    """How narrow the window last was, in this tab or before; at first, whether it is a phone's.

    A page that is first drawn for another width shows words over one another for a moment.
    """
    if _LAST in st.session_state:
        return bool(st.session_state[_LAST])
    last = st.context.cookies.get(_COOKIE)
    if last is not None:
        return last == "1"
    return "Mobile" in (st.context.headers.get("User-Agent") or "")
