"""Measurements against named peers in one run; nothing here is imported by Prostor or by its tests."""
