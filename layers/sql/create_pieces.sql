-- A square's number tells its zoom, column and row, the zoom in its highest bits.
CREATE TABLE {pieces} (
  _fid bigint, _grid text, _cell bigint, _geom geometry NOT NULL, PRIMARY KEY (_fid, _grid, _cell)
)
