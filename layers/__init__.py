"""Layers: the catalogue, manifests, import and publishing, features, search and identify."""
