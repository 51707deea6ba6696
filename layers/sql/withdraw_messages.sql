-- Why an import came to nothing may quote a value of the data.
UPDATE catalogue.import_job SET message = NULL WHERE layer_id = %(layer_id)s AND message IS NOT NULL
