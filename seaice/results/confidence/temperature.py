"""Temperature scaling: one number for each chart that makes a network as sure as it is right.

Logits are divided by the temperature before they become probabilities (Guo et al. 2017). It is the
one that makes the labels of validation scenes likeliest. The order of the classes stays.
"""

import numpy as np
from scipy.optimize import minimize_scalar
from scipy.special import logsumexp, softmax

from seaice.core.errors import ConfigError
from seaice.network.checkpoint_info import TEMPERATURES

_TOLERANCE = 1e-4
"""Of the logarithm of the temperature."""


def fit_temperature(logits: np.ndarray, labels: np.ndarray) -> float:
    """The temperature at which the labels are likeliest, within the bounds of `TEMPERATURES`.

    Args:
        logits: (classes, pixels) float.
        labels: (pixels,) classes.

    Raises:
        ConfigError: There is no pixel.
    """
    if not labels.size:
        raise ConfigError("There is no labelled pixel to fit a temperature to.")
    scores = logits.astype(np.float64)
    own = scores[labels, np.arange(labels.size)]

    def loss(log_temperature: float) -> float:
        temperature = np.exp(log_temperature)
        return float((logsumexp(scores / temperature, axis=0) - own / temperature).mean())

    found = minimize_scalar(
        loss, bounds=tuple(np.log(TEMPERATURES)), method="bounded", options={"xatol": _TOLERANCE}
    )
    return float(np.clip(np.exp(found.x), *TEMPERATURES))


def tempered(logits: np.ndarray, temperature: float) -> np.ndarray:
    """Probabilities of logits at a temperature, (classes, pixels) float32."""
    probabilities: np.ndarray = softmax(logits / np.float32(temperature), axis=0)
    return probabilities
