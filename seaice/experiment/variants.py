"""Networks that differ in more than channels, rates and seed: nothing compares them by itself.

A sweep can vary the encoder, its width, the output stride and the pixel spacing too. Results hold
for one such variant at a time, so that differences are due to rates and channels alone.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from seaice.core.errors import TableError

if TYPE_CHECKING:
    # For its type alone: importing pandas takes long.
    import pandas as pd

Variant = tuple[tuple[str, Any], ...]
"""Values of the settings in which the networks of a table differ, by name; None if not recorded."""

_WORDS = {"output_stride": "output stride", "spacing_m": "pixel spacing"}
_HASH_DIGITS = 8


def variants_of(table: "pd.DataFrame") -> list[Variant]:
    """The variants in a table, that with the most networks first; an empty one if they are alike.

    Args:
        table: Rows of an evaluation table.
    """
    from seaice.experiment.table import SETTINGS

    networks = _networks(table)
    columns = {name: _values(networks[name]) for name in SETTINGS}
    differ = [name for name in SETTINGS if len(set(columns[name])) > 1]
    of_each = list(zip(*(columns[name] for name in differ), strict=True)) or [()]
    found = sorted(set(of_each), key=lambda values: (-of_each.count(values), _order(values)))
    return [tuple(zip(differ, values, strict=True)) for values in found]


def of_variant(table: "pd.DataFrame", variant: Variant) -> "pd.DataFrame":
    """The rows of a variant's networks, and of all baselines."""
    own = table["kind"] == "network"
    for name, value in variant:
        column = table[name]
        unknown = column.isna() | (column == "")
        own &= (unknown if value is None else column == value).fillna(False).astype(bool)
    return table[own | (table["kind"] != "network")]


def variant_text(variant: Variant) -> str:
    """A variant in words; empty if there is only one.

    >>> variant_text((("width", 32), ("spacing_m", 400.0)))
    'width 32, pixel spacing 400 m'
    """
    if variant and all(value is None for _, value in variant):
        return "settings not recorded"
    return ", ".join(_setting_text(name, value) for name, value in variant)


def variant_key(variant: Variant) -> str:
    """A variant in an address: names as a configuration has them; empty if there is only one.

    >>> variant_key((("width", 32), ("spacing_m", 400.0)))
    'width-32.spacing_m-400'
    """
    values = {name: "unknown" if value is None else value for name, value in variant}
    return ".".join(
        f"{name}-{value:g}" if isinstance(value, float) else f"{name}-{value}"
        for name, value in values.items()
    )


def fits(varied: Variant, variant: Variant) -> bool:
    """Whether a cell that a sweep varies so belongs to a variant of its table."""
    own = dict(varied)
    return all(own.get(name, value) == value for name, value in variant)


def require_distinct(table: "pd.DataFrame", path: Path | None) -> None:
    """Refuse what results could not tell apart.

    Of two networks they would leave one out, and two baselines they would add up.

    Args:
        table: Rows of one variant.
        path: The table's file, for the message.

    Raises:
        TableError: Two networks have the same channels, rates, seed and settings, or two baselines
            the same label and channels.
    """
    _require_distinct_networks(table, path)
    _require_distinct_baselines(table, path)


def _require_distinct_baselines(table: "pd.DataFrame", path: Path | None) -> None:
    label = ["source", "channel_set"]
    baselines = table[table["kind"] == "baseline"].drop_duplicates([*label, "sha256"])
    twice = baselines[baselines.duplicated(label, keep=False)]
    if twice.empty:
        return
    first = twice.iloc[0]
    alike = twice[(twice[label] == first[label]).all(axis=1)]
    on = f" on {first['channel_set']}" if first["channel_set"] else ""
    raise TableError(
        path or "The table",
        f"holds two baselines {first['source']}{on}: {_digits(first)} and {_digits(alike.iloc[1])}",
        "It was fitted again, or two files hold it. Keep one file, delete the table and evaluate "
        "again.",
    )


def _require_distinct_networks(table: "pd.DataFrame", path: Path | None) -> None:
    networks = _networks(table)
    same = ["channel_set", "rates", "seed"]
    twice = networks[networks.duplicated(same, keep=False)]
    if twice.empty:
        return
    first = twice.iloc[0]
    alike = (twice[["channel_set", "rates"]] == first[["channel_set", "rates"]]).all(axis=1)
    pair = twice[alike & twice["seed"].isin([first["seed"]])].head(2)
    recorded = bool((pair["encoder"] != "").all())
    anew = pair["source"].nunique() == 1
    raise TableError(
        path or "The table",
        f"holds two networks with the same channels, rates and seed{_settings_text(recorded)}: "
        f"{_name(pair.iloc[0])} and {_name(pair.iloc[1])}",
        "Delete the table and evaluate again." if anew else _remedy(recorded=recorded),
    )


def _networks(table: "pd.DataFrame") -> "pd.DataFrame":
    """A row for each network, as `tally` has them: a seed that is not known is -1."""
    networks = table[table["kind"] == "network"]
    return networks.assign(seed=networks["seed"].fillna(-1)).drop_duplicates(
        ["source", "channel_set", "sha256"]
    )


def _values(column: "pd.Series[Any]") -> list[Any]:
    """Values as plain ones, None where they are not recorded."""
    unknown = (column.isna() | (column == "")).fillna(True).astype(bool)
    return [None if none else value for value, none in zip(column.tolist(), unknown, strict=True)]


def _order(values: Sequence[Any]) -> list[tuple[bool, Any]]:
    return [(value is None, 0 if value is None else value) for value in values]


def _setting_text(name: str, value: Any) -> str:  # noqa: ANN401 - a number or text
    unit = " m" if name == "spacing_m" and value is not None else ""
    shown = "not recorded" if value is None else f"{value:g}" if unit else f"{value}"
    return f"{_WORDS.get(name, name)} {shown}{unit}"


def _settings_text(recorded: bool) -> str:
    return " and settings" if recorded else ", whose settings it does not record"


def _remedy(*, recorded: bool) -> str:
    """What to do about two files of alike networks."""
    apart = (
        "Put each into a folder of its own, and score it there: `seaice evaluate-all FOLDER "
        "--data TEST_SCENES`."
    )
    if recorded:
        return apart
    again = "Evaluate again, which records their settings. If those are equal"
    return f"{again}: {apart[0].lower()}{apart[1:]}"


def _name(network: "pd.Series[Any]") -> str:
    return f"{network['source']} ({_digits(network)})"


def _digits(row: "pd.Series[Any]") -> str:
    return str(row["sha256"])[:_HASH_DIGITS]
