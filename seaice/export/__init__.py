"""Results as files that say where they came from, written whole or not at all."""

from seaice.export.netcdf import write_heatmap, write_prediction

__all__ = ["write_heatmap", "write_prediction"]
