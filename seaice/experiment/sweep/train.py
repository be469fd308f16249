"""Training the cells of a sweep on workers, until all are finished or have failed twice."""

import errno
import logging
import os
import time
from collections import deque
from collections.abc import Callable
from concurrent.futures import FIRST_COMPLETED, CancelledError, Executor, Future, wait
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from seaice.core.cluster import is_of_workers
from seaice.core.errors import OutputError, SeaIceError, SweepError
from seaice.core.files import is_full, tells_of_full_disk
from seaice.core.workers import to_the_end
from seaice.experiment.sweep.cell import train_cell
from seaice.experiment.sweep.folder import Sweep, write_sweep
from seaice.experiment.sweep.hold import held
from seaice.experiment.sweep.plan import SweepCell
from seaice.experiment.sweep.progress import SweepProgress, standings, sweep_progress
from seaice.experiment.sweep.scoring import Scoring
from seaice.training.runs.folder import RunFolder, discard_run
from seaice.training.runs.status import State, read_status
from seaice.training.start import cancel, new_run

OnProgress = Callable[[SweepProgress], object]
Work = Callable[[str, str], tuple[State, str]]

_LOG = logging.getLogger(__name__)

_TRIES = 2
_POLL_S = 1.0
_PROGRESS_S = 30.0
_BEGIN_S = 5.0
"""Within which a worker starts a run, or sees that it must not."""
_STOP_S = 900.0
"""How long to wait until runs that were asked to stop have saved their state."""
_GONE = (
    "The scheduler or its workers are gone. Finished cells are kept: start the same command again, "
    "and it goes on with the others."
)


def train_sweep(
    sweep: Sweep,
    models: Path,
    workers: Executor,
    count: Callable[[], int],
    on_progress: OnProgress = lambda progress: None,
    work: Work = train_cell,
    scoring: Scoring | None = None,
    check: Callable[[Sweep], object] = lambda sweep: None,
) -> Sweep:
    """Train what is not finished yet, and score what is.

    Args:
        sweep: The sweep as it was planned; what its folder holds by now is kept.
        models: Folder for the cells' checkpoints. Trunks go to the sweep's own folder.
        workers: Where the cells are trained.
        count: Gives the number of workers, each of which has one cell at a time.
        on_progress: Called when a cell has ended, and every half a minute.
        work: What a worker does.
        scoring: Scores finished cells meanwhile; None to leave that out.
        check: Called with what another process has made of the sweep meanwhile, if it has; raises
            if that cannot be trained.

    Returns:
        The sweep with the runs of its cells. Some may have failed: see `standings`.

    Raises:
        KeyboardInterrupt: You stopped it, or its stop file did: all runs have saved their state
            and ended. So they have after any other exception, such as that of a signal.
        SweepError: Another process works on it, has begun another sweep of that name, the workers
            are gone, or a cell ended because the disk is full. Finished cells are kept.
        ClusterError: The scheduler is gone.
        OutputError: The folder is not writable, or the disk is full. Finished cells are kept.
    """
    with held(sweep) as (current, _):
        if current.plan != sweep.plan:
            check(current)
        loop = _Loop(current, models, workers, count, on_progress, work, scoring)
        try:
            loop.train()
            loop.score()
        except BaseException:
            loop.stop()
            raise
        return loop.sweep


class _Loop:
    """The cells in order: as many at a time as there are workers."""

    def __init__(
        self,
        sweep: Sweep,
        models: Path,
        workers: Executor,
        count: Callable[[], int],
        on_progress: OnProgress,
        work: Work,
        scoring: Scoring | None,
    ) -> None:
        self.sweep = sweep
        self._scoring = scoring
        self._models = models
        self._workers = workers
        self._count = count
        self._on_progress = on_progress
        self._work = work
        self._tries: dict[SweepCell, int] = {}
        self._active: dict[Future[tuple[State, str]], tuple[SweepCell, RunFolder]] = {}
        stand = standings(sweep)
        self._waiting = deque(cell for cell, state, _ in stand if state != "finished")
        self._reported = 0.0

    def train(self) -> None:
        """Train until no cell is left that can be trained."""
        self._report()
        while self._waiting or self._active:
            self._look()
            self._submit()
            if not self._active and not any(self._trunk(each) for each in self._waiting):
                # Only cells are left whose trunk has failed.
                break
            if not self._active:
                # No worker is there yet.
                time.sleep(_POLL_S)
            done, _ = wait(self._active, timeout=_POLL_S, return_when=FIRST_COMPLETED)
            self._end(done)
            self._count()  # Raises if the scheduler is gone.
            if done or time.monotonic() - self._reported > _PROGRESS_S:
                self._report()

    def score(self) -> None:
        """Wait until all finished cells are scored."""
        self._look()
        while self._scoring and not self._scoring.is_done():
            time.sleep(_POLL_S)
            self._look()

    def stop(self) -> None:
        """Ask the runs that are being trained to save their state, and wait until they have.

        A second Ctrl-C ends the waiting; the runs save all the same.
        """
        runs = [run for _, run in self._active.values()]
        # A run that is not asked would train on, with nobody to score it.
        with to_the_end():
            if runs:
                _LOG.info("waiting until %d of the runs have saved their state", len(runs))
            for run in runs:
                if read_status(run).state != "finished":
                    # On a full disk, those that can be asked are.
                    with suppress(OutputError):
                        cancel(run)
            if self._scoring:
                self._scoring.ask_to_stop()
        if self._scoring:
            self._scoring.wait()
        # A worker may just be starting its run: that is live by then, or never.
        wait(self._active, timeout=_BEGIN_S)
        end = time.monotonic() + _STOP_S
        while any(read_status(run).live for run in runs) and time.monotonic() < end:
            time.sleep(_POLL_S / 5)
        for future in self._active:
            future.cancel()

    def _look(self) -> None:
        """Stop if asked to, and have newly finished cells scored."""
        if os.path.exists(self.sweep.folder.stop_file):
            raise KeyboardInterrupt
        if self._scoring:
            self._scoring.score(self.sweep)

    def _submit(self) -> None:
        for _ in range(len(self._waiting)):
            if len(self._active) >= self._count():
                return
            cell = self._waiting.popleft()
            ready = self._trunk(cell)
            if ready is None:
                # Its trunk is not finished: others first.
                self._waiting.append(cell)
                continue
            self._tries[cell] = self._tries.get(cell, 0) + 1
            # A run that a worker has and that this loop does not know could not be stopped.
            with to_the_end():
                self._give(cell, self._run(cell, ready))

    def _give(self, cell: SweepCell, run: RunFolder) -> None:
        models = self.sweep.folder.trunks if cell.trunk else self._models
        arguments = str(run.path.resolve()), str(models.resolve())
        self._active[self._workers.submit(self._work, *arguments)] = cell, run

    def _trunk(self, cell: SweepCell) -> Path | None:
        """Checkpoint of a cell's trunk; None if it is not finished. Any path without trunks."""
        if cell.trunk or not self.sweep.plan.trunk:
            return Path()
        state, status = self.sweep.status_of(cell.trunk_cell)
        return Path(status.checkpoint) if status and state == "finished" else None

    def _run(self, cell: SweepCell, trunk: Path) -> RunFolder:
        """The run of a cell; a new one if it has none, or its checkpoint is lost."""
        run, (state, _) = self.sweep.run_of(cell), self.sweep.status_of(cell)
        if run is not None and state != "lost":
            if state not in ("waiting", "running"):
                run.stop_file.unlink(missing_ok=True)
            return run
        run = new_run(self.sweep.plan.config(cell, trunk), self.sweep.folder.runs)
        sweep = replace(self.sweep, runs={**self.sweep.runs, cell.name: run.name})
        try:
            write_sweep(sweep)
        except OutputError:
            # Nobody would know whose it is.
            discard_run(run)
            raise
        self.sweep = sweep
        return run

    def _end(self, done: set[Future[tuple[State, str]]]) -> None:
        """Note all that have ended, then raise what is wrong with the first of them."""
        errors: list[Exception] = []
        for future in [each for each in self._active if each in done]:
            try:
                self._ended(*self._active.pop(future), future)
            except Exception as error:
                errors.append(error)
        if errors:
            raise errors[0]

    def _ended(self, cell: SweepCell, run: RunFolder, future: Future[tuple[State, str]]) -> None:
        reason = ""
        try:
            state, _ = future.result()
        except CancelledError as error:
            # Its process may train on without them: it is asked to stop, as those of others are.
            self._active[future] = cell, run
            raise SweepError(_GONE) from error
        except SeaIceError as error:
            state, reason = read_status(run).state, str(error)
        except Exception as error:
            if not is_of_workers(error):
                raise
            state, reason = read_status(run).state, "its worker ended"
        if state in ("finished", "cancelled"):
            # If somebody cancelled this run alone, it goes on when the sweep is started again.
            return
        reason = reason or read_status(run).message
        _require_room(cell, run, reason)
        again = self._tries[cell] < _TRIES
        if again:
            self._waiting.append(cell)
        then = ", and is tried again" if again else ""
        _LOG.warning("%s failed%s: %s", cell.name, then, reason)

    def _report(self) -> None:
        self._reported = time.monotonic()
        self._on_progress(sweep_progress(standings(self.sweep)))


def _require_room(cell: SweepCell, run: RunFolder, reason: str) -> None:
    """Stop at the first cell that a full disk has ended: the others would end alike.

    Args:
        cell: The cell.
        run: Its run.
        reason: Why it has ended. On a disk without any room, it may not have been written.

    Raises:
        SweepError: The disk was full, or is.
    """
    if tells_of_full_disk(reason):
        said = reason
    elif is_full(run.path):
        said = str(OutputError(run.path, os.strerror(errno.ENOSPC)))
    else:
        return
    raise SweepError(
        f"{said} The sweep has stopped at {cell.name}. Finished cells are kept: make room, start "
        "the same command again, and it goes on with the others."
    )
