"""Score → Performance: groove, dynamics, articulation, pedal and expression."""

from composer.performing.perform import perform

__all__ = ["perform"]
