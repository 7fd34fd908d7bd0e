"""Metrics with intervals, paired tests, calibration and thresholds for any classifier."""
