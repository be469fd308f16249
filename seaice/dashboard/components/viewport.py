"""Whether a page has little room: in a narrow window, or beside the sidebar in a zoomed one."""

import streamlit as st

_NARROW_PX = 760
_COOKIE = "seaice_narrow"
_KEY, _LAST = "viewport", "_narrow"

_SCRIPT = """
let stop = () => {};
let paper = "";

export default function ({ data, parentElement, setStateValue }) {
  // Streamlit cleans up after the last call alone.
  stop();
  // The page's part of the window: an open sidebar takes the rest, unless it lies over the page.
  const page = document.querySelector("[data-testid=stMain]") ?? document.documentElement;
  let told = data.narrow;
  const report = () => {
    const narrow = page.offsetWidth < data.narrow_px;
    document.cookie = `${data.cookie}=${narrow ? 1 : 0}; SameSite=Lax`;
    // The server runs the page again whenever it is told anything.
    if (narrow !== told) setStateValue("narrow", narrow);
    told = narrow;
  };
  report();
  const now = getComputedStyle(parentElement.host).getPropertyValue("--st-background-color");
  // The server draws some colours for a light or a dark page. Nothing else tells it of a new theme.
  if (paper && now !== paper) setStateValue("paper", now);
  paper = now;
  let pending = 0;
  const observer = new ResizeObserver(() => {
    clearTimeout(pending);
    pending = setTimeout(report, 300);
  });
  observer.observe(page);
  const end = () => { clearTimeout(pending); observer.disconnect(); };
  stop = end;
  return end;
}
"""

_component = st.components.v2.component("seaice_viewport", js=_SCRIPT)


def is_narrow() -> bool:
    """True where the page is as narrow as on a phone; a guess until the browser has reported it."""
    known = _known()
    result = _component(
        key=_KEY,
        data={"narrow_px": _NARROW_PX, "cookie": _COOKIE, "narrow": known},
        default={"narrow": known},
        on_narrow_change=_remember,
        on_paper_change=lambda: None,
    )
    st.session_state[_LAST] = bool(result.narrow)
    return bool(result.narrow)


def _remember() -> None:
    """Keep what the browser has reported, before the page is drawn for it."""
    st.session_state[_LAST] = bool(st.session_state[_KEY].narrow)
    # Also where the report came in one message with that of a fragment, which alone would be drawn.
    st.rerun()


def _known() -> bool:
    """How narrow the page last was, in this tab or before; at first, whether it is a phone's.

    A page that is first drawn for another width shows words over one another for a moment.
    """
    if _LAST in st.session_state:
        return bool(st.session_state[_LAST])
    last = st.context.cookies.get(_COOKIE)
    if last is not None:
        return last == "1"
    return "Mobile" in (st.context.headers.get("User-Agent") or "")
