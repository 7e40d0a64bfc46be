"""Writes a folder of a trained model: its files, and the card that names their checksums."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from composer.errors import OutputError
from composer.models.card import CARD


def write_model(
    folder: Path, files: Mapping[str, bytes], told: Mapping[str, Any]
) -> dict[str, Any]:
    """Write a model's files, each to a temporary name first; the card last.

    So a half-written folder is seen by who reads it: its card is that of the files before, or none.

    Args:
        folder: Made where it is missing.
        files: Their bytes by name.
        told: What the card is to say; sizes and checksums of the files are added.

    Returns:
        The whole card.

    Raises:
        OutputError: If it cannot be written.
    """
    listed = {
        name: {"bytes": len(data), "sha256": hashlib.sha256(data).hexdigest()}
        for name, data in files.items()
    }
    card = {**told, "files": listed}
    text = json.dumps(card, indent=1, ensure_ascii=False) + "\n"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, data in {**files, CARD: text.encode()}.items():
            temporary = folder / f".{name}.part"
            temporary.write_bytes(data)
            temporary.replace(folder / name)
    except OSError as error:
        raise OutputError(f"{folder}: cannot be written: {error.strerror}") from None
    return card
