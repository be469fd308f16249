"""The reach of a sweep's networks, as far as its table tells."""

import math

import numpy as np
import pandas as pd
import pytest

from seaice.experiment.reach import reach_columns, recorded_cell_m
from seaice.experiment.table import frame_of


def test_a_table_tells_the_size_of_the_cells_of_its_networks(make_table):
    table = make_table({("sar", "none"): 0.5, ("sar", "1-2-3"): 0.6}, scenes=2)
    water = table.assign(kind="baseline", output_stride=pd.NA, spacing_m=np.nan)
    assert recorded_cell_m(pd.concat([table, water])) == 1600.0
    assert recorded_cell_m(table.assign(output_stride=8)) == 3200.0
    for unknown in ({"output_stride": pd.NA}, {"spacing_m": np.nan}):
        assert recorded_cell_m(table.assign(**unknown)) is None
    # Some networks recorded, and others not, or of another size.
    assert recorded_cell_m(pd.concat([table, table.assign(output_stride=pd.NA)])) is None
    assert recorded_cell_m(pd.concat([table, table.assign(spacing_m=80.0)])) is None
    assert recorded_cell_m(frame_of([])) is None


def test_reach_is_a_number_where_it_is_known():
    assert reach_columns("6-12-18", 1600.0) == pytest.approx(
        {"reach_min_km": 9.6, "reach_max_km": 28.8}
    )
    assert reach_columns("none", 1600.0) == {"reach_min_km": 0.0, "reach_max_km": 0.0}
    assert all(map(math.isnan, reach_columns("6-12-18", None).values()))
