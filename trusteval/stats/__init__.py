"""What gates decide by: intervals, p-values and power (docs/statistics.md).

Fractions here, points outside; every bound is one-sided 95 %, so that an interval is the 90 %
interval. Everything is a function of its inputs and a seed.
"""
