"""Checking the reader by hand: answers are drawn, a person labels them, agreement is estimated."""
