from seaice.figures.fields import FieldLine, FieldPoint, field_figure


def test_names_of_close_baselines_do_not_overlap():
    points = tuple(
        FieldPoint(rates, km, score, score - 3, score + 3, {0: score})
        for rates, km, score in (("1-2", 30.0, 80.0), ("3-6", 60.0, 90.0))
    )
    line = FieldLine("sar", points, None)
    figure = field_figure([line], {"low": 89.2, "high": 89.7, "far": 84.0}, "Score", dark=False)
    sides = {each.text: each.yanchor for each in figure.layout.annotations}
    assert sides == {"high": "bottom", "low": "top", "far": "bottom"}
