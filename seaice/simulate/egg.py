"""The egg code of each polygon: what an analyst notes about the ice inside.

Concentrations are in tenths. Up to three types of ice are distinguished, oldest first, and each
gets the form of most of its ice (SIGRID-3, WMO/JCOMM TD-1214). Analysts are sometimes off by a
tenth, and services have their habits.
"""

import numpy as np

from seaice.ai4arctic.charts import FILL, NEW, OLD, THICK, THIN, YOUNG
from seaice.ai4arctic.egg_code import EMPTY, EggCode
from seaice.simulate.ice_state import IceState
from seaice.simulate.polygons import OUTSIDE, WATER

N_STAGES, N_FORMS = 6, 8
FAST_FORM = 7
"""Row of fast ice among the forms, after the seven classes of FLOE."""

_STAGE_CODES = {
    NEW: (81, 82),
    YOUNG: (83, 84, 85),
    THIN: (87, 88, 89),
    THICK: (86, 91, 93),
    OLD: (95, 96, 97),
}
_FORM_CODES = {0: (99,), 1: (2,), 2: (3,), 3: (4,), 4: (5,), 5: (6, 7), 6: (10,), FAST_FORM: (8,)}
_FULL, _NEARLY_FULL = 92, 91

_ERRORS, _ODDS = (-1, 0, 1), (0.06, 0.88, 0.06)
_FAST_WRITTEN = 0.3
"""Share of a type's ice from which on its form is called fast ice."""

_UNKNOWN, _FORMLESS_NEW = 99, 0.5
"""Nilas has no floes: analysts often leave its form unknown [assumption]."""

_MOST_TYPES = 3
_NO_SLOT = (EMPTY, EMPTY, EMPTY)
"""Partial concentration, stage and form of a type that a polygon does not have."""

_TWO_CODES = 0.2
"""Chance that a type is split further, such as medium from thick first-year ice."""

_CHUNK_PIXELS = 4_000_000


def tabulate(polygon: np.ndarray, ice: IceState, count: int) -> tuple[np.ndarray, np.ndarray]:
    """The ice of each polygon by stage and form.

    Args:
        polygon: Number of each pixel's polygon, int32 (lines, samples).
        ice: The true ice.
        count: Number of polygons, `OUTSIDE` among them.

    Returns:
        Pixels of each polygon, int64 (count,), and ice in pixels by stage and form, float64
        (count, 6, 8); the last form is fast ice.
    """
    size = N_STAGES * N_FORMS
    pixels = np.zeros(count, np.int64)
    table = np.zeros(count * size)
    rows = max(1, _CHUNK_PIXELS // polygon.shape[1])
    for first in range(0, len(polygon), rows):
        part = slice(first, first + rows)
        inside = polygon[part] != OUTSIDE
        number = polygon[part][inside]
        form = ice.floe[part][inside]
        form = np.where(form == FILL, FAST_FORM, form)
        index = (number * N_STAGES + ice.stage[part][inside]) * N_FORMS + form
        pixels += np.bincount(number, minlength=count)
        table += np.bincount(index, ice.concentration[part][inside], count * size)
    return pixels, table.reshape(count, N_STAGES, N_FORMS)


def egg_codes(polygon: np.ndarray, ice: IceState, rng: np.random.Generator) -> dict[int, EggCode]:
    """Egg codes by polygon number.

    Args:
        polygon: Number of each pixel's polygon, int32 (lines, samples).
        ice: The true ice.
        rng: Draws the analyst's errors and choice of codes.
    """
    count = int(polygon.max(initial=0)) + 1
    pixels, table = tabulate(polygon, ice, count)
    codes: dict[int, EggCode] = {}
    for number in range(WATER, count):
        if not pixels[number]:
            continue
        if number == WATER:
            codes[number] = EggCode(ct=0, poly_type="W")
        else:
            codes[number] = _ice_code(table[number], int(pixels[number]), rng)
    return codes


def _ice_code(table: np.ndarray, pixels: int, rng: np.random.Generator) -> EggCode:
    """The egg code of one polygon of ice from its ice by stage and form."""
    error = int(rng.choice(_ERRORS, p=_ODDS))
    ct = _total(float(table.sum()) / pixels, error)
    types = _types(table.sum(1), 10 if ct > 90 else ct // 10)
    slots: list[tuple[int, int, int]] = []
    for stage, amount in types:
        room = len(slots) + 1 < _MOST_TYPES and len(types) < _MOST_TYPES
        finer = room and amount >= 4 and rng.random() < _TWO_CODES
        slots += _slots(stage, amount, _form(stage, table[stage], rng), finer, rng)
    if not slots:
        # Too little ice to identify.
        return EggCode(ct, sa=_UNKNOWN, fa=_UNKNOWN)
    cf = _predominant_forms(slots)
    if len(slots) == 1:
        # With a single type its partial concentration is left out.
        _, stage, form = slots[0]
        return EggCode(ct, sa=stage, fa=form, cf=cf)
    first, second, third = (*slots, _NO_SLOT)[:_MOST_TYPES]
    return EggCode(ct, *first, *second, *third, cf=cf)


def _total(concentration: float, error: int) -> int:
    """CT: at least one tenth, as for any polygon of ice; analysts do not mistake full cover."""
    if concentration >= 0.985:
        return _FULL
    if concentration >= 0.93:
        return _NEARLY_FULL
    tenths = int(np.clip(round(10 * concentration) + error, 1, 10))
    return _NEARLY_FULL if tenths == 10 else 10 * tenths


def _predominant_forms(slots: list[tuple[int, int, int]]) -> str:
    """CF: the two forms with the most ice, joined as in the files."""
    amounts: dict[int, int] = {}
    for amount, _, form in slots:
        amounts[form] = amounts.get(form, 0) + amount
    most = sorted(amounts, key=lambda form: -amounts[form])[:2]
    return "".join(f"{form:02d}" for form in (*most, *([EMPTY] * (2 - len(most)))))


def _types(ice: np.ndarray, tenths: int) -> list[tuple[int, int]]:
    """Up to three stages, oldest first, and the tenths of each; they sum to `tenths`."""
    ice = np.where(np.arange(N_STAGES) > 0, ice, 0)
    if not ice.any():
        return []
    kept = np.argsort(ice)[::-1][:_MOST_TYPES]
    parts = ice[kept] / ice[kept].sum() * tenths
    amounts = np.floor(parts).astype(int)
    # The largest remainders take the tenths that are left.
    for index in np.argsort(parts - amounts)[::-1][: tenths - int(amounts.sum())]:
        amounts[index] += 1
    found = zip(kept.tolist(), amounts.tolist(), strict=True)
    return sorted(((stage, amount) for stage, amount in found if amount > 0), reverse=True)


def _form(stage: int, forms: np.ndarray, rng: np.random.Generator) -> int:
    """Code of the form in which most of a type's ice comes, or of fast ice."""
    if stage == NEW and rng.random() < _FORMLESS_NEW:
        return _UNKNOWN
    fast = forms[FAST_FORM] > _FAST_WRITTEN * forms.sum()
    return int(rng.choice(_FORM_CODES[FAST_FORM if fast else int(forms.argmax())]))


def _slots(
    stage: int, amount: int, form: int, finer: bool, rng: np.random.Generator
) -> list[tuple[int, int, int]]:
    """Partial concentration, stage and form of one type, or of the two that it is split into."""
    codes = _STAGE_CODES[stage]
    if not finer:
        return [(10 * amount, int(rng.choice(codes)), form)]
    younger, older = sorted(rng.choice(codes, 2, replace=False).tolist())
    half = amount // 2
    return [(10 * half, older, form), (10 * (amount - half), younger, form)]
