"""A run as other places show it: a comment, a job's summary, a release note, a model card."""
