"""Mixed cells, binomial systems and the polyhedral homotopy against known counts and brute force."""

import functools
import itertools
import math
import signal
import time

import numpy as np
import pytest
from flint import fmpz_mat
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.spatial import ConvexHull

from neuromanifold import _core
from neuromanifold.continuation._paths._track import track
from neuromanifold.continuation._solve import solve
from neuromanifold.continuation._starts._binomial import BinomialSystems
from neuromanifold.continuation._starts._mixed_cells import MixedCells, mixed_cells
from neuromanifold.continuation._starts._polyhedral import (
    GenericSolutions,
    Polyhedral,
    excludes_zero_coordinates,
)
from neuromanifold.continuation._systems._sparse import expanded, family
from neuromanifold.continuation._systems._system import System
from neuromanifold.errors import InvalidInputError, TooLargeError
from tapes import n_distinct


def cyclic(n: int) -> list[str]:
    x = [f"x{i}" for i in range(n)]
    rows = [
        " + ".join("*".join(x[(i + k) % n] for k in range(d)) for i in range(n))
        for d in range(1, n)
    ]
    return [*rows, "*".join(x) + " - 1"]


def noon(n: int) -> list[str]:
    squares = [f"x{i}^2" for i in range(n)]
    return [
        f"x{i}*({' + '.join(s for j, s in enumerate(squares) if j != i)}) - 1.1*x{i} + 1"
        for i in range(n)
    ]


def eco(n: int) -> list[str]:
    rows = []
    for k in range(1, n):
        terms = [f"x{k}", *(f"x{i}*x{i + k}" for i in range(1, n - k))]
        rows.append(f"({' + '.join(terms)})*x{n} - {k}")
    return [*rows, " + ".join(f"x{i}" for i in range(1, n)) + " + 1"]


def katsura(n: int) -> list[str]:
    span = range(-n, n + 1)
    rows = [" + ".join(f"u{abs(i)}" for i in span) + " - 1"]
    for m in range(n):
        pairs = [f"u{abs(i)}*u{abs(m - i)}" for i in span if abs(m - i) <= n]
        rows.append(" + ".join(pairs) + f" - u{m}")
    return rows


def reimer(n: int) -> list[str]:
    return [
        " + ".join(f"{2 * (-1) ** i}*x{i}^{k + 2}" for i in range(n)) + " - 1" for k in range(n)
    ]


def supports(equations: list[str], *, with_origin: bool = False) -> list[np.ndarray]:
    arrays = [p.exponents for p in expanded(System(equations))]
    if not with_origin:
        return arrays
    return [np.unique(np.vstack([A, 0 * A[:1]]), axis=0) for A in arrays]


def require_cells(cells: MixedCells) -> None:
    """The definition, checked in Python's integers."""
    n = len(cells.supports)
    assert len(np.unique(cells.points.reshape(-1, 2 * n), axis=0)) == len(cells)
    for edges, volume in zip(cells.edges, cells.volumes, strict=True):
        assert abs(int(fmpz_mat(edges.tolist()).det())) == volume
    for i in range(n):
        for pair, normal, volume in zip(
            cells.points[:, i], cells.normals, cells.volumes, strict=True
        ):
            heights = [
                sum(int(a) * int(b) for a, b in zip(c, normal, strict=True)) + int(volume) * int(h)
                for c, h in zip(cells.supports[i], cells.liftings[i], strict=True)
            ]
            lowest = min(heights)
            assert [k for k, h in enumerate(heights) if h == lowest] == sorted(pair)
            assert cells.heights(i)[0].min() == 0


KNOWN = [
    ("cyclic-5", supports(cyclic(5)), 70),
    ("cyclic-5 with the origin", supports(cyclic(5), with_origin=True), 70),
    ("cyclic-6", supports(cyclic(6)), 156),
    ("cyclic-7", supports(cyclic(7)), 924),
    ("cyclic-8", supports(cyclic(8)), 2560),
    ("noon-3", supports(noon(3)), 21),
    ("noon-4", supports(noon(4)), 73),
    ("noon-5", supports(noon(5)), 233),
    ("noon-6", supports(noon(6)), 717),
    ("katsura-6", supports(katsura(6), with_origin=True), 64),
    ("eco-8", supports(eco(8)), 64),
    ("eco-10", supports(eco(10)), 256),
    ("reimer-5", supports(reimer(5)), 720),
]


@pytest.mark.parametrize(("name", "arrays", "count"), KNOWN, ids=[k[0] for k in KNOWN])
def test_known_mixed_volumes(name, arrays, count):
    cells = mixed_cells(arrays, 1)
    assert cells.mixed_volume == count
    assert mixed_cells(arrays, 2).mixed_volume == count
    if len(cells) < 50:
        require_cells(cells)


@pytest.mark.long
def test_cyclic_10():
    assert mixed_cells(supports(cyclic(10))).mixed_volume == 35940


def exponent_sets(n: int, size: int, largest: int = 6):
    point = st.tuples(*[st.integers(-largest, largest)] * n)
    support = st.sets(point, min_size=1, max_size=size).map(lambda s: np.array(sorted(s)))
    return st.tuples(*[support] * n)


def twice_area(points: list[tuple[int, int]]) -> int:
    """Of the convex hull, by Andrew's monotone chain."""
    points = sorted(set(points))
    area = 0
    for path in (points, points[::-1]):
        chain: list[tuple[int, int]] = []
        for p in path:
            while len(chain) > 1 and cross(chain[-2], chain[-1], p) <= 0:
                chain.pop()
            chain.append(p)
        area += sum(a[0] * b[1] - a[1] * b[0] for a, b in itertools.pairwise(chain))
    return area


def cross(o, a, b) -> int:
    return (a[0] - o[0]) * (b[1] - o[1]) - (a[1] - o[1]) * (b[0] - o[0])


def mixed_area(A: np.ndarray, B: np.ndarray) -> int:
    a, b = [[tuple(p) for p in S.tolist()] for S in (A, B)]
    both = [(p[0] + q[0], p[1] + q[1]) for p in a for q in b]
    return (twice_area(both) - twice_area(a) - twice_area(b)) // 2


@settings(max_examples=200, deadline=None)
@given(exponent_sets(2, 7), st.integers(0, 3))
def test_mixed_area(arrays, seed):
    cells = mixed_cells(arrays, seed)
    assert cells.mixed_volume == mixed_area(*arrays)
    require_cells(cells)


def volume_by_inclusion_and_exclusion(arrays) -> float:
    """Σ (−1)^{n−|S|} vol(Σ_{i in S} conv Aᵢ) over all subsets S."""
    n, total = len(arrays), 0.0
    for k in range(1, n + 1):
        for chosen in itertools.combinations(arrays, k):
            points = functools.reduce(lambda P, A: (P[:, None] + A).reshape(-1, n), chosen)
            if np.linalg.matrix_rank(points - points[0]) == n:
                total += (-1) ** (n - k) * ConvexHull(points).volume
    return total


@settings(max_examples=60, deadline=None)
@given(exponent_sets(3, 6, largest=4))
def test_volumes_of_minkowski_sums(arrays):
    volume = volume_by_inclusion_and_exclusion(arrays)
    assert mixed_cells(arrays).mixed_volume == pytest.approx(volume, abs=1e-6)


@settings(max_examples=60, deadline=None)
@given(exponent_sets(3, 6, largest=3), st.randoms(use_true_random=False))
def test_invariance(arrays, random):
    """Permutation of the supports, translations, unimodular maps of the lattice: the same mixed volume."""
    cells = mixed_cells(arrays, 0)
    require_cells(cells)
    U = np.eye(3, dtype=int)
    for _ in range(3):
        i, j = random.sample(range(3), 2)
        U[i] += random.choice([-2, -1, 1]) * U[j]
    shuffled = random.sample(list(arrays), 3)
    moved = [A @ U + [random.randint(-9, 9) for _ in range(3)] for A in shuffled]
    assert mixed_cells(moved, 7).mixed_volume == cells.mixed_volume


@settings(max_examples=60, deadline=None)
@given(exponent_sets(3, 5, largest=3), st.integers(1, 4))
def test_linear_in_each_support(arrays, factor):
    """MV(kA + B, …) = k·MV(A, …) + MV(B, …)."""
    A, B, C = arrays
    rest = [C, np.array([[0, 0, 0], [1, 0, 0], [0, 2, 0], [1, 1, 1]])]
    total = np.unique((factor * A[:, None] + B[None]).reshape(-1, 3), axis=0)
    volumes = [mixed_cells([S, *rest]).mixed_volume for S in (total, A, B)]
    assert volumes[0] == factor * volumes[1] + volumes[2]


def test_one_support_many_times():
    """n times the standard simplex scaled by d: dⁿ, by Bezout."""
    simplex = np.vstack([np.zeros((1, 4), int), np.eye(4, dtype=int)])
    assert mixed_cells([3 * simplex] * 4).mixed_volume == 81


@settings(max_examples=40, deadline=None)
@given(exponent_sets(3, 5, largest=2), st.integers(0, 2**32))
def test_both_arithmetics_agree(arrays, seed):
    rng = np.random.default_rng(seed)
    shifted = [A - A.min(axis=0) for A in arrays]
    lifting = rng.integers(0, 2**20, sum(map(len, arrays)))
    high = 2**22 * (1 - np.hstack([np.ones((3, 1), int), np.eye(3, dtype=int)]))
    simplices = high + rng.integers(0, 2**20, (3, 4))
    sizes = np.array([len(A) for A in arrays], np.int32)
    arguments = (sizes, np.concatenate(shifted), lifting, simplices)
    small, big = _core.mixed_cells(*arguments), _core.mixed_cells(*arguments, big_integers=True)
    assert np.array_equal(small["points"], big["points"])
    assert small["n_flips"] == big["n_flips"]


@pytest.mark.parametrize("scale", [1, 10**4, 10**9])
def test_exponents_beyond_64_bits(scale):
    rng = np.random.default_rng(3)
    planar = [scale * rng.integers(0, 2, (4, 2)) + np.arange(8).reshape(4, 2) ** 2 for _ in "AB"]
    cells = mixed_cells(planar)
    assert cells.mixed_volume == mixed_area(*planar)
    require_cells(cells)
    simplex = np.vstack([np.zeros((1, 4), int), np.eye(4, dtype=int)])
    assert mixed_cells([scale * simplex] * 4).mixed_volume == scale**4


def test_degenerate_lifting_is_noticed():
    simplices = 2**22 * (1 - np.hstack([np.ones((2, 1), int), np.eye(2, dtype=int)]))
    square = np.array([[0, 0], [1, 0], [0, 1], [1, 1]])
    with pytest.raises(_core.DegenerateLifting):
        _core.mixed_cells(
            np.array([4, 4], np.int32), np.vstack([square] * 2), np.zeros(8, int), simplices
        )


def test_same_seed_same_cells():
    arrays = supports(cyclic(5))
    one, two, other = (mixed_cells(arrays, seed) for seed in (5, 5, 6))
    assert np.array_equal(one.points, two.points)
    assert np.array_equal(one.normals, two.normals)
    assert not np.array_equal(one.liftings[0], other.liftings[0])


@pytest.mark.parametrize(
    ("arrays", "message"),
    [
        ([], "No supports"),
        ([[[0, 1]]], "Support 0 has shape"),
        ([[[0.5], [1]]], "no integers"),
        ([[[0], [2**40]]], "no integers"),
        ([[[1], [1]]], "twice"),
    ],
)
def test_bad_supports(arrays, message):
    with pytest.raises(InvalidInputError, match=message):
        mixed_cells(arrays)


def test_too_large_mixed_volumes_are_noticed_on_the_way():
    simplex = np.vstack([np.zeros(6, int), 60 * np.eye(6, dtype=int)])
    with pytest.raises(TooLargeError, match="more than 100,000,000 paths"):
        mixed_cells([simplex] * 6, most_volume=10**8)
    square = [[0, 0], [2, 0], [0, 2], [2, 2]]
    assert mixed_cells([square, square], most_volume=8).mixed_volume == 8
    with pytest.raises(TooLargeError, match="more than 7 paths"):
        mixed_cells([square, square], most_volume=7)
    with pytest.raises(TooLargeError, match="mixed volume"):
        Polyhedral().begin(
            System([f"x{i}^60 + x{(i + 1) % 6}^60*x{i} - 1" for i in range(6)]),
            np.random.default_rng(0),
        )


class Stopped(Exception):
    """What the signal handler raises."""


def test_the_search_for_mixed_cells_can_be_stopped():
    def stop(*_):
        raise Stopped

    previous = signal.signal(signal.SIGALRM, stop)
    began = time.perf_counter()
    signal.setitimer(signal.ITIMER_REAL, 0.3)
    try:
        with pytest.raises(Stopped):
            mixed_cells(supports(cyclic(16)))
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, previous)
    assert time.perf_counter() - began < 3


@pytest.mark.parametrize("k", [20, 50, 100, 250])
def test_zeros_of_very_different_sizes(k):
    result = solve([f"(x - 1)*(x - 10^{k})"], start=Polyhedral())
    assert result.n_certified == 2
    np.testing.assert_allclose(np.sort(result.points[:, 0].real), [1, 10.0**k])


TRINOMIALS = ["3*x^23*y^5 - 2*x^4*y^20 + 1", "x^17*y^9 + 5*x^3*y^25 - 2"]


def test_start_solutions_are_made_when_they_are_needed(monkeypatch):
    """Some by number are the same as those among all, and solving finds the same solutions."""
    system = System(TRINOMIALS)
    kept = Polyhedral().begin(system, np.random.default_rng(3))
    every = kept.points(np.arange(kept.n_paths))
    kept_result = solve(system, start=Polyhedral())
    monkeypatch.setattr("neuromanifold.continuation._starts._polyhedral._FEW", 0)
    monkeypatch.setattr("neuromanifold.continuation._starts._polyhedral._BLOCK", 128)
    made = Polyhedral().begin(system, np.random.default_rng(3))
    some = np.array([5, 2, 300, 2 + kept.n_paths // 2])
    np.testing.assert_array_equal(made.points(some), every[some])
    calls = []
    result = solve(system, start=Polyhedral(), on_progress=lambda *count: calls.append(count))
    assert result == kept_result
    assert len({done // 128 for done, _ in calls}) > 3


def test_ctrl_c_while_start_solutions_are_made(monkeypatch):
    monkeypatch.setattr("neuromanifold.continuation._starts._polyhedral._FEW", 0)
    monkeypatch.setattr("neuromanifold.continuation._starts._polyhedral._BLOCK", 128)
    make, made = GenericSolutions.__call__, []

    def interrupted_later(self, numbers):
        made.append(len(numbers))
        if len(made) == 3:
            raise KeyboardInterrupt
        return make(self, numbers)

    monkeypatch.setattr(GenericSolutions, "__call__", interrupted_later)
    result = solve(TRINOMIALS, start=Polyhedral())
    assert result.is_interrupted
    assert 0 < result.n_regular <= 256


def all_logarithms(A, b):
    system = BinomialSystems(np.array([A]), np.array([b]))
    count = abs(int(fmpz_mat(np.asarray(A).tolist()).det()))
    return system.logarithms(np.zeros(count, int), np.arange(count))


@settings(max_examples=100, deadline=None)
@given(st.integers(1, 4), st.integers(0, 2**32))
def test_binomial_solutions(n, seed):
    rng = np.random.default_rng(seed)
    A = rng.integers(-4, 5, (n, n))
    determinant = abs(int(fmpz_mat(A.tolist()).det()))
    b = rng.standard_normal(n) + 1j * rng.standard_normal(n)
    if determinant == 0:
        with pytest.raises(InvalidInputError, match="determinant 0"):
            all_logarithms(A, b)
        return
    y = all_logarithms(A, b)
    assert y.shape == (determinant, n)
    np.testing.assert_allclose(np.exp(y @ A.T), np.broadcast_to(b, y.shape), rtol=1e-10)
    turns = np.round(np.imag(y) / (2 * np.pi) * 1e6).astype(int) % 10**6
    assert len(np.unique(turns, axis=0)) == determinant


def test_binomial_systems_in_any_order():
    rng = np.random.default_rng(0)
    A = rng.integers(-3, 4, (20, 5, 5))
    A = A[np.abs(np.linalg.det(A)) > 0.5]
    b = np.exp(1j * rng.uniform(0, 6, A.shape[:2]))
    volumes = np.rint(np.abs(np.linalg.det(A))).astype(int)
    systems = np.repeat(np.arange(len(A)), volumes)
    numbers = np.concatenate([np.arange(v) for v in volumes])
    order = rng.permutation(len(systems))
    together = BinomialSystems(A, b).logarithms(systems[order], numbers[order])
    one_by_one = np.vstack([all_logarithms(*pair) for pair in zip(A, b, strict=True)])
    np.testing.assert_array_equal(together, one_by_one[order])


@settings(max_examples=200, deadline=None)
@given(st.integers(1, 7), st.integers(1, 12), st.integers(0, 2**32))
def test_hermite_forms(n, bits, seed):
    rng = np.random.default_rng(seed)
    A = rng.integers(-(2**bits), 2**bits, (n, n))
    (H,), (U,), (is_known,) = _core.hermite_forms(A[None])
    exact = fmpz_mat(A.tolist())
    if exact.det() == 0:
        assert not is_known
    elif is_known:
        form = exact.hnf()
        assert H.tolist() == form.tolist()
        transformation = (form * exact.inv()).numer_denom()[0].tolist()
        assert U.tolist() == [[int(u) % 2**64 for u in row] for row in transformation]
    else:
        assert bits * n > 20  # where numbers are small nothing overflows


def test_binomial_with_large_transformations():
    A = np.array([[10**6 + 1, 10**6], [10**6, 10**6 - 1]])  # determinant −1
    b = np.exp([0.3j, 1.1j])
    y = all_logarithms(A, b)
    exact = [(-(10**6 - 1) * 0.3 + 10**6 * 1.1), (10**6 * 0.3 - (10**6 + 1) * 1.1)]
    np.testing.assert_allclose(np.exp(y[0]), np.exp(1j * np.array(exact)), atol=1e-8)


def test_binomial_systems_beyond_64_bits():
    rng = np.random.default_rng(0)
    A = rng.integers(-32, 33, (40, 6, 6))
    A = A[_core.hermite_forms(A)[2] == 0]
    assert len(A) > 5
    b = np.exp(1j * rng.uniform(0, 6, A.shape[:2]))
    numbers = np.array([abs(int(fmpz_mat(a.tolist()).det())) - 1 for a in A])
    y = BinomialSystems(A, b).logarithms(np.arange(len(A)), numbers)
    assert np.all(numbers > 10**6)
    np.testing.assert_allclose(np.exp(np.einsum("kij,kj->ki", A, y)), b, atol=1e-4)


def test_zero_constant():
    with pytest.raises(InvalidInputError, match="is 0"):
        all_logarithms([[1]], [0])


@pytest.mark.parametrize("name", ["cyclic-5", "cyclic-6", "noon-4", "eco-8", "reimer-5"])
def test_generic_systems_have_as_many_solutions_as_the_mixed_volume(name):
    arrays = next(arrays for known, arrays, _ in KNOWN if known == name)
    rng = np.random.default_rng(0)
    cells = mixed_cells(arrays, rng)
    c = [np.exp(2j * np.pi * rng.uniform(size=len(A))) for A in arrays]
    F = family(arrays)
    points = GenericSolutions(F, cells, c)(np.arange(cells.mixed_volume))
    assert len(points) == cells.mixed_volume == n_distinct(points)
    values, J = F.linearize(points, np.concatenate(c))
    updates = np.linalg.solve(J, values[:, :, None])[:, :, 0]
    assert np.max(np.abs(updates) / np.abs(points)) < 1e-6


def test_rays_are_the_same_for_any_lanes_and_threads():
    """x² + c₁(t)·x + c₂(t): every path has its own rates."""
    rng = np.random.default_rng(1)
    tape = family([np.array([[2], [1], [0]])]).tape
    target = np.array([1, 0.3 - 1j, 2 + 1j])
    rates = rng.uniform(0, 30, (40, 3))
    rates[:, 0] = 0
    _, p, q = (target * np.exp(-rates)).T
    starts = (-p + np.sqrt(p * p - 4 * q))[:, None] / 2
    runs = [
        _core.track_rays(tape, starts, rates.astype(complex), target, threads=threads, lanes=lanes)
        for threads, lanes in [(1, 0), (2, 0), *((1, width) for width in _core.lane_widths())]
    ]
    ends = runs[0]["solutions"]
    np.testing.assert_allclose(ends**2 + target[1] * ends + target[2], 0, atol=1e-6)
    for run in runs[1:]:
        np.testing.assert_allclose(run["solutions"], ends, rtol=1e-6)
        assert (run["t_reached"] == 0).all()
    assert np.array_equal(runs[0]["solutions"], runs[1]["solutions"])


def ends(equations: list[str], start: Polyhedral, seed: int = 0):
    begun = start.begin(System(equations), np.random.default_rng(seed))
    points = begun.points(np.arange(begun.n_paths))
    return track(begun.homotopy.tape, points, begun.start_parameters, begun.target_parameters)


@pytest.mark.parametrize(
    ("equations", "count"),
    [(cyclic(5), 70), (cyclic(7), 924), (noon(5), 233), (katsura(6), 64), (eco(8), 64)],
    ids=["cyclic-5", "cyclic-7", "noon-5", "katsura-6", "eco-8"],
)
def test_known_counts(equations, count):
    batch = ends(equations, Polyhedral())
    assert len(batch) == batch.n_success == n_distinct(batch.solutions) == count


@pytest.mark.long
@pytest.mark.parametrize("equations", [cyclic(5), cyclic(6), noon(5), katsura(8), eco(8)])
def test_every_seed_finds_all(equations):
    counts = {n_distinct(ends(equations, Polyhedral(), seed).solutions) for seed in range(100)}
    assert len(counts) == 1


@pytest.mark.parametrize(
    ("equations", "roots"),
    [
        (["y*(x - y)", "x + y - 2"], [(1, 1), (2, 0)]),
        (["x*y", "x + y - 2"], [(0, 2), (2, 0)]),
        (["x^3 - 2*x"], [(-math.sqrt(2),), (0,), (math.sqrt(2),)]),
        (["x^2 + (1 + 2j)*x - 2 + 4j"], [(-2,), (1 - 2j,)]),
    ],
)
def test_zero_coordinates_and_complex_coefficients(equations, roots):
    batch = ends(equations, Polyhedral())
    found = batch.solutions[batch.success]
    assert len(found) == len(roots)
    for root in roots:
        assert np.abs(found - np.array(root)).max(axis=1).min() < 1e-9


def test_only_torus():
    system = System(["y*(x - y)", "x + y - 2"])
    counts = [
        Polyhedral(only_torus=torus).begin(system, np.random.default_rng(0)).n_paths
        for torus in (False, True)
    ]
    assert counts == [2, 1]


def test_units_do_not_matter():
    """x² = 10⁸, x·y + y = 10⁻¹: generic coefficients follow the sizes of the given ones."""
    equations = ["x^2 - 1e8", "x*y + y - 1e-1"]
    begun = Polyhedral().begin(System(equations), np.random.default_rng(0))
    sizes = np.abs(begun.points(np.arange(begun.n_paths)))
    assert (sizes[:, 0] > 1e3).all()
    assert (sizes[:, 0] < 1e5).all()
    batch = ends(equations, Polyhedral())
    assert batch.n_success == 2
    np.testing.assert_allclose(np.abs(batch.solutions[:, 0]), 1e4, rtol=1e-9)


def test_excludes_zero_coordinates():
    assert excludes_zero_coordinates(supports(cyclic(7)))
    assert not excludes_zero_coordinates(supports(katsura(3)))
    assert not excludes_zero_coordinates(supports(["y*(x - y)", "x + y - 2"]))


def test_the_origin_is_added_where_it_is_needed():
    system = System(["x^2 - x*y", "x^2 + y^2 - x"])
    begun = Polyhedral().begin(system, np.random.default_rng(0))
    assert len(begun.target_parameters) == 2 + 1 + 3 + 1
    assert begun.n_paths == 4


def test_same_seed_same_start():
    system = System(noon(3))
    one, two = (Polyhedral().begin(system, np.random.default_rng(4)) for _ in "ab")
    assert np.array_equal(one.points(np.arange(21)), two.points(np.arange(21)))
    assert np.array_equal(one.start_parameters, two.start_parameters)


def test_no_isolated_solutions():
    with pytest.raises(InvalidInputError, match="mixed volume of the supports is 0"):
        Polyhedral().begin(System(["x + 1", "x^2 - 2"], ["x", "y"]), np.random.default_rng(0))


def test_too_many_terms():
    names = [f"x{i}" for i in range(12)]
    huge = f"({' + '.join(names)} + 1)^30 - 1"
    with pytest.raises(TooLargeError, match="terms"):
        expanded(System([huge, *names[1:]]))


def test_family_evaluates_its_monomials():
    rng = np.random.default_rng(0)
    arrays = [*supports(cyclic(4)), rng.integers(0, 6, (5, 4))]
    arrays[-1] = np.unique(arrays[-1], axis=0)
    F = family(arrays)
    x = rng.standard_normal((3, 4)) + 1j * rng.standard_normal((3, 4))
    c = [rng.standard_normal(len(A)) for A in arrays]
    expected = [
        [sum(w * np.prod(point**a) for w, a in zip(row, A, strict=True)) for point in x]
        for row, A in zip(c, arrays, strict=True)
    ]
    np.testing.assert_allclose(F(x, np.concatenate(c)), np.array(expected).T)
