"""Baselines fitted with scikit-learn, and turned into plain arrays."""

from typing import Any

import numpy as np
from sklearn.ensemble import HistGradientBoostingClassifier, HistGradientBoostingRegressor
from sklearn.linear_model import LogisticRegression, Ridge

from seaice.ai4arctic.charts import CHART, CHARTS, ChartName
from seaice.baselines.linear import LinearModel
from seaice.baselines.sample import Sample, labelled
from seaice.baselines.trees import MAX_LEAVES, TreeModel, Trees

_RIDGE = 1.0
"""Penalty of the squared weights; of the sum over all pixels, so that it is weak."""
_NEVER = -60.0
"""Logit of a class that no pixel has: its probability is 0 in float16."""
_TREES: dict[str, Any] = {
    "max_iter": 60,
    "learning_rate": 0.1,
    "max_leaf_nodes": MAX_LEAVES - 1,
    "min_samples_leaf": 50,
    "l2_regularization": 1.0,
    "early_stopping": False,
}


def fit_linear(sample: Sample) -> LinearModel:
    """Fit ridge regression for SIC and multinomial logistic regression for SOD and FLOE.

    Raises:
        NoScenesError: See `labelled`.
    """
    weights: dict[ChartName, np.ndarray] = {}
    offsets: dict[ChartName, np.ndarray] = {}
    for name in CHARTS:
        inputs, labels = labelled(sample, name)
        if name == "SIC":
            ridge = Ridge(alpha=_RIDGE).fit(inputs.astype(np.float64), labels)
            rows, constants, classes = ridge.coef_[None], np.array([ridge.intercept_]), [0]
        else:
            logistic = LogisticRegression(C=1 / _RIDGE, solver="newton-cholesky", max_iter=50)
            logistic.fit(inputs.astype(np.float64), labels)
            rows, constants = logistic.coef_, logistic.intercept_
            classes = list(logistic.classes_)
            if len(classes) == 2:
                # Of two classes, scikit-learn keeps the logit of the second.
                rows, constants = np.vstack([0 * rows, rows]), np.append(0, constants)
        n = CHART[name].n_outputs
        weights[name] = np.zeros((n, inputs.shape[1]), np.float32)
        offsets[name] = np.full(n, _NEVER, np.float32)
        weights[name][classes], offsets[name][classes] = rows, constants
    return LinearModel(weights, offsets)


def fit_trees(sample: Sample, seed: int) -> TreeModel:
    """Fit histogram gradient-boosted trees to each chart.

    Args:
        sample: What to fit on.
        seed: Of the pixels from which the histograms' bins are made.

    Raises:
        NoScenesError: See `labelled`.
    """
    trees: dict[ChartName, Trees] = {}
    for name in CHARTS:
        inputs, labels = labelled(sample, name)
        kind = HistGradientBoostingRegressor if name == "SIC" else HistGradientBoostingClassifier
        model = kind(**_TREES, random_state=seed).fit(inputs, labels)
        classes = [0] if name == "SIC" else [int(each) for each in model.classes_]
        trees[name] = plain_trees(model, classes, CHART[name].n_outputs)
    return TreeModel(trees)


def plain_trees(
    model: HistGradientBoostingClassifier | HistGradientBoostingRegressor,
    classes: list[int],
    n_outputs: int,
) -> Trees:
    """The trees of a fitted scikit-learn model as arrays.

    Args:
        model: The model.
        classes: Which outputs its own ones are.
        n_outputs: Outputs of the chart.
    """
    start = np.full(n_outputs, _NEVER, np.float32)
    own = np.ravel(model._baseline_prediction)
    # Of two classes, scikit-learn keeps the logit of the second.
    outputs = classes[-len(own) :]
    start[classes] = 0
    start[outputs] = own
    rounds = [list(zip(outputs, trees, strict=True)) for trees in model._predictors]
    every = [(output, tree.nodes) for each in rounds for output, tree in each]
    nodes = np.concatenate([each for _, each in every])
    sizes = [len(each) for _, each in every]
    leaf = nodes["is_leaf"].astype(bool)
    within = np.concatenate([np.arange(size) for size in sizes])
    if not (leaf | (nodes["left"] == within + 1)).all():
        raise RuntimeError("scikit-learn no longer stores trees in preorder")
    return Trees(
        feature=np.where(leaf, 0, nodes["feature_idx"]).astype(np.uint8),
        number=np.where(leaf, nodes["value"], _at_most(nodes["num_threshold"])).astype(np.float32),
        right=np.where(leaf, 0, nodes["right"].astype(np.int64) - within).astype(np.uint8),
        roots=np.cumsum([0, *sizes[:-1]]).astype(np.int32),
        output=np.array([output for output, _ in every], np.uint8),
        start=start,
    )


def _at_most(thresholds: np.ndarray) -> np.ndarray:
    """The largest float32 that is not above: inputs are float32, so no comparison changes."""
    rounded = thresholds.astype(np.float32)
    return np.where(rounded > thresholds, np.nextafter(rounded, np.float32(-np.inf)), rounded)
