"""Tiles: grids, vector tiles from PostGIS, their tokens, and the way a tile is served."""
