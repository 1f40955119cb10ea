"""Reads folders of lm-evaluation-harness."""
