"""Maps as pictures and on paper, drawn by mapnik in processes of their own."""
