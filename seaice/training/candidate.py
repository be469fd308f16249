"""The network that a run validates and stores, made from what it has trained so far."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from torch import Tensor, nn

from seaice.core.freed_memory import freed_memory_given_back
from seaice.network.network import SeaIceNet
from seaice.training.config import TrainingConfig
from seaice.training.evaluated import copy_of, estimate_norms
from seaice.training.module import SeaIceModule
from seaice.training.patches.dataset import PatchDataset
from seaice.training.phase import Phase

_NORM_BATCH, _NORM_PIXELS = 16, 16 * 512**2
"""Patches in a batch of the estimate, and their pixels, at most. A training peaks in it."""


class StoppedError(Exception):
    """The run is asked to stop, and the network is not made."""


@dataclass(frozen=True)
class Candidates:
    """Makes networks to validate and store: averaged weights, norms estimated anew.

    Fixed norms are estimated once, before the first step, and stay as they are.

    Attributes:
        config: The run's settings.
        patches: Its patches. Those beyond the ones that it trains on are for the norms, always the
            same; with a size of their own, spread evenly over the scenes.
    """

    config: TrainingConfig
    patches: PatchDataset

    @property
    def estimates(self) -> bool:
        """Whether the norms of each network are estimated anew."""
        return self.config.norms == "batch" and self.config.norm_patches > 0

    def network(
        self,
        module: SeaIceModule,
        stop_requested: Callable[[], bool] = lambda: False,
        tell: Callable[[str], object] | None = None,
    ) -> SeaIceNet:
        """A network of its own, on the device of the training, which it leaves as it is.

        Args:
            module: The training.
            stop_requested: Called before each patch is read: whether to stop.
            tell: As of `estimate_norms`.

        Raises:
            NoScenesError: No patch can be read.
            StoppedError: It was asked to stop.
        """
        config = self.config
        network = copy_of(module.network if module.averaged is None else module.averaged)
        if self.estimates:
            # The decoders were trained on a frozen encoder with the statistics that it came with.
            part = network.decoders if config.freeze_encoder else None
            self.estimate_norms(network, part, stop_requested, tell)
        return network

    def estimate_norms(
        self,
        network: SeaIceNet,
        part: nn.Module | None = None,
        stop_requested: Callable[[], bool] = lambda: False,
        tell: Callable[[str], object] | None = None,
    ) -> None:
        """Estimate the statistics of a network's norms anew, if the run does so.

        Args:
            network: Changed in place.
            part: The part of it whose norms are estimated; all of it where None.
            stop_requested: Called before each patch is read: whether to stop.
            tell: Takes what is being done and how long it still takes, in words.

        Raises:
            NoScenesError: No patch can be read.
            StoppedError: It was asked to stop. The network is of no use.
        """
        if self.config.norm_patches:
            side = norm_side(self.config, self.patches.longest_px)
            at_once = norm_batch(self.config, side)
            phase = Phase("estimating norms", self.config.norm_patches, tell)
            inputs = self._norm_inputs(side, stop_requested, phase)
            with freed_memory_given_back():
                estimate_norms(network, inputs, at_once, part)

    def _norm_inputs(
        self, side: int, stop_requested: Callable[[], bool], phase: Phase
    ) -> Iterator[Tensor]:
        config = self.config
        patches = self.patches.evenly(side) if config.norm_patch else self.patches
        first = config.steps * config.batch
        for index in range(first, first + config.norm_patches):
            if stop_requested():
                raise StoppedError
            phase.begin_item()
            yield patches.inputs(index)


def norm_side(config: TrainingConfig, longest_px: int) -> int:
    """Side length of the patches for the norms, in pixels.

    A network is used on whole scenes. In a small patch more taps of a large rate lie on padding, so
    its branch has another mean and variance there.

    Args:
        config: The run's settings.
        longest_px: The longest side of the scenes, in pixels.
    """
    multiple = 2 * config.output_stride
    whole = -(-longest_px // multiple) * multiple
    return max(config.patch, min(config.norm_patch, whole))


def norm_batch(config: TrainingConfig, side: int) -> int:
    """How many patches for the norms are computed at a time.

    The estimate must not depend on the devices or parts that a batch is divided among.

    Args:
        config: The run's settings.
        side: Side length of those patches, in pixels.
    """
    return max(1, min(config.batch, _NORM_BATCH, _NORM_PIXELS // side**2))
