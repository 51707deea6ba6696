"""A view of the map as a picture, for pages without a frame and for link previews: `/static-map.png`."""
