"""The listening page as one HTML file: players, what was measured, and credits.

It needs nothing but the sounds beside it; its one script stops a player when another begins.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from string import Template

SIDES = ("dry", "refined", "real")
"""What is heard of an instrument; names of its files end with them."""
TITLES = {"dry": "Dry", "refined": "Refined", "real": "Real"}
_WHAT = {
    "dry": "the small SoundFont",
    "refined": "made of dry by composer",
    "real": "a recorded instrument",
}


@dataclass(frozen=True, slots=True)
class Entry:
    """What the page says of an instrument.

    Args:
        name: What it is called.
        program: 0–127, 128 for drums.
        slug: What its files are called.
        wet: Strength that was used; 0 where it stayed dry.
        mel_dry: Distance of dry to real, loudness aligned.
        mel_wet: The same of refined.
        reason: Why it stayed dry, or is weaker than its program's strength; mostly empty.
    """

    name: str
    program: int
    slug: str
    wet: float
    mel_dry: float
    mel_wet: float
    reason: str


@dataclass(frozen=True, slots=True)
class Page:
    """What else the page says.

    Args:
        notes: Whose notes are played; may be empty.
        credit: Whose recordings are heard; may be empty.
        seconds: Length of an excerpt.
    """

    notes: str
    credit: str
    seconds: float


def page_html(page: Page, entries: Sequence[Entry], folder: str) -> str:
    """The page.

    Args:
        page: What it says of all.
        entries: The instruments, in their order.
        folder: Folder beside the page that holds ``SLUG-dry.ogg`` and so on.
    """
    notes = f"<p>{escape(page.notes)}</p>" if page.notes else ""
    credit = f"<p>Recordings: {escape(page.credit)}.</p>" if page.credit else ""
    return _PAGE.substitute(
        seconds=f"{page.seconds:g}",
        notes=notes,
        credit=credit,
        instruments="\n".join(_instrument(entry, folder) for entry in entries),
    )


def _instrument(entry: Entry, folder: str) -> str:
    name = escape(entry.name)
    players = "\n".join(_player(entry, side, folder) for side in SIDES)
    return (
        f'<section aria-labelledby="{escape(entry.slug)}">\n'
        f'<h2 id="{escape(entry.slug)}">{name}</h2>\n'
        f'<p class="told">{_told(entry)}</p>\n'
        f'<div class="row">\n{players}\n</div>\n</section>'
    )


def _player(entry: Entry, side: str, folder: str) -> str:
    source = escape(f"{folder}/{entry.slug}-{side}.ogg")
    label = escape(f"{entry.name}, {TITLES[side].lower()}: {_WHAT[side]}")
    return (
        f'<figure class="{side}"><figcaption><b>{TITLES[side]}</b> {_WHAT[side]}</figcaption>'
        f'<audio controls preload="none" src="{source}" aria-label="{label}">'
        f'<a href="{source}">{label}</a></audio></figure>'
    )


def _told(entry: Entry) -> str:
    """Strength and distances in a line."""
    share = f" ({entry.mel_wet / entry.mel_dry:.0%} of dry's)" if entry.mel_dry > 0 else ""
    strength = f"Strength {entry.wet:.2g}" if entry.wet else "Stays dry"
    told = (
        f"{strength}. Mel distance to the real instrument: {entry.mel_dry:.3f} dry, "
        f"{entry.mel_wet:.3f} refined{share}."
    )
    reason = f" {entry.reason[0].upper()}{entry.reason[1:]}." if entry.reason else ""
    return escape(told + reason)


_PAGE = Template("""<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>Dry, refined, real: the timbre stage</title>
<style>
:root { --paper: #fbfaf8; --card: #ffffff; --line: #e3e0da; --ink: #24262b; --faint: #5f636c;
  --ours: #b04a05; --real: #0b6fad; }
@media (prefers-color-scheme: dark) { :root { --paper: #14161b; --card: #1c1f26; --line: #2f333d;
  --ink: #e4e6eb; --faint: #a3a8b3; --ours: #f08b3c; --real: #5cb0e8; } }
* { box-sizing: border-box; }
body { margin: 0; background: var(--paper); color: var(--ink);
  font: 16px/1.55 system-ui, -apple-system, "Segoe UI", "Liberation Sans", sans-serif; }
main { max-width: 64rem; margin: 0 auto; padding: 2.5rem 1.25rem 4rem; }
h1 { font-size: 1.8rem; line-height: 1.2; margin: 0 0 .6rem; letter-spacing: -.01em; }
h2 { font-size: 1.15rem; margin: 0; }
p { max-width: 46rem; margin: .5rem 0; }
section { margin: 1.1rem 0; padding: 1rem 1.1rem 1.1rem; background: var(--card);
  border: 1px solid var(--line); border-radius: 8px; }
.told { margin: .1rem 0 .8rem; color: var(--faint); font-size: .9rem; max-width: none;
  font-variant-numeric: tabular-nums; }
.row { display: grid; gap: .8rem 1.1rem;
  grid-template-columns: repeat(auto-fit, minmax(15rem, 1fr)); }
figure { margin: 0; }
figcaption { font-size: .9rem; color: var(--faint); margin-bottom: .25rem; }
figcaption b { color: var(--ink); }
.refined b { color: var(--ours); }
.real b { color: var(--real); }
audio { width: 100%; height: 2.5rem; display: block; }
footer { margin-top: 2rem; font-size: .88rem; color: var(--faint); }
a { color: inherit; }
</style>
</head>
<body>
<main>
<h1>Dry, refined, real</h1>
<p>The same notes three times, $seconds seconds each and equally loud: <b>dry</b> as the small
SoundFont TimGM6mb plays them, <b>refined</b> as composer's timbre stage makes them of the dry
sound, and <b>real</b> as recorded instruments play them. Single stems, mono, before the room is
added. The pieces were not trained on; of each instrument the first pair is heard, where the most
notes begin.</p>
<p>The <i>mel distance</i> is the mean difference of the log mel spectra over the whole clip: 0
would be the real sound itself. <i>Strength</i> is how much of the change was used: each program has
its own, and less of it is taken where a check fails.</p>
$instruments
<footer>
$notes
$credit
<p>Made by <code>python -m composer.training.timbre.listening</code>.</p>
</footer>
</main>
<script>
document.addEventListener("play", event => {
  for (const player of document.querySelectorAll("audio")) {
    if (player !== event.target) player.pause();
  }
}, true);
</script>
</body>
</html>
""")
