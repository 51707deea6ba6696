-- Of a geometry stored out of line only the part around the tile goes on: a forest over a whole municipality has
-- hundreds of thousands of vertices, and a tile shows a few of them.
CASE WHEN pg_column_size({geometry}) > {least_bytes} THEN ST_ClipByBox2D({held}, {around}) ELSE {geometry} END
