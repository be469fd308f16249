"""Explanation methods by name, and what their maps may be read as; imports no torch."""

from dataclasses import dataclass
from typing import Literal, get_args

from seaice.core.errors import ConfigError

MethodName = Literal["HiResCAM", "LayerCAM", "GradCAM"]
"""Each is the name of a class of pytorch-grad-cam."""
METHODS: tuple[MethodName, ...] = get_args(MethodName)
DEFAULT_METHOD: MethodName = "HiResCAM"
DEFAULT_LAYER = "encoder"
LAST_LAYER = "last convolution"


@dataclass(frozen=True)
class Method:
    """What the maps of a method may be read as.

    Attributes:
        local: A cell's heat needs a gradient at that cell. So the map of a region is zero wherever
            the region's outputs do not depend on, at every layer.
        has_unit: Heat is a contribution to the target, in the target's unit, so that the maps of
            several networks share a scale.
        help: What it computes.
    """

    local: bool
    has_unit: bool
    help: str


METHOD: dict[MethodName, Method] = {
    "HiResCAM": Method(
        local=True,
        has_unit=True,
        help="multiplies each cell's features by their own gradients. The products are "
        "contributions to the output and have its unit.",
    ),
    "LayerCAM": Method(
        local=True,
        has_unit=False,
        help="does the same with positive gradients alone, so it counts support and leaves out "
        "what speaks against.",
    ),
    "GradCAM": Method(
        local=False,
        has_unit=False,
        help="weights features by gradients averaged over the whole map, so its heat also lies "
        "where the network cannot look. It does not suit regions.",
    ),
}


def method_named(name: str) -> MethodName:
    """A method by its name.

    Raises:
        ConfigError: There is no such method.
    """
    if name not in METHODS:
        raise ConfigError(f"No method {name!r}. There are: {', '.join(METHODS)}.")
    return name


def field_warning(method: MethodName) -> str:
    """What a person must know who explains a region; empty for a method that respects it."""
    if METHOD[method].local:
        return ""
    local = " or ".join(name for name in METHODS if METHOD[name].local)
    return (
        f"{method} cannot show evidence for a region: its weights are means over the whole map, so "
        f"its heat also lies where the network cannot look from the region. Choose {local}."
    )
