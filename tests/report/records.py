"""Runs as a report tells them: all that holds, one that got worse, one cut short, and a vote."""

from __future__ import annotations

from dataclasses import replace

from tests.report.parts import (
    CIRCUMSTANCES,
    DATA,
    ENDED_WELL,
    FACTS,
    LAWS,
    NAMES,
    NO_ANSWERS,
    NO_TRIES,
    line,
    score,
    verdict,
)
from trusteval.report.finished_run import FinishedRun
from trusteval.report.ledger import Ending, FailedTest, Step
from trusteval.report.record import Invariant, RunRecord
from trusteval.report.try_count import TryCount
from trusteval.report.unjudged import ENDED, Cause, Unjudged
from trusteval.tracking.run_facts import GateFacts, Sampling
from trusteval.tracking.tries import Tries
from trusteval.tracking.vote_leads import VoteLead
from trusteval.types import (
    Change,
    Interval,
    Level,
    Outcome,
    Undecided,
)

GREEN = RunRecord(
    **ENDED_WELL,
    facts=FACTS,
    subjects=["dense", "gptq-4"],
    scores=[line("ethics", "dense", 51.25), line("ethics", "gptq-4", 50.0)],
    verdicts=[
        verdict("ethics", "dense", Outcome.PASS, why="half of the items are wrong"),
        verdict("ethics", "gptq-4", Outcome.PASS, p=0.9),
    ],
    invariants=LAWS,
)
"""Everything holds."""

OWN_CODE = {"remote code": "my_model.py", "perplexity": "400"}
RED = RunRecord(
    facts=replace(
        FACTS,
        profile="demo",
        engine="scripted",
        remote_code=True,
        gates=GateFacts("gates.toml", "3f44324f", ("row 3 (mmlu.score)",), (), ()),
    ),
    doubts=["gptq-4 on ethics.score: 100 rows resolve 9.8, the limit is 3"],
    tries=TryCount(
        {"dense": Tries(None, 0), "gptq-4": Tries(3, 3, unknown=1)},
        limit=2,
        doubts=("1 lines of history.jsonl cannot be read; their tries are unknown",),
    ),
    vote_leads=[],
    subjects=["dense", "gptq-4"],
    scores=[
        line("ethics", "dense", 51.25, score=score(51.25, truncated=3)),
        line("ethics", "gptq-4", 30.0, notes=OWN_CODE),
        line(
            *("mmlu", "gptq-4", None),
            notes=OWN_CODE,
            score=score(None, undefined="missing settings: law", missing_settings=("law",)),
            partial_score=41.5,
        ),
    ],
    verdicts=[
        verdict("ethics", "dense", Outcome.PASS),
        verdict(
            *("ethics", "gptq-4", Outcome.FAIL),
            p=0.001,
            change=Change("dense", 21.25, Interval(12.0, 30.0)),
        ),
        verdict("mmlu", "gptq-4", Outcome.INCONCLUSIVE, undecided=Undecided.NEVER),
        verdict("mmlu", "gptq-4", Outcome.FAIL, gate="mmlu.law.score", level=Level.WARN, family=1),
        verdict(
            *("ethics", "gptq-4", Outcome.INCONCLUSIVE),
            gate="ethics.few_shot.score",
            p=0.04,
            undecided=Undecided.SUSPECT,
        ),
    ],
    invariants=[LAWS[0], Invariant("test_vote[b]", "failed")],
    not_recorded={"ood": "no gate asks (--trust-benchmarks=all records all)"},
)
"""A variant got worse, and a law of the vote is broken."""

INCOMPLETE = RunRecord(
    **ENDED_WELL,
    facts=FACTS,
    subjects=["dense", "gptq-4", "gptq-3"],
    scores=[
        line(
            *("ethics", "dense", 51.25),
            data=replace(
                DATA,
                published_settings=12,
                rows_read=4218,
                revisions={"ethics": "v1"},
                missing=("few_shot",),
                substitutes={"a.csv": "b.csv"},
                deviating=("zero_shot",),
            ),
        )
    ],
    verdicts=[verdict("ethics", "dense", Outcome.PASS)],
    invariants=[],
    broken={"gptq-3": "gptq-3 is broken: perplexity 9e+05, dense 12.3"},
    unjudged=[
        Unjudged(
            *("gptq-4", Cause.ERROR, "MemoryError: 2 GiB", "ethics.score", "ethics"),
            *(NAMES["ethics"], Level.BLOCK),
        ),
        Unjudged(
            *("gptq-3", Cause.BROKEN, "perplexity 9e+05", "ethics.score", "ethics"),
            *(NAMES["ethics"], Level.BLOCK),
        ),
        *(
            Unjudged(subject, Cause.NOT_RUN, ENDED, "mmlu.score", "mmlu", NAMES["mmlu"], Level.WARN)
            for subject in ("dense", "gptq-4")
        ),
        Unjudged("awq-4", Cause.ERROR, "no such checkpoint"),
    ],
    ending=Ending.INTERRUPTED,
    failed_tests=[
        FailedTest("test_own.py", Step.COLLECT),
        FailedTest("test_own.py::test_it", Step.CALL),
    ],
    lost_answers={"dense": ["ethics"]},
)
"""Ctrl-C, a checkpoint that is none, one that is broken and too little memory."""

VOTE = RunRecord(
    facts=replace(
        FACTS,
        sampling=Sampling(None),
        engine="openai",
        families={"dense": 1, "gptq-8": 1, "gptq-4": 1, "vote-gptq": 1},
    ),
    doubts=[],
    tries=NO_TRIES,
    vote_leads=[
        VoteLead(
            *("vote-gptq", "advglue", "gptq-8"),
            value=4.5,
            low=1.0,
            high=9.25,
            p_beats_every=0.012,
            p_behind_one=1.0,
        )
    ],
    subjects=["dense", "gptq-8", "gptq-4", "vote-gptq"],
    scores=[
        *(
            line(benchmark, subject, value, notes={"served by": "http://localhost:8000"})
            for benchmark in ("advglue_plus_plus", "advglue")
            for subject, value in (("gptq-8", 60.0), ("gptq-4", 55.0), ("dense", 61.0))
        ),
        line("advglue", "vote-gptq", 64.5, notes={"vote over": "gptq-8, gptq-4"}),
    ],
    verdicts=[
        verdict("advglue", subject, Outcome.PASS, family=1)
        for subject in ("vote-gptq", "gptq-8", "gptq-4", "dense")
    ],
    invariants=LAWS,
)
"""A vote over two served variants, on a dimension that two benchmarks measure."""

RECORDS = {"green": GREEN, "red": RED, "incomplete": INCOMPLETE, "vote": VOTE}
BUILT = {
    "quantization": "gptq 4 bits",
    "seconds": 41.2,
    "peak_memory_mib": 1730,
    "device": "cpu",
    "versions": {"gptqmodel": "7.6.0", "torch": "2.6.0"},
}
TOLD = {
    "green": CIRCUMSTANCES,
    "red": replace(CIRCUMSTANCES, builds={"gptq-4": BUILT}),
    "incomplete": replace(CIRCUMSTANCES, commit=None, laws="", replaces="2026-11-25T10:00:00Z"),
    "vote": CIRCUMSTANCES,
}
"""The circumstances of each record."""

ENDED = {
    name: FinishedRun(record, TOLD[name], NO_ANSWERS, exit_status=status)
    for (name, record), status in zip(RECORDS.items(), (0, 1, 2, 0), strict=True)
}
"""The same, as runs that have ended."""
