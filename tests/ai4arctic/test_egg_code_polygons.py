"""Tables of egg codes as they are written, and the charts of whole scenes."""

import dataclasses
from collections.abc import Mapping

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from seaice.ai4arctic import egg_code
from seaice.ai4arctic.charts import CHARTS, DOMINANT_SHARE, FILL
from seaice.ai4arctic.egg_code import (
    EMPTY,
    EggCode,
    charts_from_polygons,
    classify,
    format_codes,
    parse_codes,
)
from seaice.core.errors import SceneError

HEADER = "poly_id;CT;CA;SA;FA;CB;SB;FB;CC;SC;FC;CN;CD;CF;POLY_TYPE"


def egg(text: str) -> EggCode:
    """CT/CA/SA/FA/CB/SB/FB/CC/SC/FC, as much of it as is given."""
    return EggCode(*map(int, text.split("/")))


any_egg = st.builds(
    EggCode,
    **{
        field.name: st.one_of(st.integers(EMPTY, 99), st.integers(-(10**17), 10**17))
        for field in dataclasses.fields(EggCode)
        if field.name not in ("cf", "poly_type")
    },
    cf=st.sampled_from(["-9", "08-9", "0605"]),
    poly_type=st.sampled_from(["I", "W", "L", "N", "S", "x"]),
)
ids = st.integers(-(10**12), 10**12)


@given(codes=st.dictionaries(ids, any_egg, max_size=6))
def test_written_codes_are_read_back(codes: dict[int, EggCode]):
    assert parse_codes(format_codes(codes)) == codes


def test_codes_are_written_as_sigrid_does():
    code = EggCode(2, 10, 95, 5, cf="08-9", poly_type="W")
    assert format_codes({12: code}) == [HEADER, "12;02;10;95;05;-9;-9;-9;-9;-9;-9;-9;-9;08-9;W"]


def test_columns_are_found_by_name():
    rows = [
        "POLY_TYPE;remark; fb ;CB;SB;FA;SA;CA;CT;poly_id;FC;SC;CC",
        "W;made by hand;06;30;93;05;95;60;90; 4.0 ;-9;;-9",
    ]
    assert parse_codes(rows) == {4: EggCode(90, 60, 95, 5, 30, 93, 6, poly_type="W")}


def test_an_array_of_rows_is_read_like_a_list():
    rows = [HEADER, "1;90;-9;95;05;-9;-9;-9;-9;-9;-9;-9;-9;-9;I"]
    expected = {1: EggCode(90, sa=95, fa=5)}
    assert parse_codes(np.array(rows)) == parse_codes(np.array(rows, object)) == expected


def row(**texts: str) -> str:
    """A row of ice of two types, with other texts in the named columns."""
    texts = {"poly_id": "12", "CT": "90", "CA": "60", "SA": "95", "CB": "30", "SB": "93"} | texts
    return ";".join(texts.get(name, "-9") for name in HEADER.split(";"))


@pytest.mark.parametrize("written", ["12", "12.0", " 12 ", "012", "12."])
def test_ways_to_write_an_id(written: str):
    assert set(parse_codes([HEADER, row(poly_id=written)])) == {12}


@pytest.mark.parametrize("rubbish", ["abc", "nan", "inf", "9 0", "1e1", "9_0", "٩٠", "9" * 5000])
def test_rubbish_is_a_code_without_a_class(rubbish: str):
    code = parse_codes([HEADER, row(CT=rubbish)])[12]
    assert classify(code) == (FILL, FILL, FILL)
    assert classify(parse_codes([HEADER, row(SA=rubbish)])[12])[1] == FILL
    # Unlike an empty one, an unreadable CA is not what the others leave.
    assert classify(parse_codes([HEADER, row(CA=rubbish)])[12])[1] == FILL
    assert classify(parse_codes([HEADER, row(CA="")])[12])[1] == 5


def test_an_empty_field_is_a_code_that_is_not_filled():
    code = parse_codes([HEADER, row(CT="", CA="", SB=" ", CF="", POLY_TYPE="")])[12]
    assert code == EggCode(EMPTY, EMPTY, 95, cb=30)


def test_a_polygon_may_be_written_twice():
    assert len(parse_codes([HEADER, row(), row(poly_id="12.0", CT="090")])) == 1


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        ([], "lacks the columns POLY_ID, CT, CA"),
        ([row()], "lacks the columns POLY_ID"),
        ([HEADER.replace(";SB", ""), row()], "lacks the columns SB"),
        ([HEADER.replace("POLY_TYPE", "type"), row()], "lacks the columns POLY_TYPE"),
        ([HEADER, row(), "13;90;60"], "has 3 instead of 15 fields in '13;90;60'"),
        ([HEADER, ""], "has 1 instead of 15 fields"),
        ([HEADER, row() + ";7"], "has 16 instead of 15 fields"),
        ([HEADER, row(), row(CT="80")], "has polygon 12 twice, with different codes"),
        ([HEADER, row(), row(poly_id="12.0", POLY_TYPE="W")], "has polygon 12 twice"),
        ([HEADER, row(poly_id="abc")], "has polygon id 'abc', which is not a whole number"),
        ([HEADER, row(poly_id="12.5")], "has polygon id '12.5', which"),
        ([HEADER, row(poly_id="")], "has polygon id '', which"),
        ([HEADER, row(poly_id="nan")], "has polygon id 'nan', which"),
    ],
)
def test_tables_that_cannot_be_read(rows: list[str], message: str):
    with pytest.raises(SceneError) as caught:
        parse_codes(rows)
    assert f"polygon_codes {message}" in str(caught.value)


@pytest.mark.parametrize("rows", [[HEADER, "x" * 9999], [HEADER, row(poly_id="x" * 9999)]])
def test_foreign_text_is_shortened(rows: list[str]):
    with pytest.raises(SceneError) as caught:
        parse_codes(rows)
    assert len(str(caught.value)) < 200


CODES = {
    -4: egg("80/20/95/06/60/93/06"),
    0: EggCode(0, poly_type="W"),
    3: egg("92/30/95/05/70/93/08"),
    70_000: egg("10/-9/95/-9"),
    2**24 + 1: egg("46/-9/81/02"),
    8: EggCode(90, sa=95, poly_type="L"),
}


def pixel_by_pixel(
    polygon: np.ndarray, codes: Mapping[int, EggCode], share: float
) -> dict[str, np.ndarray]:
    known = {float(number): classify(code, share) for number, code in codes.items()}
    classes = [known.get(float(value), (FILL,) * 3) for value in polygon.ravel()]
    stacked = np.array(classes, np.uint8).reshape(*polygon.shape, 3)
    return {name: stacked[..., at] for at, name in enumerate(CHARTS)}


@pytest.mark.parametrize("dtype", [np.float32, np.float64, np.int16, np.int32, np.int64, np.uint32])
@pytest.mark.parametrize("chunk_pixels", [1, 50, 1 << 20])
def test_each_pixel_gets_its_polygons_classes(
    dtype: type, chunk_pixels: int, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(egg_code, "_CHUNK_PIXELS", chunk_pixels)
    numbers = [-4, 0, 3, 8, 5, 70_000, 70_001, 2**24 + 1, -5]
    limits = np.iinfo(dtype) if np.issubdtype(dtype, np.integer) else None
    held = [n for n in numbers if limits is None or limits.min <= n <= limits.max]
    polygon = np.random.default_rng(3).choice(held, (23, 17)).astype(dtype)
    result = charts_from_polygons(polygon, CODES)
    for name, expected in pixel_by_pixel(polygon, CODES, DOMINANT_SHARE).items():
        assert result[name].dtype == np.uint8
        np.testing.assert_array_equal(result[name], expected)
    assert len(np.unique(result["SIC"])) >= 3


def test_pixels_of_no_polygon_have_no_label():
    polygon = np.array([[np.nan, np.inf, -np.inf], [3.5, 3.0000001, 4], [3, 1e30, -1e30]])
    for chart in charts_from_polygons(polygon, CODES).values():
        labelled = np.zeros((3, 3), bool)
        labelled[2, 0] = True
        assert (chart[~labelled] == FILL).all()
    assert charts_from_polygons(polygon, CODES)["SIC"][2, 0] == 10


@pytest.mark.parametrize("shape", [(4, 5), (0, 5), (4, 0)])
def test_a_scene_without_codes_has_no_labels(shape: tuple[int, int]):
    for chart in charts_from_polygons(np.zeros(shape, np.float32), {}).values():
        assert chart.shape == shape
        assert (chart == FILL).all()


def test_the_share_reaches_the_charts():
    codes = {1: egg("91/60/95/05/40/93/06")}
    polygon = np.ones((2, 2), np.float32)
    assert (charts_from_polygons(polygon, codes)["SOD"] == FILL).all()
    assert (charts_from_polygons(polygon, codes, 0.6)["SOD"] == 5).all()
