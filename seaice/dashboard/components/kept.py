"""What a browser tab keeps over a reload: the server forgets a session, the tab need not."""

from collections.abc import Mapping

import streamlit as st

_SCRIPT = """
export default function ({ data: { name, values }, setStateValue }) {
  const key = `seaice ${name}`;
  // A browser may forbid it; then a reload begins anew.
  try {
    if (values) sessionStorage.setItem(key, JSON.stringify(values));
    else setStateValue("kept", JSON.parse(sessionStorage.getItem(key)) ?? {});
  } catch {
    if (!values) setStateValue("kept", {});
  }
}
"""

_component = st.components.v2.component("seaice_kept", js=_SCRIPT)


def kept_in_tab(name: str, values: Mapping[str, object] | None) -> dict[str, object] | None:
    """Let the browser's tab keep values, or ask for what it kept.

    Args:
        name: What the values are called.
        values: JSON values; None to ask.

    Returns:
        What the tab kept, untrusted; None until it has answered, or if it was not asked.
    """
    result = _component(
        key=f"kept_{name}",
        data={"name": name, "values": None if values is None else dict(values)},
        default={"kept": None},
        on_kept_change=lambda: None,
    )
    kept = result.kept
    return {str(key): kept[key] for key in kept} if isinstance(kept, Mapping) else None
