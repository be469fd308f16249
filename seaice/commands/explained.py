"""What the commands that explain a network begin with: paths checked first, then what is heavy."""

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from seaice.commands.options import as_asked
from seaice.commands.output import command_line, print_message

if TYPE_CHECKING:
    # For their types alone: the command line starts without torch.
    from seaice.core.grids.pixel_grid import Window
    from seaice.explain.csv_rows import Row
    from seaice.network.checkpoint import Checkpoint
    from seaice.network.checkpoint_info import CheckpointInfo
    from seaice.scenes.scene import Scene


def check_table(out: Path | None) -> None:
    """Check a table's path, before anything takes time.

    Raises:
        ConfigError: It does not end in .csv.
        OutputError: It cannot be written.
    """
    from seaice.core.files import require_output
    from seaice.explain.paths import require_csv

    if out is not None:
        require_csv(out)
        require_output(out)


def check_map(out: Path | None) -> None:
    """Check a map's path, before anything takes time.

    Raises:
        ConfigError: It ends in neither .nc nor .tif, or another kind of file exists there.
        OutputError: It cannot be written.
    """
    from seaice.core.files import require_output
    from seaice.explain.paths import require_map, require_no_scene

    if out is not None:
        require_map(out)
        require_no_scene(out)
        require_output(out)


def read_explained(
    checkpoint: Path,
    scenes: Sequence[Path],
    out: Path | None,
    any_polarisation: bool,
    region: "Window | None" = None,
) -> "tuple[Checkpoint, list[Scene]]":
    """Read a checkpoint and the scenes that it is explained on.

    Args:
        checkpoint: Its file.
        scenes: Scene files; one that is named twice is read once.
        out: Table to write; None for none.
        any_polarisation: Whether to take VV and VH for HH and HV.
        region: Part of the grid at the checkpoint's spacing that is explained; None for the whole.

    Raises:
        CheckpointError, SceneError: A file cannot be read.
        MissingChannelsError: A scene lacks channels of the checkpoint.
        ConfigError: `SEAICE_MEMORY` is not a positive number, the table does not end in .csv, or
            the region does not lie on a scene.
        OutputError: The table cannot be written.
    """
    from seaice.core.memory import named_budget
    from seaice.network.checkpoint_info import read_info

    # A mistake is reported at once: importing torch takes seconds.
    named_budget()
    info = read_info(checkpoint)
    check_table(out)
    opened = _open_scenes(info, dict.fromkeys(scenes), any_polarisation, region)
    from seaice.core.device import best_device
    from seaice.network.checkpoint import load_checkpoint

    return load_checkpoint(checkpoint, best_device().torch_name), opened


def _open_scenes(
    info: "CheckpointInfo",
    paths: Iterable[Path],
    any_polarisation: bool,
    region: "Window | None",
) -> "list[Scene]":
    """Scenes whose pixels can be read; all of them are looked into before a raw one is converted.

    Raises:
        SceneError, MissingChannelsError, ConfigError: As `read_explained`.
    """
    from seaice.scenes.catalogue import checked, inspect_scene, make_ready

    scenes = [as_asked(inspect_scene(path), any_polarisation) for path in paths]
    for scene in scenes:
        scene.require(info.channels, info.channel_set)
        if region:
            scene.grid.at(info.spacing_m).check(region)
    for scene in scenes:
        make_ready(scene)
    return list(map(checked, scenes))


def write_rows(
    out: Path | None,
    rows: "Sequence[Row]",
    checkpoint: "Checkpoint",
    scene: "Scene | None" = None,
) -> None:
    """Write a table if one is asked for, and say so.

    Args:
        out: The table; None for none.
        rows: Its rows.
        checkpoint: What they tell of.
        scene: The scene that all rows are of, which becomes the first column.

    Raises:
        OutputError: The table cannot be written.
    """
    from seaice.explain.csv_rows import write_table

    if out is not None:
        first = {} if scene is None else {"scene": scene.id}
        write_table(out, [{**first, **row} for row in rows], checkpoint, command_line())
        print_message(f"wrote {out}")
