"""How well a network's probabilities are calibrated over scenes, with and without a temperature."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from seaice.ai4arctic.charts import CHART, ChartName
from seaice.results.confidence.labelled import Labelled
from seaice.results.confidence.reliability import Reliability, reliability
from seaice.results.confidence.temperature import fit_temperature, tempered


@dataclass(frozen=True, eq=False)
class Calibration:
    """The calibration of one chart.

    Attributes:
        chart: The chart.
        scenes: Number of scenes.
        temperature: The one fitted to all scenes; NaN for an ensemble, whose networks have one
            each.
        without: Reliability as the network was trained.
        tempered: With a temperature that was fitted to other scenes than those measured; None if
            there is one scene alone.
    """

    chart: ChartName
    scenes: int
    temperature: float
    without: Reliability
    tempered: Reliability | None

    @property
    def helps(self) -> bool:
        """Whether the temperature is worth keeping: it makes errors of other scenes smaller.

        Of one scene alone nobody knows, and the temperature counts as worth it.
        """
        return self.tempered is None or self.tempered.error() < self.without.error()


def calibrate(chart: ChartName, members: Sequence[Sequence[Labelled]]) -> Calibration:
    """Measure the calibration of a network, or of the mean of several.

    Every second scene is measured with temperatures that were fitted to the others.

    Args:
        chart: The chart.
        members: For each network, what it puts out at the same pixels of the same scenes.

    Raises:
        ConfigError: There is no labelled pixel.
    """
    scenes = len(members[0])
    labels = [each.labels for each in members[0]]
    fitted = _fitted(members, range(scenes))
    total = _measured(members, range(scenes), labels, [1.0] * len(members))
    crossed = None
    halves = [range(start, scenes, 2) for start in (0, 1)]
    known = [sum(labels[number].size for number in half) for half in halves]
    if min(known) > 0:
        first, second = (
            _measured(members, half, labels, _fitted(members, other))
            for half, other in (halves, halves[::-1])
        )
        crossed = first + second
    temperature = fitted[0] if len(members) == 1 else float("nan")
    return Calibration(chart, scenes, temperature, total, crossed)


def _fitted(members: Sequence[Sequence[Labelled]], scenes: Sequence[int]) -> list[float]:
    """A temperature for each network."""
    return [
        fit_temperature(
            np.concatenate([member[number].logits for number in scenes], axis=1),
            np.concatenate([member[number].labels for number in scenes]),
        )
        for member in members
    ]


def _measured(
    members: Sequence[Sequence[Labelled]],
    scenes: Sequence[int],
    labels: Sequence[np.ndarray],
    temperatures: Sequence[float],
) -> Reliability:
    """Reliability of the networks' mean."""

    def of_scene(number: int) -> Reliability:
        probabilities = [
            tempered(member[number].logits, temperature)
            for member, temperature in zip(members, temperatures, strict=True)
        ]
        return reliability(np.mean(probabilities, axis=0), labels[number])

    first, *others = (of_scene(number) for number in scenes)
    return sum(others, start=first)


def calibration_rows(result: Calibration) -> Iterator[dict[str, object]]:
    """The result as a tidy table, without a temperature and with one; see `reliability_rows`."""
    for name, measured in (("no", result.without), ("yes", result.tempered)):
        if measured is not None:
            for row in reliability_rows(result.chart, measured):
                yield {"chart": result.chart, "tempered": name, **row}


def reliability_rows(chart: ChartName, measured: Reliability) -> Iterator[dict[str, object]]:
    """A row for each predicted class, and one for each of its bins of confidence."""
    names: list[tuple[int | None, str]] = [(None, "all")]
    names += enumerate(CHART[chart].class_names)
    for index, label in names:
        count = measured.count(index)
        yield {
            "class": label,
            "bin": "",
            "pixels": count,
            "confidence": measured.mean_confidence(index) if count else "",
            "accuracy": measured.accuracy(index) if count else "",
            "calibration_error": measured.error(index) if count else "",
        }
        for number, (pixels, right, confidence) in enumerate(
            zip(*measured.part(index), strict=True), 1
        ):
            if pixels:
                yield {
                    "class": label,
                    "bin": number,
                    "pixels": int(pixels),
                    "confidence": float(confidence / pixels),
                    "accuracy": float(right / pixels),
                    "calibration_error": "",
                }
