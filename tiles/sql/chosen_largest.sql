-- Of more features than a tile may hold the largest, in the order in which a client draws them.
SELECT *
FROM (
    SELECT {stored}, {size}, ctid
    FROM {table}
    WHERE {geometry} && {asked}
      AND {large_enough}
    ORDER BY {size} DESC NULLS LAST, {fid}
    LIMIT {limit}
) AS _largest
ORDER BY {order}
