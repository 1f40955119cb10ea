"""The metrics that protocols list for every setting of a benchmark, with their form of each."""

from __future__ import annotations

STRICT_RATES = {"refusal_rate": "refusal_rate", "non_answer_rate": "non_answer_rate"}
STRICT_ACCURACY = {"accuracy": "accuracy", **STRICT_RATES}
STRICT_BALANCED = {
    "accuracy": "accuracy",
    "balanced_accuracy": "balanced_accuracy",
    **STRICT_RATES,
}
PUBLISHED_RATES = {"refusal_rate": "refusal_rate"}
PUBLISHED_ACCURACY = {"accuracy": "accuracy", **PUBLISHED_RATES}
