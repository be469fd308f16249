"""The command `seaice import-authors`: the paper authors' published network -> a checkpoint."""

from pathlib import Path
from typing import Annotated

import typer

from seaice.commands.options import AsJson
from seaice.commands.output import print_result

_Weights = Annotated[
    Path,
    typer.Argument(metavar="WEIGHTS", help="The authors' PyTorch file, for example a .ckpt."),
]
_Out = Annotated[
    Path,
    typer.Argument(
        metavar="OUT",
        help="Folder for the checkpoint, which is then called autoice18_12-24-36_authors, or a "
        "file name that ends in .safetensors. No file is overwritten.",
    ),
]


def import_authors(
    weights: _Weights,
    out: _Out,
    as_json: AsJson = False,
) -> None:
    """Turn the paper authors' weights into a checkpoint."""
    from seaice.network.checkpoint_files import file_sha256
    from seaice.network.checkpoint_info import read_info
    from seaice.network.import_authors import import_weights
    from seaice.network.reach import reach_facts

    path = import_weights(weights, out)
    info = read_info(path)
    facts = {
        "checkpoint": str(path),
        "sha256": file_sha256(path),
        "channel_set": info.channel_set,
        "rates": info.rates,
        **reach_facts(info.rates, info.cell_m),
        "spacing_m": info.spacing_m,
        "training": info.training,
    }
    print_result(facts, as_json, str(path))
