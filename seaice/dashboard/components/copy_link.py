"""A button that copies the page's address, which describes what the page shows."""

import streamlit as st

_SCRIPT = """
export default function ({ parentElement }) {
  const button = parentElement.querySelector("button");
  const status = parentElement.querySelector("output");
  button.onclick = async () => {
    try {
      await navigator.clipboard.writeText(window.location.href);
      status.textContent = "Copied.";
    } catch {
      // The browser may not allow it; the address bar holds the same text.
      status.textContent = "Copy it from the address bar.";
    }
    setTimeout(() => { status.textContent = ""; }, 4000);
  };
}
"""
_HTML = """
<button type="button" title="Copy an address that brings back this view: scene, rates, channel
set, task, class, region">Copy link</button><output aria-live="polite"></output>
"""
_STYLE = """
button { font: inherit; padding: 0.45rem 0.75rem; cursor: pointer; white-space: nowrap;
  color: var(--st-text-color); background: var(--st-background-color);
  border: 1px solid var(--st-border-color); border-radius: var(--st-button-radius, 0.25rem); }
button:hover, button:focus-visible { border-color: var(--st-primary-color);
  color: var(--st-primary-color); }
output { margin-left: 0.5rem; color: var(--st-text-color); font-size: 0.875rem; }
"""

_component = st.components.v2.component("seaice_copy_link", html=_HTML, css=_STYLE, js=_SCRIPT)


def copy_link() -> None:
    """Draw the button."""
    _component(key="copy_link")
