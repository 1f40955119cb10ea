"""Opens who answers in a run: the engine that its options name."""

from __future__ import annotations

from collections.abc import Sequence

from trusteval.engines.engine import Backend
from trusteval.engines.routing import create_backend
from trusteval.run.options import Options
from trusteval.system.progress import ProgressBar, Say, no_progress, say_nothing
from trusteval.types import Variant


def backend_of(
    options: Options,
    variants: Sequence[Variant],
    *,
    device: str | None = None,
    progress: ProgressBar = no_progress,
    say: Say = say_nothing,
) -> Backend:
    """Return who answers for these variants; opens no model.

    `say` is told what is waited for while a server does not answer.

    Raises UsageError for a missing model, script or recording, and a key that cannot be.
    """
    return create_backend(
        options.engine,
        options.model,
        variants=variants,
        concurrency=options.concurrency,
        device=device or options.device,
        dtype=options.dtype,
        storage=options.storage,
        calibration=options.calibration,
        trust_remote_code=options.trust_remote_code,
        builds=not options.recorded_only,
        progress=progress,
        say=say,
    )
