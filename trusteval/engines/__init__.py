"""What can answer prompts, one row each; heavy parts load on use."""

from __future__ import annotations

ENGINES: dict[str, str] = {
    "hf": "trusteval.engines.local.backend:HFBackend",
    "openai": "trusteval.engines.served.openai:OpenAIBackend",
    "scripted": "trusteval.engines.scripted:ScriptedBackend",
    "replay": "trusteval.engines.replay:ReplayBackend",
}
