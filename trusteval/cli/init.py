"""`trusteval init`: the files that a gate begins with, in the folder one is in."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING, Any

from trusteval.system.printing import say

if TYPE_CHECKING:
    from trusteval.starting.beginning import Beginning
    from trusteval.starting.standing import Room


def add_init(commands: Any) -> None:
    """Declare `trusteval init`."""
    from trusteval.starting.ci import CI
    from trusteval.suite.profiles import PROFILES

    init = commands.add_parser(
        "init",
        help="write the files that a gate begins with into this folder",
        epilog="Asks nothing and overwrites nothing. Exit code 1 where what is there already "
        "leaves something to be done by hand, which is said.",
    )
    add = init.add_argument
    add("--model", default="demo", help="the model under test, as --trust-model takes it")
    add("--profile", choices=tuple(PROFILES), help="default: demo for the demo model, else quick")
    add("--ci", choices=[str(one) for one in CI], help="whose workflow; default: github, or gitlab")
    init.set_defaults(run=_init)


def _init(asked: argparse.Namespace) -> int:
    from trusteval.starting.beginning import beginning_of
    from trusteval.starting.ci import CI, usual_ci
    from trusteval.starting.files import texts_of
    from trusteval.starting.placing import place
    from trusteval.starting.standing import room_in

    here = Path()
    ci = usual_ci(here) if asked.ci is None else CI(asked.ci)
    beginning = beginning_of(asked.model, profile=asked.profile, ci=ci)
    room = room_in(here, texts_of(beginning), beginning=beginning)
    place(here, room.new)
    say(_told(beginning, room))
    return 1 if room.left else 0


def _told(beginning: Beginning, room: Room) -> list[str]:
    from trusteval.starting.configuration import PYTEST_INI
    from trusteval.starting.needs import installs, notes, warnings

    gate = "pytest" if PYTEST_INI in room.new else "pytest trust_tests"
    return [
        *(f"wrote {path}" for path in room.new),
        *(f"kept {name}, which was there" for name in room.kept),
        *room.left,
        *(f"warning: {line}" for line in warnings(beginning)),
        "next:",
        *(f"    {command}" for command in (*installs(beginning), gate)),
        *(f"note: {line}" for line in notes(beginning)),
    ]
