"""Units that files name, in any of their usual spellings."""

_SPELLINGS = {
    "K": "k kelvin kelvins degk degreek degreesk degkelvin degreekelvin degreeskelvin",
    "degC": "c °c degc degreec degreesc celsius degcelsius degreecelsius degreescelsius",
    "degF": "f °f degf degreef degreesf fahrenheit degfahrenheit degreefahrenheit "
    "degreesfahrenheit",
    "degree": "° deg degree degrees",
    "radian": "rad radian radians",
    "dB": "db decibel decibels",
    "1": "1 none unitless dimensionless",
    "zone": "zone zones",
    "m": "m metre metres meter meters",
    "km": "km kilometre kilometres kilometer kilometers",
    "m s-1": "ms-1 m/s m/sec mps metrespersecond meterspersecond",
    "kt": "kt kts kn knot knots",
    "km h-1": "kmh-1 km/h kmh",
    # Of water, a millimetre.
    "kg m-2": "kgm-2 kg/m2 mm",
    "g m-2": "gm-2 g/m2",
    "kg kg-1": "kgkg-1 kg/kg",
    "%": "% percent",
    "Pa": "pa pascal",
    "hPa": "hpa",
}
_UNIT = {spelling: unit for unit, spellings in _SPELLINGS.items() for spelling in spellings.split()}
_MOST_CHARACTERS = 40
_WITHOUT_UNIT = ("dB", "zone")
"""Ratios and numbers: where their unit is named, it may be 1."""


def contradicts(units: object, unit: str, *, scaled: bool) -> bool:
    """Whether an attribute `units` says another unit than a channel has.

    What it does not know is no contradiction.

    >>> contradicts("m s**-1", "m s-1", scaled=False), contradicts("degC", "K", scaled=False)
    (False, True)

    Args:
        units: Value of the attribute, of any type; None where there is none.
        unit: The channel's unit, as `Channel.unit` has it.
        scaled: Whether the values are standard-scaled, which leaves them without a unit: 1 is as
            right for them as the unit before scaling, which the dataset's own files name.
    """
    if not isinstance(units, str) or len(units) > _MOST_CHARACTERS:
        return False
    plain = "".join(each for each in units.casefold() if each not in "_.*^ \t\n")
    named = _UNIT.get(plain)
    if named == "1":
        return not scaled and unit not in _WITHOUT_UNIT
    return named not in (None, unit)
