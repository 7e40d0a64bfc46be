"""Pitch, intervals, scales, keys, chords and meters: theory without any style."""
