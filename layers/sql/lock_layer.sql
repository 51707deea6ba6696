-- One import of a layer at a time; 7776787 keeps our locks apart from other programs'.
SELECT pg_try_advisory_lock(7776787, hashtext(%(layer_id)s))
