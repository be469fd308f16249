"""Simulated scenes of sea ice, in the layout of the AI4Arctic challenge dataset.

From the ground up: geography and season, the ice, the weather over it, what Sentinel-1 and AMSR2
measure of them, and what an analyst draws. Every figure comes from the literature named beside it;
nothing is taken from real scenes but class and scene statistics.
"""

from seaice.simulate.config import SimulationConfig
from seaice.simulate.folder import simulate_folder
from seaice.simulate.scene import simulate_scene, write_scene

__all__ = ["SimulationConfig", "simulate_folder", "simulate_scene", "write_scene"]
