"""The parcel's answer: what applies on a parcel, theme by theme, as one object behind all outputs."""
