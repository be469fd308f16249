"""Do the explanations point at the radius where a simulated cue from afar lies?

Run: python benchmarks/planted_radius.py --work DIR

DIR holds the networks and scenes of benchmarks/positive_control.py --work DIR, in which only a mark
some kilometres away tells whether the ice of a ring is young. For pixels of such rings, the
gradient of the network that reaches the mark, its evidence, and what the output loses without
blocks of cells have to lie more around that distance than the cells do; those of the network
without rates cannot. A network that is not there is left out.
"""

import argparse
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from machine import describe

from seaice.ai4arctic.charts import YOUNG
from seaice.core.device import best_device
from seaice.explain.agreement import occlusion, share_in_ring, spread_over_cells
from seaice.explain.gradcam import CamConfig
from seaice.explain.gradients import pixel_gradients
from seaice.explain.near import near_field
from seaice.explain.region_output import output_of
from seaice.network.checkpoint import Checkpoint, load_checkpoint
from seaice.results.inference import predict
from seaice.scenes.read import read_chart, read_inputs
from seaice.scenes.scene import Scene

_NETWORKS = ("sar_4-8-12_seed0", "sar_none_seed0")


def main() -> None:
    """Print the shares around the planted distance."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--work", type=Path, required=True, help="Folder of the positive control.")
    parser.add_argument("--distance-km", type=float, default=20.0)
    parser.add_argument("--pixels", type=int, default=8, help="Pixels of each scene.")
    asked = parser.parse_args()
    print(describe(), flush=True)
    scenes = [Scene.open(each) for each in sorted((asked.work / "test").glob("*.nc"))]
    # From a ring, the mark lies 0.6 to 1.4 of the distance away.
    ring_km = 0.6 * asked.distance_km, 1.4 * asked.distance_km
    for name in _NETWORKS:
        path = asked.work / f"{name}.safetensors"
        if not path.exists():
            continue
        checkpoint = load_checkpoint(path, best_device().torch_name)
        found = [
            shares
            for scene in scenes
            for shares in _shares(checkpoint, scene, ring_km, asked.pixels)
        ]
        if not found:
            print(f"{name}: it calls no pixel of a marked ring young")
            continue
        print(f"{name}: {len(found)} pixels; {ring_km[0]:g} to {ring_km[1]:g} km away lie")
        for what, values in zip(
            ("of the gradient", "of the evidence", "of what blocks cost", "of the cells"),
            np.nanmean(found, axis=0),
            strict=True,
        ):
            print(f"  {100 * values:5.1f} %  {what}")


def _shares(
    checkpoint: Checkpoint, scene: Scene, ring_km: tuple[float, float], most: int
) -> Iterator[tuple[float, float, float, float]]:
    """Shares in the ring for pixels that are young and are called so."""
    info = checkpoint.info
    inputs = read_inputs(scene, info.channels, info.spacing_m)
    young = read_chart(scene, "SOD", info.spacing_m) == YOUNG
    right = inputs.valid & young & (predict(scene, checkpoint).classes("SOD") == YOUNG)
    places = np.argwhere(right)
    rng = np.random.default_rng(0)
    stride = info.network.output_stride
    cell_km, pixel_km = info.cell_m / 1000, info.spacing_m / 1000
    for line, sample in rng.permutation(places)[:most].tolist():
        (gradient,) = pixel_gradients(checkpoint, inputs, (line, sample), ("SOD",))
        of_gradient, _ = share_in_ring(gradient.size.sum(0), gradient.at, pixel_km, ring_km)
        region = slice(line, line + 1), slice(sample, sample + 1)
        output = output_of(checkpoint, inputs, CamConfig("SOD", YOUNG), region)
        raw = output.evidence()
        field = near_field(checkpoint.network, inputs.valid, region, raw.shape)
        middle = (line + 0.5) / stride - 0.5, (sample + 0.5) / stride - 0.5
        of_evidence, of_cells = share_in_ring(np.where(field, raw, 0), middle, cell_km, ring_km)
        spread = spread_over_cells(occlusion(output.with_cells, field), field)
        of_blocks, _ = share_in_ring(spread, middle, cell_km, ring_km)
        yield of_gradient, of_evidence, of_blocks, of_cells


if __name__ == "__main__":
    main()
