"""The questions that the page Explain answers, and the pixel that it tells about in an address."""

import math
from typing import Literal, get_args

from seaice.core.errors import ConfigError

QuestionName = Literal[
    "One pixel", "Branches", "Field", "Channels", "Evidence", "Is it true?", "How sure?"
]
QUESTIONS: tuple[QuestionName, ...] = get_args(QuestionName)

AcrossName = Literal["Rates", "Channel sets", "Seeds"]
ACROSS: tuple[AcrossName, ...] = get_args(AcrossName)
"""What the columns of the grid of evidence are."""
ByName = Literal["Classes", "Layers"]
BY: tuple[ByName, ...] = get_args(ByName)
"""What its rows are."""
WithinName = Literal["Scene", "Region", "Pixel"]
WITHIN: tuple[WithinName, ...] = get_args(WithinName)
"""Whose outputs are explained."""
OverName = Literal["Scene", "Folder"]
OVER: tuple[OverName, ...] = get_args(OverName)
"""What losses without channels are measured over."""
TAPS_KEY = "taps_of"
"""Key, in the pages' state, of the network whose taps One pixel draws: its number, from 0."""
TESTED_LAYER_KEY = "tested_layer"
"""Key, in the pages' state, of the layer whose maps Is it true? tests."""
PIXELS = (16, 64)
"""Pixels that an effective field is the mean of."""


def class_key(question: str, chart: str) -> str:
    """Key of the one class that a question looks at in the pages' state."""
    return f"class_of_{question}_{chart}"


def place_text(place: tuple[float, float]) -> str:
    """A place in its written form.

    >>> place_text((61.4, 70.0))
    '61.4_70'
    """
    return "_".join(f"{km:.10g}" for km in place)


def parse_place(text: str) -> tuple[float, float]:
    """Parse the text that `place_text` gives.

    >>> parse_place("61.4_70")
    (61.4, 70.0)

    Raises:
        ConfigError: The text is not two distances.
    """
    try:
        line, sample = (float(km) for km in text.split("_"))
    except ValueError as error:
        raise ConfigError(f"A pixel is written like 61.4_70, not {text[:40]!r}.") from error
    if not all(math.isfinite(km) and km >= 0 for km in (line, sample)):
        raise ConfigError(f"A pixel lies at least 0 km from both edges, not at {text[:40]!r}.")
    return line, sample
