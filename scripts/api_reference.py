"""Build the reference of the public API as HTML, without a warning.

python scripts/api_reference.py --out build/api
"""

from __future__ import annotations

import argparse
import re
import sys
import warnings
from pathlib import Path

import pdoc
import pdoc.render

import composer


def build(out: Path) -> None:
    """Write the reference: one page with everything that `composer.__all__` names.

    Args:
        out: The folder that it goes to.

    Raises:
        Warning: If pdoc has anything to say, such as a name that does not resolve.
        RuntimeError: If a public name is missing on the page.
    """
    # pdoc looks into the module's own names, and ours come when they are asked for.
    for name in composer.__all__:
        setattr(composer, name, getattr(composer, name))
    pdoc.render.configure(docformat="google", show_source=False, footer_text=composer.__version__)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        # Inner modules are no promise: only the package's own page is built.
        pdoc.pdoc("composer", r"!composer\..*", output_directory=out)
    shown = set(re.findall(r'id="([^".]+)"', (out / "composer.html").read_text(encoding="utf-8")))
    missing = [name for name in composer.__all__ if name not in shown]
    if missing:
        raise RuntimeError(f"missing on the page: {', '.join(missing)}")


def main() -> None:
    """Build it where the user says."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, default=Path("build/api"))
    out = parser.parse_args().out
    build(out)
    print(f"{len(composer.__all__)} names: {out / 'index.html'}", file=sys.stderr)


if __name__ == "__main__":
    main()
