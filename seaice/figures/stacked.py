"""Names such as `6-12-18 · 10-29 km`, and texts of cells, on several lines where room is scarce."""

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


def broken(text: str) -> str:
    """A text of a cell on lines: half of an interval stands below its difference.

    >>> broken("+1.3* ± 0.9 · 2").splitlines(), broken("control 84.8").splitlines()
    (['+1.3*', '± 0.9 · 2'], ['control', '84.8'])
    """
    return text.replace(" ± ", "\n± ") if "±" in text else text.replace(" ", "\n")
