"""Less room above a page's maps, so that they begin on the first screen."""

import streamlit as st

_STYLE = """<style>
[data-testid="stMainBlockContainer"] { padding-top: 3.75rem; }
[data-testid="stMainBlockContainer"] h1 { font-size: 1.6rem; padding: 0; }
.st-key-heading, .st-key-region_bar { row-gap: 0.25rem; }
.st-key-bar { gap: 0.25rem 0.5rem; }
/* Choices that find no room in a line go on in the next one: Streamlit's own would hide them. */
.st-key-bar [role="radiogroup"] { flex-wrap: wrap; row-gap: 0.25rem; }
.st-key-bar, .st-key-region_bar { margin-top: -0.5rem; }
.st-key-region_bar { margin-bottom: -0.5rem; }
/* Mostly it holds nothing that is seen, and so needs no gap. */
.st-key-above:has([data-testid="stAlert"], [data-testid="stSpinner"]) { margin-bottom: 1rem; }
/* It shows nothing, and so needs no gap. */
.st-key-viewport { position: absolute; }
@media (min-width: 760px) {
  [data-testid="stMainBlockContainer"] { padding-inline: 2.25rem; }
}
</style>"""


def compact() -> None:
    """Make the page's title small and its margins narrow."""
    st.html(_STYLE)
