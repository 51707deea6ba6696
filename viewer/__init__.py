"""What people see: pages, the Leaflet viewer, the embed page and the stand-alone folium export."""
