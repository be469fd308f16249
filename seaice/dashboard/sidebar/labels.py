"""How pickers, captions and titles write a scene and a channel set."""

from seaice.ai4arctic.channels import CHANNEL, channel_set
from seaice.ai4arctic.names import region_name
from seaice.scenes.scene import Scene


def scene_label(scene: Scene) -> str:
    """A scene in a few words: start of the acquisition (or its id), region, ice service."""
    time = f"{scene.time:%Y-%m-%d %H:%M}" if scene.time else scene.id
    kind = "simulated" if scene.simulated else scene.service.upper()
    return " · ".join(part for part in (time, region_name(scene.region), kind) if part)


def channel_set_label(name: str) -> str:
    """A channel set by its name, or by its channels if it is a list of them.

    >>> channel_set_label("sar"), channel_set_label("nersc_sar_primary,btemp_18_7h")
    ('sar', 'HH, 18.7 GHz H')
    """
    if "," not in name and name not in CHANNEL:
        return name
    return ", ".join(CHANNEL[channel].label for channel in channel_set(name))
