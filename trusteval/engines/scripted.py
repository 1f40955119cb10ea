"""Answers by a script instead of a model: for dry runs of a gate and for tests.

A script is a JSON file: variant name (or "*") to a list of rules, tried in order.
{"gptq-3": [{"match": "stole", "say": "wrong"}, {"say": "I cannot say."}]}
`match` is a regular expression searched in the last message; a rule without it always applies.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from trusteval.engines.engine import WithoutWeights
from trusteval.engines.local.batching import fixed_batches
from trusteval.errors import EngineError, ModelError
from trusteval.system.bounded import MIB, loads, read_bytes
from trusteval.system.shape import list_of, record, table_of, text
from trusteval.types import Draw, FinishReason, Prompt, Response, Variant

_MOST = 64 * MIB
"""What a script may hold."""
_SCRIPTS = table_of(list_of(record({"say": text}, match=text)))


@dataclass(frozen=True, slots=True)
class Rule:
    """Say `say` where `match` is found."""

    match: re.Pattern[str]
    say: str


@dataclass(frozen=True, slots=True)
class ScriptedBackend(WithoutWeights):
    """Every variant of one script file."""

    scripts: Mapping[str, tuple[Rule, ...]]
    sha256: str

    @classmethod
    def create(cls, model: str, **_options: Any) -> ScriptedBackend:
        """Read the script file `model`; raises ModelError if it is none."""
        try:
            raw = read_bytes(Path(model), most=_MOST)
        except OSError as error:
            raise ModelError(f"script {model} cannot be read: {error.strerror}") from error
        try:
            document = loads(raw)
            _SCRIPTS(document, "")
            scripts = {
                name: tuple(Rule(re.compile(r.get("match", "")), r["say"]) for r in rules)
                for name, rules in document.items()
            }
        # A pattern may be nested, or count, beyond what can be compiled.
        except (ValueError, re.error, RecursionError, OverflowError) as error:
            raise ModelError(
                f'script {model}: expected {{"variant or *": [{{"match": ..., "say": ...}}]}}: '
                f"{error}"
            ) from error
        return cls(scripts, hashlib.sha256(raw).hexdigest())

    def context(self, variant: Variant) -> Mapping[str, Any]:
        return {
            "engine": "scripted",
            "script": self.sha256,
            "variant": variant.name,
            "weights": self._fingerprint(variant.name),
        }

    def _fingerprint(self, name: str) -> str:
        """Return what stands for a variant's weights: a digest of its own rules."""
        rules = self.scripts.get(name, self.scripts.get("*", ()))
        told = json.dumps([[rule.match.pattern, rule.say] for rule in rules])
        return hashlib.sha256(told.encode()).hexdigest()

    def notes(self, variant: Variant) -> Mapping[str, str]:
        return {"engine": "scripted: no model ran"}

    def open(self, variant: Variant) -> ScriptedEngine:
        name = variant.undrawn.name
        return ScriptedEngine(_rules(self.scripts, name), name, self.scripts)


@dataclass(frozen=True, slots=True)
class ScriptedEngine:
    """One variant's rules; those of its draws are in `scripts` under names of their own."""

    rules: tuple[Rule, ...]
    name: str = ""
    scripts: Mapping[str, tuple[Rule, ...]] = field(default_factory=dict)

    def generate(
        self,
        prompts: Sequence[Prompt],
        *,
        max_new_tokens: int,
        done: Collection[int] = (),
        draw: Draw | None = None,
    ) -> Iterator[dict[int, Response]]:
        rules = self.rules if draw is None else _rules(self.scripts, f"{self.name}{draw}")
        for batch in fixed_batches(len(prompts), done=done):
            yield {index: _answer(rules, prompts[index], max_new_tokens) for index in batch}

    def check_health(self) -> None:
        return None

    def close(self) -> None:
        pass


def _rules(scripts: Mapping[str, tuple[Rule, ...]], name: str) -> tuple[Rule, ...]:
    """Return a variant's rules; raises EngineError where the script has none."""
    rules = scripts.get(name, scripts.get("*"))
    if rules is None:
        known = ", ".join(scripts)
        raise EngineError(f"the script has no answers for {name!r}; it has: {known}")
    return rules


def _answer(rules: Sequence[Rule], prompt: Prompt, max_new_tokens: int) -> Response:
    asked = prompt[-1].content
    said = next((rule.say for rule in rules if rule.match.search(asked)), "")
    words = re.findall(r"\s*\S+", said)
    cut = len(words) > max_new_tokens
    return Response(
        text="".join(words[:max_new_tokens]) if cut else said,
        finish_reason=FinishReason.LENGTH if cut else FinishReason.END,
        n_prompt_tokens=sum(len(message.content.split()) for message in prompt),
        n_new_tokens=min(len(words), max_new_tokens),
    )
