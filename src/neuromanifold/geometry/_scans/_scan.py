"""Dimensions of families of architectures."""

from __future__ import annotations

import signal
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import suppress
from multiprocessing import get_context
from pathlib import Path
from time import monotonic
from typing import Any

from neuromanifold._files import check_writable
from neuromanifold.errors import InvalidInputError, NeuromanifoldError
from neuromanifold.geometry._dimension import Dimension, dimension
from neuromanifold.geometry._scans._result import Scan, with_blocks
from neuromanifold.models import Model, build_model, describe_model

_SECONDS_BETWEEN_SAVES = 2.0
_QUEUED_PER_WORKER = 4

Outcome = Dimension | str


def scan(
    models: Iterable[Model],
    *,
    seed: int = 0,
    workers: int = 1,
    checkpoint: str | Path | None = None,
    on_progress: Callable[[int, int], None] | None = None,
) -> Scan:
    """`dimension` of many models, with the recursive bound and theorems beside the values.

    For a network (d₀, …, d_h) with activation xʳ, r ≥ 2, the blocks (d₀, …, d_k) and
    (d_k, …, d_h) are computed too, for the recursive bound of Kileel, Trager and Bruna (2019).

    Ctrl-C returns what was found, marked as not complete. With a checkpoint, every two seconds
    the table is written to that file, all of it or none of it, and the same scan continues there.

    Args:
        models: The architectures; repeated ones count once.
        seed: Of every dimension.
        workers: Processes. With more than one, a script needs `if __name__ == "__main__":`, and
            models made from Python functions are computed in the calling process.
        checkpoint: A file that `Scan.load` reads.
        on_progress: Called with (computed, all), blocks included.

    Returns:
        The table.

    Raises:
        InvalidInputError: If `workers` is below 1, there are no models, or the checkpoint holds
            another scan.
        NeuromanifoldError: If a worker was killed; what was known by then is in the checkpoint.

    Examples:
        >>> from neuromanifold.geometry import scan
        >>> from neuromanifold.models import MLP, monomial
        >>> table = scan(MLP((2, k, 1), monomial(r)) for k in (1, 2) for r in (2, 3))
        >>> [row.dimension.value for row in table.rows]
        [2, 2, 3, 4]
    """
    wanted = tuple(dict.fromkeys(models))
    if not wanted:
        raise InvalidInputError("models is empty; give at least one model to scan")
    if workers < 1:
        raise InvalidInputError(f"workers is {workers}; give a number of processes of at least 1")
    outcomes = {} if checkpoint is None else _resumed(Path(checkpoint), wanted, seed)
    tasks = with_blocks(wanted)
    missing = [model for model in tasks if model not in outcomes]
    saved = monotonic()
    try:
        with suppress(KeyboardInterrupt):
            for model, outcome in _computed(missing, seed, workers):
                outcomes[model] = outcome
                if on_progress is not None:
                    on_progress(len(outcomes), len(tasks))
                if checkpoint is not None and monotonic() - saved > _SECONDS_BETWEEN_SAVES:
                    _table(wanted, outcomes, seed).save(checkpoint)
                    saved = monotonic()
    finally:
        table = _table(wanted, outcomes, seed)
        if checkpoint is not None:
            table.save(checkpoint)
    return table


def _table(wanted: tuple[Model, ...], outcomes: dict[Model, Outcome], seed: int) -> Scan:
    computed = {m: found for m, found in outcomes.items() if isinstance(found, Dimension)}
    failures = {m: found for m, found in outcomes.items() if isinstance(found, str)}
    return Scan.of(wanted, computed, failures, seed)


def _resumed(path: Path, wanted: tuple[Model, ...], seed: int) -> dict[Model, Outcome]:
    check_writable(path)
    if not path.exists():
        return {}
    before = Scan.load(path)
    described = tuple(model for model in wanted if describe_model(model))
    if before.seed != seed or set(before.models) != set(described):
        raise InvalidInputError(
            f"'{path}' holds another scan, of {len(before.models)} architectures with seed "
            f"{before.seed}; give another file name, or delete it"
        )
    return {**before.computed, **before.failures}


def _computed(models: list[Model], seed: int, workers: int) -> Iterator[tuple[Model, Outcome]]:
    """Every model with its outcome, as soon as it is known."""
    shared = [m for m in models if describe_model(m)] if workers > 1 else []
    if len(shared) > 1:
        yield from _computed_by_processes(shared, seed, min(workers, len(shared)))
        models = [m for m in models if not describe_model(m)]
    for model in models:
        yield model, _outcome(model, seed)


def _computed_by_processes(
    models: list[Model], seed: int, workers: int
) -> Iterator[tuple[Model, Outcome]]:
    # JAX has threads, which do not survive a fork
    pool = ProcessPoolExecutor(
        workers, mp_context=get_context("spawn"), initializer=_ignore_interrupts
    )
    waiting = iter(models)
    running: dict[Future[Outcome], Model] = {}
    try:
        while True:
            for model in waiting:
                description = describe_model(model)
                running[pool.submit(_described_outcome, description, seed)] = model
                if len(running) >= _QUEUED_PER_WORKER * workers:
                    break
            if not running:
                return
            done, _ = wait(running, return_when=FIRST_COMPLETED)
            for future in done:
                yield running.pop(future), future.result()
    except BrokenProcessPool as error:
        raise NeuromanifoldError(
            "a process of the scan was stopped from outside, perhaps for lack of memory; use fewer "
            "workers, and in a script start the scan under `if __name__ == '__main__':`"
        ) from error
    finally:
        pool.shutdown(wait=True, cancel_futures=True)


def _ignore_interrupts() -> None:
    """Ctrl-C reaches every process of the terminal; the calling one decides."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)


def _described_outcome(description: dict[str, Any] | None, seed: int) -> Outcome:
    return _outcome(build_model(description), seed)


def _outcome(model: Model, seed: int) -> Outcome:
    try:
        return dimension(model, seed=seed)
    except NeuromanifoldError as error:
        return str(error)
