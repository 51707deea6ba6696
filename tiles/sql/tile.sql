-- One layer in one tile: its features, its labels, and how many features were taken. They are read once,
-- in the order in which a client draws them. ST_AsMVT leaves out features without a shape.
SELECT ST_AsMVT(_feature, {layer}, 4096, '_shape', '_fid'),
       {labels},
       count(*)
FROM (
{chosen}
) AS _chosen
{moves}
CROSS JOIN LATERAL (SELECT {properties}, {shape} AS _shape) AS _feature
{places}
