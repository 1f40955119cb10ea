"""The file of --junitxml, for those who read what GitLab and Jenkins read of it and no more.

Both know a test case by its class and name. GitLab shows the text of <failure>, <error> and
<skipped>, and of a test that passed nothing; Jenkins shows <system-out> too, and where it is strict
takes no properties of test cases. So every verdict stands in <system-out>, and what no test says
stands in cases of the run's own.
"""

from __future__ import annotations

import json
import xml.etree.ElementTree as ElementTree
from collections.abc import Iterable, Iterator, Mapping
from functools import partial
from typing import TYPE_CHECKING, Any

import pytest
from _pytest.junitxml import LogXML, bin_xml_escape, mangle_test_address, xml_key

from trusteval.printable import printable_line

if TYPE_CHECKING:
    from trusteval.report.record import RunRecord
    from trusteval.report.run_cases import RunCase

OUTCOME = "trust_outcome"
"""The property that says PASS, WARN, FAIL or INCONCLUSIVE, and why."""
LEDGER = "trust_ledger"
"""The property of the whole suite that says whether the run is complete and what is missing."""
CLASS = "trusteval.run"
"""The class of the cases that are about the whole run."""
_OUT, _STRICT = "system-out", "xunit2"
_OURS = ("trust_", "vote_")
"""How the names of our properties begin."""
_ATTACHMENT = "[[ATTACHMENT|"
"""What GitLab takes for the name of a file to link to."""


def asks_for_junit(config: pytest.Config) -> bool:
    """Whether this process writes JUnit XML."""
    return config.stash.get(xml_key, None) is not None


def show_outcome(config: pytest.Config, report: pytest.TestReport) -> None:
    """Write what a test found into its test case, if JUnit XML is asked for."""
    xml = config.stash.get(xml_key, None)
    if xml is None or report.when != "call":
        return
    for line in _told(report.user_properties):
        shown = ElementTree.Element(_OUT)
        shown.text = _text(line)
        xml.node_reporter(report).append(shown)


def finish_suite(config: pytest.Config, record: RunRecord | None, *, exit_status: int) -> None:
    """Write what is said of the whole run, and let every reader take the file.

    Once every test has been told of, and before pytest writes the file. `record` is None of a run
    that asked nothing; `exit_status` is what pytest is about to end with.
    """
    from trusteval.report.run_cases import run_cases

    xml = config.stash[xml_key]
    if record is not None:
        xml.add_global_property(LEDGER, json.dumps(record.ledger(), sort_keys=True))
        is_red = bool(xml.stats["failure"] or xml.stats["error"])
        for case in run_cases(record, exit_status=exit_status, is_red=is_red):
            _add_case(xml, case)
    taken: set[tuple[str, str]] = set()
    for reporter in xml.node_reporters_ordered:
        element = reporter.to_xml()
        # An ended one has forgotten its id, and has its name.
        _name(element, str(getattr(reporter, "id", "")), taken)
        _join_outputs(element)
        if xml.family == _STRICT:
            _leave_out_properties(element)
        reporter.to_xml = partial(_as_it_is, element)  # type: ignore[method-assign]


def _as_it_is(element: ElementTree.Element) -> ElementTree.Element:
    return element


def _told(properties: Iterable[tuple[str, object]]) -> Iterator[str]:
    """Word for people what is a property for programs."""
    for name, value in properties:
        match name:
            case "trust_outcome":
                yield str(value)
            case "trust_score":
                yield _score_line(json.loads(str(value)))
            case "trust_build":
                for variant, build in json.loads(str(value)).items():
                    yield f"built {variant}: {build['quantization']}, {build['seconds']} s"
            case "vote_remembered":
                yield f"this law held before, and nothing that decides it has changed: {value}"


def _score_line(line: Mapping[str, Any]) -> str:
    score, rate = line["score"], line["non_answer_rate"]
    value = "undefined" if score["value"] is None else f"{score['value']:.1f}"
    silence = "unknown" if rate is None else f"{rate:.1f} %"
    return (
        f"{line['subject']} on {line['benchmark']}: {score['metric']} {value}, "
        f"n={score['counts']['n']}, non-answers {silence}"
    )


def _text(line: str) -> str:
    """Return a line that XML can hold and that GitLab does not act on."""
    return bin_xml_escape(printable_line(line).replace(_ATTACHMENT, "[ [ATTACHMENT|"))


def _add_case(xml: LogXML, case: RunCase) -> None:
    """Add a test case that no test stands for."""
    reporter = xml.node_reporter(f"{CLASS}::{case.name}")
    reporter.attrs.update(classname=CLASS, name=case.name)
    text = "\n".join(map(_text, case.lines))
    if case.outcome == "passed":
        xml.add_stats("passed")
        node = ElementTree.Element(_OUT)
    else:
        node = ElementTree.Element(case.outcome.value, message=_text(case.lines[0]))
    node.text = text
    reporter.append(node)


def _name(element: ElementTree.Element, nodeid: str, taken: set[tuple[str, str]]) -> None:
    """Give a test case a class and a name that no other has; one that never began has none yet."""
    names = mangle_test_address(nodeid)
    classname = bin_xml_escape(element.get("classname") or ".".join(names[:-1]))
    whole = name = bin_xml_escape(element.get("name") or names[-1])
    number = 1
    while (classname, name) in taken:
        number += 1
        name = f"{whole} ({number})"
    taken.add((classname, name))
    given = {key: bin_xml_escape(value) for key, value in element.attrib.items()}
    element.attrib.update({**given, "classname": classname, "name": name})


def _join_outputs(element: ElementTree.Element) -> None:
    """Leave one <system-out>: of several GitLab takes none of the whole file."""
    outputs = element.findall(_OUT)
    for other in outputs[1:]:
        outputs[0].text = f"{outputs[0].text}\n{other.text}"
        element.remove(other)


def _leave_out_properties(element: ElementTree.Element) -> None:
    """Leave out our properties, which the schema of xunit2 does not know; others' are theirs."""
    for properties in element.findall("properties"):
        for one in list(properties):
            if str(one.get("name")).startswith(_OURS):
                properties.remove(one)
        if len(properties) == 0:
            element.remove(properties)
