"""Egg codes: ice of polygons counted, hand cases, and rules that hold for any ice."""

import numpy as np
import pytest

from seaice.ai4arctic.egg_code import CONCENTRATION, EMPTY, STAGE, EggCode, classify
from seaice.simulate import egg
from seaice.simulate.egg import egg_codes, tabulate


class _Careful:
    """Stands for a generator: an analyst without errors who writes the first code of a class."""

    def choice(self, values, size=None, replace=True, p=None):
        if p is not None:
            return 0
        return values[0] if size is None else np.array(values[:size])

    def random(self):
        return 0.99


class _Splitting(_Careful):
    """Tells types further apart where there is room; leaves the form of new ice unknown."""

    def random(self):
        return 0.0


def _code(ice, rng=None):
    """Code of the one polygon that all pixels are in."""
    polygon = np.full(ice.stage.shape, 2, np.int32)
    return egg_codes(polygon, ice, rng or _Careful())[2]


@pytest.fixture
def one_row(make_ice):
    """Ten pixels of ice in one row, by their tenths of each stage."""

    def make(concentration, stages, floe=3, fast=False):
        stage = np.repeat(list(stages), list(stages.values()))[None]
        return make_ice(np.broadcast_to(concentration, stage.shape), stage, floe, fast)

    return make


@pytest.mark.parametrize("chunk_pixels", [1, 40, 1 << 20])
def test_counts_pixel_by_pixel(make_ice, monkeypatch, chunk_pixels) -> None:
    """Against a loop; in chunks as in one piece."""
    monkeypatch.setattr(egg, "_CHUNK_PIXELS", chunk_pixels)
    rng = np.random.default_rng(0)
    shape = (13, 11)
    floe = rng.integers(0, 8, shape)
    floe = np.where(floe == 7, 255, floe)
    ice = make_ice(rng.random(shape), rng.integers(0, 6, shape), floe, floe == 255)
    polygon = rng.integers(0, 5, shape).astype(np.int32)
    pixels, table = tabulate(polygon, ice, 6)
    expected, counts = np.zeros((6, 6, 8)), np.zeros(6, int)
    for at in np.ndindex(shape):
        if polygon[at]:
            counts[polygon[at]] += 1
            form = 7 if floe[at] == 255 else floe[at]
            expected[polygon[at], ice.stage[at], form] += ice.concentration[at]
    assert pixels.tolist() == counts.tolist()
    np.testing.assert_allclose(table, expected, atol=1e-6)


def test_one_type_is_all_the_ice(one_row) -> None:
    """Its concentration is left empty."""
    code = _code(one_row(1.0, {4: 10}))
    assert code == EggCode(92, EMPTY, 86, 4, cf="04-9")
    assert classify(code) == (10, 4, 3)


def test_two_types(one_row) -> None:
    """Three tenths old, seven thick first-year: older first, each in its tenths."""
    ice = one_row(1.0, {4: 7, 5: 3}, floe=[[2] * 4 + [5] * 3 + [3, 3, 2]])
    code = _code(ice)
    assert code == EggCode(92, 30, 95, 4, 70, 86, 3, cf="0304")
    assert classify(code) == (10, 4, 2)


def test_mixed_ice_has_no_label(one_row) -> None:
    """Six tenths are not dominant among ten, but are among nine."""
    assert classify(_code(one_row(1.0, {4: 6, 5: 4})))[:2] == (10, 255)
    assert classify(_code(one_row(0.9, {4: 11, 5: 9})))[:2] == (9, 255)
    assert classify(_code(one_row(0.9, {4: 67, 5: 33})))[:2] == (9, 4)


def test_four_types_are_three(one_row) -> None:
    """The rarest is left out, its tenth goes to the most frequent: 4.4, 3.3 and 2.2 are shared."""
    code = _code(one_row(1.0, {1: 1, 2: 2, 4: 3, 5: 4}))
    assert (code.sa, code.sb, code.sc) == (95, 86, 83)
    assert (code.ca, code.cb, code.cc) == (50, 30, 20)


@pytest.mark.parametrize(
    ("concentration", "ct"),
    [
        (1.0, 92),
        (0.985, 92),
        (0.98, 91),
        (0.93, 91),
        (0.92, 90),
        (0.64, 60),
        (0.1, 10),
        (0.06, 10),
        (0.01, 10),
    ],
)
def test_total_concentration(one_row, concentration, ct) -> None:
    """Full, nearly full, tenths, and one tenth at least."""
    assert _code(one_row(concentration, {4: 10})).ct == ct


def test_total_is_the_mean_over_the_polygon(one_row) -> None:
    """Water inside counts: half full and half empty are five tenths."""
    assert _code(one_row([[1.0] * 5 + [0.0] * 5], {4: 5, 0: 5})).ct == 50


def test_fast_ice(one_row) -> None:
    """From three tenths of a type on its form is 08, and the floe size has no label."""
    for pixels, form in ((10, 8), (4, 8), (2, 4)):
        fast = (np.arange(10) < pixels)[None]
        code = _code(one_row(1.0, {3: 10}, np.where(fast, 255, 3), fast))
        assert code == EggCode(92, EMPTY, 87, form, cf=f"{form:02d}-9")
        assert classify(code) == (10, 3, 255 if form == 8 else 3)


@pytest.mark.parametrize("floe", range(1, 7))
@pytest.mark.parametrize("stage", range(1, 6))
def test_codes_lead_back_to_the_classes(one_row, stage, floe) -> None:
    """Ice of one stage and one floe size gets these labels, whichever codes are drawn."""
    ice = one_row(1.0, {stage: 10}, floe)
    codes = {_code(ice, np.random.default_rng(seed)) for seed in range(30)}
    unknown = {255} if stage == 1 else set()
    assert {classify(code)[:2] for code in codes} == {(10, stage)}
    assert {classify(code)[2] for code in codes} == {floe} | unknown
    assert len({code.sa for code in codes}) >= 2


def test_ice_too_thin_for_a_stage(one_row) -> None:
    """A trace of ice without a stage: one tenth of unknown ice."""
    code = _code(one_row(0.04, {0: 10}, 0))
    assert code == EggCode(10, EMPTY, 99, 99)
    assert classify(code) == (1, 255, 255)


def test_a_type_told_apart_further(one_row) -> None:
    """Two codes of one class, older first; the class keeps its tenths and its label."""
    code = _code(one_row(1.0, {4: 7, 5: 3}), _Splitting())
    assert code == EggCode(92, 30, 95, 4, 30, 91, 4, 40, 86, 4, cf="04-9")
    assert classify(code)[1] == 4
    alone = _code(one_row(1.0, {4: 10}), _Splitting())
    assert alone == EggCode(92, 50, 91, 4, 50, 86, 4, cf="04-9")
    assert classify(alone) == (10, 4, 3)
    # Three types leave no room.
    three = _code(one_row(1.0, {2: 4, 4: 3, 5: 3}), _Splitting())
    assert [three.sa, three.sb, three.sc] == [95, 86, 83]


def test_errors_of_the_analyst(make_ice) -> None:
    """About 12 % of the totals are off by a tenth, none by more; full cover is never mistaken."""
    polygon = np.arange(2, 4002, dtype=np.int32)[None]
    concentration = np.where(polygon % 2 == 0, 0.5, 1.0)
    codes = egg_codes(polygon, make_ice(concentration, 4, 3), np.random.default_rng(0))
    off = np.array([codes[n].ct // 10 - 5 for n in range(2, 4002, 2)])
    assert set(off.tolist()) == {-1, 0, 1}
    assert (off != 0).mean() == pytest.approx(0.12, abs=0.025)
    assert (off > 0).mean() == pytest.approx((off < 0).mean(), abs=0.025)
    assert {codes[n].ct for n in range(3, 4002, 2)} == {92}


def test_errors_keep_within_the_tenths(make_ice) -> None:
    """One tenth does not become none, nine become at most nearly full."""
    polygon = np.arange(2, 1002, dtype=np.int32)[None]
    for concentration, totals in ((0.1, {10, 20}), (0.9, {80, 90, 91})):
        ice = make_ice(np.full((1, 1000), concentration), 4, 3)
        codes = egg_codes(polygon, ice, np.random.default_rng(1)).values()
        assert {code.ct for code in codes} == totals


def test_any_ice_has_a_consistent_code(make_ice) -> None:
    """Tenths of the types sum to the total's; older before younger; no code twice; no gaps."""
    rng = np.random.default_rng(2)
    stage = rng.integers(0, 6, (60, 400)) * (rng.random((60, 400)) < 0.7)
    polygon = np.broadcast_to(np.arange(2, 402, dtype=np.int32), (60, 400))
    # Each polygon has its own total and its own mixture.
    stage = np.minimum(stage, rng.integers(1, 6, 400))
    ice = make_ice(rng.random(400) ** 0.3 * np.ones((60, 1)), stage, rng.integers(1, 7, (60, 400)))
    several = 0
    for code in egg_codes(polygon, ice, rng).values():
        parts = [part for part in (code.ca, code.cb, code.cc) if part != EMPTY]
        stages = [each for each in (code.sa, code.sb, code.sc) if each != EMPTY]
        assert len(stages) == max(1, len(parts))
        assert len(set(stages)) == len(stages)
        classes = [STAGE[each] for each in stages]
        assert classes == sorted(classes, reverse=True)
        if parts:
            assert sum(CONCENTRATION[part] for part in parts) == CONCENTRATION[code.ct]
            assert min(parts) >= 10
        several += len(parts) == 3
    assert several > 100


def test_water_and_numbers_without_pixels(make_ice) -> None:
    """The water polygon is of type W whatever drifts in it; unused numbers have no code."""
    polygon = np.array([[0, 0, 1, 1, 4, 4]], np.int32)
    ice = make_ice([[0.0, 0, 0.3, 0, 1, 1]], [[0, 0, 4, 0, 4, 4]], 3)
    codes = egg_codes(polygon, ice, _Careful())
    assert set(codes) == {1, 4}
    assert codes[1] == EggCode(0, poly_type="W")
    assert classify(codes[1]) == (0, 0, 0)
    assert not egg_codes(np.zeros((1, 6), np.int32), ice, _Careful())
