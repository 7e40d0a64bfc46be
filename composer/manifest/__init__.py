"""The manifest: what a run was made of, so that it can be made again to the byte.

    manifest.json
        composer, seed, brief     the version, and the full brief as TOML: it needs no other file
        notes                     what the run was told, and decided
        operations                what was done to a project, in order
        options                   what decides the bytes beside the brief: stems, format, folders …
        ingredients               checksums of rules, weights and SoundFont; the synthesiser
        made_with                 Python, platform and libraries, for information
        files                     size and SHA-256 of every file that was written beside it

It holds no time and no name of its own folder: the same run writes the same manifest.
"""

from composer.manifest.description import MANIFEST, Manifest, Operation, Options
from composer.manifest.reading import read_manifest
from composer.manifest.writing import ingredients, write_manifest

__all__ = [
    "MANIFEST",
    "Manifest",
    "Operation",
    "Options",
    "ingredients",
    "read_manifest",
    "write_manifest",
]
