"""Whether a page has little room: in a narrow window, or beside the sidebar in a zoomed one."""

import streamlit as st

_NARROW_PX = 760
_COOKIE = "seaice_narrow"
_LAST = "_narrow"

_SCRIPT = """
export default function ({ data, setStateValue }) {
  // The page's part of the window: an open sidebar takes the rest, unless it lies over the page.
  const page = document.querySelector("[data-testid=stMain]") ?? document.documentElement;
  const report = () => {
    const narrow = page.offsetWidth < data.narrow_px;
    document.cookie = `${data.cookie}=${narrow ? 1 : 0}; SameSite=Lax`;
    setStateValue("narrow", narrow);
  };
  report();
  let pending = 0;
  const observer = new ResizeObserver(() => {
    clearTimeout(pending);
    pending = setTimeout(report, 300);
  });
  observer.observe(page);
  return () => { clearTimeout(pending); observer.disconnect(); };
}
"""

_component = st.components.v2.component("seaice_viewport", js=_SCRIPT)


def is_narrow() -> bool:
    """True where the page is as narrow as on a phone; a guess until the browser has reported it."""
    result = _component(
        key="viewport",
        data={"narrow_px": _NARROW_PX, "cookie": _COOKIE},
        default={"narrow": _guess()},
        on_narrow_change=lambda: None,
    )
    st.session_state[_LAST] = bool(result.narrow)
    return bool(result.narrow)


def _guess() -> bool:
    """How narrow the page last was, in this tab or before; at first, whether it is a phone's.

    A page that is first drawn for another width shows words over one another for a moment.
    """
    if _LAST in st.session_state:
        return bool(st.session_state[_LAST])
    last = st.context.cookies.get(_COOKIE)
    if last is not None:
        return last == "1"
    return "Mobile" in (st.context.headers.get("User-Agent") or "")
