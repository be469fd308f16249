"""What each network makes of the chosen scene: prediction, then heatmap, then scores."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import streamlit as st

from seaice.ai4arctic.channels import channel_set
from seaice.core.errors import ConfigError, MissingChannelsError
from seaice.core.grids.coarsen import block_any
from seaice.dashboard import cached
from seaice.dashboard.cache_keys import file_key, scene_key
from seaice.dashboard.sidebar.selection import Selection
from seaice.dashboard.text import plain
from seaice.explain.gradcam import CamConfig, Heatmap
from seaice.network.checkpoint_files import CheckpointFile
from seaice.network.receptive_field import no_data_share, receptive_field_px
from seaice.results.inference import Prediction
from seaice.results.scoring import ScoreSums
from seaice.scenes.region import Region


@dataclass(frozen=True, eq=False)
class NetworkResult:
    """What one network makes of one scene.

    Attributes:
        file: The checkpoint.
        prediction: Its prediction.
        heatmap: Its heatmap; None if it is not shown or cannot be computed.
        sums: Sums for its scores over the scene or a region; empty until it has been scored, and
            for a scene without a chart.
    """

    file: CheckpointFile
    prediction: Prediction
    heatmap: Heatmap | None = None
    sums: ScoreSums = field(default_factory=ScoreSums)

    @property
    def rates(self) -> str:
        """Its atrous rates and their reach, as the page writes them."""
        return self.file.info.rates_label

    @property
    def key(self) -> tuple[object, ...]:
        """Identity of prediction and heatmap for caches; the sums are not part of it."""
        explained = (self.heatmap.config, str(self.heatmap.region)) if self.heatmap else ()
        return scene_key(self.prediction.scene), file_key(self.file.path), explained

    @property
    def receptive_field_km(self) -> float:
        """Theoretical receptive field of the network, km along one side."""
        return receptive_field_px(cached.network(self.file)) * self.file.info.spacing_m / 1000

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


def predict_all(selection: Selection) -> list[NetworkResult]:
    """Predict the scene with every chosen checkpoint, and show progress and notices.

    Returns:
        A result for each checkpoint; none, and a message on the page, if the scene lacks channels.
    """
    scene, files = selection.scene, selection.checkpoints
    try:
        scene.require(channel_set(selection.channel_set), selection.channel_set)
    except MissingChannelsError as error:
        st.error(plain(str(error)))
        return []
    results = []
    for number, file in enumerate(files, 1):
        rates = file.info.rates_label
        with st.spinner(f"Predicting with rates {rates} ({number} of {len(files)}) ..."):
            results.append(NetworkResult(file, cached.prediction(scene, file)))
    for notice in _notices(results):
        st.warning(plain(notice))
    return results


def _notices(results: Sequence[NetworkResult]) -> list[str]:
    """The notices of predictions, once each; with the rates if not all networks have it."""
    by_notice: dict[str, list[str]] = {}
    for each in results:
        if each.prediction.notice:
            by_notice.setdefault(each.prediction.notice, []).append(each.rates)
    return [
        notice if len(rates) == len(results) else f"Rates {', '.join(rates)}: {notice}"
        for notice, rates in by_notice.items()
    ]


def explain_all(
    results: Sequence[NetworkResult], config: CamConfig, region: Region | None
) -> list[NetworkResult]:
    """Add a heatmap to every result.

    Args:
        results: The results.
        config: What to explain.
        region: Where; the whole scene if None.

    Returns:
        The results with heatmaps; without any, and a message on the page, if one network has none.
    """
    try:
        with st.spinner("Computing the evidence ..."):
            heatmaps = [
                cached.heatmap(each.prediction.scene, each.file, config, region) for each in results
            ]
    except ConfigError as error:
        st.warning(f"The evidence is not available: {plain(str(error))}")
        return list(results)
    pairs = zip(results, heatmaps, strict=True)
    return [replace(result, heatmap=heatmap) for result, heatmap in pairs]


def score_all(results: Sequence[NetworkResult], region: Region | None) -> list[NetworkResult]:
    """Add the score sums over a region, or over the whole scene if None, to every result."""
    if not results or not results[0].prediction.scene.charts:
        return list(results)
    with st.spinner("Scoring ..."):
        return [replace(each, sums=cached.scores(each.prediction, region)) for each in results]
