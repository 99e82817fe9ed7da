"""What a load takes, and whether it fits: plans from a header, and the ways down."""
