"""Which networks the slider over the rates moves along."""

from seaice.core.folders import models_folder
from seaice.dashboard import cached
from seaice.dashboard.compare.sources import Sources
from seaice.dashboard.sidebar.checkpoint_picker import chosen_checkpoint
from seaice.dashboard.sidebar.selection import Selection
from seaice.network.checkpoint_info import CheckpointInfo
from seaice.network.rates import NONE, RATE_PRESETS, rates_name
from seaice.network.reach import reach_km


def along_rates(selection: Selection) -> Sources:
    """The checkpoints of a channel set from no atrous branch to the widest rates.

    Of each preset and of each set of rates in the sidebar, it is the checkpoint that the sidebar
    shows or would show.
    """
    files, _ = cached.checkpoints(models_folder())
    names = dict.fromkeys((*map(rates_name, (NONE, *RATE_PRESETS)), *selection.rates))
    found = (chosen_checkpoint(files, selection.channel_set, name) for name in names)
    return Sources(tuple(sorted(filter(None, found), key=lambda each: _far(each.info))))


def _far(info: CheckpointInfo) -> tuple[float, float, int]:
    nearest, farthest = reach_km(info.rates, info.cell_m)
    return farthest, nearest, len(info.rates)
