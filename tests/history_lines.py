"""Lines of a history: what a run leaves there."""

from __future__ import annotations

from typing import Any


def record(day: int, value: float | None = 50.0, **changes: Any) -> dict[str, Any]:
    line = {
        "subject": "gptq-4",
        "benchmark": "ethics",
        "dimension": "machine ethics",
        "value": value,
        "interval": None if value is None else {"low": value - 5, "high": value + 5},
        "n": 100,
        "non_answer_rate": 0.0,
        "verdict": "PASS",
        "weights": "w1",
    }
    return {
        "started": f"2026-01-{day:02}T10:00:00Z",
        "commit": f"{day:02}" * 20,
        "machine": {},
        "versions": {},
        "facts": {"model": "/models/mine", "profile": "quick", "protocol": "strict"},
        "scores": [line | changes],
        "broken": {},
    }
