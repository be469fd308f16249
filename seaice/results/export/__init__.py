"""Results as files that say where they came from, written whole or not at all."""

from seaice.results.export.chart_geotiff import chart_paths, write_chart_geotiffs
from seaice.results.export.geotiff import geotiff_problem, write_geotiff
from seaice.results.export.netcdf import is_prediction, write_prediction
from seaice.results.export.polygons import polygon_paths, write_polygons
from seaice.results.export.table import ScoredNetwork, scores_csv
from seaice.results.export.tidy import tidy_csv

__all__ = [
    "ScoredNetwork",
    "chart_paths",
    "geotiff_problem",
    "is_prediction",
    "polygon_paths",
    "scores_csv",
    "tidy_csv",
    "write_chart_geotiffs",
    "write_geotiff",
    "write_polygons",
    "write_prediction",
]
