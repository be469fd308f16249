"""Checks of settings that must fit one another, each with a sentence that says how they would."""

from seaice.core.errors import ConfigError
from seaice.network.rates import Rates, check_rates


def rates_of(rates: object) -> Rates:
    """Rates from a value that can be anything that JSON holds.

    Raises:
        ConfigError: It is not a list of rates.
    """
    if not isinstance(rates, tuple | list) or any(type(rate) is not int for rate in rates):
        raise ConfigError(f"Atrous rates must be a list of whole numbers, not {str(rates)[:40]!r}.")
    return check_rates(rates)


def check_patch(patch: int, output_stride: int, rates: Rates) -> None:
    """Check that a patch can be computed and that no rate sees nothing but padding.

    Args:
        patch: Pixels along one side.
        output_stride: Pixels per feature cell.
        rates: Atrous rates.

    Raises:
        ConfigError: It does not. The message names a size that does.
    """
    multiple = _check_multiple("patch", patch, output_stride)
    cells, widest = patch // output_stride, max(rates, default=0)
    if widest >= cells:
        least = -(-(widest + 1) * output_stride // multiple) * multiple
        raise ConfigError(
            f"A patch of {patch} pixels is {cells} feature cells wide: rate {widest} "
            f"would see nothing but padding. Use a patch of {least} or more."
        )


def check_norm_patch(norm_patch: int, output_stride: int) -> None:
    """Check that a patch for the norms can be computed.

    Raises:
        ConfigError: It cannot.
    """
    _check_multiple("norm_patch", norm_patch, output_stride)


def _check_multiple(name: str, pixels: int, output_stride: int) -> int:
    # The local 2 x 2 pooling needs an even feature grid.
    multiple = 2 * output_stride
    if pixels % multiple:
        raise ConfigError(
            f"{name} must be a multiple of {multiple} pixels (twice the output stride), not "
            f"{pixels}."
        )
    return multiple


def check_parts(batch: int, devices: int, accumulate: int) -> int:
    """Check that a batch can be split.

    Returns:
        Patches that a device computes at a time.

    Raises:
        ConfigError: The batch cannot be split evenly.
    """
    if batch % (devices * accumulate):
        raise ConfigError(
            f"A batch of {batch} cannot be split evenly among {devices} "
            f"device(s) with {accumulate} gradient accumulation step(s)."
        )
    return batch // (devices * accumulate)


def check_norms(at_a_time: int, patch: int, output_stride: int) -> None:
    """Check that batch norm gets more than one value of each channel.

    Raises:
        ConfigError: The pooling branch, which has the fewest, would have one.
    """
    if at_a_time == 1 and patch == 2 * output_stride:
        raise ConfigError(
            f"A single patch of {patch} pixels at a time is too little for batch norm. "
            f"Use a patch of {2 * patch} pixels or more, or a larger batch."
        )


def check_frozen(freeze_encoder: bool, start_from: str) -> None:
    """Check that an encoder that is not trained comes from somewhere.

    Raises:
        ConfigError: It would stay as it was drawn.
    """
    if freeze_encoder and not start_from:
        raise ConfigError(
            "freeze_encoder keeps the encoder of the checkpoint that the run starts from. Name "
            "one (start_from), or train the encoder too."
        )
