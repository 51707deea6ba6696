-- Bytes of a table and of its pieces, and how many pieces there are.
SELECT pg_total_relation_size('data.' || %(whole)s), pg_total_relation_size('data.' || %(pieces)s),
       (SELECT count(*) FROM {pieces})
