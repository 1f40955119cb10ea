"""Brings subjects and benchmarks together: recorded responses, judged answers, scores."""
