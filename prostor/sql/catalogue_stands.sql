-- Can the catalogue be read? An empty one will do.
SELECT id FROM catalogue.layer LIMIT 1
