"""What a log of inspect was asked with, as its header records it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from trusteval.results.content import shown_facts
from trusteval.results.documents import Entry

TOOL_PACKAGE = "inspect_ai"
_HOW = {
    *("max_connections", "adaptive_connections", "max_retries", "timeout", "attempt_timeout"),
    *("max_samples", "cache", "batch"),
}
"""Settings of a generation that say how fast it goes, not what comes of it."""
_LIMITS = (
    *("limit", "sample_id", "sample_shuffle", "epochs", "message_limit", "token_limit"),
    *("time_limit", "working_limit"),
)


def version_of(header: Entry) -> str:
    """Return the tool's version."""
    packages = header.part("eval").optional_part("packages")
    return packages.optional_text(TOOL_PACKAGE) or "unknown"


def model_of(header: Entry) -> str:
    """Return what the tool calls the model."""
    return header.part("eval").text("model")


def run_facts(header: Entry) -> dict[str, str]:
    """Return what does not belong to one task: the other packages, the model's arguments."""
    evaluated = header.part("eval")
    packages = evaluated.optional_part("packages").values
    others = {f"package {name}": said for name, said in packages.items() if name != TOOL_PACKAGE}
    arguments = evaluated.optional_part("model_args").values
    how = {f"model_args.{name}": value for name, value in arguments.items() if _is_plain(value)}
    commit = evaluated.optional_part("revision").optional_text("commit")
    return shown_facts({**others, **how, "revision": commit})


def task_facts(header: Entry) -> dict[str, str]:
    """Return what one task was asked with."""
    evaluated, plan = header.part("eval"), header.optional_part("plan")
    config = evaluated.optional_part("config").values
    generation = {
        **evaluated.optional_part("model_generate_config").values,
        **plan.optional_part("config").values,
    }
    arguments = evaluated.optional_part("task_args").values
    return shown_facts(
        {
            "version": evaluated.values.get("task_version"),
            "dataset": evaluated.optional_part("dataset").values.get("name"),
            "solver": [_step(step) for step in plan.optional_items("steps")],
            "scorers": _scorers(evaluated),
            **{f"task_args.{name}": value for name, value in arguments.items()},
            **{name: config.get(name) for name in _LIMITS},
            "epochs_reducer": reducer_of(header),
            **{name: value for name, value in generation.items() if name not in _HOW},
        }
    )


def reducer_of(header: Entry) -> str:
    """Return how epochs were reduced; "" for their mean, which not every version writes down."""
    config = header.part("eval").optional_part("config")
    reducers = [str(reducer) for reducer in config.optional_items("epochs_reducer")]
    return "" if reducers == ["mean"] else ", ".join(reducers)


def _step(step: Any) -> Any:
    """Return a solver with the parameters that were given; newer versions write the others too."""
    if not isinstance(step, dict):
        return step
    given = step.get("params_passed", step.get("params"))
    return {"solver": step.get("solver"), **(given if isinstance(given, Mapping) else {})}


def _scorers(evaluated: Entry) -> list[Any]:
    scorers = evaluated.optional_items("scorers")
    return [
        {"scorer": scorer.get("name"), **(scorer.get("options") or {})}
        for scorer in scorers
        if isinstance(scorer, dict)
    ]


def _is_plain(value: object) -> bool:
    return isinstance(value, str | int | float | bool)
