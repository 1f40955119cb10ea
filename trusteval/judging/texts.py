"""The texts that a judge is asked with, and what the file of them is called by: its sha256."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from typing import Any

from trusteval.system.bounded import loads_toml


@dataclass(frozen=True, slots=True)
class JudgeTexts:
    """The tables of prompts.toml, and the sha256 of the file."""

    tables: Mapping[str, Mapping[str, Any]]
    sha256: str

    def text(self, table: str, name: str, /, **values: object) -> str:
        """Return a text with its {places} filled in."""
        return str(self.tables[table][name]).format(**values)

    def about(self, benchmark: str) -> str:
        """Say in brackets what a benchmark asks about; nothing of one that is not there."""
        return str(self.tables["about"].get(benchmark, ""))


@lru_cache(maxsize=1)
def judge_texts() -> JudgeTexts:
    """Read the texts that ship."""
    raw = (files("trusteval.judging") / "prompts.toml").read_bytes()
    return JudgeTexts(loads_toml(raw.decode("utf-8")), hashlib.sha256(raw).hexdigest())
