-- The lock of `lock_layer`, waited for as long as lock_timeout says. It belongs to the session, not the transaction.
SELECT pg_advisory_lock(7776787, hashtext(%(layer_id)s))
