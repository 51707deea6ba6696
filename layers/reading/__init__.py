"""Reading untrusted files: everything that touches GDAL or geometry nobody has checked yet.

`staging` and `archive` put a source into a private folder under fixed names, `sandbox` has `child` read it in
another process without network, which `readers` has `forkserver` fork, and `job` and `report` are what the two
say to each other.
"""
