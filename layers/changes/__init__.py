"""What differs between two versions of a layer: how it is compared, asked for and written down."""
