"""A symbolic-first hybrid composer."""

__version__ = "0.1.0"
