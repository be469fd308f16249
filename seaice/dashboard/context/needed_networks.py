"""Which networks of a sweep a map of needed context stands on: of one seed, and at hand."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from seaice.core.folders import models_folder
from seaice.core.text import named
from seaice.dashboard.context.scope import Scope
from seaice.dashboard.sidebar.checkpoint_picker import of_one_seed
from seaice.experiment.drawn import channel_sets
from seaice.experiment.reach import rates_text
from seaice.experiment.tally import Source
from seaice.network.checkpoint_files import CheckpointFile
from seaice.network.rates import CENTRE, rates_name


@dataclass(frozen=True)
class FieldNetwork:
    """A network of the sweep whose file is at hand.

    Attributes:
        source: The network in the sweep's table.
        file: Its checkpoint.
    """

    source: Source
    file: CheckpointFile

    @property
    def rates(self) -> str:
        """Its rates in their written form."""
        return self.source.cell.rates

    @property
    def field_km(self) -> float:
        """Its receptive field, km."""
        return self.source.field_km


def networks_of_sets(scope: Scope) -> dict[str, list[Source]]:
    """By channel set with two fields or more, the sweep's networks; the centre control left out."""
    networks = scope.results.tally(scope.reference)[0].sources
    of_sets = {
        name: [
            each
            for each in networks
            if each.cell.channel_set == name and each.cell.rates != rates_name(CENTRE)
        ]
        for name in channel_sets(scope.results, scope.reference)
    }
    return {name: own for name, own in of_sets.items() if len({each.cell for each in own}) > 1}


def one_seed(own: Sequence[Source], found: Mapping[Source, CheckpointFile]) -> list[FieldNetwork]:
    """The networks at hand of the seed that most fields have, by receptive field."""
    files = {each: found[each] for each in own if each in found}
    kept = of_one_seed(list(files.values()))
    networks = [FieldNetwork(each, file) for each, file in files.items() if file in kept]
    return sorted(networks, key=lambda each: each.field_km)


def whose_text(scope: Scope, networks: Sequence[FieldNetwork], own: Sequence[Source]) -> str:
    """Which networks a map and scores are of, and which fields of the sweep they leave out."""
    names = named(
        (f"{each.file.name} (field {each.field_km:.0f} km)" for each in networks), most=10
    )
    text = f"The map and the scores are of these networks of the sweep {scope.sweep.name}: {names}."
    shown = {each.source.cell for each in networks}
    cell_m = scope.results.cell_m
    left_out = (each.cell.rates for each in own if each.cell not in shown)
    out = dict.fromkeys(rates_text(rates, cell_m) for rates in left_out)
    if not out:
        return text
    return (
        f"{text} Without rates {named(out, most=10)}, of which no network of the same seed lies "
        f"in {models_folder()}."
    )
