"""Networks of a sweep in the folder of checkpoints, which Compare shows."""

import os
import shlex
from collections.abc import Sequence

from seaice.core.folders import models_folder
from seaice.core.text import named
from seaice.dashboard.link import HASH_DIGITS
from seaice.experiment.evaluated import EvaluatedSweep
from seaice.experiment.tally import Source
from seaice.network.checkpoint_files import CheckpointFile


def files_at_hand(networks: Sequence[Source]) -> dict[Source, CheckpointFile]:
    """The networks whose files lie there, with these: by their hashes, as names recur."""
    # Context is drawn before torch is there.
    from seaice.dashboard import cached
    from seaice.dashboard.sidebar.checkpoint_picker import link_hash

    by_hash = {link_hash(file): file for file in cached.checkpoints(models_folder())[0]}
    hashes = {each: each.sha256[:HASH_DIGITS] for each in networks if each.sha256}
    return {each: by_hash[short] for each, short in hashes.items() if short in by_hash}


def elsewhere_text(sweep: EvaluatedSweep, lacking: Sequence[Source]) -> str:
    """What to do for networks of a sweep whose files do not lie there."""
    beside = all(os.path.isfile(sweep.path / each.name) for each in lacking)
    folder = shlex.quote(str(sweep.path)) if beside else "FOLDER"
    return (
        f"These networks ({named(each.name for each in lacking)}) do not lie in "
        f"{models_folder()}, whose checkpoints Compare shows, even if others there have the same "
        f"names. Open theirs with: seaice app --models {folder}"
    )
