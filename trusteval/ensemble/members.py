"""Whose votes a run holds, and who can vote beside them: members and their bits, by name."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace

from trusteval.errors import VariantError
from trusteval.tracking.answered_run import AnsweredRun
from trusteval.types import DENSE, Ensemble, Variant, draw_of

_OVER = "vote over"
"""What a vote's identity names its members by."""
_NAME = re.compile(r"([a-z0-9_]+)-([1-9][0-9]?)(?:[-:._].*?)?(?:@([0-9]{1,9}))?")
_DENSE_BITS = 16


def recorded_ensembles(run: AnsweredRun, *, bits: Mapping[str, int]) -> tuple[Ensemble, ...]:
    """Return the votes that a run holds.

    `bits` are those of members by name, where neither run nor name says them. Raises VariantError
    for a member of whom nobody does.
    """
    found: dict[str, dict[Variant, None]] = {}
    for key in run.answer_tables:
        members = run.members.get(key)
        if members is None:
            over = run.identities.get(key, {}).get(_OVER, {})
            members = tuple(member(name, bits=bits) for name in over)
        if members:
            found.setdefault(key[0], {}).update(dict.fromkeys(members))
    return tuple(Ensemble(name, tuple(members)) for name, members in sorted(found.items()))


def member(name: str, *, bits: Mapping[str, int]) -> Variant:
    """Return a member by its name, METHOD-BITS[...][@SEED], or with the bits that are given.

    A draw has the bits of the variant that it is a draw of. Raises VariantError where nobody says
    its bits: the vote breaks ties by them.
    """
    if (found := draw_of(name)) is not None:
        of, draw = found
        return replace(member(of, bits=bits), name=name, draw=draw)
    match = _NAME.fullmatch(name)
    if name in bits:
        method, seed = (match[1], int(match[3] or 0)) if match else (name, 0)
        return Variant(name, method, bits[name], seed)
    if match is not None:
        return Variant(name, match[1], int(match[2]), int(match[3] or 0))
    if name == DENSE:
        return Variant(name, DENSE, _DENSE_BITS)
    raise VariantError(f"nobody says how many bits {name} has; give --bits {name}=N")
