"""Take the outcomes of pages from the cache, run the others, and keep a server from waiting for slow pages."""

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
    from logreg_docs.publish.run.output_cache import OutputCache

__all__ = ["PageRuns"]

log = logging.getLogger("mkdocs.plugins.logreg_docs")

PATIENCE = 20  # seconds that a server's build waits for the next page to finish
_POLL = 0.1  # seconds between two checks for edits


class _Run(NamedTuple):
    """A page that is running or has run, and the cache key of the code that runs."""

    key: str
    future: Future[Outcome]


class PageRuns:
    """The page runs of this process, which may see many builds.

    Args:
        root: The project's folder.
        workers: Number of pages that run at a time.
        seconds: Time limit for one cell.
        serving: Whether more builds will follow.
        on_late_end: Called when a page finishes after the build that started it.
    """

    def __init__(
        self, root: Path, *, workers: int, seconds: int, serving: bool, on_late_end: Callable[[], None]
    ) -> None:
        self._root, self._serving, self._on_late_end = root, serving, on_late_end
        self._runner = Runner(root, workers=workers, seconds=seconds, serving=serving)
        self._runs: dict[str, _Run] = {}
        self._late: set[str] = set()  # pages that the last build did not wait for

    def outcomes(
        self, pages: Mapping[str, list[Cell]], cache: OutputCache, edited: Callable[[], bool]
    ) -> dict[str, Outcome | None]:
        """Return the outcome of each page.

        A server's build stops waiting as soon as a file is edited, and does not wait for pages of earlier builds. A
        page whose code has changed is cancelled and started again. A failed page runs again once its code or a file
        that it read has changed.

        Args:
            pages: The cells of each page by its path.
            cache: The cached outputs.
            edited: Returns whether a file was edited since the build began.

        Returns:
            The outcome by path; None for a page that is still running.
        """
        self._late = set()
        keys = {path: cache.key(cells) for path, cells in pages.items()}
        cached = {path: cache.load(key, len(pages[path])) for path, key in keys.items()}
        outcomes = {path: None if outputs is None else Outcome(outputs=outputs) for path, outputs in cached.items()}
        for path in [path for path, run in self._runs.items() if outcomes.get(path) or self._outdated(path, run, keys)]:
            self._runner.cancel(self._runs.pop(path).future)
        missing = [path for path, outcome in outcomes.items() if outcome is None]
        new = [path for path in missing if path not in self._runs]
        if new:
            log.info("Executing %d of %d pages; their outputs are kept for the next build", len(new), len(pages))
            self._start({path: pages[path] for path in new}, keys, cache)
            self._wait(new, edited)
        self._late = {path for path in missing if not self._runs[path].future.done()}
        for path in set(missing) - self._late:
            outcomes[path] = self._runs[path].future.result()
        self.report_late_ends()  # of pages that finished while `_late` was being computed
        return outcomes

    def report_late_ends(self) -> None:
        """Call `on_late_end` if a page that the last build did not wait for has finished."""
        if any(self._runs[path].future.done() for path in self._late):
            self._on_late_end()

    def close(self) -> None:
        """Stop all pages."""
        self._runner.close()

    def _outdated(self, path: str, run: _Run, keys: Mapping[str, str]) -> bool:
        if run.key != keys.get(path):
            return True
        if not run.future.done():
            return False
        outcome = run.future.result()
        return outcome.error is None or not unchanged(outcome.files, self._root)

    def _start(self, pages: Mapping[str, list[Cell]], keys: Mapping[str, str], cache: OutputCache) -> None:
        def report(path: str, outcome: Outcome, seconds: float) -> None:
            edited = cache.key(pages[path]) != keys[path]  # then it is unknown which code ran
            if outcome.error is None and not edited:
                cache.store(keys[path], outcome.outputs, outcome.files)
            log.info("Executed %s in %.1f s%s", path, seconds, " and met an error" if outcome.error else "")

        for path, future in self._runner.start(pages, report).items():
            self._runs[path] = _Run(keys[path], future)
            future.add_done_callback(functools.partial(self._ended, path))

    def _ended(self, path: str, future: Future[Outcome]) -> None:
        run = self._runs.get(path)
        if path in self._late and run and run.future is future:  # and was not cancelled
            self._on_late_end()

    def _wait(self, paths: list[str], edited: Callable[[], bool]) -> None:
        waiting = {self._runs[path].future for path in paths}
        end = time.monotonic() + PATIENCE
        while waiting and not (self._serving and (edited() or time.monotonic() > end)):
            done, waiting = wait(waiting, timeout=_POLL, return_when=FIRST_COMPLETED)
            if done:
                end = time.monotonic() + PATIENCE
