"""The families of meaning by which a text declines, or says that it does not know."""

from __future__ import annotations

from enum import StrEnum


class Family(StrEnum):
    """What kind of declining it is, in words for people."""

    UNABLE = "declines"
    UNKNOWN = "does not know"
    CUTOFF = "its knowledge ends before"
    POLICY = "against its rules"
    ABSTAINS = "abstains"
    APOLOGY = "apologises"
    DISCLAIMER = "speaks as an AI"
    REQUEST = "asks for something"


STRONG = frozenset({Family.UNABLE, Family.UNKNOWN, Family.CUTOFF, Family.POLICY, Family.ABSTAINS})
"""Families that decline by themselves; the others only where no label is stated beside them."""
