"""What a project is now, as plain data and in lines."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from composer.music.plan import ChordSpan, Section
from composer.project.project import Project
from composer.project.state import State


def described(project: Project) -> dict[str, object]:
    """A project as plain data: form, chords, parts, locks, history and where its files lie."""
    state = project.state
    score = state.score
    return {
        "folder": str(project.folder),
        "state_folder": str(project.state_folder),
        "title": score.title,
        "style": state.plan.style,
        "key": score.key.name,
        "time_signature": score.meter.name,
        "tempo": score.quarters_per_minute,
        "bars": score.bars,
        "sections": [
            {
                "name": section.name,
                "kind": section.kind,
                "bars": f"{section.start_bar + 1}..{section.end_bar}",
                "chords": chords_of(state, section),
            }
            for section in score.sections
        ],
        "parts": [
            {
                "name": part.plan.name,
                "role": part.plan.role,
                "instrument": part.plan.instrument.name,
                "style": state.style_of(part.plan.name),
                "notes": len(part.notes),
                "locked": sections_of(state, part.plan.name, state.locked),
                "own_notes": sections_of(state, part.plan.name, state.adopted),
                "given_tune": part.plan.name == state.tune_part,
            }
            for part in score.parts
        ],
        "rules_hold": state.report.ok,
        "history": [
            {"done": step.done, "operation": dict(step.operation)} for step in project.history
        ],
        "notices": list(project.notices),
    }


def lines(project: Project) -> list[str]:
    """A project in lines for a terminal."""
    state = project.state
    score = state.score
    found = [
        f"{score.title}: {score.bars} bars of {score.meter} in {score.key}, "
        f"{score.quarters_per_minute:g} quarters a minute",
        "",
        "sections",
    ]
    wide = max(len(section.name) for section in score.sections)
    for section in score.sections:
        bars = f"{section.start_bar + 1}..{section.end_bar}"
        found.append(f"  {section.name:<{wide}}  {bars:<9} {chords_of(state, section)}")
    found += ["", "parts"]
    wide = max(len(part.plan.name) for part in score.parts)
    for part in score.parts:
        words = [f"{part.plan.role}, {len(part.notes)} notes", *_remarks(state, part.plan.name)]
        found.append(f"  {part.plan.name:<{wide}}  {'; '.join(words)}")
    done = sum(step.done for step in project.history) - 1
    undone = len(project.history) - 1 - done
    found += ["", f"history: {done} done" + (f", {undone} undone" if undone else "")]
    found.append(f"files: {project.state_folder}")
    return found


def _remarks(state: State, part: str) -> list[str]:
    """What is particular about a part."""
    remarks = []
    if state.style_of(part) != state.plan.style:
        remarks.append(f"plays {state.style_of(part)}")
    if part == state.tune_part:
        remarks.append("the given tune")
    for words, cells in (("locked", state.locked), ("own notes", state.adopted)):
        sections = sections_of(state, part, cells)
        if len(sections) == len(state.plan.sections):
            remarks.append(words)
        elif sections:
            remarks.append(f"{words} in {', '.join(sections)}")
    return remarks


def sections_of(state: State, part: str, cells: frozenset[tuple[str, str]]) -> list[str]:
    """Names of a part's sections among some cells, in order."""
    return [s.name for s in state.plan.sections if (part, s.name) in cells]


def chords_of(state: State, section: Section) -> str:
    """The chords of a section bar by bar, as `Project.set_chords` takes them."""
    bar = state.plan.meter.bar_quarters
    rows = []
    for number in range(section.start_bar, section.end_bar):
        sounding = _sounding(state.plan.chords, bar * number, bar * (number + 1))
        rows.append(" ".join(span.chord.symbol for span in sounding))
    shown = ["%" if n and row == rows[n - 1] else row for n, row in enumerate(rows)]
    return " | ".join(shown)


def _sounding(spans: Sequence[ChordSpan], start: Fraction, end: Fraction) -> list[ChordSpan]:
    return [span for span in spans if span.onset_quarters < end and span.end_quarters > start]
