# shellcheck shell=bash
# Where the machines of a split run keep what they make; read by the scripts beside it.
#   SHARED   a folder that all of them see: the list of shards, and what each recorded
#   SCRATCH  a folder of this machine alone, not on a network file system: stores and reports
#   PYTHON   the interpreter that trusteval is installed in
SHARED=${SHARED:-reports/shards}
SCRATCH=${SCRATCH:-${TMPDIR:-/tmp}/trusteval-$(id -u)-$(printf %s "$PWD" | cksum | cut -d ' ' -f 1)}
PYTHON=${PYTHON:-python}
mkdir -p "$SHARED" "$SCRATCH" || exit 2
# Whoever can write a store decides verdicts.
[ -O "$SCRATCH" ] || { echo "$SCRATCH is somebody else's; name another SCRATCH" >&2; exit 2; }

# Runs pytest with a store and reports called so; what --trust-require asks is the gate's to keep.
record() {
  local name=$1
  shift
  "$PYTHON" -m pytest -q --trust-html=off --trust-require=none --trust-summary=off \
    --trust-store="$SCRATCH/$name.sqlite" --trust-reports="$SCRATCH/$name/latest" "$@"
}

# The file of answers appears in the shared folder when it is complete, or not at all.
share() {
  "$PYTHON" -m trusteval store export "$SHARED/$1.jsonl" --store="$SCRATCH/$1.sqlite"
}
