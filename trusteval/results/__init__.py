"""Results that other tools recorded, item by item: read, paired, compared and judged by gates."""
