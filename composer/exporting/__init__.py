"""Score, Performance and Audio to files."""
