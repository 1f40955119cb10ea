"""`trusteval ensemble`: what recorded answers show of a vote over precisions; no model runs."""

from __future__ import annotations

import argparse
import shutil
from pathlib import Path
from typing import Any

from trusteval.cli.json_file import write_json
from trusteval.errors import TrackingError
from trusteval.system.files import write_files
from trusteval.system.printing import say

SCHEMA = 1


def add_ensemble(commands: Any) -> None:
    """Declare `trusteval ensemble`."""
    from trusteval.protocols import PROTOCOLS
    from trusteval.suite.profiles import PROFILES

    ensemble = commands.add_parser(
        "ensemble", help="tell from recorded answers whether a vote over precisions pays, and why"
    )
    add = ensemble.add_argument
    add(
        "runs",
        nargs="+",
        metavar="RUN",
        help="a reports folder or a baseline, or STORE.sqlite#CONTEXT, a context as `trusteval "
        "store info` lists it",
    )
    add("--dense", default="dense", metavar="NAME", help="the model that votes stand beside")
    add("--json", type=Path, metavar="OUT", help="write everything here too")
    add("--markdown", type=Path, metavar="OUT", help="write the tables here as Markdown too")
    asked = ensemble.add_argument_group("what a store's context was asked")
    asked.add_argument("--profile", choices=tuple(PROFILES), default="demo")
    asked.add_argument("--protocol", choices=tuple(PROTOCOLS), default="strict")
    asked.add_argument("--data", type=Path, help="directory of the benchmarks' original files")
    asked.add_argument("--prompts", type=Path, help="a prompts.toml in place of trusteval's texts")
    ensemble.set_defaults(run=_ensemble)


def _ensemble(asked: argparse.Namespace) -> int:
    from trusteval.ensemble.members import recorded_ensembles
    from trusteval.ensemble.panels import panels_of
    from trusteval.ensemble.study import study
    from trusteval.report.sections import section_lines, section_markdown
    from trusteval.tables import document_of
    from trusteval.tracking.selection import select
    from trusteval.tracking.store_selection import Asking

    asking = Asking(asked.profile, asked.protocol, asked.data, asked.prompts)
    studies = []
    for named in asked.runs:
        run = select(named, asking).run
        ensembles = recorded_ensembles(run, bits={})
        if not ensembles:
            raise TrackingError(f"{named} holds no vote")
        studies.append(study(panels_of(run, ensembles, dense=asked.dense), named=named))
    for one in studies:
        say([f"{one.named}: {one.panels.run.facts.model}, {one.panels.run.facts.profile}"])
        say(section_lines(one.sections, width=shutil.get_terminal_size().columns))
    write_json(
        asked.json,
        {
            "schema": SCHEMA,
            "runs": [
                {
                    "named": one.named,
                    "facts": one.panels.run.facts.to_document(),
                    "sections": document_of(one.sections),
                }
                for one in studies
            ],
        },
    )
    if asked.markdown is not None:
        lines = [line for one in studies for line in section_markdown(one.sections)]
        write_files({asked.markdown: "\n".join(lines)})
    return 0
