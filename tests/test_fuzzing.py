"""The campaign tells every way to end from the others, keeps what it finds, and goes on later.

And a handful of trials of every target but those that load models: none may end in what is not
trusteval's own. `make fuzz` is the long form.
"""

from __future__ import annotations

import json
import random
from pathlib import Path

import pytest

from bench.fuzzing import notation
from bench.fuzzing.campaign import Bounds, Campaign, lines_of
from bench.fuzzing.mutation import mutated
from bench.fuzzing.targets import TARGETS
from bench.fuzzing.trial import Kind, Outcome, packed
from bench.fuzzing.worker import Job
from tests.fuzzed_doubles import DOUBLES

_TABLE = "tests.fuzzed_doubles:DOUBLES"
_BRIEF = Bounds(seconds=0.4, slice_=60, trials=0)


@pytest.fixture
def campaign(tmp_path: Path) -> Campaign:
    return Campaign(tmp_path / "campaign", table=_TABLE)


def ended(campaign: Campaign, words: str) -> Outcome:
    """Try one input of the doubles."""
    file = campaign.folder / "input.zip"
    file.write_bytes(packed({"word.txt": words.encode()}, comment="double"))
    return campaign.replay("double", file, _BRIEF)[0]


@pytest.mark.parametrize(
    ("words", "kind", "what"),
    [
        ("fine", Kind.ACCEPTED, "fine"),
        ("refuse", Kind.OURS, "UsageError"),
        ("raise", Kind.FOREIGN, "LookupError"),
        ("warn", Kind.FOREIGN, "UserWarning"),
        ("print", Kind.PRINTED, "raw controls"),
        ("fill", Kind.MEMORY, "MemoryError"),
        ("spin", Kind.HANG, "no end"),
        ("wait", Kind.HANG, "no end"),
        ("die", Kind.CRASH, "died with -11"),
    ],
)
def test_way_to_end_is_told_from_the_others(
    campaign: Campaign, words: str, kind: Kind, what: str
) -> None:
    outcome = ended(campaign, words)
    assert (outcome.kind, outcome.what) == (kind, what)
