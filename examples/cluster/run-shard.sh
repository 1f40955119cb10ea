#!/usr/bin/env bash
# Records one shard: one subject's answers to one benchmark. Its number, from 0, is the argument, or
# what Slurm or Kubernetes says it is. A repeated shard goes on where this machine, or what it
# shared, left off. What was recorded is shared even if something failed.
set -uo pipefail
# shellcheck source=places.sh
source "$(dirname "${BASH_SOURCE[0]}")/places.sh"

number=${1:-${SLURM_ARRAY_TASK_ID:-${JOB_COMPLETION_INDEX:?the number of a shard}}}
# Bash counts with what is no number as if it were 0: another shard would be recorded.
[[ $number =~ ^(0|[1-9][0-9]*)$ ]] || { echo "run-shard: $number is no number of a shard" >&2; exit 2; }
shard=$(sed -n "$((number + 1))p" "$SHARED/shards.txt")
[ -n "$shard" ] || { echo "run-shard: $SHARED/shards.txt has no shard $number" >&2; exit 2; }
name=shard-$number

for file in "$SHARED/prepared.jsonl" "$SHARED/$name.jsonl"; do
  if [ -f "$file" ]; then
    "$PYTHON" -m trusteval store import "$file" --store="$SCRATCH/$name.sqlite" || exit
  fi
done
record "$name" "$shard"
status=$?
share "$name" || exit
exit "$status"
