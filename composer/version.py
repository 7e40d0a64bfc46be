"""The version, which every file that we write names."""

__version__ = "0.3.0"
