"""Reads logs of inspect."""
