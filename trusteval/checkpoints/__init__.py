"""Checkpoints on disk: what they hold, and how they become models."""
