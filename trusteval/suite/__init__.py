"""Which rows a run asks, and from where: profiles, samples, origins, published fingerprints."""
