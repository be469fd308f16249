"""What a scene's file may claim."""

MIN_SPACING_M, MAX_SPACING_M = 10, 10_000
"""Bounds of the pixel spacing of a scene, metres. A raw scene has half the spacing."""

MAX_PIXELS = 400_000_000
"""Most pixels of a scene; a raw one at 40 m has 130 million, and a small file can claim any."""
