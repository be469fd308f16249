"""How far rates reach."""

import pytest

from seaice.network.reach import rates_label, reach_facts, reach_km, reach_text


@pytest.mark.parametrize(
    ("rates", "cell_m", "text"),
    [
        ((6, 12, 18), 1600.0, "10-29 km"),
        ((6, 12, 18), 3200.0, "19-58 km"),
        ((1, 2, 3), 1600.0, "1.6-4.8 km"),
        ((1, 2, 3), 320.0, "0.32-0.96 km"),
        ((1, 96), 1600.0, "1.6-154 km"),
        ((18, 6), 1600.0, "10-29 km"),
        ((6,), 1600.0, "10 km"),
        ((3, 3), 1000.0, "3 km"),
        ((), 1600.0, "encoder alone"),
        ((0, 0, 0), 1600.0, "encoder alone"),
    ],
)
def test_the_reach_is_rate_times_cell(rates: tuple[int, ...], cell_m: float, text: str) -> None:
    """From the smallest to the largest rate; one number if they are equal."""
    assert reach_text(rates, cell_m) == text


def test_the_same_rates_in_other_cells_have_another_label() -> None:
    """A label tells networks of different strides apart."""
    assert rates_label((6, 12, 18), 1600.0) == "6-12-18 · 10-29 km"
    assert rates_label((6, 12, 18), 3200.0) == "6-12-18 · 19-58 km"


def test_without_rates_the_reach_is_zero() -> None:
    """Programs get numbers in any case."""
    assert reach_km((), 1600.0) == (0.0, 0.0)
    assert reach_facts((), 1600.0) == {"reach_min_km": 0.0, "reach_max_km": 0.0}
    assert reach_facts((6, 12, 18), 1600.0) == {"reach_min_km": 9.6, "reach_max_km": 28.8}
