"""`trusteval audit`: draws answers to label by hand, then tells how far the reader agrees."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from trusteval.cli.json_file import write_json
from trusteval.errors import UsageError
from trusteval.system.files import write_files
from trusteval.system.printing import say


def add_audit(commands: Any) -> None:
    """Declare `trusteval audit`."""
    audit = commands.add_parser(
        "audit",
        help="check the reader by hand: draw answers to label, then estimate agreement",
        epilog="Exit code: 0, 1 if agreement is below --least or nothing is labelled, 2 usage.",
    )
    add = audit.add_argument
    add(
        "answers",
        nargs="?",
        metavar="RUN",
        help="draw from a reports folder, of which RUN:SUBJECT is one subject",
    )
    add("--benchmark", metavar="NAME", help="draw from this benchmark's answers only")
    add("--n", type=int, metavar="N", help="how many answers to draw (default: 100)")
    add("--seed", type=int, help="draws another sample (default: 0)")
    add("--out", type=Path, metavar="DIR", help="the folder for the table, the page and the key")
    add("--labelled", type=Path, metavar="FILE", help="report a table that was labelled")
    add("--key", type=Path, metavar="FILE", help="its key (default: beside it)")
    add("--json", type=Path, metavar="OUT", help="write agreement here too")
    add("--least", type=float, metavar="PERCENT", help="exit with 1 if agreement is below")
    audit.set_defaults(run=_audit)


def _audit(asked: argparse.Namespace) -> int:
    drawing = {"RUN": asked.answers, "--n": asked.n, "--seed": asked.seed, "--out": asked.out}
    drawing |= {"--benchmark": asked.benchmark}
    reporting = {"--key": asked.key, "--json": asked.json, "--least": asked.least}
    if asked.labelled is None:
        _refuse(reporting, needs="--labelled")
        if asked.answers is None or asked.out is None:
            raise UsageError("name a RUN and --out DIR to draw answers, or --labelled FILE")
        return _draw(asked)
    _refuse(drawing, needs="drawing, not --labelled")
    return _report(asked)


def _refuse(given: dict[str, Any], *, needs: str) -> None:
    for name, value in given.items():
        if value is not None:
            raise UsageError(f"{name} belongs to {needs}")


def _draw(asked: argparse.Namespace) -> int:
    from trusteval.audit import key, page, table
    from trusteval.audit.lines import drawn_lines
    from trusteval.audit.population import heard
    from trusteval.audit.preparing import prepare
    from trusteval.tracking.selection import is_store, select
    from trusteval.tracking.store_selection import Asking

    n, seed = 100 if asked.n is None else asked.n, asked.seed or 0
    if n < 2:
        raise UsageError(f"--n is a number of answers from 2 on, got {n}")
    if is_store(asked.answers):
        raise UsageError(f"expected a reports folder, got the store {asked.answers}")
    targets = [asked.out / name for name in (table.NAME, page.NAME, key.NAME)]
    for target in targets:
        if target.exists():
            raise UsageError(f"{target} exists, perhaps with labels; name another folder")
    chosen = select(asked.answers, Asking())
    said = heard(chosen.run, subject=chosen.subject, benchmark=asked.benchmark)
    audit = prepare(said, run=asked.answers, n=n, seed=seed)
    texts = table.table_text(audit.cards), page.page_text(audit.cards), key.key_text(audit.key)
    try:
        asked.out.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UsageError(f"cannot make {asked.out}: {error.strerror}") from error
    write_files(dict(zip(targets, texts, strict=True)), follows_links=False)
    say(
        [
            *drawn_lines(audit),
            f"label {targets[1]} in a browser, or the column label of {targets[0]}; then:",
            f"trusteval audit --labelled {targets[0].name} --key {targets[2]}",
        ]
    )
    return 0


def _report(asked: argparse.Namespace) -> int:
    from trusteval.audit import key
    from trusteval.audit.agreement import agreement
    from trusteval.audit.document import agreement_document
    from trusteval.audit.labelling import match
    from trusteval.audit.lines import agreement_lines
    from trusteval.audit.table import read_table

    least = asked.least
    if least is not None and not 0 < least <= 100:
        raise UsageError(f"--least is a percentage, above 0 to 100, got {least}")
    known = key.read_key(asked.key or asked.labelled.parent / key.NAME)
    found = agreement(match(read_table(asked.labelled), known, path=asked.labelled))
    say(agreement_lines(found))
    write_json(asked.json, agreement_document(found))
    if least is None:
        return 0
    if found.overall is None:
        say([f"nothing is labelled: no agreement of at least {least} % is shown"])
        return 1
    if round(100 * found.overall.value, 9) < least:
        say([f"agreement is below {least} %"])
        return 1
    if round(100 * found.overall.low, 9) < least:
        say([f"agreement is at least {least} %, but its interval reaches below"])
    return 0
