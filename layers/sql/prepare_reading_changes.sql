-- For readers, who may write little to disk: each row of one table is looked up in the other by its key. Both tables
-- lie along the same curve, so that reads neighbours, and nothing is spilled. Room for keys, and plans for all rows of
-- a cursor, not for the first ones; for this transaction only.
SELECT set_config('enable_hashjoin', 'off', true), set_config('enable_mergejoin', 'off', true),
       set_config('work_mem', '64MB', true), set_config('cursor_tuple_fraction', '1.0', true)
