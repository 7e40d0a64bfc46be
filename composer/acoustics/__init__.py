"""Acoustics: loudness, peaks and buffers, for all that works on audio."""
