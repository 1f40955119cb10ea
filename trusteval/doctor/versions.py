"""Checks the installed packages against what trusteval and the libraries under it declare."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib.metadata import distributions, requires

from trusteval.doctor.finding import Finding, Status, Topic

_LISTED = (
    *("torch", "transformers", "gptqmodel", "numpy"),
    *("pytest", "pytest-xdist", "datasets", "hypothesis"),
)
# Package -> those of its extras that a user installs.
_DECLARING: Mapping[str, Sequence[str]] = {
    "trusteval": ("quantize", "demo"),
    "gptqmodel": (),
    "transformers": (),
    "datasets": (),
    "accelerate": (),
}
# What no package's metadata says.
_NEEDLESS = {
    "auto-gptq": "does not import with transformers 5; checkpoints it wrote load without it",
    "autoawq": "no longer maintained; checkpoints it wrote load without it",
}


@dataclass(frozen=True, slots=True)
class Need:
    """What a package declares of another; an optional one binds only if that is installed."""

    by: str
    package: str
    specifier: str
    is_optional: bool = False


def version_findings(installed: Mapping[str, str], needs: Sequence[Need]) -> Iterator[Finding]:
    """Judge the versions of packages, keyed by their normalized names."""
    if "trusteval" not in installed:
        yield Finding(
            Topic.VERSIONS,
            Status.PROBLEM,
            "trusteval is imported from a folder, not installed: pytest cannot find its plugin",
            "pip install --editable FOLDER, the one with trusteval's pyproject.toml",
        )
    for package in dict.fromkeys((*_LISTED, *(need.package for need in needs))):
        faults = _faults(package, installed, [n for n in needs if n.package == package])
        yield from faults
        if not faults and package in _LISTED and package in installed:
            yield Finding(Topic.VERSIONS, Status.OK, f"{package} {installed[package]}")
    for package, reason in _NEEDLESS.items():
        if package in installed:
            yield Finding(
                Topic.VERSIONS,
                Status.WARNING,
                f"{package} {installed[package]} is not needed: {reason}",
                f"pip uninstall {package}",
            )


def _faults(package: str, installed: Mapping[str, str], needs: Sequence[Need]) -> list[Finding]:
    from packaging.specifiers import SpecifierSet

    version = installed.get(package)
    if version is None:
        unmet = [need for need in needs if not need.is_optional]
    else:
        # A container's own build may be a pre-release: torch 2.9.0a0 meets >=2.6.
        unmet = [
            need
            for need in needs
            if not SpecifierSet(need.specifier).contains(version, prereleases=True)
        ]
    if not unmet:
        return []
    asked = "; ".join(f"{need.by} needs {need.specifier or 'it'}" for need in unmet)
    wanted = ",".join(dict.fromkeys(need.specifier for need in unmet if need.specifier))
    # One exact version is the one its packagers tested, and others mostly work.
    is_pinned = all(need.specifier.startswith("==") for need in unmet)
    return [
        Finding(
            Topic.VERSIONS,
            Status.WARNING if version and is_pinned else Status.PROBLEM,
            f"{package} {version or 'is not installed'}: {asked}",
            f"pip install '{package}{wanted}'",
        )
    ]


def installed_versions() -> dict[str, str]:
    """Return the version of every installed package by its normalized name."""
    from packaging.utils import canonicalize_name

    found: dict[str, str] = {}
    for distribution in distributions():
        name = distribution.metadata["Name"]
        if name:  # an interrupted installation leaves folders that have none
            found.setdefault(canonicalize_name(name), distribution.version)
    return found


def declared_needs(installed: Mapping[str, str]) -> list[Need]:
    """Read what the installed packages among ours and our libraries declare for this Python."""
    from packaging.requirements import Requirement
    from packaging.utils import canonicalize_name

    needs = []
    for owner, extras in _DECLARING.items():
        for line in (requires(owner) or ()) if owner in installed else ():
            requirement = Requirement(line)
            marker = requirement.marker
            is_base = marker is None or marker.evaluate({"extra": ""})
            is_asked = is_base or any(marker.evaluate({"extra": e}) for e in extras if marker)
            if is_asked:
                by = f"{owner} {installed[owner]}"
                name = canonicalize_name(requirement.name)
                needs.append(Need(by, name, str(requirement.specifier), is_optional=not is_base))
    return needs
