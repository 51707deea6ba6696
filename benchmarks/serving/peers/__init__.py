"""One file per server that is measured: how it is found, configured as its makers say, started and asked."""
