"""What only the extra ``[evaluate]`` installs: statistics, pictures and the HTML template."""

from __future__ import annotations

from importlib.util import find_spec

from composer.errors import EvaluationError

_NEEDED = ("scipy", "sklearn", "matplotlib", "jinja2")


def require() -> None:
    """Make sure that the optional libraries are there.

    Raises:
        EvaluationError: If one is not; it says what to install.
    """
    missing = [name for name in _NEEDED if find_spec(name) is None]
    if missing:
        raise EvaluationError(
            f"evaluating needs {', '.join(missing)}, which are not installed here: "
            'pip install "symbolic-composer[evaluate]"'
        )
