"""What a metric is, and what judged answers make of it: a value, its counts, its estimate."""
