ALTER TABLE {copy} RENAME TO {plain}
