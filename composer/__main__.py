"""``python -m composer`` is ``compose``."""

from composer.cli import main

main()
