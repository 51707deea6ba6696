"""MapLibre styles (specification v8) of layers and themes, built from the one neutral style of each layer."""
