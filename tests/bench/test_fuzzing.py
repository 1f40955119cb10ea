"""The campaign tells every way to end from the others, keeps what it finds, and goes on later.

And a handful of trials of every target but those that load models: none may end in what is not
trusteval's own. `make fuzz` is the long form.
"""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from bench.fuzzing import notation
from bench.fuzzing.campaign import Bounds, Campaign, lines_of
from bench.fuzzing.mutation import mutated
from bench.fuzzing.targets import TARGETS
from bench.fuzzing.trial import Kind, Outcome, packed

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


def inputs_of(tmp_path: Path, *words: str) -> Path:
    """Make a folder of inputs, to begin with."""
    folder = tmp_path / "inputs"
    folder.mkdir()
    for number, text in enumerate(words):
        (folder / f"{number}.txt").write_text(text, encoding="utf-8")
    return folder


def test_what_is_found_is_kept_once_and_can_be_tried_again(
    campaign: Campaign, tmp_path: Path
) -> None:
    inputs = inputs_of(tmp_path, "fine", "raise", "refuse", "raise", "print")
    campaign.run_batch("double", Bounds(trials=5), inputs=inputs)
    found = {one.outcome.what: one for one in campaign.findings.values()}
    assert {what: one.times for what, one in found.items()} == {"LookupError": 2, "raw controls": 1}
    file = campaign.folder / "findings" / found["LookupError"].file
    outcome, traceback = campaign.replay("double", file, Bounds())
    assert outcome == found["LookupError"].outcome
    assert "LookupError: nobody foresaw it" in traceback
    assert any("double: foreign LookupError at " in line for line in lines_of(campaign))


def test_hang_is_kept_with_the_input_that_hangs(campaign: Campaign, tmp_path: Path) -> None:
    inputs = inputs_of(tmp_path, "fine", "wait", "raise")
    campaign.run_batch("double", Bounds(seconds=0.3, trials=3), inputs=inputs)
    (found,) = campaign.findings.values()
    assert (found.outcome.kind, campaign.tallies["double"].trials) == (Kind.HANG, 3)
    file = campaign.folder / "findings" / found.file
    assert campaign.replay("double", file, _BRIEF)[0].kind is Kind.HANG


def test_campaign_goes_on_where_it_was(campaign: Campaign, tmp_path: Path) -> None:
    inputs = inputs_of(tmp_path, "raise")
    campaign.run_batch("double", Bounds(trials=3), inputs=inputs)
    again = Campaign(campaign.folder, table=_TABLE)
    assert again.tallies == campaign.tallies
    assert again.findings == campaign.findings
    again.run_batch("double", Bounds(trials=3), inputs=inputs)
    assert (again.tallies["double"].batch, again.tallies["double"].trials) == (2, 8)


@pytest.mark.parametrize("name", TARGETS)
def test_same_seed_makes_the_same_inputs(name: str, tmp_path: Path) -> None:
    target = TARGETS[name]
    if target.is_slow:
        pytest.skip("its seeds take a model")
    seeds = list(target.seeds(tmp_path))
    assert seeds
    made = [
        [mutated(seeds[0], seeds[-1], target, random.Random(number)) for number in range(8)]
        for _ in range(2)
    ]
    assert made[0] == made[1]
    assert made[0] != [seeds[0]] * 8


@pytest.mark.parametrize(
    "text", ['{"a": [1, "x", null, {"b": 1e999}], "a": 2}', "[]", '"\\ud800"', "NaN"]
)
def test_json_is_written_as_it_was_read_keys_given_twice_too(text: str) -> None:
    assert notation.written(notation.parsed(text)).replace("Infinity", "1e999") == text


# -- the targets -------------------------------------------------------------------------------

_LIGHT = [name for name, target in TARGETS.items() if not target.is_slow]


@pytest.fixture(scope="module")
def handful(tmp_path_factory: pytest.TempPathFactory) -> Campaign:
    """A handful of trials of every target that needs no torch, in one process."""
    campaign = Campaign(tmp_path_factory.mktemp("handful"), seed=2511)
    campaign.run_once(_LIGHT, Bounds(seconds=5, trials=8, slice_=30))
    return campaign


@pytest.mark.parametrize("name", _LIGHT)
def test_nothing_that_is_read_ends_in_what_nobody_foresaw(handful: Campaign, name: str) -> None:
    found = [one for one in handful.findings.values() if one.target == name]
    assert [(one.outcome.signature, one.outcome.said, one.file) for one in found] == []
    assert handful.tallies[name].kinds.get(Kind.ACCEPTED.value, 0) > 0
