"""Trained networks on disk and in memory: what every one of them needs."""
