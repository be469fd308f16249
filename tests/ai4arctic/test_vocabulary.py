import pytest

from seaice.ai4arctic.channels import CHANNEL, CHANNEL_SETS, channel_set
from seaice.ai4arctic.charts import CHART
from seaice.core.errors import ConfigError
from seaice.network.rates import parse_rates, rates_name


def test_channel_sets_have_their_channels_in_order():
    sizes = {name: len(channels) for name, channels in CHANNEL_SETS.items()}
    assert sizes == {
        "sar": 3,
        "amsr2": 14,
        "sar+amsr2-18-36": 7,
        "sar+amsr2": 17,
        "all": 24,
        "autoice18": 18,
    }
    assert CHANNEL_SETS["sar+amsr2-18-36"][3:] == (
        "btemp_18_7h",
        "btemp_18_7v",
        "btemp_36_5h",
        "btemp_36_5v",
    )
    assert CHANNEL_SETS["amsr2"][:3] == ("btemp_6_9h", "btemp_6_9v", "btemp_7_3h")
    assert all(name in CHANNEL for channels in CHANNEL_SETS.values() for name in channels)


def test_no_output_stands_for_the_unlabelled():
    assert [CHART[name].n_outputs for name in ("SIC", "SOD", "FLOE")] == [1, 6, 7]
    assert CHART["SIC"].n_classes == 11


@pytest.mark.parametrize("text", ["none", "1", "1-2-3", "12-24-36", "1-2-3-4-5"])
def test_rates_round_trip(text: str):
    assert rates_name(parse_rates(text)) == text


@pytest.mark.parametrize("text", ["", "0", "1-2-", "1,2", "97", "1-2-3-4-5-6", "²", "-1", "1 2"])
def test_what_names_no_rates_is_refused(text: str):
    with pytest.raises(ConfigError, match="Write atrous rates as"):
        parse_rates(text)


def test_an_unknown_channel_set_names_the_known_ones():
    with pytest.raises(ConfigError, match=r"No channel set 'radar'\. There are: sar, amsr2"):
        channel_set("radar")
