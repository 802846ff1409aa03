"""The sentences that the text, the page and the notebook share."""

from __future__ import annotations

import math

import numpy as np

from neuromanifold.landscapes._result import CompletenessStatus, CriticalPoint, Landscape
from neuromanifold.theory import Prediction, Status


def plural(count: int, noun: str) -> str:
    """``1 point``, ``2 points``, ``2 local minima``."""
    if count == 1:
        return f"{count} {noun}"
    return f"{count} {noun[:-2] + 'a' if noun.endswith('minimum') else noun + 's'}"


def number(value: complex, digits: int = 6) -> str:
    """A number to `digits` significant figures; ``1.5 − 0.2i`` if complex."""
    if isinstance(value, complex | np.complexfloating):
        sign = "−" if value.imag < 0 else "+"
        return f"{number(value.real, digits)} {sign} {number(abs(value.imag), digits)}i"
    return f"{float(value):.{digits}g}".replace("-", "−")


def percent(share: float) -> str:
    """A share as a percentage; 0 % and 100 % only where that is exact."""
    if share in (0.0, 1.0):
        return f"{100 * share:.0f} %"
    if share < 0.001:
        return "<0.1 %"
    return f"{100 * share:.1f} %" if share <= 0.999 else ">99.9 %"


def kind(point: CriticalPoint, landscape: Landscape) -> str:
    """What a critical point is to training on M."""
    if point.index is None:
        return "complex"
    if point is landscape.global_minimum and point.is_minimum:
        return "global minimum"
    if point.index == 0:
        return "local minimum"
    if point.index == landscape.dimension:
        return "local maximum"
    return "saddle"


def title(landscape: Landscape) -> str:
    """The heading; says at once when points may be missing."""
    return f"Landscape of {landscape.model_name}"


def verdict(landscape: Landscape) -> str:
    """One line: how many critical points, how many real and certified, all of them or not."""
    counts = (
        f"{plural(landscape.n_complex, 'complex critical point')}, {landscape.n_real} real, "
        f"{landscape.n_certified} certified"
    )
    return f"{counts}; {'complete' if landscape.is_complete else 'not complete'}"


def headline(landscape: Landscape) -> str:
    """The verdict in full sentences."""
    best = landscape.global_minimum
    text = f"{sentence(verdict(landscape))}"
    if best is None:
        return f"{text} None of them has real parameters."
    loss = number(float(np.real(best.loss)))
    found = "global minimum" if best.is_minimum else "lowest critical point with real parameters"
    return f"{text} The {found} is point {position(best, landscape)}, with loss {loss}."


def sentence(words: str) -> str:
    """The words with a capital letter and a full stop."""
    return f"{words[:1].upper()}{words[1:]}{'' if words.endswith('.') else '.'}"


def rank(landscape: Landscape) -> int:
    """Rank of the data on V: how many directions of V they see."""
    return int(np.linalg.matrix_rank(landscape.metric, hermitian=True))


def counts(landscape: Landscape) -> str:
    """How many critical points there are over ℂ, over ℝ and within reach of training."""
    total = plural(landscape.n_complex, "critical point")
    if landscape.n_real == landscape.n_complex and landscape.n_complex:
        real = "all of them real functions" if landscape.n_complex > 1 else "a real function"
    else:
        real = plural(landscape.n_real, "real function")
    return f"{total} over ℂ: {real}, {landscape.n_reachable} with real parameters"


def certified(landscape: Landscape) -> str:
    """What ball arithmetic proved."""
    return (
        f"certified: {landscape.n_certified} of {landscape.n_complex}, each proved in ball "
        "arithmetic to be the only critical point in its box"
    )


def completeness(landscape: Landscape) -> str:
    """The verdict on missing points, with its evidence."""
    head = "complete" if landscape.is_complete else "NOT COMPLETE"
    return f"{head} (estimated): {evidence(landscape)}"


def evidence(landscape: Landscape) -> str:
    """What the verdict on missing points rests on."""
    evidence = landscape.completeness
    arrived = f"{evidence.n_arrived} of {plural(evidence.n_generic, 'path')} arrived"
    loops = plural(evidence.n_loops, "monodromy loop")
    if evidence.status is CompletenessStatus.INTERRUPTED:
        return f"{evidence.status.value} ({loops})"
    residual = f"trace residual {evidence.trace_residual:.1e}"
    return f"{evidence.status.value} ({residual}, {arrived}, {loops})"


def claim(prediction: Prediction) -> str:
    """``theorem``, ``conjecture`` or ``formula``, by how far it is proved."""
    words = {Status.PROVED: "theorem", Status.CONJECTURED: "conjecture"}
    return words.get(prediction.status, "formula")


def theorem(landscape: Landscape) -> str | None:
    """The count a theorem gives, beside the computed one."""
    prediction = landscape.prediction
    if prediction is None:
        return None
    relation = "as computed" if disagreement(landscape) is None else "not as computed"
    doubt = "" if prediction.status is Status.PROVED else f"; {prediction.status.value}"
    head = f"{claim(prediction)}: {prediction.value}, {relation}"
    return f"{head} ({prediction.statement}; {prediction.source}{doubt})"


def disagreement(landscape: Landscape) -> str | None:
    """A warning when the computed count is not the theorem's."""
    prediction = landscape.prediction
    if prediction is None or prediction.value == landscape.n_complex:
        return None
    cause = (
        "critical points are missing"
        if not landscape.is_complete and landscape.n_complex < prediction.value
        else "the dataset is special for this model, or a count is wrong"
    )
    return (
        f"WARNING: computed {landscape.n_complex}, but for a generic dataset the "
        f"{claim(prediction)} gives "
        f"{prediction.value}: {cause}."
    )


def dimensions(landscape: Landscape) -> str:
    """Dimensions of M and V."""
    m, N = landscape.dimension, landscape.ambient_dimension
    if m == N:
        return f"dim M = {m} = dim V (exact): M fills an open part of function space"
    return f"dim M = {m} in V of dimension {N} (exact): codimension {N - m}"


def minimum(landscape: Landscape) -> str:
    """The global minimum, the number of minima and the floor that no function in V undercuts."""
    best = landscape.global_minimum
    samples = plural(landscape.n_samples, "sample")
    floor = f"the best function in V has loss {number(landscape.constant)} ({samples})"
    if best is None:
        return f"no critical point has real parameters; {floor}"
    where = f"point {position(best, landscape)}, loss {number(float(np.real(best.loss)))}"
    if not best.is_minimum:
        return f"no local minimum; the lowest critical point is {where}; {floor}"
    others = landscape.n_minima - 1
    more = f", and {plural(others, 'more local minimum')}" if others else ", the only minimum"
    return f"global minimum: {where}{more}; {floor}"


def training_ends(landscape: Landscape) -> str | None:
    """Where gradient descent ended, most frequent end first."""
    training = landscape.training
    if training is None:
        return None
    ends = sorted(training.frequencies.items(), key=lambda item: (item[0] < 0, -item[1]))
    named = [f"{percent(share)} at {_end(end)}" for end, share in ends[:6]]
    rest = sum(share for _, share in ends[6:])
    if rest:
        named.append(f"{percent(rest)} at {plural(len(ends) - 6, 'other end')}")
    return f"gradient descent, {plural(training.runs, 'run')}: ended {', '.join(named)}"


def provenance(landscape: Landscape) -> str:
    """Seed, time and version."""
    seconds = f"{landscape.seconds:.3g}" if math.isfinite(landscape.seconds) else "?"
    return f"seed {landscape.seed}, {seconds} s, neuromanifold {landscape.version}"


def position(point: CriticalPoint, landscape: Landscape) -> int:
    """The number of a point: its place in ``landscape.critical_points``."""
    return next(i for i, other in enumerate(landscape.critical_points) if other is point)


def _end(end: int) -> str:
    return "no critical point" if end < 0 else f"point {end}"
