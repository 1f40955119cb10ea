#!/usr/bin/env bash
# Merges what the shards recorded and judges it; arguments go to pytest. No model is asked, whatever
# is missing: that has no verdict, and the exit code is not 0.
set -uo pipefail
# shellcheck source=places.sh
source "$(dirname "${BASH_SOURCE[0]}")/places.sh"

[ -s "$SHARED/shards.txt" ] || { echo "gate: no list of shards in $SHARED" >&2; exit 2; }
merged=$SCRATCH/merged.sqlite
rm -f "$merged" "$merged"-*
complaints=()
take() {
  if [ ! -f "$1" ]; then
    complaints+=("nothing came of $2")
  elif ! "$PYTHON" -m trusteval store import "$1" --store="$merged"; then
    complaints+=("$1 could not be merged as it is, see above ($2)")
  fi
}

take "$SHARED/prepared.jsonl" "prepare.sh"
number=0
while read -r shard; do
  take "$SHARED/shard-$number.jsonl" "shard $number, $shard"
  number=$((number + 1))
done < "$SHARED/shards.txt"

"$PYTHON" -m pytest --trust-recorded-only --trust-store="$merged" "$@"
status=$?
if [ "${#complaints[@]}" -gt 0 ]; then
  printf 'gate: %s\n' "${complaints[@]}" >&2
  [ "$status" -ne 0 ] || status=1
fi
exit "$status"
