"""Runs that are exported: as reports folders, made without a model."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from tests.report.parts import CIRCUMSTANCES, DATA, FACTS, line, score, verdict
from trusteval.report.artifacts import write_report
from trusteval.report.record import RunRecord
from trusteval.types import Outcome

HOME = "/home/jane.doe"
MODEL = f"{HOME}/checkpoints/mine-4bit"


def of_a_model(folder: Path) -> Path:
    """Write a run of a model on published items, kept in somebody's home.

    It has no score on MMLU, and its rows of AdvGLUE are not the published ones.
    """
    published = replace(DATA, revisions={"AI-Secure/DecodingTrust": "214d9a8"})
    how = {"notes": {"quantization": f"gptq of {HOME}/dense"}, "data": published}
    no_value = score(None, undefined="missing settings: law", missing_settings=("law",))
    record = RunRecord(
        facts=replace(FACTS, model=MODEL),
        subjects=["dense", "gptq-4"],
        scores=[
            line("ethics", "dense", 51.25),
            line("ethics", "gptq-4", 50.0, **how),
            line("mmlu", "gptq-4", None, score=no_value),
            line("advglue", "gptq-4", 40.0, data=replace(DATA, deviating=("sst2",))),
        ],
        verdicts=[
            verdict("ethics", "dense", Outcome.PASS),
            replace(
                verdict("ethics", "gptq-4", Outcome.PASS),
                message=f"not compared with {HOME}/baselines/mine.json.gz",
            ),
        ],
        invariants=[],
        doubts=(),
        vote_leads=(),
    )
    command = ("pytest", f"--trust-model={MODEL}")
    write_report(record, replace(CIRCUMSTANCES, command=command), folder, exit_status=0)
    return folder
