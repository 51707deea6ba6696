"""How much room there is between the vertices and edges of a polygon, for whole batches.

Two vertices, or a vertex and an edge it is no end of. Small polygons of one ring, which most are, are measured
all at once with numpy: each vertex against each edge, one step around the ring at a time. Others by GEOS.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import shapely

# Where every vertex against every edge is quicker than the search tree GEOS plants for each polygon.
_FEW_VERTICES = 40
# Where it costs more to measure a polygon than to try it at a few zooms.
_MAX_VERTICES_MEASURED = 2000


def find_clearances(polygons: Any) -> Any:
    """The smallest distance of each valid polygon, in its own units; 0 where it is not looked up."""
    counts = shapely.get_num_coordinates(polygons)
    one_ring = (shapely.get_type_id(polygons) == 3) & (shapely.get_num_interior_rings(polygons) == 0)
    few = one_ring & (counts - 1 <= _FEW_VERTICES)
    others = ~few & (counts <= _MAX_VERTICES_MEASURED)
    found = np.zeros(len(polygons))
    found[few] = _measure_rings(polygons[few], counts[few] - 1)
    found[others] = shapely.minimum_clearance(polygons[others])
    return found


def _measure_rings(polygons: Any, counts: Any) -> Any:
    """Clearances of polygons of one ring; `counts` says how many vertices each has."""
    if not len(polygons):
        return np.empty(0)
    coordinates, owner = shapely.get_coordinates(polygons, return_index=True)
    closing = np.append(owner[:-1] != owner[1:], [True])  # the last vertex repeats the first
    (x, y), owner = coordinates[~closing].T, owner[~closing]
    starts = np.cumsum(counts) - counts
    following = np.arange(1, len(x) + 1)
    following[starts + counts - 1] = starts
    nearest = _nearest_edges(np.ascontiguousarray(x), np.ascontiguousarray(y), following, counts[owner])
    return np.sqrt(np.minimum.reduceat(nearest, starts))


def _nearest_edges(x: Any, y: Any, following: Any, count: Any) -> Any:
    """Of each vertex, the squared distance to the nearest edge of its ring that it is no end of.

    `following` is the place of the next vertex, `count` how many the ring has.
    """
    along_x, along_y = x[following] - x, y[following] - y
    squared = along_x * along_x + along_y * along_y
    per_length = np.divide(1, squared, out=np.zeros_like(squared), where=squared > 0)
    nearest = np.full(len(x), np.inf)
    vertex = np.arange(len(x))
    edge = following
    for step in range(1, int(count.max()) - 1):
        within = count > step + 1
        if not within.all():
            vertex, edge, count = vertex[within], edge[within], count[within]
        from_x, from_y = x[vertex] - x[edge], y[vertex] - y[edge]
        edge_x, edge_y = along_x[edge], along_y[edge]
        share = np.clip((from_x * edge_x + from_y * edge_y) * per_length[edge], 0, 1)
        from_x -= share * edge_x
        from_y -= share * edge_y
        nearest[vertex] = np.minimum(nearest[vertex], from_x * from_x + from_y * from_y)
        edge = following[edge]
    return nearest
