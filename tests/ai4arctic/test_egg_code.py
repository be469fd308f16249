"""Classes of one polygon from its egg code."""

import dataclasses

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from seaice.ai4arctic.charts import CHART, CHARTS, FILL
from seaice.ai4arctic.egg_code import EMPTY, EggCode, charts_from_polygons, classify
from seaice.core.errors import ConfigError

# (code, class), as the AI4Arctic dataset maps them; 255 has no label.
CONCENTRATIONS = {
    **{0: 0, 1: 0, 2: 0, 55: 0, 10: 1, 20: 2, 30: 3, 40: 4, 50: 5, 60: 6, 70: 7, 80: 8, 90: 9},
    **{91: 10, 92: 10, 99: FILL, EMPTY: FILL, 13: FILL, 46: FILL, 79: FILL, 100: FILL, 255: FILL},
}
STAGES = {
    **{0: 0, 80: 0, 81: 1, 82: 1, 83: 2, 84: 2, 85: 2, 86: 4, 87: 3, 88: 3, 89: 3, 91: 4, 93: 4},
    **{95: 5, 96: 5, 97: 5, 98: FILL, 99: FILL, EMPTY: FILL, 70: FILL, 90: FILL, 255: FILL},
}
FORMS = {
    **{0: 0, 2: 1, 3: 2, 4: 3, 5: 4, 6: 5, 7: 5, 9: 6, 10: 6},
    **{1: FILL, 8: FILL, 21: FILL, 22: FILL, 99: FILL, EMPTY: FILL, 11: FILL, 20: FILL},
}


def egg(text: str, poly_type: str = "I") -> EggCode:
    """CT/CA/SA/FA/CB/SB/FB/CC/SC/FC, as much of it as is given."""
    return EggCode(*map(int, text.split("/")), poly_type=poly_type)


@pytest.mark.parametrize(("ct", "sic"), CONCENTRATIONS.items())
def test_concentration_codes(ct: int, sic: int):
    assert classify(EggCode(ct, sa=95, fa=5)) == ((0, 0, 0) if sic == 0 else (sic, 5, 4))


@pytest.mark.parametrize(("sa", "sod"), STAGES.items())
def test_stage_codes(sa: int, sod: int):
    assert classify(EggCode(90, sa=sa, fa=5)) == (9, sod, 4)
    assert classify(egg(f"90/30/95/05/60/{sa}/05")) == (9, sod, 4)
    assert classify(egg(f"90/-9/-9/05/-9/-9/-9/90/{sa}/05"))[1] == sod


@pytest.mark.parametrize(("fa", "floe"), FORMS.items())
def test_form_codes(fa: int, floe: int):
    assert classify(EggCode(90, sa=95, fa=fa)) == (9, 5, floe)
    assert classify(egg(f"90/30/95/05/60/95/{fa}"))[2] == floe
    assert classify(egg(f"90/-9/95/-9/-9/-9/-9/90/95/{fa}"))[2] == floe


@pytest.mark.parametrize("ca", [0, 1, 2, 55, 10, 20, 30, 40, 50, 60, 70, 80, 90, 91, 92])
def test_partial_concentration_codes(ca: int):
    tenths = CONCENTRATIONS[ca]
    assert classify(EggCode(92, ca=ca, sa=95))[1] == (5 if tenths >= 7 else FILL)


@pytest.mark.parametrize(
    ("text", "classes"),
    [
        ("92/30/95/05/70/93/08", (10, 4, FILL)),
        ("10/-9/95/-9", (1, 5, FILL)),
        ("80/20/95/06/60/93/06", (8, 4, 5)),
        # The share counts in tenths of the classes.
        ("91/60/95/05/40/93/06", (10, FILL, FILL)),
        ("90/60/95/05/30/93/06", (9, 5, 4)),
        ("91/70/95/05/30/93/06", (10, 5, 4)),
        # Stages, not forms, are of one class, and the other way round.
        ("91/50/95/05/50/96/06", (10, 5, FILL)),
        ("91/50/95/06/50/93/07", (10, FILL, 5)),
        # A and B, A and C, B and C, and all three are added.
        ("91/40/91/04/30/93/04/30/83/03", (10, 4, 3)),
        ("91/40/91/04/30/83/03/30/93/04", (10, 4, 3)),
        ("91/30/83/03/30/91/04/40/93/04", (10, 4, 3)),
        ("91/40/86/04/40/91/04/20/93/04", (10, 4, 3)),
        ("90/30/95/06/30/96/07/30/97/06", (9, 5, 5)),
        # Of equal ones none reaches 65 %.
        ("80/40/95/05/40/93/06", (8, FILL, FILL)),
        # Any of these forms leaves the floe size open, others only where they dominate.
        ("91/90/95/05/10/93/08", (10, 5, FILL)),
        ("91/90/95/05/10/93/01", (10, 5, FILL)),
        ("91/80/95/05/10/93/05/10/81/21", (10, 5, FILL)),
        ("91/80/95/05/10/93/22/10/81/05", (10, 5, FILL)),
        ("91/90/95/05/10/93/99", (10, 5, 4)),
        ("91/90/95/05/10/93/12", (10, 5, 4)),
        ("91/90/95/99/10/93/05", (10, 5, FILL)),
        # Ice of an unknown stage counts as ice: 6 of 10 stay 6 of 10.
        ("91/60/95/05/40/70/05", (10, FILL, 4)),
        ("91/60/95/05/40/99/05", (10, FILL, 4)),
        ("91/60/95/05/40/-9/05", (10, FILL, 4)),
        ("91/30/95/05/70/70/05", (10, FILL, 4)),
        ("91/40/98/05/60/95/05", (10, FILL, 4)),
        # A partial concentration without a class counts nothing, and is no remainder either.
        ("90/99/95/05", (9, FILL, FILL)),
        ("90/60/95/05/99/93/06", (9, 5, 4)),
        ("90/46/95/05/60/93/06", (9, 4, 5)),
        ("90/-9/95/05/99/93/06", (9, FILL, FILL)),
        # A type without a partial concentration adds nothing and takes nothing away.
        ("90/60/95/05/-9/95/05", (9, 5, 4)),
        ("90/50/95/05/-9/95/05", (9, FILL, FILL)),
        ("90/-9/95/05/-9/93/06", (9, 5, 4)),
        # Where CA alone is empty, A is what the others leave.
        ("90/-9/95/05/30/93/06", (9, 5, 4)),
        ("90/-9/95/05/60/93/06", (9, 4, 5)),
        ("90/-9/95/05/40/93/06", (9, FILL, FILL)),
        ("50/-9/95/05/90/93/06", (5, 4, 5)),
        ("50/-9/95/06/40/95/06/40/93/04", (5, 5, 5)),
        # Without a known total only a single type has a known share: all.
        ("99/-9/95/05", (FILL, 5, 4)),
        ("79/-9/95/05", (FILL, 5, 4)),
        ("-9/-9/-9/-9", (FILL, FILL, FILL)),
        ("99/60/95/05/30/93/06", (FILL, FILL, FILL)),
        ("99/-9/95/05/30/93/06", (FILL, FILL, FILL)),
        ("99/90/95/05", (FILL, FILL, FILL)),
        # Class 0 under ice.
        ("50/-9/80/00", (5, 0, 0)),
        ("90/80/80/00/10/95/05", (9, 0, 0)),
        # Bergy water holds glacier ice, and is water.
        ("02/-9/98/10", (0, 0, 0)),
        ("01/-9/95/08", (0, 0, 0)),
        ("55", (0, 0, 0)),
        # No ice is described.
        ("90", (9, FILL, FILL)),
        ("90/00/95/05", (9, FILL, FILL)),
        # More partial ice than ice.
        ("30/90/95/05", (3, 5, 4)),
    ],
)
def test_classes_of_a_polygon(text: str, classes: tuple[int, int, int]):
    assert classify(egg(text)) == classes


@pytest.mark.parametrize("ct", [0, 50, 92, 99, EMPTY, 46])
def test_polygon_types_without_sea_ice(ct: int):
    for poly_type in ("W", "w", " W "):
        assert classify(EggCode(ct, sa=95, fa=8, poly_type=poly_type)) == (0, 0, 0)
    for poly_type in ("L", "N", "S", "l"):
        assert classify(EggCode(ct, sa=95, fa=5, poly_type=poly_type)) == (FILL, FILL, FILL)


@pytest.mark.parametrize("poly_type", ["I", "i", "", "F", "-9"])
def test_any_other_polygon_is_ice(poly_type: str):
    assert classify(EggCode(90, sa=95, fa=5, poly_type=poly_type)) == (9, 5, 4)


def test_of_equal_classes_the_first_types_wins():
    assert classify(egg("80/40/95/05/40/93/06"), 0.5) == (8, 5, 4)
    # Two of three are of one class, which begins in the first slot.
    assert classify(egg("80/10/93/06/40/95/05/30/91/07"), 0.5) == (8, 4, 5)
    assert classify(egg("80/40/95/05/10/93/06/30/91/07"), 0.5) == (8, 5, 4)


@pytest.mark.parametrize("total", range(1, 11))
def test_a_share_is_reached_when_it_is_exactly_that(total: int):
    ct = 91 if total == 10 else 10 * total
    for tenths in range(1, total + 1):
        code = EggCode(ct, ca=91 if tenths == 10 else 10 * tenths, sa=95)
        share = tenths / total
        assert classify(code, share)[1] == 5
        assert classify(code, round(share, 12))[1] == 5
        assert share == 1 or classify(code, share + 1e-6)[1] == FILL


def test_a_type_without_ice_is_never_dominant():
    assert classify(EggCode(90, ca=0, sa=95, fa=5), 1e-12) == (9, FILL, FILL)


@pytest.mark.parametrize("share", [0, -0.1, 1.001, float("nan"), float("inf")])
def test_shares_that_are_none(share: float):
    with pytest.raises(ConfigError, match="share must be above 0 and at most 1"):
        classify(EggCode(0), share)
    with pytest.raises(ConfigError, match="share must be above 0 and at most 1"):
        charts_from_polygons(np.zeros((2, 2)), {}, share)


# Codes of the tables are rare among all integers: half of the draws are some.
some_code = st.one_of(
    st.sampled_from(sorted({*CONCENTRATIONS, *STAGES, *FORMS})), st.integers(-(10**17), 10**17)
)
poly_types = st.sampled_from(["I", "I", "I", "W", "L", "N", "S", "x"])
any_egg = st.builds(
    EggCode,
    **{
        field.name: some_code
        for field in dataclasses.fields(EggCode)
        if field.name not in ("cf", "poly_type")
    },
    cf=st.sampled_from(["-9", "08-9", "0605"]),
    poly_type=poly_types,
)
named_partial = st.sampled_from([EMPTY, 0, 10, 20, 30, 40, 50, 60, 70, 80, 90, 91, 99])
ice_egg = st.builds(
    EggCode,
    ct=st.sampled_from([10, 30, 50, 80, 90, 91, 92, 99]),
    **{name: named_partial for name in ("ca", "cb", "cc")},
    **{name: st.sampled_from([EMPTY, 70, 80, 81, 86, 91, 95, 96]) for name in ("sa", "sb", "sc")},
    **{name: st.sampled_from([EMPTY, 0, 3, 6, 7, 8, 12]) for name in ("fa", "fb", "fc")},
)
shares = st.floats(0, 1, exclude_min=True)


@given(code=st.one_of(any_egg, ice_egg), share=shares)
def test_any_codes_give_classes_or_no_label(code: EggCode, share: float):
    for name, value in zip(CHARTS, classify(code, share), strict=True):
        assert value == FILL or 0 <= value < CHART[name].n_classes


@given(code=st.one_of(any_egg, ice_egg))
def test_where_one_chart_is_water_by_its_total_all_are(code: EggCode):
    classes = classify(code)
    if classes[0] == 0:
        assert classes == (0, 0, 0)


@given(code=ice_egg)
def test_the_order_of_the_further_types_does_not_matter(code: EggCode):
    swapped = dataclasses.replace(
        code, cb=code.cc, sb=code.sc, fb=code.fc, cc=code.cb, sc=code.sb, fc=code.fb
    )
    # Above one half there can be no tie, unless the parts are more than the whole.
    tenths = [CONCENTRATIONS[part] % FILL for part in (code.ca, code.cb, code.cc)]
    if sum(tenths) <= CONCENTRATIONS[code.ct]:
        assert classify(swapped) == classify(code)


@given(code=ice_egg, one=shares, other=shares)
def test_a_lower_share_labels_at_least_as_much(code: EggCode, one: float, other: float):
    low, high = sorted((one, other))
    for at_low, at_high in zip(classify(code, low), classify(code, high), strict=True):
        assert at_high in (at_low, FILL)
