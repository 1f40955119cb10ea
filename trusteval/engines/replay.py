"""Answers with what was recorded before: one JSON line per prompt, found by its messages."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from trusteval.engines.batching import fixed_batches
from trusteval.errors import ModelError, PromptError
from trusteval.store import canonical_json
from trusteval.types import FinishReason, Prompt, Response, Variant


def recording_line(variant: str, prompt: Prompt, response: Response) -> str:
    """Serialise one answer for a recording that ReplayBackend reads."""
    return canonical_json(
        {
            "variant": variant,
            "messages": [[message.role, message.content] for message in prompt],
            "text": response.text,
            "finish_reason": response.finish_reason,
            "n_prompt_tokens": response.n_prompt_tokens,
            "n_new_tokens": response.n_new_tokens,
        }
    )


@dataclass(frozen=True, slots=True)
class ReplayBackend:
    """The answers of one recording, by variant and messages."""

    recording: Mapping[tuple[str, str], Response]
    sha256: str

    @classmethod
    def create(cls, model: str, **_options: Any) -> ReplayBackend:
        """Read the recording file `model`; raises ModelError naming the line that is wrong."""
        try:
            raw = Path(model).read_bytes()
            lines = raw.decode("utf-8").splitlines()
        except (OSError, UnicodeDecodeError) as error:
            raise ModelError(f"recording {model} cannot be read: {error}") from error
        return cls(dict(_parse(lines, model)), hashlib.sha256(raw).hexdigest())

    def context(self, variant: Variant) -> Mapping[str, Any]:
        return {"engine": "replay", "recording": self.sha256, "variant": variant.name}

    def notes(self, variant: Variant) -> Mapping[str, str]:
        return {"engine": "replay: recorded answers, no model ran"}

    def build(self, variant: Variant) -> Mapping[str, object]:
        return {}

    def vocabularies(self, variant: Variant) -> Mapping[str, str]:
        return {}

    def tokenizing(self, variant: Variant) -> Mapping[str, str]:
        return {}

    def window(self, variant: Variant) -> None:
        return None

    def open(self, variant: Variant) -> ReplayEngine:
        return ReplayEngine(variant.name, self.recording)


@dataclass(frozen=True, slots=True)
class ReplayEngine:
    """One variant's recorded answers."""

    variant: str
    recording: Mapping[tuple[str, str], Response]

    def generate(
        self, prompts: Sequence[Prompt], *, max_new_tokens: int, done: Collection[int] = ()
    ) -> Iterator[dict[int, Response]]:
        for batch in fixed_batches(len(prompts), done=done):
            yield {index: self._find(index, prompts[index], max_new_tokens) for index in batch}

    def examine(self) -> None:
        return None

    def close(self) -> None:
        pass

    def _find(self, index: int, prompt: Prompt, max_new_tokens: int) -> Response:
        messages = canonical_json([[message.role, message.content] for message in prompt])
        response = self.recording.get((self.variant, messages))
        if response is None:
            raise PromptError(
                f"the recording has no answer of {self.variant} to {prompt[-1].content[:80]!r}",
                index=index,
            )
        if response.n_new_tokens > max_new_tokens:
            raise PromptError(
                f"the recorded answer of {self.variant} has {response.n_new_tokens} tokens, the "
                f"setting allows {max_new_tokens}",
                index=index,
            )
        return response


def _parse(lines: Iterable[str], origin: str) -> Iterator[tuple[tuple[str, str], Response]]:
    for number, line in enumerate(lines, start=1):
        try:
            row = json.loads(line)
            response = Response(
                text=str(row["text"]),
                finish_reason=FinishReason(row["finish_reason"]),
                n_prompt_tokens=int(row["n_prompt_tokens"]),
                n_new_tokens=int(row["n_new_tokens"]),
            )
            yield (str(row["variant"]), canonical_json(row["messages"])), response
        except (ValueError, KeyError, TypeError) as error:
            raise ModelError(f"recording {origin}, line {number}: {error!r}") from error
