"""From the egg codes of ice chart polygons to the classes of the three charts.

An ice service describes a polygon by its total concentration CT and, for up to three types of ice,
partial concentration (CA, CB, CC), stage of development (SA, SB, SC) and form (FA, FB, FC). The
codes are those of SIGRID-3 (WMO/JCOMM TD-1214). Classes and rules are those of the AI4Arctic
dataset (`convert_raw_icechart.py` and `utils.py` of astokholm/AI4ArcticSeaIceChallenge):

1. SIC is CT. Where it is 0, or the polygon is water, SOD and FLOE are 0, too.
2. Where no type has a partial concentration, all ice is of type A.
3. Types of the same class are added up. The largest class becomes SOD (FLOE) if it has at least
   65 % of CT, both in tenths: 60 of 91 is 6 of 10, 60 of 90 is 6 of 9. Of equal classes, that of
   the first type wins.
4. Fast, level or pancake ice or shuga among the types leaves FLOE without a label. Other forms
   without a class, such as unknown (99), cost the label only where they dominate. FA 00 and SA 80
   give class 0 under ice.

This module departs from the published code as follows:

- Codes without a class (CT -9 or a range such as 46, stage 70, form 12) have no label. The
  published code keeps them as numbers. Such ice still counts in CT, so it makes no other ice
  dominant.
- A partial concentration without a class counts as nothing. In the published code, 99 is 99 tenths.
- Three types of one class are all added. The published code adds C to A and leaves out B.
- A type without a partial concentration adds nothing to its class. The published code adds -9.
- Where only CA is empty, A is what B and C leave of CT. In the published code it is all of CT.
- Without a known CT the shares are unknown, unless all ice is of type A: then SOD and FLOE are
  those of type A. The published code compares partial concentrations to the number 99 or -9.
- Polygons of land, no data and ice shelf (L, N, S) do not belong to the sea ice chart and have no
  label. The published code reads them like ice, and land with CT 00 becomes open water.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any

import numpy as np

from seaice.ai4arctic.charts import CHARTS, DOMINANT_SHARE, FILL, ChartName
from seaice.core.errors import ConfigError, SceneError

EMPTY = -9
"""Value of an empty code."""


def _table(*codes: tuple[int, ...]) -> dict[int, int]:
    """Class of each code, from the codes of each class."""
    return {code: number for number, alike in enumerate(codes) for code in alike}


CONCENTRATION = _table((0, 1, 2, 55), *((10 * tenths,) for tenths in range(1, 10)), (91, 92))
"""Class of CT, CA, CB, CC, which is also tenths. 0: ice free, below 1/10, bergy water."""

STAGE = _table((0, 80), (81, 82), (83, 84, 85), (87, 88, 89), (86, 91, 93), (95, 96, 97))
"""Class of SA, SB, SC. Glacier ice (98), unknown (99) and other stages have none."""

FORM = _table((0,), (2,), (3,), (4,), (5,), (6, 7), (9, 10))
"""Class of FA, FB, FC. Strips (11 to 20), unknown (99) and other forms have none."""

FORMLESS = frozenset({1, 8, 21, 22})
"""Forms that leave the whole polygon without a floe size: shuga, fast, level, pancake ice."""

# Polygon types: water; land, no data and ice shelf.
_WATER, _UNCHARTED = "W", frozenset("LNS")
_UNREADABLE = -1  # Stands for a code that is not a number.
# Not more digits than an int64 holds.
_WHOLE = re.compile(r"(-?[0-9]{1,18})(?:\.0*)?")
_CHUNK_PIXELS = 1 << 20


@dataclass(frozen=True)
class EggCode:
    """The codes of one polygon, as SIGRID-3 writes them.

    Attributes:
        ct: Total concentration.
        ca, cb, cc: Partial concentrations of the three types, thickest first.
        sa, sb, sc: Their stages of development.
        fa, fb, fc: Their forms.
        cn, cd: Stages of traces of thicker ice and of any remaining ice; not used.
        cf: The two predominant forms in one text, such as "08-9"; not used.
        poly_type: I ice, W water, L land, N no data, S ice shelf.
    """

    ct: int
    ca: int = EMPTY
    sa: int = EMPTY
    fa: int = EMPTY
    cb: int = EMPTY
    sb: int = EMPTY
    fb: int = EMPTY
    cc: int = EMPTY
    sc: int = EMPTY
    fc: int = EMPTY
    cn: int = EMPTY
    cd: int = EMPTY
    cf: str = str(EMPTY)
    poly_type: str = "I"

    @property
    def text(self) -> str:
        """CT, then concentration, stage and form of each type of ice, in the order of an egg.

        >>> EggCode(ct=80, ca=20, sa=95, fa=6, cb=60, sb=93, fb=6).text, EggCode(ct=1).text
        ('CT 80, 20/95/06, 60/93/06', 'CT 01')
        """
        types = (
            (self.ca, self.sa, self.fa),
            (self.cb, self.sb, self.fb),
            (self.cc, self.sc, self.fc),
        )
        there = (each for each in types if set(each) != {EMPTY})
        return ", ".join([f"CT {_written(self.ct)}", *("/".join(map(_written, e)) for e in there)])


_ID = "POLY_ID"
_COLUMNS = tuple(field.name.upper() for field in fields(EggCode))
_TEXTS, _UNUSED = {"CF", "POLY_TYPE"}, {"CN", "CD", "CF"}


def parse_codes(rows: Sequence[str]) -> dict[int, EggCode]:
    """Egg codes by polygon id from a scene's `polygon_codes`.

    Args:
        rows: The header with the names of the columns, then a row for each polygon, separated by
            ";". A code that is not a whole number has no class; an empty one becomes `EMPTY`.

    Raises:
        SceneError: A column is missing, a row does not fit the header, or an id is not a whole
            number or not unique.
    """
    header = [name.strip().upper() for name in str(rows[0]).split(";")] if len(rows) else []
    if missing := [name for name in (_ID, *_COLUMNS) if name not in {*header, *_UNUSED}]:
        raise _table_error(f"lacks the columns {', '.join(missing)}")
    codes: dict[int, EggCode] = {}
    for row in map(str, rows[1:]):
        texts = [text.strip() for text in row.split(";")]
        if len(texts) != len(header):
            raise _table_error(f"has {len(texts)} instead of {len(header)} fields in {row[:40]!r}")
        polygon_id, code = _parse_row(dict(zip(header, texts, strict=True)))
        if codes.setdefault(polygon_id, code) != code:
            raise _table_error(f"has polygon {polygon_id} twice, with different codes")
    return codes


def format_codes(codes: Mapping[int, EggCode]) -> list[str]:
    """The rows of `polygon_codes`, header first; inverse of `parse_codes`.

    >>> format_codes({7: EggCode(ct=80, ca=20, sa=95, fa=6, cb=60, sb=93, fb=6)})[1]
    '7;80;20;95;06;60;93;06;-9;-9;-9;-9;-9;-9;I'
    """
    rows = [";".join((_ID.lower(), *_COLUMNS))]
    for polygon_id, code in codes.items():
        values = (getattr(code, name.lower()) for name in _COLUMNS)
        texts = (value if isinstance(value, str) else f"{value:02d}" for value in values)
        rows.append(";".join((str(polygon_id), *texts)))
    return rows


def classify(code: EggCode, dominant_share: float = DOMINANT_SHARE) -> tuple[int, int, int]:
    """Classes of a polygon: (SIC, SOD, FLOE), each 255 where it has no label.

    >>> classify(EggCode(ct=92, ca=30, sa=95, fa=5, cb=70, sb=93, fb=8))
    (10, 4, 255)

    Args:
        code: The polygon's egg code.
        dominant_share: Smallest share of the ice with which a class is dominant, in (0, 1].

    Raises:
        ConfigError: The share is out of bounds.
    """
    _check_share(dominant_share)
    poly_type = code.poly_type.strip().upper()
    if poly_type in _UNCHARTED:
        return FILL, FILL, FILL
    sic = 0 if poly_type == _WATER else CONCENTRATION.get(code.ct, FILL)
    if sic == 0:
        return 0, 0, 0
    tenths, total = _tenths(code, sic)
    stages = [STAGE.get(stage, FILL) for stage in (code.sa, code.sb, code.sc)]
    sod = _dominant(stages, tenths, dominant_share * total)
    forms = [FORM.get(form, FILL) for form in (code.fa, code.fb, code.fc)]
    floe = _dominant(forms, tenths, dominant_share * total)
    return sic, sod, FILL if FORMLESS.intersection((code.fa, code.fb, code.fc)) else floe


def charts_from_polygons(
    polygon: np.ndarray, codes: Mapping[int, EggCode], dominant_share: float = DOMINANT_SHARE
) -> dict[ChartName, np.ndarray]:
    """The three charts of a scene from its polygons.

    Args:
        polygon: Polygon id of each pixel, (lines, samples), floats or integers; NaN outside.
        codes: Egg codes by polygon id.
        dominant_share: As in `classify`.

    Returns:
        SIC, SOD and FLOE, uint8 (lines, samples), 255 where there is no label or no polygon.
    """
    _check_share(dominant_share)
    # The last column is for ids without a code.
    ids = np.array([*sorted(codes), np.iinfo(np.int64).max])
    classes = np.full((len(CHARTS), len(ids)), FILL, np.uint8)
    for column, polygon_id in enumerate(ids[:-1].tolist()):
        classes[:, column] = classify(codes[polygon_id], dominant_share)
    charts = {name: np.empty(polygon.shape, np.uint8) for name in CHARTS}
    chunk = max(1, _CHUNK_PIXELS // max(1, polygon.shape[1]))
    for first in range(0, len(polygon), chunk):
        lines = slice(first, first + chunk)
        columns = np.searchsorted(ids, polygon[lines])
        columns[ids.take(columns, mode="clip") != polygon[lines]] = len(codes)
        for name, by_column in zip(CHARTS, classes, strict=True):
            charts[name][lines] = by_column[columns]
    return charts


def _check_share(share: float) -> None:
    if not 0 < share <= 1:
        raise ConfigError(f"The dominant share must be above 0 and at most 1, not {share}.")


def _written(code: int) -> str:
    return f"{code:02d}" if code >= 0 else "-"


def _table_error(problem: str) -> SceneError:
    return SceneError("The scene's polygon_codes", problem)


def _whole(text: str, otherwise: int | None = None) -> int | None:
    match = _WHOLE.fullmatch(text)
    return int(match[1]) if match else otherwise


def _parse_row(row: Mapping[str, str]) -> tuple[int, EggCode]:
    """Id and code of a row, its texts by column."""
    polygon_id = _whole(row[_ID])
    if polygon_id is None:
        raise _table_error(f"has polygon id {row[_ID][:40]!r}, which is not a whole number")
    values: dict[str, Any] = {
        name.lower(): text if name in _TEXTS else _whole(text, _UNREADABLE)
        for name in _COLUMNS
        if (text := row.get(name))
    }
    return polygon_id, EggCode(**{"ct": EMPTY} | values)


def _tenths(code: EggCode, sic: int) -> tuple[list[int], int]:
    """Tenths of the three types and of all ice; 0 for each type where the shares are unknown."""
    partial = (code.ca, code.cb, code.cc)
    if set(partial) == {EMPTY}:
        return [1, 0, 0], 1
    if sic == FILL:
        return [0, 0, 0], 1
    tenths = [CONCENTRATION.get(part, 0) for part in partial]
    if code.ca == EMPTY and all(part in CONCENTRATION or part == EMPTY for part in partial):
        tenths[0] = max(0, sic - sum(tenths))
    return tenths, sic


def _dominant(classes: list[int], tenths: list[int], needed: float) -> int:
    """The class with the most tenths if it has as many as needed, else 255."""
    sums = dict.fromkeys(classes, 0)
    for each, part in zip(classes, tenths, strict=True):
        sums[each] += part
    largest = max(sums, key=sums.__getitem__)
    # Shares such as 0.7 are not exact in binary, and 7 tenths of 10 must be enough.
    return largest if sums[largest] >= needed * (1 - 1e-9) else FILL
