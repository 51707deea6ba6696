"""Selecting parcels: by their names, by a pasted list, by a drawn line or area, by distance, and neighbours."""
