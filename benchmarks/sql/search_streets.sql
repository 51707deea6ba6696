CREATE TEMPORARY TABLE streets (place bigint, title text, street text, settlement text, folded text)
