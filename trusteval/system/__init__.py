"""The machine under a run: files and their bounds, locks, terminal, processor and memory."""
