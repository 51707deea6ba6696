-- The streets and places of an address layer: its texts without house numbers, each once, with how many houses and where.
-- Where houses have no street, `street` is empty; `place` begins with its comma.
CREATE TABLE {names} AS
SELECT ltrim(min(title), ', ') AS title, ltrim(bare, ', ') AS name, split_part(bare, ', ', 1) AS street,
       substr(bare, strpos(bare || ', ', ', ')) AS place, regexp_split_to_array(replace(ltrim(bare, ', '), ',', ''), ' ') AS words,
       count(*) AS houses,
       min(ST_XMin(_geom)) AS west, min(ST_YMin(_geom)) AS south, max(ST_XMax(_geom)) AS east,
       max(ST_YMax(_geom)) AS north
FROM (
  SELECT regexp_replace(_title, '(^| )[0-9]+(/[0-9]+)? ?[[:alpha:]]?(?=,|$)', '') AS title,
         regexp_replace(_search, '(^| )[0-9]+(/[0-9]+)? ?[[:alpha:]]?(?=,|$)', '') AS bare, _geom
  FROM {table}
  WHERE _search IS NOT NULL
) AS address
GROUP BY bare
