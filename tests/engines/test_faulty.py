"""Engines that leave, skip or yield nothing, in whole runs: none ends green, none for ever."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.project import ANSWERS
from tests.shipped import Shipped
from trusteval.report.markup import in_markdown

# Puts an engine around the scripted one that does at its second batch what FAULTS says.
CONFTEST = """
import os, pytest
from trusteval.evaluation.evaluation import Evaluation
from trusteval.run.backend import backend_of

FAULTS = {faults}

class Bent:
    def __init__(self, engine, fault):
        self.engine, self.fault = engine, fault

    def __getattr__(self, name):
        return getattr(self.engine, name)

    def generate(self, prompts, **options):
        for place, batch in enumerate(self.engine.generate(prompts, **options)):
            if self.fault == "skip":
                pytest.skip("the engine skips")
            if self.fault == "leave":
                pytest.exit("left", returncode=0)
            if self.fault == "SystemExit":
                raise SystemExit(0)
            if self.fault == "exit":
                os._exit(0)
            while self.fault == "nothing":
                yield {{}}
            yield batch

class BentBackend:
    def __init__(self, backend):
        self.backend = backend

    def __getattr__(self, name):
        return getattr(self.backend, name)

    def open(self, variant):
        return Bent(self.backend.open(variant), FAULTS.get(variant.name))

@pytest.fixture(scope="session")
def trust_evaluation(trust_run, response_store, device, trust_say):
    evaluation = Evaluation(
        backend=BentBackend(backend_of(trust_run.options, trust_run.variants, device=device)),
        store=response_store,
        questionnaire=trust_run.questionnaire,
        protocol=trust_run.options.protocol,
        dense=trust_run.dense,
        facts=trust_run.facts(),
        say=trust_say,
    )
    yield evaluation
    evaluation.close()
"""


@pytest.fixture
def shipped(tmp_path: Path) -> Shipped:
    found = Shipped(tmp_path)
    found.script({"*": ANSWERS})
    return found


def bend(shipped: Shipped, **faults: str) -> None:
    named = {name.replace("_", "-"): fault for name, fault in faults.items()}
    path = shipped.root / "trust_tests/conftest.py"
    path.write_text(CONFTEST.format(faults=json.dumps(named)), encoding="utf-8")


def test_run_whose_engines_are_as_they_should_passes(shipped: Shipped) -> None:
    bend(shipped)
    ran = shipped.run("-k", "ethics", "-p", "no:xdist")
    assert ran.returncode == 0, ran.stdout


def test_engine_that_skips_leaves_or_yields_nothing_is_an_error(shipped: Shipped) -> None:
    bend(shipped, dense="leave", gptq_8="skip", gptq_4="SystemExit", gptq_3="nothing")
    ran = shipped.run("-k", "ethics", "-p", "no:xdist")
    assert ran.returncode == 10, ran.stdout
    assert " skipped" not in ran.stdout.splitlines()[-1]
    assert " passed" not in ran.stdout.splitlines()[-1]
    for told in (
        "dense: engine Bent: generate raised _pytest.outcomes.Exit: left",
        "gptq-8: engine Bent: generate raised Skipped: the engine skips",
        "gptq-4: engine Bent: generate raised SystemExit: 0",
        "gptq-3: engine Bent: expected a batch of answers (30 missing), got an empty one",
    ):
        assert told in ran.stdout
        assert in_markdown(told) in shipped.markdown
    assert not shipped.verdicts["verdicts"]


def test_engine_that_ends_the_process_as_if_all_were_well_is_no_pass(shipped: Shipped) -> None:
    bend(shipped, gptq_4="exit")
    ran = shipped.run("-k", "ethics", "-p", "no:xdist")
    assert ran.returncode == 10, ran.stdout
    assert ran.stderr.strip().startswith(
        "trusteval: os._exit(0) was called in trust_tests/test_recording.py::"
        "test_record[gptq-4-ethics] (call): the run ended there"
    )
    assert (shipped.verdicts["complete"], shipped.verdicts["ending"]) == (False, "unfinished")
