"""What the two radar channels of a file are, by the attributes of their variables.

The channels of every other part are called HH and HV. Files of other modes hold VV and VH under the
same names, and some hold HV before HH.
"""

from collections.abc import Callable, Mapping
from typing import Any

from seaice.ai4arctic.channels import HH, HV, SIGMA0

_ATTRIBUTES = ("polarisation", "polarization", "pol")
_EXPECTED = {HH: "HH", HV: "HV"}
_CO, _CROSS = ("HH", "VV"), ("HV", "VH")


def polarisation(attributes: Mapping[str, Any]) -> str:
    """Polarisation by a variable's attributes, such as HH; empty if they do not say."""
    named = (str(attributes.get(name, ""))[:20].strip().upper() for name in _ATTRIBUTES)
    return next((each for each in named if each in (*_CO, *_CROSS)), "")


def stored_names(attributes_of: Callable[[str], Mapping[str, Any]]) -> dict[str, str]:
    """The variable that holds each radar channel.

    Args:
        attributes_of: Attributes of a variable by its name; empty if there is no such variable.

    Returns:
        Names of variables by channel; the other one of each if they are in the wrong order.
    """
    first, second = (polarisation(attributes_of(name)) for name in SIGMA0)
    if first in _CROSS and second in _CO:
        return {HH: HV, HV: HH}
    return {HH: HH, HV: HV}


def other_polarisations(attributes_of: Callable[[str], Mapping[str, Any]]) -> dict[str, str]:
    """Radar channels that hold another polarisation than their name says, and which.

    Args:
        attributes_of: As in `stored_names`.
    """
    stored = stored_names(attributes_of)
    found = {name: polarisation(attributes_of(stored[name])) for name in SIGMA0}
    return {name: pol for name, pol in found.items() if pol and pol != _EXPECTED[name]}


def polarisation_notice(file_name: str, attributes_of: Callable[[str], Mapping[str, Any]]) -> str:
    """A sentence about polarisations that are not as expected; empty if they are.

    Args:
        file_name: The file's name.
        attributes_of: As in `stored_names`.
    """
    if other := other_polarisations(attributes_of):
        named = ", ".join(f"{name} holds {pol}" for name, pol in other.items())
        return (
            f"{file_name}: {named}, but networks are trained on HH and HV, so channel sets with "
            "radar are not usable. Commands take them all the same with --any-polarisation."
        )
    if stored_names(attributes_of)[HH] == HV:
        return (
            f"{file_name}: {HH} holds HV and {HV} holds HH, so they are read the other way round."
        )
    return ""
