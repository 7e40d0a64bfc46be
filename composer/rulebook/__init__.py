"""The rule book: the only reader of ``rules/``."""

from composer.rulebook.book import Rulebook, load_rulebook

__all__ = ["Rulebook", "load_rulebook"]
