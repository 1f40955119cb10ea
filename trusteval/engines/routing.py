"""Chooses who answers: the engine a run names, and servers for the variants they run."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from importlib import import_module
from typing import Any

from trusteval.engines import ENGINES
from trusteval.engines.engine import Backend, ContextWindow, Engine
from trusteval.engines.served.endpoint import is_url
from trusteval.errors import UsageError
from trusteval.system.progress import Say, say_nothing
from trusteval.system.url_secrets import refuse_secrets
from trusteval.types import Variant

_SERVED = "openai"


def create_backend(
    engine: str,
    model: str,
    *,
    variants: Sequence[Variant],
    concurrency: int,
    say: Say = say_nothing,
    **options: Any,
) -> Backend:
    """Create the backend of `engine`, one of ENGINES, which gets `options`.

    `say` is told what a run waits for while servers do not answer.

    Where some of `variants` are served, it answers for the others only. Raises UsageError for
    what it cannot answer for; loads nothing.
    """
    refuse_secrets(model, "--trust-model")
    served = partial(_creator(_SERVED), concurrency=concurrency, say=say)
    if engine == _SERVED:
        return served(model)
    if is_url(model):
        raise UsageError(
            f"--trust-model names a served model; add --trust-engine={_SERVED} (now {engine}), and "
            "write the model as http://HOST:PORT/v1#MODEL"
        )
    local = _creator(engine)(model, **options)
    if all(variant.served is None for variant in variants):
        return local
    return RoutingBackend(local=local, served=served(None))


def _creator(engine: str) -> Callable[..., Backend]:
    module, _, name = ENGINES[engine].backend.partition(":")
    create: Callable[..., Backend] = getattr(import_module(module), name).create
    return create


@dataclass(frozen=True, slots=True)
class RoutingBackend:
    """Sends variants that a server answers for to `served`, all others to `local`."""

    local: Backend
    served: Backend

    def context(self, variant: Variant) -> Mapping[str, Any]:
        return self._of(variant).context(variant)

    def notes(self, variant: Variant) -> Mapping[str, str]:
        return self._of(variant).notes(variant)

    def build(self, variant: Variant) -> Mapping[str, object]:
        return self._of(variant).build(variant)

    def vocabularies(self, variant: Variant) -> Mapping[str, str]:
        return self._of(variant).vocabularies(variant)

    def tokenizing(self, variant: Variant) -> Mapping[str, str]:
        return self._of(variant).tokenizing(variant)

    def window(self, variant: Variant) -> ContextWindow | None:
        return self._of(variant).window(variant)

    def open(self, variant: Variant) -> Engine:
        return self._of(variant).open(variant)

    def _of(self, variant: Variant) -> Backend:
        return self.local if variant.served is None else self.served
