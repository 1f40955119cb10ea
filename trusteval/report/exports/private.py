"""Keeps what a machine's folders are called out of what leaves the machine."""

from __future__ import annotations

import re
from pathlib import PurePath
from urllib.parse import quote

from trusteval.report.record import RunRecord

_HIDDEN = "\N{HORIZONTAL ELLIPSIS}/"
_BEFORE = r"(?:(?<=^)|(?<=[\s'\"`=(\[{<,;:]))"
_FOLDERS = re.compile(_BEFORE + r"(?:file://|~[^\s/]*)?/(?:[^\s/'\"`,;()]+/)*(?=[^\s/])")
"""Whatever stands before the last name of an absolute path; no part of an address of the web."""
_QUOTED = re.compile(r"(?<=(['\"`]))~?/[^'\"`\n]*/(?=[^'\"`/\n]+\1)")
"""The same between quotes, where folders may have blanks in their names."""
_IS_LOCAL = ("/", "~", ".")


def without_folders(text: str) -> str:
    """Return a text whose absolute paths have their last name only, behind an ellipsis."""
    return _FOLDERS.sub(_HIDDEN, _QUOTED.sub(_HIDDEN, text))


def model_label(record: RunRecord) -> str:
    """Return what a model is called elsewhere: of a local path its last part."""
    name = str(record.facts.model)
    return PurePath(name).name or name if name.startswith(_IS_LOCAL) else name


def file_stem(name: str) -> str:
    """Return a name as part of a file's: another one for every name, and never another folder."""
    return quote(name, safe="")
