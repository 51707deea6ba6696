"""The search box: parcels, addresses, streets, places, zones and coordinates by what people type."""
