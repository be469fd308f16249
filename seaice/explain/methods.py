"""Explanation methods by name; imports no torch."""

from typing import Literal, get_args

MethodName = Literal["GradCAM", "HiResCAM", "LayerCAM"]
"""Each is the name of a class of pytorch-grad-cam."""
METHODS: tuple[MethodName, ...] = get_args(MethodName)
