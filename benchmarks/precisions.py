"""What precision the predictions of a benchmark compute in."""

from collections.abc import Sequence

from seaice.network.checkpoint import Checkpoint
from seaice.results import precision
from seaice.results.inference import predict
from seaice.scenes.scene import Scene


def settled(checkpoint: Checkpoint, scenes: Sequence[Scene]) -> str:
    """Predict as many scenes as it takes to know what precision pays; what was found."""
    for scene in scenes[: precision.SCENES]:
        predict(scene, checkpoint)
    return taken(checkpoint)


def taken(checkpoint: Checkpoint) -> str:
    """What the next prediction computes in, and why."""
    known = precision.known(checkpoint)
    if known is None:
        return "float32 (bfloat16 was not measured)"
    name = "bfloat16" if known.pays else "float32"
    return (
        f"{name} (bfloat16 on {len(known.squares)} of {precision.SCENES} scenes: "
        f"{known.gain:.2f} times as fast, {known.agreement:.2%} the same, at least)"
    )
