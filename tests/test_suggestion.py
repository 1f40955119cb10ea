"""A name that is misspelt is answered by the one that was meant, in plain words, and no other."""

from __future__ import annotations

import pytest

from trusteval.errors import UsageError
from trusteval.run.choices import check_one_of
from trusteval.run.recipes import parse_recipe
from trusteval.run.subjects import parse_ensembles, parse_variants
from trusteval.suggestion import nearest
from trusteval.suite.profiles import find_profile
from trusteval.types import Level, Storage

KNOWN = ("dense", "gptq-8", "gptq-4", "gptq-3", "awq-4")


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("gtpq-4", "gptq-4"),
        ("GPTQ-3", "gptq-3"),
        ("gptq8", "gptq-8"),
        ("densee", "dense"),
        ("gptq-5", None),
        ("llama", None),
        ("", None),
    ],
)
def test_nearest_name_is_meant_where_one_is_near(name, meant):
    assert nearest(name, KNOWN) == meant


def test_member_of_an_enumeration_is_named_by_its_word():
    for known, slip, meant in ((Storage, "paked", "packed"), (Level, "bolck", "block")):
        with pytest.raises(UsageError) as caught:
            check_one_of(slip, tuple(known), "--option")
        assert str(caught.value).endswith(f"got {slip!r} (did you mean {meant!r}?)")


@pytest.mark.parametrize(
    ("read", "meant"),
    [
        (lambda: parse_recipe("gtpq-4"), "gptq-4"),
        (lambda: parse_recipe("gtpq-4:g64@1"), "gptq-4:g64@1"),
        (lambda: parse_variants("dense,denss"), "dense"),
        (lambda: find_profile("qick"), "quick"),
        (
            lambda: parse_ensembles("v=dense+gtpq-4", variants=parse_variants("dense,gptq-4")),
            "gptq-4",
        ),
        (
            lambda: parse_ensembles("vote-gtpq", variants=parse_variants("gptq-8,gptq-4")),
            "vote-gptq",
        ),
        (lambda: parse_ensembles("atuo", variants=parse_variants("gptq-8,gptq-4")), "auto"),
    ],
)
def test_option_that_is_misspelt_is_told_what_it_was_meant_to_be(read, meant):
    with pytest.raises(UsageError) as caught:
        read()
    assert str(caught.value).endswith(f"(did you mean {meant!r}?)")
