"""Spatial context in sea ice mapping: scenes, networks, scores and explanations."""

__version__ = "0.1.0"
