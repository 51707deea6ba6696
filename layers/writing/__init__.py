"""Whole layers as files to take away: from the data table to one finished file, in flat memory.

Only our own, checked data are written, and only to paths made here: GDAL needs no cell as it does in `reading`.
"""
