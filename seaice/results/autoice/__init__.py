"""AutoICE upload packages: the class maps of many scenes in one NetCDF file."""

from seaice.results.autoice.scores import Package, match_scenes, read_package, score_scene

__all__ = ["Package", "match_scenes", "read_package", "score_scene"]
