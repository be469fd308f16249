"""What the commands that explain a network begin with: paths checked first, then what is heavy."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from seaice.commands.options import as_asked
from seaice.commands.output import command_line, print_message

if TYPE_CHECKING:
    # For their types alone: the command line starts without torch.
    from seaice.explain.csv_rows import Row
    from seaice.network.checkpoint import Checkpoint
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
    checkpoint: Path, scenes: Sequence[Path], out: Path | None, any_polarisation: bool
) -> "tuple[Checkpoint, list[Scene]]":
    """Read a checkpoint and the scenes that it is explained on.

    Args:
        checkpoint: Its file.
        scenes: Scene files; one that is named twice is read once.
        out: Table to write; None for none.
        any_polarisation: Whether to take VV and VH for HH and HV.

    Raises:
        CheckpointError, SceneError: A file cannot be read.
        ConfigError: The table does not end in .csv.
        OutputError: The table cannot be written.
    """
    from seaice.network.checkpoint_info import read_info

    # A wrong path is reported at once: importing torch takes seconds.
    read_info(checkpoint)
    check_table(out)
    from seaice.core.device import best_device
    from seaice.network.checkpoint import load_checkpoint
    from seaice.scenes.catalogue import checked, open_scene

    paths = dict.fromkeys(scenes)
    opened = [as_asked(checked(open_scene(path)), any_polarisation) for path in paths]
    return load_checkpoint(checkpoint, best_device().torch_name), opened


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
