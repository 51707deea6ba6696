-- Without compression, as in the data table.
ALTER TABLE {pieces} ALTER COLUMN _geom SET STORAGE EXTERNAL
