"""A view of the map on paper, at an exact scale: `/print` (docs/decisions/0033-view-on-paper.md)."""
