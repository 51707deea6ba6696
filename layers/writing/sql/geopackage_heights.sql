-- SQLite. 1: every feature has heights; 2: some have.
UPDATE gpkg_geometry_columns SET z = ?
