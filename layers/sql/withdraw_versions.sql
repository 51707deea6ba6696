-- No version of the layer can be read or published again. What a quality report quotes from the data goes with them.
UPDATE catalogue.layer_version
SET state = 'withdrawn', quality = quality - ARRAY['samples', 'repairs', 'notes']
WHERE layer_id = %(layer_id)s
