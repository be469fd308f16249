"""Evaluation tables made by hand, for tests: networks whose true quality is known."""

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from seaice.ai4arctic.charts import CHART, CHARTS

FIELDS_KM = {
    "none": 17.0,
    "centre": 17.0,
    "1-2-3": 26.0,
    "3-6-9": 46.0,
    "6-12-18": 74.0,
    "12-24-36": 132.0,
}
REGIONS = ("CapeFarewell", "CentralEast", "NorthWest")
Qualities = Mapping[tuple[str, str], float]


def _confusion(rng: np.random.Generator, n_classes: int, pixels: int, right: float) -> np.ndarray:
    """Counts of a network that is right in this share of pixels, and else anywhere."""
    shares = rng.dirichlet(np.full(n_classes, 0.7))
    support = rng.multinomial(pixels, shares)
    hits = rng.binomial(support, np.clip(right, 0, 1))
    counts = np.diag(hits)
    for row, missed in enumerate(support - hits):
        counts[row] += rng.multinomial(missed, np.full(n_classes, 1 / n_classes))
    return counts


def table_of(
    qualities: Qualities,
    *,
    scenes: int = 6,
    seeds: Sequence[int] = (0,),
    seed_spread: float = 0.0,
    scene_spread: float = 0.05,
    pixels: int = 3000,
    random_seed: int = 0,
    simulated: bool = True,
    references: Sequence[str] = ("chart",),
) -> pd.DataFrame:
    """A table of the stratum "all": each cell is right in a share of the pixels.

    A scene changes all cells alike, and a seed changes each cell on its own.
    """
    rng = np.random.default_rng(random_seed)
    of_scene = rng.normal(0, scene_spread, scenes)
    rows = []
    for (channel_set, rates), quality in qualities.items():
        for seed in seeds:
            own = quality + rng.normal(0, seed_spread)
            for scene in range(scenes):
                for reference in references:
                    for chart in CHARTS:
                        # Scenes have their classes, whoever predicts.
                        of_pixels = np.random.default_rng((random_seed, scene))
                        counts = _confusion(
                            of_pixels, CHART[chart].n_classes, pixels, own + of_scene[scene]
                        )
                        rows.append(
                            {
                                "source": f"{channel_set}_{rates}_seed{seed}.safetensors",
                                "kind": "network",
                                "channel_set": channel_set,
                                "rates": rates,
                                "field_km": FIELDS_KM[rates],
                                "seed": seed,
                                "encoder": "resnet18",
                                "width": 32,
                                "output_stride": 4,
                                "spacing_m": 400.0,
                                "sha256": "0" * 64,
                                "scene": f"scene{scene}",
                                "region": REGIONS[scene % len(REGIONS)],
                                "season": ("DJF", "JJA")[scene % 2],
                                "month": 1 + 6 * (scene % 2),
                                "service": ("dmi", "cis")[scene % 2],
                                "simulated": simulated,
                                "reference": reference,
                                "chart": chart,
                                "stratum": "all",
                                "value": "",
                                "pixels": int(counts.sum()),
                                "confusion": counts.ravel(),
                                "sic_squared_error": 0.0,
                                "sic_absolute_error": 0.0,
                                "sic_error": 0.0,
                            }
                        )
    return pd.DataFrame(rows).astype({"seed": "Int64"})
