"""The types that the data goes through: Brief, Plan, Score, Performance, Audio."""
