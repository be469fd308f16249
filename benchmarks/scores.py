"""Scores of all checkpoints of a folder on the scenes of another, pooled, as a Markdown table.

Run: python benchmarks/scores.py FOLDER_WITH_SCENES
"""

import sys
from pathlib import Path

from seaice.core.device import best_device
from seaice.core.folders import models_folder
from seaice.network.checkpoint import load_checkpoint
from seaice.network.checkpoint_files import CheckpointFile, list_checkpoints
from seaice.results.evaluation import pooled, score
from seaice.scenes.catalogue import read_catalogue
from seaice.scenes.scene import Scene


def row(file: CheckpointFile, scenes: list[Scene]) -> str:
    """A checkpoint's line of the table."""
    checkpoint = load_checkpoint(file.path, best_device().torch_name)
    scores = dict(pooled(score(checkpoint, scene) for scene in scenes).scores().items())
    cells = [f"{each.value:.1f}" if each.value is not None else "-" for each in scores.values()]
    name = f"`{file.info.channel_set}` | {file.info.rates_label}"
    return f"| {name} | {' | '.join(cells)} |"


def main() -> None:
    scenes = list(read_catalogue(Path(sys.argv[1])).scenes)
    files, _ = list_checkpoints(models_folder())
    print("| channel set | rates | combined | SIC R2 | SIC R2, continuous | SOD F1 | FLOE F1 |")
    print("|---|---|---|---|---|---|---|")
    for file in sorted(files, key=lambda each: (len(each.info.channels), each.info.rates)):
        fed = [scene for scene in scenes if not scene.lacking(file.info.channels)]
        if fed:
            print(row(file, fed), flush=True)


if __name__ == "__main__":
    main()
