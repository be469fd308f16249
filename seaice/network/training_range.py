"""What a network was trained on, channel by channel, and whether a scene lies outside of it.

Backscatter and brightness temperature of ice and of water differ by more than any fault of
calibration, and both change with the season. So the channels of radar and radiometer are judged
over ice and over water apart, and within the season; all others over the whole scene.
Needs no torch.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from seaice.ai4arctic.channels import AMSR2, CHANNEL, HH, HV
from seaice.ai4arctic.layout import SCALING, unscale

UNKNOWN_RANGE = (
    "The checkpoint says nothing of the range of its training scenes, so no notice warns of scenes "
    "outside it."
)
"""What to know about a checkpoint without statistics; version 1 had none."""
LEAST_SCENES = 8
"""A group of fewer training scenes says too little about what is usual."""
MARGIN_DB, MARGIN = 0.05, 0.25
"""How far beyond the training scenes a scene may lie, as a share of their range: radar, and others.
A wide margin would hide faults of calibration, which are a few dB. Other channels leave their range
with the weather, and that harms less."""

_SEASONS = ("December to February", "March to May", "June to August", "September to November")
_ICE_CLASS, _WATER_CLASS = 7.5, 0.5
"""SIC on the scale of its classes: above the first (80 % or more) ice, below the second water."""
_LEAST_SHARE, _LEAST_PIXELS = 0.05, 50
"""Ice or water that covers less of a sample does not count: its pixels are mixed ones."""
_MOST_NAMED = 3
_PER_SCENE = 64
_WORDS = {"dB": ("darker", "brighter"), "K": ("colder", "warmer")}

Medians = Mapping[str, Mapping[str, float]]
"""Medians of channels in physical units, by group of pixels: "ice", "water", "all"."""


@dataclass(frozen=True)
class ChannelStatistics:
    """A channel over the training scenes, physical units.

    Attributes:
        median: Median over a sample of their pixels.
        low: 5th percentile of these pixels.
        high: 95th percentile.
        scenes: By group, such as "ice, June to August": the lowest and the highest median of a
            scene, and the number of scenes.
    """

    median: float
    low: float
    high: float
    scenes: Mapping[str, tuple[float, float, int]] = field(default_factory=dict)


@dataclass(frozen=True)
class SceneSample:
    """Some pixels of a scene.

    Attributes:
        month: Its month, 1 to 12; None if unknown.
        medians: Its medians.
        pixels: By channel, up to 64 values in physical units.
    """

    month: int | None
    medians: Medians
    pixels: Mapping[str, np.ndarray]


def sample_of(
    channels: Sequence[str], values: np.ndarray, sic: np.ndarray, month: int | None
) -> SceneSample:
    """Summarise pixels of a scene.

    Args:
        channels: Channel names.
        values: (channels, pixels) float32, standard-scaled, of valid pixels.
        sic: (pixels,) float, SIC on the scale of its classes; beyond 10 if unknown.
        month: Month of the scene.
    """
    groups = {
        "all": np.ones(len(sic), bool),
        "ice": (sic >= _ICE_CLASS) & (sic <= 10),
        "water": sic < _WATER_CLASS,
    }
    least = max(_LEAST_SHARE * len(sic), _LEAST_PIXELS)
    kept = {kind: mask for kind, mask in groups.items() if mask.sum() >= least}
    physical = {
        name: unscale(name, layer)
        for name, layer in zip(channels, values, strict=True)
        if name in SCALING
    }
    medians = {
        kind: {name: float(np.median(layer[mask])) for name, layer in physical.items()}
        for kind, mask in kept.items()
    }
    step = max(len(sic) // _PER_SCENE, 1)
    return SceneSample(month, medians, {name: layer[::step] for name, layer in physical.items()})


def statistics_of(samples: Sequence[SceneSample]) -> dict[str, ChannelStatistics]:
    """Statistics of each channel over training scenes; empty without samples."""
    groups: dict[str, dict[str, list[float]]] = {}
    for sample in samples:
        for kind, medians in sample.medians.items():
            for group in _groups(kind, sample.month):
                for name, median in medians.items():
                    groups.setdefault(name, {}).setdefault(group, []).append(median)
    statistics = {}
    for name in samples[0].pixels if samples else ():
        pixels = np.concatenate([sample.pixels[name] for sample in samples])
        low, median, high = (round(float(q), 3) for q in np.quantile(pixels, [0.05, 0.5, 0.95]))
        scenes = {
            group: (round(min(medians), 3), round(max(medians), 3), len(medians))
            for group, medians in sorted(groups.get(name, {}).items())
        }
        statistics[name] = ChannelStatistics(median, low, high, scenes)
    return statistics


def read_statistics(values: Mapping[str, Any]) -> dict[str, ChannelStatistics]:
    """Statistics from the JSON values of `dataclasses.asdict`.

    Raises:
        ValueError, TypeError, KeyError, AttributeError: They are something else.
    """
    return {
        str(name): ChannelStatistics(
            float(each["median"]),
            float(each["low"]),
            float(each["high"]),
            {
                str(group): (float(low), float(high), int(count))
                for group, (low, high, count) in each["scenes"].items()
            },
        )
        for name, each in values.items()
    }


def range_notice(statistics: Mapping[str, ChannelStatistics], sample: SceneSample) -> str:
    """In which channels a scene lies outside the range of the training scenes.

    Args:
        statistics: Of the checkpoint.
        sample: Pixels of the scene, their SIC predicted.

    Returns:
        One or two sentences; empty if the scene lies within the range.
    """
    found = []
    for kind, medians in sample.medians.items():
        for name, median in medians.items():
            if (name in _MEASURED) == (kind == "all") or name not in statistics:
                continue
            if bounds := _bounds(statistics[name], kind, sample.month):
                low, high, season = bounds
                beyond = min(median - low, 0) + max(median - high, 0)
                if abs(beyond) > _margin(name) * (high - low):
                    share = abs(beyond) / max(high - low, 1e-6)
                    found.append((share, _clause(name, kind, beyond), season))
    if not found:
        return ""
    found.sort(key=lambda each: -each[0])
    clauses = [clause for _, clause, _ in found[:_MOST_NAMED]]
    if len(found) > _MOST_NAMED:
        clauses.append(f"and {len(found) - _MOST_NAMED} more")
    seasons = {season for _, _, season in found}
    when = f" from {seasons.pop()}" if len(seasons) == 1 and "" not in seasons else ""
    return (
        f"Outside the range of the training scenes: {', '.join(clauses)} than in any of "
        f"them{when}. Do not rely on the maps without a check."
    )


_MEASURED = frozenset((HH, HV, *AMSR2))


def _groups(kind: str, month: int | None) -> list[str]:
    """Groups that a scene of a month belongs to, the narrower one first."""
    seasonal = [f"{kind}, {_SEASONS[month % 12 // 3]}"] if month else []
    return [*seasonal, kind]


def _bounds(
    statistics: ChannelStatistics, kind: str, month: int | None
) -> tuple[float, float, str] | None:
    """Range and season of the narrowest group with enough scenes; None without such a group."""
    for group in _groups(kind, month):
        low, high, count = statistics.scenes.get(group, (0.0, 0.0, 0))
        if count >= LEAST_SCENES:
            return low, high, group.partition(", ")[2]
    return None


def _margin(name: str) -> float:
    return MARGIN_DB if CHANNEL[name].unit == "dB" else MARGIN


def _clause(name: str, kind: str, beyond: float) -> str:
    channel = CHANNEL[name]
    lower, higher = _WORDS.get(channel.unit, ("lower", "higher"))
    number = f"{abs(beyond):.1f}" if channel.unit in _WORDS else f"{abs(beyond):.2g}"
    amount = f"{number} {channel.unit}".strip()
    where = "" if kind == "all" else f" of {kind}"
    return f"{channel.label}{where} is {amount} {lower if beyond < 0 else higher}"
