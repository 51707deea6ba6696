"""Prostor and other tile servers over HTTP, on one PostGIS, in one run: `python -m benchmarks.serving`."""
