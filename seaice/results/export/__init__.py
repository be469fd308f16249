"""Results as files that say where they came from, written whole or not at all."""

from seaice.results.export.chart_geotiff import write_chart_geotiffs
from seaice.results.export.geotiff import geotiff_problem, write_geotiff
from seaice.results.export.netcdf import write_prediction
from seaice.results.export.polygons import write_polygons
from seaice.results.export.table import scores_csv

__all__ = [
    "geotiff_problem",
    "scores_csv",
    "write_chart_geotiffs",
    "write_geotiff",
    "write_polygons",
    "write_prediction",
]
