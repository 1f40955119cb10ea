"""What the records of tests are made of: facts, circumstances, scores, verdicts."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from trusteval.report.circumstances import Circumstances
from trusteval.report.record import Invariant
from trusteval.report.score_line import ScoreLine
from trusteval.report.try_count import TryCount
from trusteval.suite.data_facts import DataFacts
from trusteval.tracking.run_facts import GateFacts, PromptFacts, RunFacts, Sampling
from trusteval.tracking.tries import Tries
from trusteval.types import (
    Counts,
    Dimension,
    Interval,
    InvalidReason,
    Level,
    Outcome,
    Score,
    Unavailable,
    Verdict,
)

FACTS = RunFacts(
    model="/models/mine",
    engine="hf",
    profile="quick",
    sampling=Sampling(2511),
    data="local files",
    protocol="strict",
    reader=2,
    prompts=PromptFacts("prompts.toml", "0bdc930b"),
    remote_code=False,
    gates=GateFacts("gates.toml", "3f44324f", (), (), ()),
    families={"dense": 1, "gptq-4": 2},
)
NO_ANSWERS = Unavailable("no answers.json.gz")
NO_TRIES = TryCount({"dense": Tries(1, 1), "gptq-4": Tries(1, 1)})
ENDED_WELL: Mapping[str, Any] = {"doubts": (), "tries": NO_TRIES, "vote_leads": ()}
DATA = DataFacts(
    published_settings=2,
    rows_read=100,
    sha256="38f6bf9e",
    revisions={},
    missing=(),
    substitutes={},
    deviating=(),
    rows={"zero_shot": 60, "evasive_1": 40},
)
CIRCUMSTANCES = Circumstances(
    started="2026-11-26T10:00:00Z",
    seconds=12.5,
    peak_memory_mib=812,
    machine={"cores": 2, "system": "Linux"},
    versions={"trusteval": "0.1.0", "torch": "2.6.0"},
    command=("pytest", "trust_tests"),
    commit="0123456789abcdef0123456789abcdef01234567",
    laws="Vote invariants checked: 2 in this run",
)
LAWS = [Invariant("test_vote[a]", "passed"), Invariant("test_vote[b]", "passed")]
NAMES = {
    "ethics": Dimension.MACHINE_ETHICS,
    "mmlu": Dimension.MMLU,
    "advglue": Dimension.ADVERSARIAL_ROBUSTNESS,
    "advglue_plus_plus": Dimension.ADVERSARIAL_ROBUSTNESS,
}


def score(value: float | None, *, n: int = 100, truncated: int = 0, **more: Any) -> Score:
    invalid = {**dict.fromkeys(InvalidReason, 0), InvalidReason.TRUNCATED: truncated}
    bounds = None if value is None else Interval(value - 5, value + 5)
    return Score("score", value, Counts(n, 2, invalid), bounds, **more)


def line(benchmark: str, subject: str, value: float | None, **more: Any) -> ScoreLine:
    given: dict[str, Any] = {
        "beside": {"false_positive_rate": 12.5} if benchmark == "ethics" else {},
        "other_protocols": {"comptrust": value, "decodingtrust": None},
        "notes": {"storage": "packed", "perplexity": "12.3"},
        "data": DATA,
        **more,
    }
    scored = given.pop("score", score(value))
    return ScoreLine(benchmark, NAMES[benchmark], subject, scored, 2.0, **given)


def verdict(benchmark: str, subject: str, outcome: Outcome, **more: Any) -> Verdict:
    word = {Outcome.PASS: "", Outcome.FAIL: ", which is broken"}.get(outcome, ", undecided")
    given: dict[str, Any] = {
        "gate": f"{benchmark}.score",
        "level": Level.BLOCK,
        "score": score(51.25),
        "family": 2,
        **more,
    }
    message = f"{subject} on {benchmark}: score 51.2, must be >= 50.0{word}"
    return Verdict(
        subject=subject,
        benchmark=benchmark,
        dimension=NAMES[benchmark],
        outcome=outcome,
        message=message,
        **given,
    )
