"""What a sweep trains: a grid of rates, channel sets and seeds, and the settings of all cells."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import product
from pathlib import Path
from typing import Any

from seaice.core.errors import ConfigError
from seaice.network.checkpoint_files import channel_set_part, checkpoint_name
from seaice.network.rates import NONE, Rates, rates_name
from seaice.training.config import TrainingConfig

VARIED = ("output_stride", "width", "spacing_m", "encoder")
"""Settings of the network that a grid can vary besides rates, channel sets and seeds."""
_SHORT = {"output_stride": "stride", "spacing_m": "spacing"}
_OWN = ("rates", "channel_set", "seed", "name", "start_from")
"""Settings that the grid sets."""

MOST_CELLS = 5000

Values = tuple[tuple[str, Any], ...]
"""Settings that a cell varies, by name."""
Pair = tuple[str, Rates]
"""A channel set and atrous rates."""


def pair_name(pair: Pair) -> str:
    """A channel set with rates as one writes it.

    >>> pair_name(("sar+amsr2", (1, 2, 3)))
    'sar+amsr2:1-2-3'
    """
    return f"{pair[0]}:{rates_name(pair[1])}"


@dataclass(frozen=True)
class SweepCell:
    """One training of a sweep.

    Attributes:
        channel_set: Its channel set.
        rates: Its atrous rates.
        seed: Its seed.
        varied: What else the grid varies.
        trunk: Whether it is what the cells with its channel set and seed begin with.
    """

    channel_set: str
    rates: Rates
    seed: int
    varied: Values = ()
    trunk: bool = False

    @property
    def name(self) -> str:
        """Name of the cell and of its checkpoint."""
        if self.trunk:
            name = f"{channel_set_part(self.channel_set)}_trunk_seed{self.seed}"
        else:
            name = checkpoint_name(self.rates, self.channel_set, self.seed)
        return "_".join([name, *(f"{_SHORT.get(key, key)}{value}" for key, value in self.varied)])

    @property
    def trunk_cell(self) -> "SweepCell":
        """The trunk that it begins with, in a sweep with trunks."""
        return SweepCell(self.channel_set, NONE, self.seed, self.varied, trunk=True)


@dataclass(frozen=True)
class SweepPlan:
    """What a sweep trains.

    Attributes:
        rates: Atrous rates of the grid.
        channels: Its channel sets.
        seeds: Its seeds.
        vary: Further settings of the network that it varies, and their values.
        settings: Settings of all cells, as `TrainingConfig` names them.
        trunk: Settings of the trunks that differ from those of the cells; empty without trunks.
        contrasts: The comparison of each task that is stated beforehand, as JSON values.
        only: Channel sets with rates that are trained; empty if the whole grid is.
        test: Folder of the scenes that finished cells are scored on; empty for none.

    Raises:
        ConfigError: The grid is empty or too large, a setting is unknown or out of bounds, or
            `only` names what is not in the grid.
    """

    rates: tuple[Rates, ...]
    channels: tuple[str, ...]
    seeds: tuple[int, ...] = (0,)
    vary: Mapping[str, tuple[Any, ...]] = field(default_factory=dict)
    settings: Mapping[str, Any] = field(default_factory=dict)
    trunk: Mapping[str, Any] = field(default_factory=dict)
    contrasts: Mapping[str, Any] = field(default_factory=dict)
    only: tuple[Pair, ...] = ()
    test: str = ""

    def __post_init__(self) -> None:
        for name in ("rates", "channels", "seeds"):
            if not getattr(self, name):
                raise ConfigError(f"A sweep needs {name}.")
        if unknown := sorted(set(self.vary) - set(VARIED)):
            raise ConfigError(
                f"A sweep cannot vary {', '.join(unknown)[:80]}. It can vary: {', '.join(VARIED)}."
            )
        for values in (self.settings, self.trunk):
            if own := sorted(set(values) & {*_OWN, *self.vary}):
                raise ConfigError(f"The grid of a sweep sets {', '.join(own)}. Leave it out.")
        if outside := set(self.only) - set(product(self.channels, self.rates)):
            names = ", ".join(sorted(map(pair_name, outside)))
            raise ConfigError(f"{names[:80]} is not in the grid. Name its channel sets and rates.")
        if not 0 < len(self.cells) <= MOST_CELLS:
            raise ConfigError(f"A sweep has 1 to {MOST_CELLS} cells, not {len(self.cells)}.")
        if self.contrasts:
            # Here, because it imports the statistics, which take a second.
            from seaice.experiment.contrasts import parse_contrasts

            parse_contrasts(dict(self.contrasts))
        # The first cell's settings are those of all; rates and strides must fit the patch each.
        for cell in (*self.trunks[:1], *self._each_shape()):
            self.config(cell, Path("trunk"))

    @property
    def cells(self) -> tuple[SweepCell, ...]:
        """The cells, ordered by seed first, so that a sweep that is stopped has a whole grid."""
        varied = [tuple(zip(self.vary, each, strict=True)) for each in product(*self.vary.values())]
        return tuple(
            SweepCell(channels, rates, seed, values)
            for seed in self.seeds
            for values in varied
            for channels, rates in self.pairs
        )

    @property
    def pairs(self) -> tuple[Pair, ...]:
        """Channel sets with rates that are trained, in the order of the grid."""
        wanted = set(self.only)
        grid = product(self.channels, self.rates)
        return tuple(pair for pair in grid if not wanted or pair in wanted)

    @property
    def trunks(self) -> tuple[SweepCell, ...]:
        """The trunks; none if the plan has none."""
        if not self.trunk:
            return ()
        return tuple(dict.fromkeys(cell.trunk_cell for cell in self.cells))

    def config(self, cell: SweepCell, trunk: Path | None) -> TrainingConfig:
        """Settings of a cell's run.

        Args:
            cell: The cell.
            trunk: Checkpoint of its trunk, if the plan has trunks and the cell is none.

        Raises:
            ConfigError: A setting is unknown, or out of its bounds.
        """
        values = {"data": "data", **self.settings, **dict(cell.varied)}
        if cell.trunk:
            values |= {"freeze_encoder": False, "norms": "batch", **self.trunk}
        elif self.trunk:
            values["start_from"] = str(trunk)
        values |= {"rates": cell.rates, "channel_set": cell.channel_set, "seed": cell.seed}
        try:
            return TrainingConfig(**values, name=cell.name)
        except TypeError as error:
            known = TrainingConfig.__dataclass_fields__
            unknown = sorted(set(values) - set(known))
            raise ConfigError(f"No setting {', '.join(unknown)[:80]!r} of a training.") from error

    @property
    def cell_m(self) -> float | None:
        """Size of a feature cell of its networks, metres; None if the grid varies it."""
        unlike = {cell.varied: cell for cell in self.cells}.values()
        sizes = {self.config(cell, Path("trunk")).cell_m for cell in unlike}
        return sizes.pop() if len(sizes) == 1 else None

    def enlarged(self, other: "SweepPlan") -> "SweepPlan":
        """This plan with the rates, channel sets, seeds and values of another one too.

        If either trains a part of its grid, the result trains what the two do; else a whole grid.

        Raises:
            ConfigError: The other one has other settings, trunks, contrasts or test scenes, or
                varies other settings.
        """
        for name in ("settings", "trunk", "contrasts"):
            own, others = dict(getattr(self, name)), dict(getattr(other, name))
            if own != others:
                differ = [key for key in {**own, **others} if own.get(key) != others.get(key)]
                raise ConfigError(
                    f"its {name} differ ({', '.join(sorted(differ))[:80]}). Give the same {name}, "
                    "or another name"
                )
        if set(self.vary) != set(other.vary):
            raise ConfigError("it varies other settings. Vary the same ones, or give another name")
        if self.test and other.test and self.test != other.test:
            raise ConfigError(
                f"its cells are scored on {self.test}. Give the same test scenes, or another name"
            )
        return SweepPlan(
            rates=_union(self.rates, other.rates),
            channels=_union(self.channels, other.channels),
            seeds=_union(self.seeds, other.seeds),
            vary={name: _union(self.vary[name], other.vary[name]) for name in self.vary},
            settings=self.settings,
            trunk=self.trunk,
            contrasts=self.contrasts,
            only=_union(self.pairs, other.pairs) if self.only or other.only else (),
            test=self.test or other.test,
        )

    def to_dict(self) -> dict[str, Any]:
        """As JSON values; the inverse of `seaice.experiment.sweep.plan_values.plan_of`."""
        return {
            "rates": [rates_name(each) for each in self.rates],
            "channels": list(self.channels),
            "seeds": list(self.seeds),
            "vary": {name: list(values) for name, values in self.vary.items()},
            "settings": dict(self.settings),
            "trunk": dict(self.trunk),
            "contrasts": dict(self.contrasts),
            "only": [pair_name(each) for each in self.only],
            "test": self.test,
        }

    def _each_shape(self) -> tuple[SweepCell, ...]:
        seed = self.seeds[0]
        return tuple(cell for cell in self.cells if cell.seed == seed)


def _union(one: Sequence[Any], other: Sequence[Any]) -> tuple[Any, ...]:
    return tuple(dict.fromkeys((*one, *other)))
