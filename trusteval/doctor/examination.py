"""Looks at everything a run depends on, topic by topic."""

from __future__ import annotations

import os
from importlib.util import find_spec
from pathlib import Path

from trusteval.doctor.finding import Finding
from trusteval.doctor.hardware import (
    device_findings,
    dtype_findings,
    kernel_findings,
    machine_finding,
)
from trusteval.doctor.probe import probe
from trusteval.doctor.surroundings import (
    data_findings,
    find_memory,
    find_placement,
    model_findings,
    own_cache_finding,
)
from trusteval.doctor.versions import declared_needs, installed_versions, version_findings
from trusteval.system.machine import describe_machine


def examine(data: Path | None = None) -> list[Finding]:
    """Return what this machine can run; `data` is a folder of the benchmarks' files."""
    placement = find_placement()
    probed = probe(placement.device)
    installed = installed_versions()
    return [
        machine_finding(describe_machine(), find_memory()),
        *device_findings(placement, probed),
        *(dtype_findings(placement, probed.torch) if probed.torch else ()),
        *kernel_findings(probed, has_gptqmodel=find_spec("gptqmodel") is not None),
        *version_findings(installed, declared_needs(installed)),
        *model_findings(),
        *data_findings(data, os.environ),
        own_cache_finding(),
    ]
