"""The summary of a run as text for a terminal, a pipe or a log."""
