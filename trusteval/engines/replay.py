"""Answers with what was recorded before: one JSON line per prompt, found by its messages."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from trusteval.engines.engine import WithoutWeights
from trusteval.engines.local.batching import fixed_batches
from trusteval.errors import ModelError, PromptError
from trusteval.system.bounded import MIB, loads, read_lines
from trusteval.system.digests import canonical_json
from trusteval.system.shape import list_of, number, record, text
from trusteval.types import Draw, FinishReason, Prompt, Response, Variant

_LONGEST = 16 * MIB
"""What a line may hold: a prompt and its answer."""
_ROW = record(
    {
        **dict.fromkeys(("variant", "text", "finish_reason"), text),
        **dict.fromkeys(("n_prompt_tokens", "n_new_tokens"), number),
        "messages": list_of(list_of(text)),
    }
)


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
class ReplayBackend(WithoutWeights):
    """The answers of one recording, by variant and messages."""

    recording: Mapping[tuple[str, str], Response]
    sha256: str

    @classmethod
    def create(cls, model: str, **_options: Any) -> ReplayBackend:
        """Read the recording file `model`; raises ModelError naming the line that is wrong."""
        total = hashlib.sha256()
        recording: dict[tuple[str, str], Response] = {}
        try:
            for place, line in enumerate(read_lines(Path(model), longest=_LONGEST), start=1):
                total.update(line)
                recording.update([_parsed(line, place=f"recording {model}, line {place}")])
        except OSError as error:
            raise ModelError(f"recording {model} cannot be read: {error.strerror}") from error
        except ValueError as error:
            raise ModelError(f"recording {model}, {error}") from error
        return cls(recording, total.hexdigest())

    def context(self, variant: Variant) -> Mapping[str, Any]:
        return {"engine": "replay", "recording": self.sha256, "variant": variant.name}

    def notes(self, variant: Variant) -> Mapping[str, str]:
        return {"engine": "replay: recorded answers, no model ran"}

    def open(self, variant: Variant) -> ReplayEngine:
        return ReplayEngine(variant.undrawn.name, self.recording)


@dataclass(frozen=True, slots=True)
class ReplayEngine:
    """The recorded answers of one variant, and of its draws under their own names."""

    variant: str
    recording: Mapping[tuple[str, str], Response]

    def generate(
        self,
        prompts: Sequence[Prompt],
        *,
        max_new_tokens: int,
        done: Collection[int] = (),
        draw: Draw | None = None,
    ) -> Iterator[dict[int, Response]]:
        name = f"{self.variant}{draw or ''}"
        for batch in fixed_batches(len(prompts), done=done):
            yield {
                index: self._find(name, index, prompts[index], max_new_tokens) for index in batch
            }

    def check_health(self) -> None:
        return None

    def close(self) -> None:
        pass

    def _find(self, name: str, index: int, prompt: Prompt, max_new_tokens: int) -> Response:
        messages = canonical_json([[message.role, message.content] for message in prompt])
        response = self.recording.get((name, messages))
        if response is None:
            raise PromptError(
                f"the recording has no answer of {name} to {prompt[-1].content[:80]!r}",
                index=index,
            )
        if response.n_new_tokens > max_new_tokens:
            raise PromptError(
                f"the recorded answer of {name} has {response.n_new_tokens} tokens, the "
                f"setting allows {max_new_tokens}",
                index=index,
            )
        return response


def _parsed(line: bytes, *, place: str) -> tuple[tuple[str, str], Response]:
    """Read a line; raises ModelError naming the place for what is none."""
    try:
        row = loads(line)
        _ROW(row, "")
        counts = row["n_prompt_tokens"], row["n_new_tokens"]
        response = Response(row["text"], FinishReason(row["finish_reason"]), *counts)
        return (row["variant"], canonical_json(row["messages"])), response
    except ValueError as error:
        raise ModelError(f"{place}: {error}") from error
