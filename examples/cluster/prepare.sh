#!/usr/bin/env bash
# Once, before the shards: lists them, one a line, in $SHARED/shards.txt; builds every variant into
# the cache (TRUSTEVAL_CACHE, which all machines see) and looks whether it is whole.
set -uo pipefail
# shellcheck source=places.sh
source "$(dirname "${BASH_SOURCE[0]}")/places.sh"

# Of the tests that record those of variants, which are looked at; a vote is held over theirs.
rm -f "$SHARED/shards.txt"
shards=$("$PYTHON" -m pytest -q --collect-only -m "trust_sanity or trust_recording" | awk -F '[][]' '
  /::test_sanity\[/ { variants[$2] }
  /::test_record\[/ { name = $2; sub(/-[^-]*$/, "", name); if (name in variants) print }')
if [ -z "$shards" ]; then
  echo "prepare: no shards; does pytest.ini name a model (trust_model) and the tests?" >&2
  exit 2
fi
printf '%s\n' "$shards" > "$SHARED/shards.txt"
echo "$(wc -l < "$SHARED/shards.txt") shards in $SHARED/shards.txt"

# A variant that is broken fails here, and again in the gate, which says so.
record prepared -m trust_sanity
status=$?
share prepared || exit
exit "$status"
