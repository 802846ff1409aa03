"""Linear algebra modulo a prime whose answers are lifted to the integers."""

from __future__ import annotations

from math import lcm

import numpy as np
from flint import fmpz, nmod_mat

from neuromanifold.rings._residues import rational_reconstruction, reduced_row_echelon


def random_prime(generator: np.random.Generator, bits: int = 31) -> int:
    """A uniformly random prime with this many bits: in (2³⁰, 2³¹) by default."""
    while True:
        candidate = 2 * int(generator.integers(2 ** (bits - 2), 2 ** (bits - 1))) + 1
        if fmpz(candidate).is_prime():
            return candidate


def kernel(matrix: np.ndarray, p: int) -> np.ndarray:
    """The reduced row echelon basis of {v : matrix·v = 0} modulo p, one vector a row.

    >>> import numpy as np
    >>> kernel(np.array([[1, 2, 3]]), 7).tolist()
    [[1, 0, 2], [0, 1, 4]]
    """
    rows, columns = matrix.shape
    vectors, nullity = nmod_mat(rows, columns, matrix.ravel().tolist(), p).nullspace()
    entries = np.array([int(e) for e in vectors.entries()], np.int64)
    basis = entries.reshape(columns, -1)[:, :nullity].T
    return reduced_row_echelon(basis, p)[0] if nullity else np.zeros((0, columns), np.int64)


def integer_rows(rows: np.ndarray, p: int) -> np.ndarray | None:
    """Rows of rational numbers modulo p, each times its common denominator; None if one is too high.

    >>> import numpy as np
    >>> integer_rows(np.array([[1, 500004]]), 1000007).tolist()  # 1 and 1/2
    [[2, 1]]
    """
    cleared = []
    for row in rows.tolist():
        fractions = [rational_reconstruction(entry, p) for entry in row]
        known = [fraction for fraction in fractions if fraction is not None]
        if len(known) < len(row):
            return None
        denominator = lcm(*(int(fraction.q) for fraction in known))
        cleared.append([int(fraction * denominator) for fraction in known])
    return np.array(cleared, np.int64).reshape(len(cleared), rows.shape[1])
