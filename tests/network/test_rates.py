import pytest

from seaice.core.errors import ConfigError
from seaice.network.rates import parse_rates, rates_name


@pytest.mark.parametrize("text", ["none", "centre", "1", "1-2-3", "12-24-36", "1-2-3-4-5"])
def test_rates_round_trip(text: str):
    assert rates_name(parse_rates(text)) == text


@pytest.mark.parametrize(
    "text",
    [
        "",
        "0",
        "0-6",
        "0-0",
        "0-0-0-0",
        "Centre",
        "1-2-",
        "1,2",
        "97",
        "1-2-3-4-5-6",
        "²",
        "-1",
        "1 2",
    ],
)
def test_what_names_no_rates_is_refused(text: str):
    with pytest.raises(ConfigError, match="Write atrous rates as"):
        parse_rates(text)


@pytest.mark.parametrize("text", ["centre-6", "6-centre", "none-6", "centre-centre-centre"])
def test_a_control_stands_alone(text: str):
    with pytest.raises(ConfigError, match=f"^'(none|centre)' stands alone, .* '{text}'\\.$"):
        parse_rates(text)
