"""Opens the judge that a run names, and says who it is; loads no model and asks no server."""

from __future__ import annotations

from pathlib import Path

from trusteval.checkpoints.models import refuse_missing_model
from trusteval.engines.routing import create_backend
from trusteval.engines.served.endpoint import PREFIX, is_endpoint, is_url, parse_endpoint
from trusteval.errors import UsageError
from trusteval.evaluation.second_opinion import JUDGE, Judge
from trusteval.judging.drawing import SEED
from trusteval.judging.format import format_of
from trusteval.judging.record import JudgeFacts
from trusteval.judging.texts import judge_texts
from trusteval.run.options import Options
from trusteval.system.progress import ProgressBar, Say, no_progress, say_nothing
from trusteval.system.url_secrets import refuse_secrets

_FLAG = "--trust-judge"


def judge_facts(options: Options) -> JudgeFacts | None:
    """Return who judges and what is drawn for it; None where nobody does.

    Raises UsageError, without repeating it, for a URL that may hold a password or key.
    """
    if options.judge is None:
        return None
    refuse_secrets(options.judge, _FLAG)
    return JudgeFacts(
        where=options.judge.removeprefix(PREFIX),
        format=format_of(options.judge, asked=options.judge_format).value,
        sample=options.judge_sample,
        seed=SEED,
        prompts=judge_texts().sha256,
    )


def judge_of(
    options: Options,
    *,
    device: str | None = None,
    progress: ProgressBar = no_progress,
    say: Say = say_nothing,
) -> Judge | None:
    """Return the judge of a run, None where it has none.

    Raises UsageError for what cannot judge: an endpoint, a model or a script that is none.
    """
    facts = judge_facts(options)
    if facts is None or options.judge is None:
        return None
    engine = _engine(options.judge)
    if engine == "openai":
        parse_endpoint(options.judge)
    elif engine == "hf":
        refuse_missing_model(options.judge)
    backend = create_backend(
        engine,
        options.judge,
        variants=(JUDGE,),
        concurrency=options.concurrency,
        device=device or options.device,
        dtype=options.dtype,
        storage=options.storage,
        calibration=options.calibration,
        trust_remote_code=options.trust_remote_code,
        builds=False,
        progress=progress,
        say=say,
    )
    return Judge(facts, backend)


def _engine(where: str) -> str:
    """Return what answers for a judge: told by what is named, whatever answers for the subjects."""
    if is_endpoint(where) or is_url(where):
        return "openai"
    if not where:
        raise UsageError(f"{_FLAG} names no judge; for example http://127.0.0.1:8000/v1#MODEL")
    return "scripted" if Path(where).suffix == ".json" else "hf"
