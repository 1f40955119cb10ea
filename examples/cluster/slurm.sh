#!/usr/bin/env bash
# Splits a run over a Slurm cluster: an array with a task per shard, then the gate, whatever became
# of them. Called where pytest.ini is; arguments (--gres=gpu:1 --time=2:00:00) go to all but the
# gate.
set -euo pipefail
here=$(dirname "${BASH_SOURCE[0]}")
export SHARED=${SHARED:-reports/shards}
# Slurm runs a copy of a script from elsewhere, and what is wrapped where it was called.
script() { printf 'bash %q' "$here/$1"; }

sbatch --wait --job-name=trust-prepare "$@" --wrap="$(script prepare.sh)" ||
  echo "slurm: not every variant is whole, see the log of trust-prepare" >&2
[ -s "$SHARED/shards.txt" ] || exit 2
last=$(($(wc -l < "$SHARED/shards.txt") - 1))
array=$(sbatch --parsable --job-name=trust-shard --array="0-$last" "$@" \
  --wrap="$(script run-shard.sh)")
sbatch --job-name=trust-gate --dependency="afterany:${array%%;*}" --wrap="$(script gate.sh)"
