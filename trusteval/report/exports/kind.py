"""The kinds of export, by the names that a user gives."""

from __future__ import annotations

from enum import StrEnum


class Kind(StrEnum):
    """For the hub, for trackers of experiments, item by item, and for another tool."""

    EVAL_RESULTS = "eval-results"
    MODEL_INDEX = "model-index"
    MLFLOW = "mlflow"
    WANDB = "wandb"
    CSV = "csv"
    PARQUET = "parquet"
    LM_EVAL = "lm-eval"

    @property
    def needs_answers(self) -> bool:
        """Whether it is made of the answers, item by item."""
        return self in (Kind.CSV, Kind.PARQUET, Kind.LM_EVAL)
