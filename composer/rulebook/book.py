"""The rule book: finds the rule files, lays the user's over ours, and reads what is asked for."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import cached_property
from pathlib import Path
from typing import Any, TypeVar

from composer.errors import BriefError, RuleError, nearest
from composer.rulebook import theory_rules
from composer.rulebook.devices import DeviceTables, read_devices
from composer.rulebook.forms import Form, read_form
from composer.rulebook.grooves import DrumBar, Groove, read_groove, read_pulses
from composer.rulebook.melody_tables import MelodyTable, read_melody
from composer.rulebook.moods import Moods, read_moods
from composer.rulebook.percussion import HandInstrument, read_percussion
from composer.rulebook.progressions import Progressions, read_progressions
from composer.rulebook.prompts import LANGUAGES, Lexeme, Names, known_lexemes, read_prompts
from composer.rulebook.reader import Table, read_toml
from composer.rulebook.style_references import check_references, short
from composer.rulebook.styles import Style, read_style
from composer.rulebook.theory_rules import CadenceFormula
from composer.theory.chord import ChordVocabulary
from composer.theory.instruments import Instrument
from composer.theory.key import Key, parse_key
from composer.theory.meter import Meter
from composer.theory.scale import Scale

T = TypeVar("T")

_SHORTEST_NAME = 3  # letters by which a style may be called


def bundled_rules() -> Path:
    """The folder of our own rules: inside the installed package, or beside it in a checkout.

    Raises:
        RuleError: If the installation is broken.
    """
    package = Path(__file__).resolve().parent.parent
    for folder in (package / "_data" / "rules", package.parent / "rules"):
        if (folder / "scales.toml").is_file():
            return folder
    raise RuleError("rules/", "", "is missing from this installation; install the package again")


class Rulebook:
    """All rules, read when asked for and kept.

    Args:
        folders: Rule folders, the base first; later ones are laid over earlier ones: a file of
            theory is merged entry by entry, any other file replaces the one of the same name.
    """

    def __init__(self, folders: tuple[Path, ...]) -> None:
        self.folders = folders
        self._cache: dict[str, Any] = {}

    def _merged(self, name: str) -> Table:
        merged: dict[str, Any] = {}
        for folder in self.folders:
            if (folder / name).is_file():
                for key, value in read_toml(folder / name, name).data.items():
                    old = merged.get(key)
                    if isinstance(value, Mapping) and isinstance(old, Mapping):
                        merged[key] = {**old, **value}
                    else:
                        merged[key] = value
        return Table(merged, name)

    def names(self, kind: str) -> tuple[str, ...]:
        """Names of all files of a kind, such as ``grooves``."""
        found = {p.stem for folder in self.folders for p in (folder / kind).glob("*.toml")}
        return tuple(sorted(found))

    def _load(self, kind: str, name: str, read: Callable[[Table], T], asked_by: str) -> T:
        file = f"{kind}/{name}.toml"
        if file not in self._cache:
            paths = [folder / file for folder in self.folders if (folder / file).is_file()]
            if not paths:
                hint = nearest(name, self.names(kind))
                raise RuleError(asked_by, "", f'asks for "{file}", which does not exist; {hint}')
            self._cache[file] = read(read_toml(paths[-1], file))
        found: T = self._cache[file]
        return found

    @cached_property
    def _scales(self) -> tuple[dict[str, Scale], dict[str, str]]:
        return theory_rules.read_scales(self._merged("scales.toml"))

    @cached_property
    def _instruments(self) -> tuple[dict[str, Instrument], dict[str, str]]:
        instruments, aliases = theory_rules.read_instruments(self._merged("instruments.toml"))
        levels = theory_rules.read_levels(self._merged("levels.toml"))
        heard = {
            name: replace(instrument, level_db=levels.get(name, 0.0))
            for name, instrument in instruments.items()
        }
        return heard, aliases

    @cached_property
    def chords(self) -> ChordVocabulary:
        """The chord qualities."""
        return theory_rules.read_chords(self._merged("chords.toml"))

    @cached_property
    def devices(self) -> DeviceTables:
        """What harmonic devices put in the place of what."""
        return read_devices(self._merged("devices.toml"), self.chords)

    @cached_property
    def moods(self) -> Moods:
        """Mood words, and what moods move."""
        return read_moods(self._merged("moods.toml"))

    @cached_property
    def _cadences(self) -> dict[tuple[str, str, str], tuple[CadenceFormula, ...]]:
        return theory_rules.read_cadences(self._merged("cadences.toml"))

    @property
    def cadence_families(self) -> frozenset[str]:
        """Families that a style's cadences may name: those with formulas, and those with chains."""
        return frozenset(family for family, _, _ in self._cadences) | {*self.names("progressions")}

    @property
    def scales(self) -> Mapping[str, Scale]:
        """Scales by name."""
        return self._scales[0]

    @property
    def scale_aliases(self) -> Mapping[str, str]:
        """Other names of scales."""
        return self._scales[1]

    @property
    def instruments(self) -> Mapping[str, Instrument]:
        """Instruments by name."""
        return self._instruments[0]

    def key(self, text: str) -> Key:
        """Read a key.

        Raises:
            BriefError: If it is no key; the message says what would be right.
        """
        try:
            return parse_key(text, *self._scales)
        except ValueError as error:
            raise BriefError("key", str(error)) from error

    def instrument(self, text: str) -> Instrument:
        """Find an instrument by its name, an alias or its General MIDI name.

        Raises:
            BriefError: If there is none; the message names the nearest.
        """
        instruments, aliases = self._instruments
        slug = "-".join("".join(c if c.isalnum() else " " for c in text.lower()).split())
        name = aliases.get(slug, slug)
        if name not in instruments:
            raise BriefError(
                "parts",
                f'"{text}" is no instrument; {short(nearest(slug, [*instruments, *aliases]))}',
            )
        return instruments[name]

    def cadences(self, family: str, scale: Scale, kind: str) -> tuple[CadenceFormula, ...]:
        """Formulas of a cadence kind in a scale; empty where the scale has none of that kind."""
        own = {mode for _, mode, _ in self._cadences}
        mode = scale.name if scale.name in own else scale.parent
        for owner in (family, "any"):
            if found := self._cadences.get((owner, mode, kind)):
                return found
        return ()

    @property
    def style_names(self) -> tuple[str, ...]:
        """Names of all styles."""
        return self.names("styles")

    def style(self, name: str) -> Style:
        """Read a style by its name, or by a beginning that it shares with none: ``bossa``.

        Raises:
            BriefError: If there is none of that name.
            RuleError: If its file is wrong.
        """
        wanted = "-".join(name.lower().replace("_", " ").split())
        begun = [known for known in self.style_names if known.startswith(wanted)]
        if wanted not in self.style_names and len(begun) == 1 and len(wanted) >= _SHORTEST_NAME:
            wanted = begun[0]
        if wanted not in self.style_names:
            raise BriefError("style", f'"{name}" is no style; {nearest(wanted, self.style_names)}')
        return self._load(
            "styles", wanted, lambda t: check_references(read_style(t, wanted), t, self), ""
        )

    def form(self, name: str, asked_by: str = "style") -> Form:
        """Read a form."""
        return self._load("forms", name, lambda t: read_form(t, name), asked_by)

    def progressions(self, name: str, asked_by: str = "style") -> Progressions:
        """Read a progression table."""
        return self._load("progressions", name, read_progressions, asked_by)

    def melody(self, name: str, asked_by: str = "style") -> MelodyTable:
        """Read a melody table."""
        return self._load("melody", name, read_melody, asked_by)

    def groove(self, name: str, asked_by: str = "style") -> Groove:
        """Read a groove table."""
        return self._load("grooves", name, read_groove, asked_by)

    def pulses(self, meter: Meter) -> tuple[DrumBar, ...]:
        """Beats for a meter by what carries them, counted as it is or otherwise."""
        name = f"{meter.numerator}-{meter.denominator}"
        return self._load("pulses", name, lambda table: read_pulses(table, meter.name), "meter")

    @cached_property
    def prompts(self) -> Mapping[str, Lexeme]:
        """What phrases of a prompt mean, as `composer.rulebook.prompts.folded` writes them."""
        instruments, aliases = self._instruments
        words = {name: name for name in instruments} | aliases
        roles = {*theory_rules.ROLES, *theory_rules.FAMILIES}
        names = Names(self.style_names, words, roles, self.moods.words)
        found = known_lexemes(names)
        for folder in self.folders:
            for language in LANGUAGES:
                file = f"prompts/{language}.toml"
                if (folder / file).is_file():
                    found |= read_prompts(read_toml(folder / file, file), names)
        return found

    @cached_property
    def percussion(self) -> Mapping[str, HandInstrument]:
        """Hand percussion by instrument."""
        return read_percussion(self._merged("percussion.toml"))


def load_rulebook(overlay: Path | None = None) -> Rulebook:
    """Open the rule book.

    Args:
        overlay: A user's folder, laid over ours.

    Raises:
        RuleError: If the folder does not exist.
    """
    if overlay is None:
        return Rulebook((bundled_rules(),))
    if not overlay.is_dir():
        raise RuleError(overlay, "", "is no folder; --rules takes a folder laid out like rules/")
    ours = bundled_rules()
    kinds = {path.relative_to(ours).parts[0] for path in ours.rglob("*.toml")}
    if not any((overlay / kind).exists() for kind in kinds):
        raise RuleError(
            overlay, "", f"holds none of our rule files; it may hold {', '.join(sorted(kinds))}"
        )
    return Rulebook((bundled_rules(), overlay))
