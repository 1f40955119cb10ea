"""Reports: verdicts to JSON (the truth), Markdown and a terminal table."""
