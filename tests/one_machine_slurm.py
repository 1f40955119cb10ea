"""A Slurm of one machine: an `sbatch` that runs what it is given at once, every task in its turn.

As Slurm does it runs wrapped commands where it was called, with the caller's environment.
"""

from __future__ import annotations

from pathlib import Path

_SBATCH = """#!/usr/bin/env bash
set -uo pipefail
tasks=("") wrapped="" waits="" status=0
for word in "$@"; do
  case $word in
    --array=0-*) mapfile -t tasks < <(seq 0 "${word#--array=0-}") ;;
    --wrap=*) wrapped=${word#--wrap=} ;;
    --wait) waits=yes ;;
  esac
done
for task in "${tasks[@]}"; do
  env ${task:+SLURM_ARRAY_TASK_ID="$task"} bash -c "$wrapped" >&2 || status=$?
done
echo 4711
[ -z "$waits" ] || exit "$status"
"""


def write_sbatch(folder: Path) -> None:
    """Write `sbatch` into a folder, which is to be searched before others."""
    folder.mkdir(parents=True)
    path = folder / "sbatch"
    path.write_text(_SBATCH, encoding="utf-8")
    path.chmod(0o755)
