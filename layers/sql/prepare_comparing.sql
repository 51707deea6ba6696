-- Room for comparing two tables of a million rows in memory, for this transaction only.
SELECT set_config('work_mem', '128MB', true)
