-- What is known of a version only when its rows are in.
UPDATE catalogue.layer_version
SET changes = %(changes)s, quality = quality || jsonb_build_object('hold_reason', %(hold_reason)s::text)
WHERE id = %(id)s
