"""The dear gates: refined stems against their notes and against the real render."""
