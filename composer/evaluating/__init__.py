"""Measure music: metrics, comparison with a corpus, originality. It writes no music."""
