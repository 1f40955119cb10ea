"""The command line: what is done without judging a model in this run; one file per command."""

from trusteval.cli.entry import main

__all__ = ["main"]
