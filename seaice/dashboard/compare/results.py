"""What each column's source makes of the chosen scene: maps, then heatmap, then scores."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Protocol

import streamlit as st

from seaice.core.errors import ConfigError, MissingChannelsError
from seaice.core.grids.coarsen import block_any
from seaice.dashboard import cached
from seaice.dashboard.cache_keys import file_key, maps_key
from seaice.dashboard.compare.headings import headings
from seaice.dashboard.sidebar.labels import scene_label
from seaice.dashboard.text import plain
from seaice.explain.gradcam import CamConfig, Heatmap
from seaice.network.checkpoint_files import CheckpointFile
from seaice.network.receptive_field import no_data_share, receptive_field_px
from seaice.results.inference import Prediction
from seaice.results.maps import ChartMaps
from seaice.results.scoring import ScoreSums
from seaice.scenes.region import Region
from seaice.scenes.scene import Scene

# By how much a channel lies outside the range, not the figures in its name.
_AMOUNT = re.compile(r"(?<= is )\d+(\.\d+)?(e[+-]?\d+)?(?= )")


class Explained(Protocol):
    """A network whose evidence is drawn."""

    @property
    def file(self) -> CheckpointFile:
        """The checkpoint."""

    @property
    def heatmap(self) -> Heatmap | None:
        """Its heatmap; None if it is not shown or cannot be computed."""

    @property
    def key(self) -> tuple[object, ...]:
        """Identity for caches, with that of the heatmap."""


@dataclass(frozen=True, eq=False)
class ColumnResult:
    """What the source of one column makes of one scene.

    Attributes:
        heading: What the page calls the source, in one or two lines.
        maps: What it predicts.
        sums: Sums for its scores over the scene or a region; empty until it has been scored, and
            for a scene without a chart.
    """

    heading: tuple[str, ...]
    maps: ChartMaps
    sums: ScoreSums = field(default_factory=ScoreSums, kw_only=True)

    @property
    def label(self) -> str:
        """What the page calls the source, in one line."""
        return " · ".join(self.heading)

    @property
    def title(self) -> str:
        """The same at the head of a table or a matrix."""
        return self.label

    @property
    def key(self) -> tuple[object, ...]:
        """Identity for caches; the sums are not part of it."""
        return *maps_key(self.maps), self.heading


@dataclass(frozen=True, eq=False)
class NetworkResult(ColumnResult):
    """What one network makes of one scene.

    Attributes:
        file: The checkpoint.
        heatmap: Its heatmap; None if it is not shown or cannot be computed.
    """

    file: CheckpointFile
    heatmap: Heatmap | None = None

    @property
    def prediction(self) -> Prediction:
        """The maps, with where they came from."""
        assert isinstance(self.maps, Prediction), "a network gives predictions"
        return self.maps

    @property
    def title(self) -> str:
        """Its rates and what else tells it from the others, as tables write them."""
        return f"Rates {self.label}"

    @property
    def key(self) -> tuple[object, ...]:
        """Identity for caches, with that of the heatmap."""
        explained = (self.heatmap.config, str(self.heatmap.region)) if self.heatmap else ()
        return *super().key, file_key(self.file.path), explained

    @property
    def receptive_field_km(self) -> float:
        """Theoretical receptive field of the network, km along one side."""
        return field_km(self.file)

    @property
    def padding_share(self) -> float:
        """Share of the largest rate's taps without data, 0 to 1; 0 without rates.

        They fall outside the scene or on masked cells.
        """
        info = self.file.info
        if not info.rates:
            return 0.0
        stride = info.network.output_stride
        return no_data_share(max(info.rates), block_any(self.prediction.valid, stride))


def field_km(file: CheckpointFile) -> float:
    """Theoretical receptive field of a checkpoint's network, km along one side."""
    return receptive_field_px(cached.network(file)) * file.info.spacing_m / 1000


def networks_among(results: Sequence[ColumnResult]) -> list[NetworkResult]:
    """The results of networks."""
    return [each for each in results if isinstance(each, NetworkResult)]


def predict_all(scene: Scene, files: Sequence[CheckpointFile]) -> list[NetworkResult]:
    """Predict a scene with checkpoints, and show progress and notices.

    Returns:
        A result for each checkpoint that the scene can feed; for the others a message on the page.
    """
    results, lacking = [], dict[str, None]()
    for number, (file, heading) in enumerate(zip(files, headings(files), strict=True), 1):
        label = " · ".join(heading)
        try:
            scene.require(file.info.channels, file.info.channel_set)
        except MissingChannelsError as error:
            lacking[str(error)] = None
            continue
        count = f"{number} of {len(files)}"
        with st.spinner(f"Predicting {_label(scene)} with rates {label} ({count}) ..."):
            results.append(NetworkResult(heading, cached.prediction(scene, file), file))
    for message in lacking:
        st.error(plain(message))
    for notice in _notices(results):
        st.warning(plain(notice))
    return results


def _label(scene: Scene) -> str:
    return plain(scene_label(scene))


def _notices(results: Sequence[NetworkResult]) -> list[str]:
    """The notices of predictions, once each; with the networks if not all have it.

    Networks of one archive know it by different samples: of notices that differ only in how far
    the scene lies outside the training scenes' range, the first stands for all.
    """
    alike: dict[str, list[NetworkResult]] = {}
    for each in results:
        if each.prediction.notice:
            alike.setdefault(_without_amounts(each.prediction), []).append(each)
    return [
        group[0].prediction.notice
        if len(group) == len(results)
        else f"Rates {', '.join(each.label for each in group)}: {group[0].prediction.notice}"
        for group in alike.values()
    ]


def _without_amounts(prediction: Prediction) -> str:
    """A prediction's notice, without the amounts of its range notice."""
    outside = prediction.range_notice
    return prediction.notice.removesuffix(outside) + _AMOUNT.sub("", outside)


def explain_all(
    results: Sequence[ColumnResult], config: CamConfig, region: Region | None
) -> list[ColumnResult]:
    """Add a heatmap to the result of every network.

    Args:
        results: The results.
        config: What to explain.
        region: Where; the whole scene if None.

    Returns:
        The results with heatmaps; without any, and a message on the page, if one network has none.
    """
    if not networks_among(results):
        return list(results)
    try:
        with st.spinner(f"Computing the evidence of {_label(results[0].maps.scene)} ..."):
            return [_explained(each, config, region) for each in results]
    except ConfigError as error:
        st.warning(f"The evidence is not available: {plain(str(error))}")
        return list(results)


def _explained(result: ColumnResult, config: CamConfig, region: Region | None) -> ColumnResult:
    if not isinstance(result, NetworkResult):
        return result
    return replace(result, heatmap=cached.heatmap(result.maps.scene, result.file, config, region))


def score_all(results: Sequence[ColumnResult], region: Region | None) -> list[ColumnResult]:
    """Add the score sums over a region, or over the whole scene if None, to every result."""
    if not results or not results[0].maps.scene.charts:
        return list(results)
    with st.spinner(f"Scoring {_label(results[0].maps.scene)} ..."):
        return [replace(each, sums=cached.scores(each.maps, region)) for each in results]
