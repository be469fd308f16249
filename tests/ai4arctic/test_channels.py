import pytest

from seaice.ai4arctic.channels import CHANNEL, CHANNEL_SETS, channel_set
from seaice.core.errors import ConfigError


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


def test_an_unknown_channel_set_names_the_known_ones():
    with pytest.raises(ConfigError, match=r"No channel set 'radar'\. There are: sar, amsr2"):
        channel_set("radar")
