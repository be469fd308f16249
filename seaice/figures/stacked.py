"""Names with parts, such as `6-12-18 · 10-29 km`, on several lines where an axis has no room."""

import html

_BETWEEN = " · "


def stacked(name: str) -> str:
    """The parts of a name below each other.

    >>> stacked("6-12-18 · 10-29 km").splitlines()
    ['6-12-18', '10-29 km']
    """
    return name.replace(_BETWEEN, "\n")


def stacked_html(name: str) -> str:
    """The same for Plotly.

    >>> stacked_html("a < b · c")
    'a &lt; b<br>c'
    """
    return html.escape(stacked(name)).replace("\n", "<br>")
