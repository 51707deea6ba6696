-- The words of names, each once, so that a word with a typing error is compared with thousands, not with every address.
CREATE TABLE {words} AS
SELECT word, sum(houses) AS houses
FROM {names}, unnest(words) AS word
WHERE word <> ''
GROUP BY word
