-- Why an import came to nothing may quote a value of the data; that the layer was withdrawn under it does not.
UPDATE catalogue.import_job
SET message = NULL
WHERE layer_id = %(layer_id)s AND message <> %(message)s
