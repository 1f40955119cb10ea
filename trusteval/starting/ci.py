"""Whose CI a gate may begin with, and which it is where nobody says."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path

GITLAB_ROOT = Path(".gitlab-ci.yml")


class CI(StrEnum):
    """Whose workflow is written."""

    GITHUB = "github"
    GITLAB = "gitlab"
    NONE = "none"


def usual_ci(folder: Path) -> CI:
    """Return what is written where nobody names any: GitLab's where its file is there."""
    return CI.GITLAB if (folder / GITLAB_ROOT).exists() else CI.GITHUB
