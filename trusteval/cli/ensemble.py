"""`trusteval ensemble`: what recorded answers show of a vote over precisions; no model runs."""

from __future__ import annotations

import argparse
import shutil
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from trusteval.cli.json_file import write_json
from trusteval.errors import UsageError
from trusteval.system.files import real_path, write_files
from trusteval.system.printing import say

if TYPE_CHECKING:
    from trusteval.ensemble.gathering import Gathered


def add_ensemble(commands: Any) -> None:
    """Declare `trusteval ensemble`."""
    from trusteval.protocols import PROTOCOLS
    from trusteval.suite.profiles import PROFILES

    ensemble = commands.add_parser(
        "ensemble",
        help="tell from recorded answers whether a vote over precisions pays, and why",
        epilog="Exit code: 0 everything is shown, 2 usage, unreadable input, or no vote to show.",
    )
    ensemble.add_argument(
        "runs",
        nargs="+",
        metavar="RUN",
        help="a reports folder or a baseline; or the subjects of one run, each "
        "NAME=STORE.sqlite#CONTEXT, a context as `trusteval store info` lists it, or "
        "NAME=FILE.jsonl, answers as `trusteval score` takes them",
    )
    _declare_choice(ensemble.add_argument)
    add = ensemble.add_argument
    add("--json", type=Path, metavar="OUT", help="write everything here too")
    add("--markdown", type=Path, metavar="OUT", help="write the tables here as Markdown too")
    add("--figures", type=Path, metavar="FOLDER", help="draw the tables that can be here, as .svg")
    asked = ensemble.add_argument_group("what the subjects of NAME=... were asked")
    asked.add_argument("--profile", choices=tuple(PROFILES), help="of a store (default: demo)")
    asked.add_argument("--protocol", choices=tuple(PROTOCOLS), help="default: strict")
    asked.add_argument("--data", type=Path, help="directory of the benchmarks' original files")
    asked.add_argument("--prompts", type=Path, help="a prompts.toml in place of trusteval's texts")
    ensemble.set_defaults(run=_ensemble)


def _declare_choice(add: Callable[..., Any]) -> None:
    """Declare which votes, benchmarks and sections are shown."""
    several = {"action": "append", "default": []}
    add(
        "--ensemble",
        **several,
        metavar="NAME=a+b+c",
        help="a vote to show, in place of those recorded: over any subjects, vote-METHOD, auto, or "
        "the name of a recorded one; repeatable (default: those recorded, else auto)",
    )
    add(
        "--bits",
        **several,
        metavar="NAME=N",
        help="bits of a member, which decide ties, where neither its run nor its name says them; "
        "repeatable",
    )
    add("--dense", metavar="NAME", help="the model that votes stand beside (default: dense)")
    add(
        "--benchmark",
        **several,
        metavar="NAME",
        help="show only this benchmark or dimension; repeatable",
    )
    add("--section", **several, metavar="NAME", help="show only this section; repeatable")
    add(
        "--group-aware",
        action="store_true",
        help="beyond the paper: learn thresholds by sensitive group on the members' vote shares "
        "(needs fairlearn)",
    )


def _ensemble(asked: argparse.Namespace) -> int:
    from trusteval.cli.ensemble_studies import studies_of
    from trusteval.ensemble.across import across_models
    from trusteval.ensemble.document import ensemble_document
    from trusteval.ensemble.study import ACROSS
    from trusteval.report.studies import studies_lines, studies_markdown

    _refuse_same_file(asked)
    sections = _section_names(asked.section)
    studies = studies_of(_gathered(asked), asked, sections=sections)
    if ACROSS in asked.section and len(studies) < 2:
        raise UsageError(f"--section {ACROSS} lays several runs beside each other; give two RUNs")
    is_across = ACROSS in sections and len(studies) > 1
    across = across_models({one.named: one.panels for one in studies}) if is_across else None
    say(studies_lines(studies, across, width=shutil.get_terminal_size().columns))
    write_json(asked.json, ensemble_document(studies, across))
    if asked.markdown is not None:
        write_files({asked.markdown: "\n".join(studies_markdown(studies, across))})
    if asked.figures is not None:
        from trusteval.report.figures import draw_studies

        say(["", *draw_studies(studies, across, folder=asked.figures)])
    return 0


def _refuse_same_file(asked: argparse.Namespace) -> None:
    named = [real_path(path) for path in (asked.json, asked.markdown, asked.figures) if path]
    if len(set(named)) < len(named):
        raise UsageError("--json, --markdown and --figures need to be different places")


def _section_names(asked: Sequence[str]) -> Sequence[str]:
    """Return the sections to show; raises UsageError for one that is not known."""
    from trusteval.ensemble.study import ACROSS, SECTIONS
    from trusteval.suggestion import meant

    known = [*SECTIONS, ACROSS]
    for name in asked:
        if name not in known:
            raise UsageError(
                f"--section {name}: no such section; known: {', '.join(known)}{meant(name, known)}"
            )
    return asked or known


def _gathered(asked: argparse.Namespace) -> list[Gathered]:
    """Read the runs; raises UsageError for options that say nothing about any of them."""
    from trusteval.ensemble.gathering import are_subjects, gather, hold_context
    from trusteval.tracking.store_selection import Asking

    named = ("profile", "prompts", "protocol", "data")
    given = {name: value for name in named if (value := getattr(asked, name)) is not None}
    if given and not are_subjects(asked.runs):
        raise UsageError(f"--{next(iter(given))} is about NAME=...; reports and baselines know")
    of_store = next((name for name in ("profile", "prompts") if name in given), None)
    if of_store is not None and not hold_context(asked.runs):
        raise UsageError(f"--{of_store} is about STORE.sqlite#CONTEXT; files say what they answer")
    return gather(asked.runs, Asking(**given))
