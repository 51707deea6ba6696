"""Bringing a source into PostGIS as a new immutable version, and moving the pointer that publishes it.

`plan` decides (pure), `load` writes one table in one transaction, `publish` moves the pointer, `retire` clears
away what nobody reads, `journal` keeps the jobs, and `importing` is the journey from a manifest to a report.
"""
