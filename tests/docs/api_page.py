"""The parts of docs/api.md that docstrings say; run as a module, it brings the page up to date.

A part stands between `<!-- made of: NAME -->` and `<!-- end -->`.
"""

from __future__ import annotations

import ast
import inspect
import re
from collections.abc import Callable, Iterator
from dataclasses import fields

import trusteval
import trusteval.gate
from tests.project import ROOT
from trusteval import types
from trusteval.plugin.marks import MARKS

PAGE = ROOT / "docs" / "api.md"
FIXTURES = ROOT / "trusteval" / "plugin" / "declared_fixtures.py"
VALUES = (
    *(types.Sample, types.Response, types.Label, types.Refusal, types.Invalid),
    *(types.Variant, types.Ensemble, types.Verdict, types.Score, types.Interval),
)
"""What the fixtures hand out, as far as a test of one's own looks into it."""
_PART = re.compile(
    r"(?P<head><!-- made of: (?P<name>[^\n]+) -->\n)(?P<text>.*?)(?=<!-- end -->)", re.DOTALL
)


def load_model() -> str:
    """Return the signature, as it is written, and the docstring of `trusteval.load_model`."""
    (function,) = ast.parse(inspect.getsource(trusteval.load_model)).body
    assert isinstance(function, ast.FunctionDef)
    assert function.returns is not None
    given = ast.unparse(function.args).replace("=", " = ").replace(", ", ",\n    ")
    signature = f"trusteval.load_model(\n    {given},\n) -> {ast.unparse(function.returns)}"
    return f"```python\n{signature}\n```\n\n{_doc(trusteval.load_model)}"


def fixtures() -> str:
    """Return the table of public fixtures."""
    rows = ["| fixture | lives for | gives | what it is |", "|---|---|---|---|"]
    for function in ast.parse(FIXTURES.read_text(encoding="utf-8")).body:
        if isinstance(function, ast.FunctionDef) and not function.name.startswith("_"):
            said = _line(ast.get_docstring(function) or "")
            rows.append(_row(f"`{function.name}`", _scope(function), f"`{_given(function)}`", said))
    return "\n".join(rows)


def _scope(function: ast.FunctionDef) -> str:
    scopes = re.findall(r"scope='(\w+)'", " ".join(map(ast.unparse, function.decorator_list)))
    return f"a {scopes[0]}" if scopes else "a test"


def _given(function: ast.FunctionDef) -> str:
    """Return the type that a test gets: of a fixture that cleans up, the one that it yields."""
    annotation = ast.unparse(function.returns) if function.returns else ""
    return re.sub(r"^Iterator\[(.*)\]$", r"\1", annotation)


def marks() -> str:
    """Return the table of marks."""
    told = [mark.split(": ", 1) for mark in MARKS]
    return "\n".join(
        ["| mark | what it says |", "|---|---|", *(_row(f"`{a}`", b) for a, b in told)]
    )


def gate_tests() -> str:
    """Return the table of the tests that `trusteval.gate` exports."""
    rows = ["| test | what it holds |", "|---|---|"]
    for name in trusteval.gate.__all__:
        rows.append(_row(f"`{name}`", _line(_doc(getattr(trusteval.gate, name)))))
    return "\n".join(rows)


def values() -> str:
    """Return the table of the values that fixtures hand out."""
    rows = ["| type | what it is | fields |", "|---|---|---|"]
    for kind in VALUES:
        names = ", ".join(f"`{one.name}: {one.type}`" for one in fields(kind))
        rows.append(_row(f"`{kind.__name__}`", _line(_doc(kind)), names))
    return "\n".join(rows)


PARTS: dict[str, Callable[[], str]] = {
    "trusteval.load_model": load_model,
    "the public fixtures": fixtures,
    "the marks": marks,
    "trusteval.gate": gate_tests,
    "trusteval.types": values,
}


def brought_up_to_date(page: str) -> str:
    """Return the page with every part as docstrings have it."""
    return _PART.sub(lambda part: f"{part['head']}\n{PARTS[part['name']]()}\n\n", page)


def parts_of(page: str) -> Iterator[str]:
    """Yield the names of the parts that a page has."""
    return (part["name"] for part in _PART.finditer(page))


def _doc(thing: object) -> str:
    return inspect.getdoc(thing) or ""


def _line(text: str) -> str:
    return " ".join(text.split())


def _row(*cells: str) -> str:
    return f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in cells)} |"


if __name__ == "__main__":
    PAGE.write_text(brought_up_to_date(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
