"""Which parameters of a network vanish in its subnetworks."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from functools import singledispatch

import jax
import numpy as np

from neuromanifold.errors import InvalidInputError
from neuromanifold.models import MLP, Convolution, LightningAttention, Model

_SIDES = ("incoming", "outgoing")


@dataclass(frozen=True)
class ZeroPattern:
    """A coordinate subspace of Θ.

    Attributes:
        label: Which parameters are zero, in words.
        support: The positions in θ of the others.
    """

    label: str
    support: tuple[int, ...]


@dataclass(frozen=True)
class SubnetworkPatterns:
    """One set of functions f_θ' of a smaller network inside M, and the parameters that give it.

    Attributes:
        label: The smaller network and where it sits.
        architecture: The smaller network.
        minimal: The zero pattern with exactly the parameters of the smaller network.
        strata: Coordinate subspaces of Θ whose functions should be the same; their dimension is to
            be checked.
    """

    label: str
    architecture: Model
    minimal: ZeroPattern
    strata: tuple[ZeroPattern, ...]


@singledispatch
def subnetwork_patterns(model: Model) -> Iterator[SubnetworkPatterns]:
    """All proper subnetworks of a network, up to its permutations.

    Raises:
        InvalidInputError: If the family has no known subnetworks.
    """
    raise InvalidInputError(
        f"the subnetworks of {model.name} are not known; use neuromanifold.models.Restriction with the "
        "positions of the parameters that stay"
    )


@subnetwork_patterns.register
def _(model: MLP) -> Iterator[SubnetworkPatterns]:
    """Hidden neurons are removed: the last ones of each layer, as permutations move all others there.

    In every layer that loses neurons either their incoming or their outgoing weights vanish.
    """
    first, *hidden, last = model.widths
    for kept in itertools.product(*(range(d, 0, -1) for d in hidden)):
        if kept == tuple(hidden):
            continue
        architecture = replace(model, widths=(first, *kept, last))
        shrunk = [i for i, (d, k) in enumerate(zip(hidden, kept, strict=True), 1) if k < d]
        masks = {(i, side): _neuron_mask(model, kept, i, side) for i in shrunk for side in _SIDES}
        yield SubnetworkPatterns(
            architecture.name,
            architecture,
            _pattern("all weights of the removed neurons are zero", masks.values()),
            tuple(
                _pattern(
                    ", ".join(f"{side} weights of layer {i}" for i, side in choice) + " are zero",
                    [masks[i, side] for i, side in choice],
                )
                for choice in itertools.product(*([(i, side) for side in _SIDES] for i in shrunk))
            ),
        )


def _neuron_mask(model: MLP, kept: tuple[int, ...], layer: int, side: str) -> np.ndarray:
    """Where θ may be nonzero if the removed neurons of a layer have no incoming (outgoing) weights."""
    leaves, _ = jax.tree_util.tree_flatten_with_path(model.parameter_shapes)
    masks = []
    for path, leaf in leaves:
        letter, number = path[-1].key[0], int(path[-1].key[1:])
        mask = np.ones(leaf.shape, bool)
        if side == "incoming" and number == layer:
            mask[kept[layer - 1] :] = False
        if side == "outgoing" and number == layer + 1 and letter == "W":
            mask[:, kept[layer - 1] :] = False
        masks.append(mask.ravel())
    return np.concatenate(masks)


@subnetwork_patterns.register
def _(model: Convolution) -> Iterator[SubnetworkPatterns]:
    """Filters k' ≤ k with t_i zeros on the left, which see the input from position Σ t_i·s_1…s_{i−1} on.

    Placements t with the same sum give the same functions, each with parameters of its own.
    """
    spacing = [int(np.prod(model.strides[:i], dtype=int)) for i in range(len(model.filters))]
    starts = np.cumsum([0, *model.filters])
    for sizes in itertools.product(*(range(k, 0, -1) for k in model.filters)):
        if sizes == model.filters:
            continue
        architecture = replace(model, filters=sizes)
        at: dict[int, list[tuple[int, ...]]] = {}
        shifts = (range(k - size + 1) for k, size in zip(model.filters, sizes, strict=True))
        for shift in itertools.product(*shifts):
            at.setdefault(int(np.dot(shift, spacing)), []).append(shift)
        for position, placements in sorted(at.items()):
            patterns = tuple(
                ZeroPattern(
                    f"left zeros {shift}",
                    tuple(
                        int(starts[i]) + shift[i] + a
                        for i, size in enumerate(sizes)
                        for a in range(size)
                    ),
                )
                for shift in placements
            )
            yield SubnetworkPatterns(
                f"{architecture.name} from input {position + 1} on",
                architecture,
                patterns[0],
                patterns,
            )


@subnetwork_patterns.register
def _(model: LightningAttention) -> Iterator[SubnetworkPatterns]:
    """Rows of K and Q are removed in all layers, which lowers the rank a of the attention."""
    for a in range(model.a - 1, 0, -1):
        architecture = replace(model, a=a)
        k, q = (_attention_mask(model, a, letter) for letter in "KQ")
        yield SubnetworkPatterns(
            architecture.name,
            architecture,
            _pattern("rows of K and Q are zero", [k, q]),
            (_pattern("rows of K are zero", [k]), _pattern("rows of Q are zero", [q])),
        )


def _attention_mask(model: LightningAttention, a: int, letter: str) -> np.ndarray:
    leaves, _ = jax.tree_util.tree_flatten_with_path(model.parameter_shapes)
    masks = []
    for path, leaf in leaves:
        mask = np.ones(leaf.shape, bool)
        if path[-1].key[0] == letter:
            mask[a:] = False
        masks.append(mask.ravel())
    return np.concatenate(masks)


def _pattern(label: str, masks: Iterable[np.ndarray]) -> ZeroPattern:
    """The parameters that every mask leaves free."""
    free = np.all(list(masks), axis=0)
    return ZeroPattern(label, tuple(int(i) for i in np.flatnonzero(free)))
