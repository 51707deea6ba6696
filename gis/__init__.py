"""The foundation: settings, errors, database, CRS and geometry. Uses nothing of ours and no Flask."""
