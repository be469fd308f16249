import csv
import io

import numpy as np
import pytest

from seaice.results.export.tidy import tidy_csv
from seaice.results.scoring import ScoreSums
from seaice.scenes.region import Region


def test_each_value_has_a_row():
    sums, nothing = ScoreSums(), ScoreSums()
    sums.add("SOD", np.array([0, 0, 4, 255], np.uint8), np.array([0, 4, 4, 0], np.uint8))
    text = tidy_csv({"a.safetensors": ("abc", {"=1+1": sums}), "all water": ("", {"x": nothing})})
    rows = list(csv.DictReader(io.StringIO(text)))
    found = {(row["source"], row["chart"], row["metric"], row["class"]): row for row in rows}
    assert len(found) == len(rows)
    old = found["a.safetensors", "SOD", "IoU", "Thick first-year ice"]
    assert (float(old["value"]), old["pixels"]) == (50, "1")
    # No spreadsheet takes a foreign name for a formula.
    assert (old["sha256"], old["scene"]) == ("abc", "'=1+1")
    assert old["region_km"] == "whole scene"
    of_region = tidy_csv({"a": ("", {"x": sums})}, Region((4, 20), (8, 40)))
    (place,) = {row["region_km"] for row in csv.DictReader(io.StringIO(of_region))}
    assert place == str(Region((4, 20), (8, 40)))
    mean = found["a.safetensors", "SOD", "accuracy", ""]
    assert float(mean["value"]) == pytest.approx(200 / 3, abs=1e-4)
    assert mean["pixels"] == "3"
    # What is not defined is an empty cell.
    assert found["a.safetensors", "SIC", "R2", ""]["value"] == ""
    assert found["all water", "FLOE", "IoU", "Vast floe"]["value"] == ""
