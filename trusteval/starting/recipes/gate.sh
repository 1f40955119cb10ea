#!/usr/bin/env bash
# The gate in any CI that runs a shell: arguments are pytest's, the exit status is the gate's.
# PYTHON names the interpreter that has trusteval. docs/ci.md says what 0, 1 and 10 mean.
set -uo pipefail
status=0
# --trust-reports refuses a run that names no model, which would be green: its gates are skipped.
"${PYTHON:-python3}" -m pytest --trust-reports=reports/latest --junitxml=reports/junit.xml "$@" ||
  status=$?
case "$status" in
  0) echo "trusteval: nothing is worse" ;;
  1) echo "trusteval: something is worse, or a test of yours failed" ;;
  10) echo "trusteval: something could not be measured; run it again, recorded answers are kept" ;;
  *) echo "trusteval: nothing was judged, pytest ended with $status" ;;
esac
for file in reports/latest/report.md reports/latest/report.html reports/junit.xml; do
  if [ -f "$file" ]; then echo "trusteval: $file"; fi
done
exit "$status"
