"""Answers that somebody recorded elsewhere: read, matched with their items and scored."""
