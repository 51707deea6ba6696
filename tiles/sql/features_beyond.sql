-- Whether the box of a tile holds more features than were taken.
SELECT count(*) > {limit}
FROM (
    SELECT
    FROM {table}
    WHERE {geometry} && {asked}
      AND {large_enough}
    LIMIT {limit} + 1
) AS found
