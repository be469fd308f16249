"""What a person needs who uses the pages by keyboard alone, and Streamlit does not give."""

import streamlit as st

# A popover's controls stand at the end of the document. Whoever opens it with a key would have to
# pass everything else of the page before they come to them.
_SCRIPT = """
const CONTROLS = "input, button, [tabindex='0'], select, textarea, a[href]";
const bodies = () => [...document.querySelectorAll("[data-testid=stPopoverBody]")];

export default function () {
  let frame = 0;
  const enter = (others, tries) => {
    const opened = bodies().find((each) => !others.includes(each));
    const controls = [...(opened?.querySelectorAll(CONTROLS) ?? [])];
    const first = controls.find((each) => !each.closest("[data-testid=stTooltipIcon]"));
    // The names of tabs come after what the tabs hold.
    const complete = !opened?.querySelector("[role=tablist]:not(:has([tabindex='0']))");
    if (first && complete) first.focus();
    else if (tries > 0) frame = requestAnimationFrame(() => enter(others, tries - 1));
  };
  const onKey = (event) => {
    const presses = event.key === "Enter" || event.key === " ";
    const button = event.target.closest?.("[data-testid=stPopover] button");
    // One that is open already is being closed. Another may be open, and closes by itself.
    if (presses && button && button.getAttribute("aria-expanded") !== "true") {
      const others = bodies();
      cancelAnimationFrame(frame);
      frame = requestAnimationFrame(() => enter(others, 120));
    }
  };
  document.addEventListener("keydown", onKey);
  return () => {
    document.removeEventListener("keydown", onKey);
    cancelAnimationFrame(frame);
  };
}
"""

_STYLE = """<style>
/* It shows nothing, and so needs no gap. */
.st-key-keyboard { position: absolute; }
[data-testid="stSidebarNavLink"]:focus-visible { outline: 2px solid; outline-offset: -2px; }
</style>"""

_component = st.components.v2.component("seaice_keyboard", js=_SCRIPT)


def keyboard() -> None:
    """Show which page's name has the focus, and move the focus into a popover that a key opens."""
    st.html(_STYLE)
    _component(key="keyboard")
