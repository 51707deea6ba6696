-- Larger before smaller by classes, each twice as wide as the next, so that small features are drawn on top; of one
-- class in the order of the table, where neighbours are beside each other: that is quick, and compresses well.
floor(ln(GREATEST({size}, 0.001)::double precision) * 1.4426950408889634) DESC, ctid
