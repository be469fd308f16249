"""How far scores move with what should not matter: the radar's level, and the norms' patches.

Run: python benchmarks/steadiness.py FOLDER_WITH_SCENES CHECKPOINT ... [--training FOLDER]

Prints the combined score, pooled over the folder, as it is; with HH and HV 1.5 dB higher and lower;
and, with training scenes, with the statistics of the norms estimated on two other draws of patches,
as many, as large and spread as those of the checkpoint's own training, unless told otherwise.
"""

import argparse
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import torch
from torch import Tensor, nn

from seaice.ai4arctic.channels import SIGMA0
from seaice.ai4arctic.layout import SCALING
from seaice.network.checkpoint import Checkpoint, load_checkpoint
from seaice.results.evaluation import pooled, score
from seaice.scenes.catalogue import read_catalogue
from seaice.scenes.scene import Scene
from seaice.training.candidate import norm_batch, norm_side
from seaice.training.config import TrainingConfig
from seaice.training.evaluated import estimate_norms
from seaice.training.patches.dataset import PatchDataset
from seaice.training.patches.sampling import longest_px

SHIFTS_DB = (0.0, 1.5, -1.5)
SEEDS = (7001, 7002)


@contextmanager
def radar_shifted(checkpoint: Checkpoint, shift_db: float) -> Iterator[None]:
    """Add a constant to HH and HV wherever they have data."""
    layers = [index for index, name in enumerate(checkpoint.info.channels) if name in SIGMA0]
    shifted = False

    def shift(_: nn.Module, given: tuple[Tensor]) -> tuple[Tensor]:
        nonlocal shifted
        shifted = True
        inputs = given[0].clone()
        with_data = (inputs[:, layers] != 0).any(dim=1)
        for index in layers:
            inputs[:, index] += with_data * shift_db / SCALING[checkpoint.info.channels[index]][1]
        return (inputs,)

    # The first layer, since a scene in tiles passes the encoder part by part.
    handle = checkpoint.network.encoder.conv1.register_forward_pre_hook(shift)
    try:
        yield
    finally:
        handle.remove()
    if not shifted:
        raise RuntimeError("The network was fed past its first layer, so nothing was shifted.")


def combined(checkpoint: Checkpoint, scenes: Sequence[Scene]) -> float:
    """The combined score, pooled."""
    value = pooled(score(checkpoint, scene) for scene in scenes).scores().combined.value
    return float("nan") if value is None else value


@dataclass(frozen=True)
class Draw:
    """Patches for norms: how many, how large (pixels), and whether they visit the scenes evenly."""

    count: int
    side: int
    evenly: bool


def settings_of(checkpoint: Checkpoint) -> TrainingConfig:
    """The settings that the patches of a training hang on; those of older ones had no size."""
    training = {"norm_patch": 0, **checkpoint.info.training}
    names = "patch", "batch", "output_stride", "norm_patches", "norm_patch"
    own = {name: int(training[name]) for name in names}
    return TrainingConfig(data="any", rates=(), channel_set="sar", **own)


def own_draw(checkpoint: Checkpoint, scenes: Sequence[Scene]) -> Draw:
    """What the checkpoint's training took, of these training scenes."""
    settings = settings_of(checkpoint)
    longest = longest_px(scenes, checkpoint.info.spacing_m) if scenes else settings.norm_patch
    side = norm_side(settings, longest)
    return Draw(settings.norm_patches, side, evenly=bool(settings.norm_patch))


def with_norms_of(
    checkpoint: Checkpoint, scenes: Sequence[Scene], seed: int, draw: Draw
) -> Checkpoint:
    """The checkpoint with the statistics of its norms estimated on other patches."""
    info = checkpoint.info
    patches = PatchDataset(
        scenes,
        info.channels,
        info.spacing_m,
        draw.side,
        draw.count,
        seed,
        augment=True,
        gain_jitter_db=float(info.training.get("gain_jitter_db", 0)),
        noise_jitter_db=float(info.training.get("noise_jitter_db", 0)),
    )
    if draw.evenly:
        patches = patches.evenly(draw.side)
    fresh = load_checkpoint(checkpoint.path).network
    inputs = (patches[index]["inputs"] for index in range(draw.count))
    estimate_norms(fresh, inputs, norm_batch(settings_of(checkpoint), draw.side))
    return replace(checkpoint, network=fresh)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("checkpoints", type=Path, nargs="+")
    parser.add_argument("--training", type=Path)
    parser.add_argument("--patches", type=int, help="how many for the norms")
    parser.add_argument("--size", type=int, help="their side in pixels")
    parser.add_argument("--by-chance", action="store_true", help="do not visit all scenes evenly")
    asked = parser.parse_args()
    torch.manual_seed(0)
    scenes = list(read_catalogue(asked.folder).scenes)
    training = list(read_catalogue(asked.training).scenes) if asked.training else []
    for path in asked.checkpoints:
        checkpoint = load_checkpoint(path)
        own = own_draw(checkpoint, training)
        draw = Draw(
            asked.patches or own.count, asked.size or own.side, own.evenly and not asked.by_chance
        )
        cells = []
        for shift_db in SHIFTS_DB:
            with radar_shifted(checkpoint, shift_db):
                cells.append(f"{shift_db:+.1f} dB {combined(checkpoint, scenes):.2f}")
        for seed in SEEDS if training else ():
            others = with_norms_of(checkpoint, training, seed, draw)
            cells.append(f"norms of patches {seed} {combined(others, scenes):.2f}")
        print(f"{path.name:45} {'  '.join(cells)}", flush=True)


if __name__ == "__main__":
    main()
