-- The features of a tile in the order in which a client draws them; one more than it may hold, if there are so many.
SELECT {stored}
FROM {table}
WHERE {geometry} && {asked}
  AND {large_enough}
ORDER BY {order}
LIMIT {limit} + 1
