"""`Project`: a piece in a folder, changed part by part; each change is saved and can be undone."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any

from composer.errors import ProjectError
from composer.music.brief import Brief
from composer.piece import Piece, Rendering
from composer.project.adopting import adoption
from composer.project.changing import Changes
from composer.project.ledger import Ledger
from composer.project.operations import applied, sentence
from composer.project.outside import edits
from composer.project.state import Operation, Progress, State, Workshop, state_of
from composer.project.store import Store
from composer.project.stored import Stored
from composer.rulebook import load_rulebook


@dataclass(frozen=True, slots=True)
class Step:
    """A line of a project's history.

    Args:
        operation: What was done; empty for the piece as it was composed.
        done: Whether it holds; False for what was undone and can be done again.
    """

    operation: Operation
    done: bool

    @property
    def sentence(self) -> str:
        """In a few words."""
        return sentence(self.operation) if self.operation else "composed"


class Project(Changes):
    """A piece that is kept in a folder and changed part by part.

    Every change is saved before the method returns; a crash at any moment leaves the last saved
    state. One process at a time has a project open: use it in a ``with`` statement, or `close` it.
    Parts are named by name, role (``bass``) or instrument, sections by name (``chorus 2``) or kind
    (``chorus``: all of them); None means all. What is locked stays the same to the byte, and so
    does whatever is not asked for.

    >>> import tempfile
    >>> folder = tempfile.TemporaryDirectory()
    >>> brief = Brief(style="pop", bars=8, key="C", seed=2, writer="rules")
    >>> with Project.create(Path(folder.name) / "song", brief) as project:
    ...     project.lock(parts=["drums"])
    ...     project.regenerate(parts=["bass"])
    ...     [step.sentence for step in project.history]
    ['composed', 'lock drums', 'regenerate bass']
    >>> folder.cleanup()
    """

    def __init__(self, store: Store, workshop: Workshop, state: State) -> None:
        self._store, self._workshop, self._state = store, workshop, state
        self._notices: list[str] = []

    @classmethod
    def create(
        cls,
        folder: Path | str,
        brief: Brief | None = None,
        rules: Path | str | None = None,
        *,
        model: Path | str | None = None,
        progress: Progress | None = None,
    ) -> Project:
        """Compose a piece, and keep it in a new folder.

        Args:
            folder: Where; it must be new or empty.
            brief: What to write.
            rules: A folder of rules to lay over ours; the project remembers where it is.
            model: Folder of a transformer of one's own; remembered too.
            progress: Told of each step, now and later.

        Raises:
            ProjectError: If the folder is in use, holds something else or cannot be written.
            ComposerError: As `composer.compose` raises.
        """
        from composer.pipeline import compose

        rules, model = _absolute(rules), _absolute(model)
        with Store.begun(Path(folder)) as store:
            piece = compose(brief, rules=rules, model=model, progress=progress)
            state = state_of(piece)
            store.begin(state, rules, model)
            return cls(store.handed_over(), Workshop(load_rulebook(rules), model, progress), state)

    @classmethod
    def open(cls, folder: Path | str, *, progress: Progress | None = None) -> Project:
        """Open a project.

        A MIDI file of a part, or the piece's, that was changed from outside is taken over: the
        part's new notes are locked, and no rule binds them. `notices` tells of it.

        Args:
            folder: Its folder.
            progress: Told of each step of what is done later.

        Raises:
            ProjectError: If it is no project, is open elsewhere, or a file of it is damaged.
        """
        with Store.opened(Path(folder)) as store:
            rules = Path(store.ledger.rules) if store.ledger.rules else None
            model = Path(store.ledger.model) if store.ledger.model else None
            if rules is not None and not rules.is_dir():
                raise ProjectError(
                    f"{folder}: was made with the rules in {rules}, which are gone; put them back"
                )
            book = load_rulebook(rules)
            found = store.read(store.ledger.current, book)
            project = cls(store.handed_over(), Workshop(book, model, progress), found.state)
        try:
            project._take_over(found)
        except BaseException:
            project.close()
            raise
        return project

    def __enter__(self) -> Project:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Let others have the project."""
        self._store.close()

    @property
    def folder(self) -> Path:
        """The project's folder."""
        return self._store.folder

    @property
    def state_folder(self) -> Path:
        """The folder of the current state, with the parts' MIDI files."""
        return self._store.place(self._store.ledger.current)

    @property
    def state(self) -> State:
        """The current state, a frozen value."""
        return self._state

    @property
    def piece(self) -> Piece:
        """The piece as it is now."""
        rules = self._store.ledger.rules
        return self._state.piece(Path(rules) if rules else None, self._workshop.model)

    @property
    def operations(self) -> tuple[Operation, ...]:
        """What was done to the piece, as plain data; `composer.project.replay` does it again."""
        return self._state.operations

    @property
    def notices(self) -> tuple[str, ...]:
        """What was taken over from files that were changed from outside."""
        return tuple(self._notices)

    @property
    def history(self) -> tuple[Step, ...]:
        """What was done, in order, and what was undone and can be done again."""
        undone: list[Step] = []
        for number in self._store.ledger.redo:
            operations = self._store.operations(number)
            undone += [Step(operation, done=False) for operation in operations[-1:]]
        done = (Step(operation, done=True) for operation in self._state.operations)
        return (Step({}, done=True), *done, *undone)

    def undo(self) -> None:
        """Go back to the state before the last operation.

        Raises:
            ProjectError: If there is none.
        """
        self._go(Ledger.undone)

    def redo(self) -> None:
        """Do the operation again that was undone last.

        Raises:
            ProjectError: If there is none.
        """
        self._go(Ledger.redone)

    def render(
        self,
        *,
        soundfont: str | None = None,
        sample_rate: int = 44_100,
        refine: Any = False,
        progress: Progress | None = None,
    ) -> Rendering:
        """Play the piece; as `composer.render`."""
        from composer.pipeline import render

        return render(
            self._state.performance,
            soundfont=soundfont,
            sample_rate=sample_rate,
            refine=refine,
            length_seconds=self._state.plan.length_seconds,
            loop=self._state.plan.loop,
            progress=progress or self._workshop.progress,
        )

    def export(
        self,
        folder: Path | str,
        *,
        exports: Sequence[str] = (),
        rendering: Rendering | None = None,
        stems: bool = False,
        audio_format: str = "wav",
        progress: Progress | None = None,
    ) -> tuple[Path, ...]:
        """Write the piece's files to a folder of their own; as `composer.save`.

        Args:
            folder: Where to; not the project's folder.
            exports: Other forms, such as ``dawproject``.
            rendering: The sound, from `render`; None for none.
            stems: Whether to write each part's sound, too.
            audio_format: ``wav``, ``flac`` or ``ogg``.
            progress: Told of each step.

        Raises:
            ProjectError: If the folder is the project's.
            OutputError: If it cannot be written.
        """
        from composer.pipeline import save

        if Path(folder).resolve() == self.folder.resolve():
            raise ProjectError(f"{folder}: is the project itself; export to another folder")
        return save(
            self.piece,
            folder,
            rendering=rendering,
            stems=stems,
            audio_format=audio_format,
            exports=exports,
            operations=self.operations,
            progress=progress or self._workshop.progress,
        )

    def _do(self, operation: Operation) -> None:
        """Apply an operation, and save what comes of it."""
        self._take_over(self._store.read_edits(self._state))
        self._commit(operation)

    def _commit(self, operation: Operation) -> None:
        operation = {"name": operation["name"], "take": self._store.ledger.takes, **operation}
        state = applied(self._state, operation, self._workshop)
        self._store.add(state)
        self._state = state

    def _go(self, move: Callable[[Ledger], Ledger]) -> None:
        """Make another state the current one, as soon as it could be read."""
        self._take_over(self._store.read_edits(self._state))
        ledger = move(self._store.ledger)
        found = self._store.read(ledger.current, self._workshop.book)
        self._store.move(ledger)
        self._state = found.state
        self._take_over(found)

    def _take_over(self, found: Stored) -> None:
        """Take over what was changed from outside, then put the saved files back."""
        if not found.edited:
            return
        number = self._store.ledger.current
        for name, track in edits(self._store.place(number), found):
            self._commit(adoption(name, track))
            self._notices.append(
                f"{name}: {len(track.notes)} notes were taken over from its file, and are locked"
            )
        self._store.put_back(number, found.state)


def _absolute(path: Path | str | None) -> Path | None:
    return None if path is None else Path(path).resolve()
