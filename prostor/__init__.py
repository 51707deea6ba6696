"""The front door: application factory, command line, errors to HTTP, health and the OGC landing page."""
