"""The benchmark systems are what they are called, have the counts they claim, and are timed in turn."""

import doctest
import math
import re
import sys
from collections.abc import Mapping
from functools import reduce
from importlib import import_module
from itertools import combinations_with_replacement
from pathlib import Path

import numpy as np
import pytest
from flint import nmod_mat

sys.path.append(str(Path(__file__).parents[1] / "benchmarks"))
systems = import_module("systems")
contenders = import_module("contenders")
comparison = import_module("comparison")
table = import_module("table")
process = import_module("process")
run = import_module("run")

PRIME = 2_147_483_629
Polynomial = dict[tuple[int, ...], object]


def read(text: str, variables: tuple[str, ...], values: Mapping[str, object]) -> Polynomial:
    """The coefficients of an expanded polynomial by exponents; the other letters have `values`."""
    polynomial: Polynomial = {}
    for sign, term in re.findall(r"(^|[+-]) ?([^ +-]+)", text.replace("^-", "- ").strip()):
        coefficient, exponents = (-1 if sign == "-" else 1), [0] * len(variables)
        for factor in term.split("*"):
            base, _, power = factor.partition("^")
            if base in variables:
                exponents[variables.index(base)] += int(power or 1)
            else:
                value = int(base) if base.isdecimal() else values[base]
                coefficient = coefficient * value ** int(power or 1)
        key = tuple(exponents)
        polynomial[key] = polynomial.get(key, 0) + coefficient
    return polynomial


def evaluate(case, x, values=None):
    values = {} if values is None else values
    return np.array(
        [
            sum(c * math.prod(z**e for z, e in zip(x, key, strict=True)) for key, c in p.items())
            for p in (read(text, case.variables, values) for text in case.equations)
        ]
    )


def degree(polynomial):
    return max(map(sum, polynomial))


def reduced(matrix: np.ndarray) -> np.ndarray:
    """The reduced row echelon form over F_p, without zero rows."""
    echelon, rank = nmod_mat(*matrix.shape, matrix.ravel().tolist(), PRIME).rref()
    rows, columns = matrix.shape
    entries = np.fromiter(map(int, echelon.entries()), np.int64, rows * columns)
    return entries.reshape(rows, columns)[:rank]


def distinct_zeros(polynomials: list[Polynomial], n: int, top: int) -> tuple[int, int]:
    """dim F_p[x]/I, and the number of distinct values a random linear form takes on the zeros of I.

    Linear consequences of the equations, multiplied by variables up to degree `top`, until no new
    one appears. Columns are monomials, the highest degree first.
    """
    monomials = sorted(
        (
            tuple(chosen.count(k) for k in range(n))
            for d in range(top + 1)
            for chosen in combinations_with_replacement(range(n), d)
        ),
        key=lambda m: (sum(m), m),
        reverse=True,
    )
    column = {m: k for k, m in enumerate(monomials)}
    degrees = np.array([sum(m) for m in monomials])
    small = np.flatnonzero(degrees < top)
    units = np.eye(n, dtype=int)
    times = [[column[tuple(np.add(monomials[k], unit))] for k in small] for unit in units]

    rows = np.zeros((len(polynomials), len(monomials)), np.int64)
    for row, polynomial in zip(rows, polynomials, strict=True):
        for m, c in polynomial.items():
            row[column[m]] = int(c) % PRIME
    basis = reduced(rows)
    while True:
        lower = basis[~basis[:, degrees == top].any(axis=1)]
        products = np.zeros((n, *lower.shape), np.int64)
        for product, images in zip(products, times, strict=True):
            product[:, images] = lower[:, small]
        larger = reduced(np.vstack([basis, *products]))
        if len(larger) == len(basis):
            break
        basis = larger

    leading = np.argmax(basis != 0, axis=1)
    standard = np.setdiff1d(np.arange(len(monomials)), leading)
    assert degrees[standard].max() < top, "the degree is too small to see the whole quotient"
    normal_form = np.zeros((len(monomials), len(standard)), dtype=object)
    normal_form[standard, np.arange(len(standard))] = 1
    normal_form[leading] = -basis[:, standard].astype(object)
    form = np.random.default_rng(0).integers(1, PRIME, n)
    places = np.searchsorted(small, standard)
    matrix = sum(
        int(weight) * normal_form[np.array(images)[places]]
        for weight, images in zip(form, times, strict=True)
    )
    size = len(standard)
    chi = nmod_mat(size, size, [c % PRIME for c in matrix.ravel()], PRIME).charpoly()
    return size, size - chi.gcd(chi.derivative()).degree()


@pytest.mark.parametrize(
    ("name", "top"),
    [
        *[("katsura-2", 4), ("katsura-3", 5), ("katsura-4", 6)],
        *[("noon-2", 5), ("noon-3", 7), ("unequal-noon-2", 5), ("unequal-noon-3", 7)],
        *[("cyclic-2", 3), ("cyclic-3", 4)],
        *[("eco-3", 4), ("eco-4", 5), ("eco-5", 6)],
        pytest.param("cyclic-5", 9, marks=pytest.mark.long),
        pytest.param("eco-6", 7, marks=pytest.mark.long),
    ],
)
def test_counts_from_the_quotient_ring(name, top):
    case = systems.by_name(name)
    polynomials = [read(text, case.variables, {}) for text in case.equations]
    assert distinct_zeros(polynomials, len(case.variables), top) == (case.count, case.count)


@pytest.mark.parametrize(("m", "n", "top"), [(2, 2, 6), (2, 3, 7)])
def test_distance_degrees_from_the_quotient_ring(m, n, top):
    case = systems.rank_one(m, n)
    numbers = np.random.default_rng(1).integers(1, PRIME, len(case.parameters))
    values = {name: int(k) for name, k in zip(case.parameters, numbers, strict=True)}
    polynomials = [read(text, case.variables, values) for text in case.equations]
    assert distinct_zeros(polynomials, len(case.variables), top) == (case.count, case.count)


def test_known_distance_degrees():
    sizes = [(2, 2), (2, 3), (3, 3), (3, 4), (3, 5), (4, 4), (4, 5), (5, 5)]
    known = [6, 10, 39, 83, 143, 284, 676, 2205]
    assert [systems.generic_distance_degree(*size) for size in sizes] == known
    assert systems.generic_distance_degree(5, 4) == 676


def points(n):
    rng = np.random.default_rng(n)
    return rng.normal(size=n) + 1j * rng.normal(size=n)


@pytest.mark.parametrize("n", [1, 2, 5, 8])
def test_katsura_is_a_convolution(n):
    case = systems.katsura(n)
    u = points(n + 1)
    symmetric = np.concatenate([u[:0:-1], u])
    moments = np.convolve(symmetric, symmetric)[2 * n : 3 * n]
    expected = np.append(moments - u[:n], symmetric.sum() - 1)
    assert evaluate(case, u) == pytest.approx(expected)


@pytest.mark.parametrize("n", [2, 3, 7])
def test_noon_is_its_formula(n):
    x = points(n)
    expected = 10 * (x * (np.sum(x**2) - x**2) - 1.1 * x + 1)
    assert evaluate(systems.noon(n), x) == pytest.approx(expected)
    unequal = expected - np.arange(n) * x
    assert evaluate(systems.unequal_noon(n), x) == pytest.approx(unequal)


@pytest.mark.parametrize("n", [2, 5, 7])
def test_cyclic_sums_products_of_neighbours(n):
    x = points(n)
    windows = [reduce(np.multiply, [np.roll(x, -j) for j in range(k)]) for k in range(1, n)]
    expected = [*(w.sum() for w in windows), x.prod() - 1]
    assert evaluate(systems.cyclic(n), x) == pytest.approx(expected)


@pytest.mark.parametrize("n", [3, 4, 8])
def test_eco_is_an_autocorrelation(n):
    x = points(n)
    inner = x[:-1]
    correlations = [inner[:-i] @ inner[i:] if i < n - 1 else 0 for i in range(1, n)]
    expected = (inner + correlations) * x[-1] - np.arange(1, n)
    assert evaluate(systems.eco(n), x) == pytest.approx([*expected, inner.sum() + 1])


@pytest.mark.parametrize(("m", "n"), [(2, 2), (3, 4), (4, 5)])
def test_rank_one_equations_are_half_the_gradient(m, n):
    case = systems.rank_one(m, n)
    rng = np.random.default_rng(m)
    w, a = rng.normal(size=(2, m, n))
    z = rng.normal(size=m + n - 1)
    values = dict(zip(case.parameters, np.concatenate([w, w * a]).ravel(), strict=True))

    def loss(z):
        return np.sum(w * (a - np.outer([1, *z[: m - 1]], z[m - 1 :])) ** 2)

    h = 1e-5
    gradient = [(loss(z + h * e) - loss(z - h * e)) / (2 * h) for e in np.eye(m + n - 1)]
    assert evaluate(case, z, values) == pytest.approx(np.array(gradient) / 2, rel=1e-6, abs=1e-7)


@pytest.mark.parametrize("name", run.FULL)
def test_shapes(name):
    case = systems.by_name(name)
    assert len(case.equations) == len(case.variables) == len(set(case.variables))
    letters = set(re.findall(r"[a-z]\d+", " ".join(case.equations)))
    if isinstance(case, systems.ParametricFamily):
        assert letters == {*case.variables, *case.parameters}
        return
    assert letters == set(case.variables)
    polynomials = [read(text, case.variables, {}) for text in case.equations]
    assert tuple(map(degree, polynomials)) == case.degrees
    assert case.count <= case.bezout


@pytest.mark.parametrize("name", ["cyclic-4", "cyclic-8", "eco", "noon-x", "rank-one-1x3", ""])
def test_unknown_names_are_refused(name):
    with pytest.raises(ValueError, match="cyclic"):
        systems.by_name(name)


@pytest.mark.parametrize("module", [systems, contenders, table])
def test_examples_in_the_docstrings(module):
    result = doctest.testmod(module)
    assert result.attempted > 0
    assert result.failed == 0


class Scripted(contenders.AbstractContender):
    """A contender whose runs are given beforehand; it writes its name in a log."""

    def __init__(self, name, log, runs):
        self.name, self.threads, self.measures = name, 1, ""
        self._log, self._runs = log, iter(runs)

    def version(self):
        return "1"

    def accepts(self, case):
        return True

    def run(self, case, seed, machine):
        self._log.append(f"{self.name}{seed}")
        return next(self._runs)


def test_runs_alternate_and_ratios_are_between_neighbours():
    log, case = [], systems.noon(5)
    fine = [contenders.Run(s, s, 1.0, 233, 233) for s in (1.0, 2.0, 4.0, 8.0)]
    slow = [contenders.Run(s, s, 1.0, k) for s, k in ((3.0, 233), (40.0, 231))]
    dead = [contenders.Run(failure="stopped after 9 s")]
    compared = comparison.compare(
        case,
        "TotalDegree",
        Scripted("us", log, fine),
        [Scripted("slow", log, slow), Scripted("dead", log, dead)],
        rounds=2,
        machine=process.Machine(limit=1),
        report=lambda name, run: None,
    )
    assert log == ["us1", "slow1", "us1", "dead1", "us2", "slow2"]
    us, slow_series, dead_series = compared.series
    assert slow_series.ratios == [3.0, 10.0]
    assert us.median == 2.0
    assert slow_series.wrong_counts == [231]
    assert "**wrong: 231** in 1 of 2 runs" in table.cell(slow_series)
    assert "wrong" not in table.cell(us)
    assert table.cell(dead_series) == "stopped after 9 s"


def test_missing_certificates_are_shown():
    series = comparison.Series("us", 1, 8, [contenders.Run(1.0, 1.0, 1.0, 8, 7)])
    assert "certificates missing in 1 of 1 runs" in table.cell(series)


def test_a_process_is_stopped_at_its_limit():
    finished = process.Machine(limit=0.3).run(
        [sys.executable, "-c", "import time; time.sleep(60)"], threads=1
    )
    assert finished.status is None
    assert finished.seconds < 30


def test_a_process_is_measured():
    code = "import sys; block = bytearray(10**8); print(sys.stdin.read()); sys.exit(3)"
    finished = process.Machine(limit=60).run([sys.executable, "-c", code], threads=1, stdin="hello")
    assert (finished.status, finished.output.strip()) == (3, "hello")
    assert 100 < finished.peak_mb < 1000
    assert 0 < finished.cpu_seconds < 60


def test_runs_have_a_folder_of_their_own(monkeypatch, tmp_path):
    """What a peer leaves behind goes away, and a relative PYTHONPATH still leads to the package."""
    (tmp_path / "here").mkdir()
    (tmp_path / "here" / "only_here.py").write_text("")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PYTHONPATH", "here")
    code = "import os, only_here; open('left', 'w').close(); print(os.getcwd())"
    finished = process.Machine(limit=60).run([sys.executable, "-c", code], threads=1)
    assert finished.status == 0, finished.errors
    assert not Path(finished.output.strip()).exists()
    assert not (tmp_path / "left").exists()
