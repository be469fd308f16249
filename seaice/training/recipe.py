"""Settings of how a network is trained that keep its scores from hanging on chance."""

from dataclasses import dataclass
from typing import Annotated, Literal, get_args

from seaice.training.settings import Setting

NormsName = Literal["batch", "fixed"]
NORMS: tuple[NormsName, ...] = get_args(NormsName)
"""`batch`: each step is normalised by the statistics of its own patches. `fixed`: by those of the
network that the run begins with, estimated once on the patches for the norms."""


@dataclass(frozen=True, kw_only=True)
class RecipeSettings:
    """Settings that steady a training. The `Setting` of each field describes it.

    None of them changes what a network can see, so that networks with different rates can be
    compared as long as all are trained with the same values.
    """

    dropout: Annotated[
        float,
        Setting(
            "Dropout",
            "Share of the ASPP's joined features that each step leaves out.",
            "Training",
            0,
            0.9,
        ),
    ] = 0.0
    clip_norm: Annotated[
        float,
        Setting(
            "Gradient limit",
            "A gradient with a larger norm is scaled down to this one; 0 never does.",
            "Training",
            0,
            1_000_000,
        ),
    ] = 1.0
    gain_jitter_db: Annotated[
        float,
        Setting(
            "Gain jitter, dB",
            "Spread (standard deviation) of a constant that is added to HH and another one that "
            "is added to HV of each patch; 0 adds none.",
            "Training",
            0,
            10,
        ),
    ] = 1.5
    noise_jitter_db: Annotated[
        float,
        Setting(
            "Noise jitter, dB",
            "Spread (standard deviation) by which the noise floor of HV is raised or lowered in "
            "each patch; 0 leaves it.",
            "Training",
            0,
            10,
        ),
    ] = 1.0
    class_balance: Annotated[
        float,
        Setting(
            "Class balance",
            "Weight of each class in the losses of SOD and FLOE: its frequency in the patches to "
            "minus this power. 0 weights all pixels alike, 1 all classes.",
            "Training",
            0,
            1,
        ),
    ] = 0.5
    averaging: Annotated[
        float,
        Setting(
            "Weight averaging",
            "Share of the steps so far that averaged weights reach back. They are validated and "
            "stored in place of the last ones; 0 averages none.",
            "Training",
            0,
            1,
        ),
    ] = 0.05
    norm_patches: Annotated[
        int,
        Setting(
            "Patches for the norms",
            "Patches on which the statistics of batch norm are estimated anew before weights are "
            "validated or stored (fixed norms: once, at the start); 0 keeps those of the steps.",
            "Training",
            0,
            100_000,
        ),
    ] = 400
    norm_patch: Annotated[
        int,
        Setting(
            "Patch size for the norms, pixels",
            "Side length of those patches, at least the patch size, at most the longest side of "
            "all scenes. In small ones, more taps lie on padding than in a scene. 0 draws them as "
            "those of the steps.",
            "Training",
            0,
            4096,
        ),
    ] = 512
    norms: Annotated[
        NormsName,
        Setting(
            "Norms",
            "What normalises features in a step: batch, the statistics of its own patches, or "
            "fixed, those that the run begins with, which suits few patches a step.",
            "Training",
            choices=NORMS,
        ),
    ] = "batch"
    start_from: Annotated[
        str,
        Setting(
            "Start from",
            "Checkpoint with the rates 'none' whose weights the run begins with. Branches with "
            "rates are added, multiplied by zero at first.",
            "Training",
        ),
    ] = ""
    freeze_encoder: Annotated[
        bool,
        Setting(
            "Keep the encoder",
            "Leave the encoder as the checkpoint to start from has it and train the decoders "
            "alone, so that all rates read the same features.",
            "Training",
        ),
    ] = False
