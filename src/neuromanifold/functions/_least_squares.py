"""The squared loss as a distance in V, computed exactly from the data."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from flint import fmpq, fmpq_mat, fmpz, fmpz_mat

from neuromanifold.functions._dataset import Dataset
from neuromanifold.functions._metric import to_array
from neuromanifold.rings import to_float


@dataclass(frozen=True, eq=False)
class LeastSquares:
    """L(f) = Σ_s‖f(a_s) − b_s‖² = ‖c_f − u‖²_Q + constant with Q = AᵀA, h = AᵀB, u = A⁺B.

    `exact_metric` and `exact_moment` are Q and h as rational numbers, the data being the exact
    doubles they are; `metric`, `moment` and `target` are their nearest doubles.

    Attributes:
        metric: Q, shape (N, N).
        moment: h = Qu, shape (N,).
        target: u, shape (N,); of least norm when Q is singular.
        constant: the loss of u.
        rank: the exact rank of Q.
    """

    metric: np.ndarray
    moment: np.ndarray
    target: np.ndarray
    constant: float
    rank: int
    exact_metric: fmpq_mat
    exact_moment: fmpq_mat

    def loss(self, coefficients: np.ndarray) -> np.ndarray:
        """(c − u)ᵀQ(c − u) + constant for coefficient vectors (…, N), complex ones included."""
        difference = coefficients - self.target
        return np.einsum("...i,ij,...j->...", difference, self.metric, difference) + self.constant


def least_squares(
    data: Dataset,
    outputs: np.ndarray,
    exponents: np.ndarray,
    relations: tuple[tuple[fmpq, ...], ...],
) -> LeastSquares:
    """Assemble the loss from the terms (o, m) and the matrix E of a function space."""
    X = data.X.reshape(data.n_samples, -1)
    Y = data.Y.reshape(data.n_samples, -1)
    monomials, term_monomial = np.unique(exponents, axis=0, return_inverse=True)
    features, feature_scale = _monomial_features(X, monomials)
    values, value_scale = _scaled_integers(Y)
    gram = features.transpose() * features
    correlation = features.transpose() * _integer_matrix(values)
    size = len(relations[0])
    metric = fmpq_mat(size, size)
    moment = fmpq_mat(size, 1)
    for output in range(Y.shape[1]):
        selection = _selection(outputs == output, term_monomial.ravel(), relations, len(monomials))
        metric = metric + selection.transpose() * fmpq_mat(gram) * selection
        column = fmpq_mat(fmpz_mat([[correlation[i, output]] for i in range(len(monomials))]))
        moment = moment + selection.transpose() * column
    metric = metric * fmpq(1, fmpz(1) << (2 * feature_scale))
    moment = moment * fmpq(1, fmpz(1) << (feature_scale + value_scale))
    square_norm = fmpq(sum(v * v for row in values for v in row), fmpz(1) << (2 * value_scale))
    rank = int(metric.rref()[1])
    if rank == size:
        solution = metric.solve(moment)
        target = to_array(solution)[:, 0]
        constant = to_float(square_norm - (moment.transpose() * solution)[0, 0])
    else:
        target, constant = _least_norm_target(to_array(metric), to_array(moment)[:, 0], Y)
    return LeastSquares(
        to_array(metric), to_array(moment)[:, 0], target, constant, rank, metric, moment
    )


def _least_norm_target(Q: np.ndarray, h: np.ndarray, Y: np.ndarray) -> tuple[np.ndarray, float]:
    target = np.linalg.lstsq(Q, h, rcond=1e-12)[0]
    return target, max(float(np.sum(Y**2) - h @ target), 0.0)


def _selection(
    chosen: np.ndarray,
    term_monomial: np.ndarray,
    relations: tuple[tuple[fmpq, ...], ...],
    n_monomials: int,
) -> fmpq_mat:
    """E restricted to one output, indexed by monomial: shape (monomials, N)."""
    selection = fmpq_mat(n_monomials, len(relations[0]))
    for term in np.flatnonzero(chosen):
        for b, entry in enumerate(relations[term]):
            if entry != 0:
                selection[int(term_monomial[term]), b] = entry
    return selection


def _monomial_features(X: np.ndarray, monomials: np.ndarray) -> tuple[fmpz_mat, int]:
    """Integers F and a scale k with x_s^m = F_{s,m}·2^−k exactly."""
    integers, scale = _scaled_integers(X)
    degree = int(monomials.sum(axis=1).max(initial=0))
    rows = []
    for point in integers:
        row = []
        for exponents in monomials.tolist():
            value = 1
            for x, e in zip(point, exponents, strict=True):
                if e:
                    value *= x**e
            row.append(value << (scale * (degree - sum(exponents))))
        rows.append(row)
    return _integer_matrix(rows), scale * degree


def _scaled_integers(values: np.ndarray) -> tuple[list[list[int]], int]:
    """Integers n and a scale k with value = n·2^−k exactly."""
    ratios = [[float(v).as_integer_ratio() for v in row] for row in values]
    scale = max((q.bit_length() - 1 for row in ratios for _, q in row), default=0)
    return [[p << (scale - (q.bit_length() - 1)) for p, q in row] for row in ratios], scale


def _integer_matrix(rows: list[list[int]]) -> fmpz_mat:
    return fmpz_mat(len(rows), len(rows[0]), [entry for row in rows for entry in row])
