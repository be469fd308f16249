"""Results as files that say where they came from, written whole or not at all."""

from seaice.export.autoice import export_package
from seaice.export.geotiff import geotiff_problem, write_geotiff
from seaice.export.netcdf import require_heatmap, write_heatmap, write_prediction
from seaice.export.table import scores_csv

__all__ = [
    "export_package",
    "geotiff_problem",
    "require_heatmap",
    "scores_csv",
    "write_geotiff",
    "write_heatmap",
    "write_prediction",
]
