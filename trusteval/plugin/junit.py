"""Verdicts in --junitxml: properties for programs, one line of output where those are not read.

GitLab and others show a test case's system-out and no properties, where a gate that warns would
look like one that passes. Of the whole suite a property says what is missing.
"""

from __future__ import annotations

import json
import xml.etree.ElementTree as ElementTree
from collections.abc import Mapping
from typing import Any

import pytest
from _pytest.junitxml import bin_xml_escape, xml_key

from trusteval.printable import printable_line

OUTCOME = "trust_outcome"
"""The property that says PASS, WARN, FAIL or INCONCLUSIVE, and why."""


LEDGER = "trust_ledger"
"""The property of the whole suite that says whether the run is complete and what is missing."""


def show_ledger(config: pytest.Config, ledger: Mapping[str, Any]) -> None:
    """Write into the suite what of the run is missing, if JUnit XML is asked for."""
    xml = config.stash.get(xml_key, None)
    if xml is not None:
        xml.add_global_property(LEDGER, json.dumps(ledger, sort_keys=True))


def show_outcome(config: pytest.Config, report: pytest.TestReport) -> None:
    """Write the verdict of a gate's test into its test case, if JUnit XML is asked for."""
    xml = config.stash.get(xml_key, None)
    if xml is None or report.when != "call":
        return
    for name, value in report.user_properties:
        if name == OUTCOME:
            shown = ElementTree.Element("system-out")
            shown.text = bin_xml_escape(printable_line(str(value)))
            xml.node_reporter(report).append(shown)
