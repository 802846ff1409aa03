"""What every JAX primitive that a ring understands does over that ring."""

from neuromanifold.rings._equation import Lowering
from neuromanifold.rings._primitives_arithmetic import ARITHMETIC
from neuromanifold.rings._primitives_contraction import CONTRACTIONS
from neuromanifold.rings._primitives_indexing import INDEXING
from neuromanifold.rings._primitives_structural import STRUCTURAL

LOWERINGS: dict[str, Lowering] = STRUCTURAL | INDEXING | ARITHMETIC | CONTRACTIONS
"""From the name of a primitive to its lowering."""

EXACT: frozenset[str] = frozenset(STRUCTURAL | INDEXING)
"""Primitives that move entries, so that double precision cannot spoil them."""
