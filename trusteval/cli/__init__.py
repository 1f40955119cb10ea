"""The command line: everything but judging a model, which pytest does; one file per command."""

from trusteval.cli.entry import main

__all__ = ["main"]
