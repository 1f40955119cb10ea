"""Answers by a script instead of a model: for dry runs of a gate and for tests.

A script is a JSON file: variant name (or "*") to a list of rules, tried in order.
{"gptq-3": [{"match": "stole", "say": "wrong"}, {"say": "I cannot say."}]}
`match` is a regular expression searched in the last message; a rule without it always applies. A
rule may say how likely labels are at the start of its answer: "probabilities": {"wrong": 0.7}.
"""

from __future__ import annotations

import hashlib
import json
import math
import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from trusteval.engines.engine import Weighed, WithoutWeights
from trusteval.engines.local.batching import fixed_batches
from trusteval.errors import EngineError, ModelError, UnweighedError
from trusteval.system.bounded import MIB, loads, read_bytes
from trusteval.system.shape import list_of, real, record, table_of, text
from trusteval.types import Draw, FinishReason, LabelLogs, Prompt, Response, Variant, draw_of

_MOST = 64 * MIB
"""What a script may hold."""
_SCRIPTS = table_of(list_of(record({"say": text}, match=text, probabilities=table_of(real))))


@dataclass(frozen=True, slots=True)
class Rule:
    """Say `say` where `match` is found; `probabilities` are those of labels, none if not given."""

    match: re.Pattern[str]
    say: str
    probabilities: Mapping[str, float] = field(default_factory=dict)


_SILENCE = Rule(re.compile(""), "")


def _rule(given: Mapping[str, Any]) -> Rule:
    probabilities = given.get("probabilities", {})
    if not all(0 < value <= 1 for value in probabilities.values()):
        raise ValueError("probabilities are above 0 and at most 1")
    return Rule(re.compile(given.get("match", "")), given["say"], probabilities)


def _refuse_weighed_draws(scripts: Mapping[str, Sequence[Rule]]) -> None:
    """Raise ValueError for probabilities of a draw, which would be those of its variant."""
    for name, rules in scripts.items():
        if draw_of(name) is not None and any(rule.probabilities for rule in rules):
            raise ValueError(f"probabilities are a variant's, not those of a draw such as {name}")


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
            scripts = {name: tuple(map(_rule, rules)) for name, rules in document.items()}
            _refuse_weighed_draws(scripts)
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
        told = json.dumps(
            [
                [
                    rule.match.pattern,
                    rule.say,
                    *([rule.probabilities] if rule.probabilities else []),
                ]
                for rule in rules
            ]
        )
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
        rules = self._rules_of(draw)
        for batch in fixed_batches(len(prompts), done=done):
            yield {index: _answer(rules, prompts[index], max_new_tokens) for index in batch}

    def weigh(
        self,
        prompts: Sequence[Prompt],
        *,
        labels: Sequence[str],
        max_new_tokens: int,
        done: Collection[int] = (),
        answered: Collection[int] = (),
        draw: Draw | None = None,
    ) -> Iterator[dict[int, Weighed]]:
        rules = self._rules_of(draw)
        if not any(rule.probabilities for rule in self.rules):
            raise UnweighedError("the script gives none")
        for batch in fixed_batches(len(prompts), done=done):
            yield {
                index: Weighed(
                    None if index in answered else _answer(rules, prompts[index], max_new_tokens),
                    _logs(self.rules, prompts[index], labels),
                )
                for index in batch
            }

    def check_health(self) -> None:
        return None

    def close(self) -> None:
        pass

    def _rules_of(self, draw: Draw | None) -> tuple[Rule, ...]:
        return self.rules if draw is None else _rules(self.scripts, f"{self.name}{draw}")


def _rules(scripts: Mapping[str, tuple[Rule, ...]], name: str) -> tuple[Rule, ...]:
    """Return a variant's rules; raises EngineError where the script has none."""
    rules = scripts.get(name, scripts.get("*"))
    if rules is None:
        known = ", ".join(scripts)
        raise EngineError(f"the script has no answers for {name!r}; it has: {known}")
    return rules


def _rule_for(rules: Sequence[Rule], prompt: Prompt) -> Rule:
    asked = prompt[-1].content
    return next((rule for rule in rules if rule.match.search(asked)), _SILENCE)


def _logs(rules: Sequence[Rule], prompt: Prompt, labels: Sequence[str]) -> LabelLogs:
    given = _rule_for(rules, prompt).probabilities
    log = tuple(math.log(given[label]) if label in given else None for label in labels)
    missing = [label for label in labels if label not in given]
    unknown = f"the script gives none of {', '.join(missing)}" if missing else ""
    return LabelLogs(tuple(labels), log, unknown)


def _answer(rules: Sequence[Rule], prompt: Prompt, max_new_tokens: int) -> Response:
    said = _rule_for(rules, prompt).say
    words = re.findall(r"\s*\S+", said)
    cut = len(words) > max_new_tokens
    return Response(
        text="".join(words[:max_new_tokens]) if cut else said,
        finish_reason=FinishReason.LENGTH if cut else FinishReason.END,
        n_prompt_tokens=sum(len(message.content.split()) for message in prompt),
        n_new_tokens=min(len(words), max_new_tokens),
    )
