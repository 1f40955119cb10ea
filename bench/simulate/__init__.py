"""What gates decide when the truth is known: python -m bench.simulate

Draws the answers of a reference and a subject whose true difference is set, lets the real gates
decide, and counts. A bare threshold, red where the number seen is beyond the limit, decides on the
same answers. docs/simulations.md shows the tables and states the model.
"""
