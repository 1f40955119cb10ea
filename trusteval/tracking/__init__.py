"""Runs beside each other: answers kept item by item, accepted baselines, comparisons, history."""
