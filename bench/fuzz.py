"""Looks for inputs that end otherwise than docs say: python -m bench.fuzz --minutes 30

Every reader, loader, option and reply of `bench.fuzzing.targets` in turn, in processes that are
bounded in time and memory. Goes on where the folder says that it was; exit code 1 if anything is
found. `--replay FILE` tries one input again and prints its traceback.
"""

from __future__ import annotations

import argparse
import fnmatch
import sys
import tempfile
import time
import zipfile
from pathlib import Path

from bench.fuzzing.campaign import TABLE, Bounds, BrokenError, Campaign, in_turn, lines_of
from bench.fuzzing.trial import packed, unpacked
from bench.fuzzing.worker import known_seeds, settle, targets

_SHORTEST, _LONGEST = 3.0, 20.0


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    add = parser.add_argument
    add("--minutes", type=float, default=2.0, help="how long (default: 2)")
    add("--seed", type=int, default=0, help="draws other inputs (default: 0)")
    add("--target", action="append", default=[], help="only these, patterns; again for another")
    add("--out", type=Path, default=Path(".fuzz"), help="the campaign's folder (default: .fuzz)")
    add("--inputs", type=Path, help="a folder of further inputs to begin with")
    add("--seconds", type=float, default=10.0, help="what a trial may take (default: 10)")
    add("--memory", type=int, default=512, help="MiB that a trial may take (default: 512)")
    add("--without-torch", action="store_true", help="leave out what loads models")
    add("--replay", type=Path, help="try one input again: a finding, or a file with --target")
    add("--list", action="store_true", help="list the targets, and what was found so far")
    asked = parser.parse_args()
    table = targets(TABLE)
    patterns = asked.target or ["*"]
    names = [
        name
        for name, target in table.items()
        if any(fnmatch.fnmatchcase(name, pattern) for pattern in patterns)
        and not (asked.without_torch and target.is_slow)
    ]
    if not names:
        parser.error(f"no such target; there are {', '.join(table)}")
    campaign = Campaign(asked.out, seed=asked.seed)
    bounds = Bounds(asked.seconds, asked.memory)
    if asked.replay is not None:
        return _replay(campaign, asked.replay, names, bounds)
    broken = False
    if not asked.list:
        spent = 60 * asked.minutes / len(names)
        bounds = Bounds(asked.seconds, asked.memory, min(_LONGEST, max(_SHORTEST, spent - 2)))
        for name in in_turn(names, time.monotonic() + 60 * asked.minutes):
            try:
                campaign.run_batch(name, bounds, inputs=asked.inputs)
            except BrokenError as error:
                print(error, file=sys.stderr)
                broken = True
    for name in names:
        if asked.list and name not in campaign.tallies:
            print(name)
    print("\n".join(lines_of(campaign)))
    return 2 if broken else 1 if campaign.findings else 0


def _replay(campaign: Campaign, file: Path, names: list[str], bounds: Bounds) -> int:
    """Try a finding again, or a plain file in its place in the first seed of a target."""
    if zipfile.is_zipfile(file) and (name := unpacked(file)[0]) in targets(TABLE):
        outcome, shown = campaign.replay(name, file, bounds)
    else:
        (name,) = names
        target = targets(TABLE)[name]
        with tempfile.TemporaryDirectory() as scratch:
            folder = Path(scratch) / "work"
            folder.mkdir()
            settle(folder)
            seed = known_seeds(target, folder)[0]
            place = next(part for part in seed if target.form(part) is not None)
            whole = Path(scratch) / "input.zip"
            whole.write_bytes(packed({**seed, place: file.read_bytes()}, comment=name))
            outcome, shown = campaign.replay(name, whole, bounds)
    print(f"{name}: {outcome.kind} {outcome.what} {outcome.where}\n{outcome.said!r}\n{shown}")
    return 1 if outcome.kind.is_finding else 0


if __name__ == "__main__":
    sys.exit(main())
