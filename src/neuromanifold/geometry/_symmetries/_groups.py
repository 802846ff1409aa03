"""Continuous symmetries in groups that have a name."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from flint import fmpz_mat

from neuromanifold.geometry._symmetries._continuous import LinearSymmetries, ParameterLayout

_TOLERANCE = 1e-9


@dataclass(frozen=True, eq=False)
class ContinuousSymmetry:
    """A group of maps θ ↦ gθ, given by a basis of vector fields θ ↦ Xθ + ξ.

    Attributes:
        name: "rescalings", or "changes of basis" where the fields have no common eigenvectors.
        arrays: The arrays of parameters that move.
        matrices: (X, ξ) for each field: (number of fields, P, P + 1).
        text: What the group does.
    """

    name: str
    arrays: tuple[str, ...]
    matrices: np.ndarray = field(repr=False)
    text: str

    @property
    def n_fields(self) -> int:
        """How many independent fields it has."""
        return len(self.matrices)

    def __str__(self) -> str:
        return self.text


def continuous_groups(continuous: LinearSymmetries) -> tuple[ContinuousSymmetry, ...]:
    """The fields that are not diagonal by the arrays they move, then the rescalings.

    Fields that share an array form one group, together with the rescalings that move no other array.
    """
    layout, P = continuous.layout, continuous.n_parameters
    matrices = continuous.matrices
    off = np.array([not _is_diagonal(X) for X in matrices], bool)
    joined = _connected([frozenset(_arrays(layout, X)) for X in matrices[off]])
    result = []
    known = np.zeros((0, P), np.int64)
    for arrays in joined:
        own = [X for X in matrices[off] if set(_arrays(layout, X)) <= arrays]
        inside = _supported(continuous.rescalings, layout, arrays)
        known = np.vstack([known, inside])
        fields = np.array([*own, *_fields(inside)])
        name = "rescalings" if _is_torus(fields) else "changes of basis"
        about = " about another point" if name == "rescalings" else ""
        names = tuple(n for n in layout.names if n in arrays)
        text = f"{name}{about} of dimension {len(fields)} in {', '.join(names)}"
        result.append(ContinuousSymmetry(name, names, fields, text))
    for weights in _complement(continuous.rescalings, layout, known):
        result.append(
            ContinuousSymmetry(
                "rescalings",
                layout.arrays_of(np.flatnonzero(weights)),
                _fields(weights[None]),
                f"rescaling {_factors(layout, weights)}",
            )
        )
    return tuple(result)


def _fields(weights: np.ndarray) -> np.ndarray:
    """(diag(w), 0) for each row."""
    count, P = weights.shape
    result = np.zeros((count, P, P + 1))
    result[:, range(P), range(P)] = weights
    return result


def _is_diagonal(field: np.ndarray) -> bool:
    P = len(field)
    return not (field[:, P].any() or np.abs(field[:, :P] - np.diag(np.diag(field[:, :P]))).any())


def _is_torus(fields: np.ndarray) -> bool:
    """Whether commuting fields are diagonal in some affine coordinates."""
    square = np.zeros((len(fields), fields.shape[2], fields.shape[2]))
    square[:, :-1] = fields
    for i, a in enumerate(square):
        if any(np.abs(a @ b - b @ a).max() > _TOLERANCE for b in square[:i]):
            return False
        _, vectors = np.linalg.eig(a)
        if np.linalg.svd(vectors, compute_uv=False).min() < _TOLERANCE:
            return False
    return True


def _supported(
    rescalings: np.ndarray, layout: ParameterLayout, arrays: frozenset[str]
) -> np.ndarray:
    """A basis of the rescalings that move only these arrays."""
    outside = [
        where.ravel()
        for name, where in zip(layout.names, layout.positions, strict=True)
        if name not in arrays
    ]
    if not outside:
        return rescalings
    return _solutions(rescalings, np.eye(rescalings.shape[1], dtype=int)[np.concatenate(outside)])


def _complement(rescalings: np.ndarray, layout: ParameterLayout, known: np.ndarray) -> list:
    """Rescalings that span all of them together with known ones; whole arrays come first."""
    differences = []
    for where in layout.positions:
        entries = where.ravel()
        for entry in entries[1:]:
            row = np.zeros(rescalings.shape[1], int)
            row[entries[0]], row[entry] = 1, -1
            differences.append(row)
    uniform = _solutions(rescalings, np.array(differences).reshape(-1, rescalings.shape[1]))
    chosen = []
    for candidates in (uniform, rescalings) if len(known) else (rescalings,):
        for row in candidates:
            if np.linalg.matrix_rank(np.vstack([known, row])) > len(known):
                known = np.vstack([known, row])
                chosen.append(row)
    return chosen


def _solutions(rescalings: np.ndarray, conditions: np.ndarray) -> np.ndarray:
    """Integer combinations of rescalings on which all conditions vanish."""
    matrix = fmpz_mat((conditions @ rescalings.T).tolist()) if conditions.size else None
    if matrix is None or not len(rescalings):
        return rescalings
    basis, nullity = matrix.nullspace()
    columns = np.array([[int(e) for e in row] for row in basis.tolist()], dtype=np.int64)
    rows = columns[:, :nullity].T @ rescalings
    return np.array([row // np.gcd.reduce(row) for row in rows], np.int64).reshape(
        nullity, rescalings.shape[1]
    )


def _arrays(layout: ParameterLayout, matrix: np.ndarray) -> tuple[str, ...]:
    P = matrix.shape[0]
    used = matrix.any(axis=1) | matrix[:, :P].any(axis=0)
    return layout.arrays_of(np.flatnonzero(used))


def _factors(layout: ParameterLayout, weights: np.ndarray) -> str:
    """Such as W1[0,:]·t, W2[:,0]·t^-3."""
    parts = []
    for name, where in zip(layout.names, layout.positions, strict=True):
        own = weights[where]
        for weight in sorted(set(own.ravel().tolist()) - {0}, reverse=True):
            power = "t" if weight == 1 else f"t^{weight}"
            parts.append(f"{name}{_region(own == weight)}·{power}")
    return ", ".join(parts)


def _region(mask: np.ndarray) -> str:
    """The part of an array where the mask holds: whole, slices, or entries."""
    if mask.all():
        return ""
    sides = [
        np.flatnonzero(mask.any(axis=tuple(a for a in range(mask.ndim) if a != axis)))
        for axis in range(mask.ndim)
    ]
    box = np.zeros_like(mask)
    box[np.ix_(*sides)] = True
    if not np.array_equal(box, mask):
        return f"[{int(mask.sum())} entries]"
    texts = []
    for axis, side in enumerate(sides):
        if len(side) == mask.shape[axis]:
            texts.append(":")
        elif len(side) == 1:
            texts.append(str(side[0]))
        else:
            texts.append("{" + ",".join(map(str, side)) + "}")
    return f"[{','.join(texts)}]"


def _connected(sets: list[frozenset[str]]) -> list[frozenset[str]]:
    """Unions of the sets that meet."""
    result: list[frozenset[str]] = []
    for new in sets:
        meeting = [old for old in result if old & new]
        result = [old for old in result if not old & new]
        result.append(new.union(*meeting))
    return result
