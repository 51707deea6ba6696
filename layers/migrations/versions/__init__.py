"""One file per revision of the catalogue, in order."""
