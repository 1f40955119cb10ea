"""Models that run in this process, with transformers: batches, shared prefixes, memory."""
