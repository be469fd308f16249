"""One step back in the browser for one step of the visitor."""

import streamlit as st

# A page adds to its address what it shows once it is drawn, and Streamlit makes a step of that.
# Back would lead to the bare address, which shows the same.
_SCRIPT = """
export default function () {
  if (Object.hasOwn(window.history, "pushState")) return;
  window.history.pushState = (state, title, address) => {
    const to = new URL(address ?? "", location.href);
    const completes = to.pathname === location.pathname && to.search && !location.search;
    const step = completes ? History.prototype.replaceState : History.prototype.pushState;
    step.call(window.history, state, title, address);
  };
}
"""

_STYLE = """<style>
/* It shows nothing, and so needs no gap. */
.st-key-one_step_back { position: absolute; }
</style>"""

_component = st.components.v2.component("seaice_one_step_back", js=_SCRIPT)


def one_step_back() -> None:
    """Let a page complete its address without another step in the browser's history."""
    st.html(_STYLE)
    _component(key="one_step_back")
