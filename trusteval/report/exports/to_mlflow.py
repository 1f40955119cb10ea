"""A run in MLflow: one run of it, one nested in that for each subject, and the report's files."""

from __future__ import annotations

import logging
import os
import time
from collections.abc import Iterable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from trusteval.checkpoints.foreign import in_one_line
from trusteval.errors import UsageError
from trusteval.report.exports.place import folder_at
from trusteval.report.exports.tracked import TrackedRun

EXPERIMENT = "trusteval"
_URI, _ALSO_URI = "MLFLOW_TRACKING_URI", "://"
_LONGEST_PARAM, _LONGEST_TAG, _LONGEST_NAME = 6000, 5000, 250
"""What every store of MLflow takes; what is longer is cut, and says so."""


def to_mlflow(tracked: TrackedRun, files: Iterable[Path], *, out: str | None) -> str:
    """Log a run, and return where: its experiment, run and tracking store.

    `out` is the address of a tracking store, or a folder that becomes one; without it
    MLFLOW_TRACKING_URI names the store. Raises UsageError where MLflow is not installed or refuses.
    """
    client, errors = _client(uri := _tracking_uri(out))
    run_id = None
    try:
        experiment = _experiment(client, out)
        run_id = _logged(client, experiment, tracked)
        for file in files:
            client.log_artifact(run_id, str(file))
        client.set_terminated(run_id)
    except errors as error:
        with suppress(*errors):
            if run_id is not None:
                client.set_terminated(run_id, status="FAILED")
        reason = in_one_line(error)
        raise UsageError(f"MLflow at {uri} does not take the run: {reason}") from error
    return f"experiment {EXPERIMENT}, run {run_id} in {uri}"


def _client(uri: str) -> tuple[Any, tuple[type[Exception], ...]]:
    os.environ.setdefault("MLFLOW_DISABLE_TELEMETRY", "true")
    try:
        from mlflow.exceptions import MlflowException
        from mlflow.tracking import MlflowClient
    except ImportError as error:
        raise UsageError(
            f"exporting to mlflow needs MLflow ({error}): pip install 'trusteval[mlflow]'"
        ) from error
    for name in ("mlflow", "alembic"):
        logging.getLogger(name).setLevel(logging.WARNING)
    try:
        return MlflowClient(tracking_uri=uri, registry_uri=uri), (MlflowException, OSError)
    except MlflowException as error:
        raise UsageError(f"MLflow cannot use {uri}: {in_one_line(error)}") from error


def _tracking_uri(out: str | None) -> str:
    if out is None:
        named = os.environ.get(_URI)
        if not named:
            raise UsageError(
                f"name where MLflow keeps it: --out FOLDER, --out URI, or {_URI} in the environment"
            )
        return named
    if _is_address(out):
        return out
    return f"sqlite:///{folder_at(Path(out)).absolute() / 'mlflow.db'}"


def _is_address(out: str) -> bool:
    return _ALSO_URI in out or out.startswith("file:") or out in ("databricks", "uc")


def _experiment(client: Any, out: str | None) -> str:
    """Return the experiment's number; its artifacts are beside a store that we made."""
    found = client.get_experiment_by_name(EXPERIMENT)
    if found is not None:
        return str(found.experiment_id)
    is_ours = out is not None and not _is_address(out)
    beside = (Path(str(out)).absolute() / "artifacts").as_uri() if is_ours else None
    return str(client.create_experiment(EXPERIMENT, artifact_location=beside))


def _logged(client: Any, experiment: str, tracked: TrackedRun) -> str:
    tags = {**tracked.tags, "mlflow.note.content": tracked.note}
    whole = client.create_run(experiment, run_name=tracked.name, tags=_cut(tags, _LONGEST_TAG))
    parent = str(whole.info.run_id)
    _log(client, parent, params=tracked.params, metrics={})
    for subject in tracked.subjects:
        tags = {
            **tracked.tags,
            **subject.tags,
            **{f"trusteval.undefined.{name}": why for name, why in subject.undefined.items()},
            "mlflow.parentRunId": parent,
        }
        nested = client.create_run(experiment, run_name=subject.name, tags=_cut(tags, _LONGEST_TAG))
        params = {**tracked.params, "variant": subject.name, **subject.params}
        _log(client, str(nested.info.run_id), params=params, metrics=subject.metrics)
        client.set_terminated(nested.info.run_id)
    return parent


def _log(
    client: Any, run_id: str, *, params: Mapping[str, str], metrics: Mapping[str, float]
) -> None:
    from mlflow.entities import Metric, Param

    now = round(time.time() * 1000)
    client.log_batch(
        run_id,
        metrics=[Metric(name, value, timestamp=now, step=0) for name, value in metrics.items()],
        params=[Param(name, value) for name, value in _cut(params, _LONGEST_PARAM).items()],
    )


def _cut(texts: Mapping[str, str], longest: int) -> dict[str, str]:
    return {
        name[:_LONGEST_NAME]: text if len(text) <= longest else f"{text[: longest - 40]}... (cut)"
        for name, text in texts.items()
    }
