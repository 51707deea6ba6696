-- For one page of many changes, after prepare_reading_changes: keys come in the order of their index and the walk ends when
-- the page is full, though the planner believes that hardly anything was removed and would sort it; for this transaction.
SELECT set_config('enable_sort', 'off', true)
