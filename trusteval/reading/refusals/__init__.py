"""Reads open answers: does a text do what was asked, do it in part, or decline?"""

from trusteval.reading.refusals.reader import COMPLIANCE, PARTIAL, read

__all__ = ["COMPLIANCE", "PARTIAL", "read"]
