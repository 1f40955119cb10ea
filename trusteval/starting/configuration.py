"""How pytest is configured: by a file of the user's, or by the pytest.ini that is written."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from trusteval.errors import UsageError
from trusteval.system.bounded import MIB, loads_toml, read_text
from trusteval.system.files import abbreviated, is_there
from trusteval.system.toml_text import toml_list, toml_text

PYTEST_INI = Path("pytest.ini")
_MODEL = "trust_model"
_HEADINGS = {
    "pytest.toml": "pytest",
    ".pytest.toml": "pytest",
    "pytest.ini": "pytest",
    ".pytest.ini": "pytest",
    "pyproject.toml": "tool.pytest.ini_options",
    "tox.ini": "pytest",
    "setup.cfg": "tool:pytest",
}
"""The files that may configure pytest, in the order that it looks in, and what heads its part."""
_ITS_OWN = frozenset({"pytest.toml", ".pytest.toml", "pytest.ini", ".pytest.ini"})
"""What configures pytest whatever it holds."""
_MOST = 4 * MIB
_COMMENTS = {
    "testpaths": "What pytest runs. Each trust_* is an option too (--trust-*), which goes before.",
    "trust_profile": "How much is asked: demo, quick or full.",
}


@dataclass(frozen=True, slots=True)
class Configured:
    """A file that configures pytest already, and the model that it names, if it names one.

    `heading` is its part where that is not the usual one.
    """

    name: str
    model: str | None
    heading: str | None = None

    def lines(self, settings: Mapping[str, str]) -> list[str]:
        """Word settings as this file has them, under the heading that they belong to."""
        texts = dict(settings)
        if self.name.endswith(".toml"):
            texts = {name: toml_text(text) for name, text in texts.items()}
            texts["testpaths"] = toml_list([settings["testpaths"]])
        heading = f"[{self.heading or _HEADINGS[self.name]}]"
        return [heading, *(f"{name} = {text}" for name, text in texts.items())]


def configured(folder: Path) -> Configured | None:
    """Find what configures pytest in a folder.

    Raises UsageError for a file that cannot be read: pytest would not run beside it either.
    """
    for name in _HEADINGS:
        path = folder / name
        if is_there(path):
            text = _text(path)
            is_toml = path.suffix == ".toml"
            found = _in_toml(text, path) if is_toml else _in_ini(text, name)
            if found is not None:
                return found
    return None


def ini_text(settings: Mapping[str, str], *, hint: str | None) -> str:
    """Word settings as a pytest.ini; `hint` stands above the variants.

    Raises UsageError for a text that pytest would not read from it as it is.
    """
    comments = dict(_COMMENTS) | ({} if hint is None else {"trust_variants": hint})
    lines = ["[pytest]"]
    for name, text in settings.items():
        _refuse_unwritable(text)
        lines += [f"# {comments[name]}"] if name in comments else []
        lines.append(f"{name} = {text}")
    return "".join(f"{line}\n" for line in lines)


def _refuse_unwritable(text: str) -> None:
    try:
        text.encode()
    except UnicodeEncodeError:
        is_text = False
    else:
        is_text = True
    if not is_text or text != text.strip() or len(text.splitlines()) != 1:
        raise UsageError(
            f"{abbreviated(text)} cannot be written into pytest.ini, whose values are one line of "
            "UTF-8 without blanks at their ends; name it otherwise, for example by a link to it"
        )


def _text(path: Path) -> str:
    try:
        return read_text(path, most=_MOST)
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"{path} cannot be read, so pytest cannot run here: {error}") from error


def _in_ini(text: str, name: str) -> Configured | None:
    heading = rf"^\[{re.escape(_HEADINGS[name])}\]\s*(?:[#;].*)?$"
    parts = re.split(heading, text, maxsplit=1, flags=re.MULTILINE)
    if len(parts) == 1:
        return Configured(name, None) if name in _ITS_OWN else None
    own = re.split(r"^\[", parts[1], maxsplit=1, flags=re.MULTILINE)[0]
    found = re.search(rf"^{_MODEL}[ \t]*[=:][ \t]*(.*?)[ \t]*$", own, re.MULTILINE)
    return Configured(name, None if found is None else found[1])


def _in_toml(text: str, path: Path) -> Configured | None:
    try:
        document = loads_toml(text)
    except ValueError as error:
        raise UsageError(f"{path} cannot be read, so pytest cannot run here: {error}") from error
    is_its_own = path.name in _ITS_OWN
    match document if is_its_own else document.get("tool"):
        case {"pytest": {"ini_options": {"trust_model": model}}}:
            return Configured(path.name, str(model))
        case {"pytest": {"ini_options": _}}:
            return Configured(path.name, None)
        case {"pytest": dict(part)}:
            # Beside [tool.pytest], pytest refuses [tool.pytest.ini_options].
            model = part.get(_MODEL)
            heading = None if is_its_own else "tool.pytest"
            return Configured(path.name, None if model is None else str(model), heading)
        case _:
            return Configured(path.name, None) if is_its_own else None
