"""What can answer prompts, one row each; heavy parts load on use."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class EngineKind:
    """A way to answer prompts: the "module:class" of its backend, and whether a model runs.

    The class has a `create` that takes what --trust-model names and the run's options.
    """

    backend: str
    runs_model: bool


ENGINES: dict[str, EngineKind] = {
    "hf": EngineKind("trusteval.engines.local.backend:HFBackend", runs_model=True),
    "openai": EngineKind("trusteval.engines.served.openai:OpenAIBackend", runs_model=True),
    "scripted": EngineKind("trusteval.engines.scripted:ScriptedBackend", runs_model=False),
    "replay": EngineKind("trusteval.engines.replay:ReplayBackend", runs_model=False),
}
