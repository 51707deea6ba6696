-- Room for comparing two tables of a million rows in memory, and plans for all rows of a cursor, not for the first
-- ones; for this transaction only.
SELECT set_config('work_mem', '128MB', true), set_config('cursor_tuple_fraction', '1.0', true)
