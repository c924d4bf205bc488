"""Take the outcomes of pages from the cache, run the rest, and let no page under a server keep the others waiting."""

from __future__ import annotations

import functools
import logging
import time
from concurrent.futures import FIRST_COMPLETED, wait
from typing import TYPE_CHECKING, NamedTuple

from logreg_docs.publish.run.execute import Outcome, Runner
from logreg_docs.publish.run.opened_files import unchanged

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from concurrent.futures import Future
    from pathlib import Path

    from logreg_docs.publish.pages.cells import Cell
    from logreg_docs.publish.run.output_cache import Cache

__all__ = ["Runs"]

log = logging.getLogger("mkdocs.plugins.logreg_docs")

PATIENCE = 20  # seconds for which a build under a server waits for the next page to end
_LOOK = 0.1  # seconds from one look at what has been edited to the next


class _Run(NamedTuple):
    """A page that runs or has run, and the key of what it ran."""

    key: str
    future: Future[Outcome]


class Runs:
    """The pages that run or have run in this process, which may see many builds.

    Args:
        root: The project's folder.
        workers: How many pages run at once.
        seconds: Limit for one cell.
        serving: Whether there will be builds after the first.
        ended: Called when a page ends for which no build has waited.
    """

    def __init__(self, root: Path, *, workers: int, seconds: int, serving: bool, ended: Callable[[], None]) -> None:
        self._root, self._serving, self._ended = root, serving, ended
        self._runner = Runner(root, workers=workers, seconds=seconds, lasting=serving)
        self._runs: dict[str, _Run] = {}
        self._left: set[str] = set()

    def outcomes(
        self, pages: Mapping[str, list[Cell]], cache: Cache, edited: Callable[[], bool]
    ) -> dict[str, Outcome | None]:
        """Return what running each page gave.

        Under a server no page is waited for when something is edited meanwhile, or when it was left behind by an
        earlier build. A page whose code has changed is ended and starts anew. One that failed runs again when its code
        has changed, or a file that it opened.

        Args:
            pages: The cells of each page by its path.
            cache: Where outputs are kept.
            edited: Whether something was edited since the build began.

        Returns:
            The outcome of every page; None for one that still runs.
        """
        self._left = set()  # this build sees for itself what has ended
        keys = {path: cache.key(cells) for path, cells in pages.items()}
        found = {path: cache.load(key, len(pages[path])) for path, key in keys.items()}
        outcomes = {path: None if outputs is None else Outcome(outputs=outputs) for path, outputs in found.items()}
        for path in [
            path for path, run in self._runs.items() if outcomes.get(path) or not self._holds(path, run, keys)
        ]:
            self._runner.cancel(self._runs.pop(path).future)
        todo = [path for path, outcome in outcomes.items() if outcome is None]
        new = [path for path in todo if path not in self._runs]
        if new:
            log.info("Executing %d of %d pages; their outputs are kept for the next build", len(new), len(pages))
            self._start({path: pages[path] for path in new}, keys, cache)
            self._wait(new, edited)
        self._left = {path for path in todo if not self._runs[path].future.done()}
        for path in set(todo) - self._left:
            outcomes[path] = self._runs[path].future.result()
        self.tell_of_ended()  # one may have ended just now, before it was known that nobody waits for it
        return outcomes

    def tell_of_ended(self) -> None:
        """Tell again if a page has ended that the last build left behind."""
        if any(self._runs[path].future.done() for path in self._left):
            self._ended()

    def close(self) -> None:
        """End everything that runs."""
        self._runner.close()

    def _holds(self, path: str, run: _Run, keys: Mapping[str, str]) -> bool:
        """Whether a page that runs, or has failed, is still the page that is wanted."""
        if run.key != keys.get(path) or not run.future.done():
            return run.key == keys.get(path)
        outcome = run.future.result()
        return outcome.error is not None and unchanged(outcome.reads, self._root)

    def _start(self, pages: Mapping[str, list[Cell]], keys: Mapping[str, str], cache: Cache) -> None:
        def report(path: str, outcome: Outcome, seconds: float) -> None:
            edited = cache.key(pages[path]) != keys[path]  # while it ran, so that nobody knows what ran
            if outcome.error is None and not edited:
                cache.store(keys[path], outcome.outputs, outcome.reads)
            log.info("Executed %s in %.1f s%s", path, seconds, " and met an error" if outcome.error else "")

        for path, future in self._runner.start(pages, report).items():
            self._runs[path] = _Run(keys[path], future)
            future.add_done_callback(functools.partial(self._tell, path))

    def _tell(self, path: str, future: Future[Outcome]) -> None:
        run = self._runs.get(path)
        if path in self._left and run and run.future is future:  # and not one that was ended
            self._ended()

    def _wait(self, paths: list[str], edited: Callable[[], bool]) -> None:
        waiting = {self._runs[path].future for path in paths}
        end = time.monotonic() + PATIENCE
        while waiting and not (self._serving and (edited() or time.monotonic() > end)):
            done, waiting = wait(waiting, timeout=_LOOK, return_when=FIRST_COMPLETED)
            if done:
                end = time.monotonic() + PATIENCE
