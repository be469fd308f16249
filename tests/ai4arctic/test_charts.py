from seaice.ai4arctic.charts import CHART


def test_no_output_stands_for_the_unlabelled():
    assert [CHART[name].n_outputs for name in ("SIC", "SOD", "FLOE")] == [1, 6, 7]
    assert CHART["SIC"].n_classes == 11
