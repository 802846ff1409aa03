"""Which subnetworks attract targets: dim U_S, U_S = ⋃_{W∈S} f_W + im(J_W)^⊥, by linear algebra."""

import jax
import numpy as np
import pytest

from neuromanifold import theory
from neuromanifold.geometry import dimension
from neuromanifold.models import MLP, Convolution, polynomial
from neuromanifold.rings import double_precision


def null_space(matrix):
    _, values, rows = np.linalg.svd(matrix)
    rank = int(np.sum(values > 1e-9 * values[0]))
    return rows[rank:].T


def target_dimension(model, free):
    """(dim U_S, dim V) at a random W of the coordinate subspace S of the parameters `free`.

    A tangent (Ẇ, ṅ) of {(W, n) : J_Wᵀn = 0} solves (D J[Ẇ])ᵀ n + Jᵀ ṅ = 0, and moves u = f_W + n
    by J Ẇ + ṅ. Functions are their values at dim V random points.
    """
    ambient = dimension(model).ambient
    rng = np.random.default_rng(0)
    x = rng.standard_normal((ambient, *model.input_shape))
    weights = np.zeros(model.n_parameters)
    weights[free] = rng.standard_normal(len(free))
    probes = rng.standard_normal((ambient, *model.output_shape))

    def values(theta):
        outputs = jax.vmap(model.apply_flat, (None, 0))(theta, x)
        return (outputs * probes).reshape(ambient, -1).sum(axis=1)

    with double_precision():
        jacobian = np.asarray(jax.jacfwd(values)(weights))
        second = np.asarray(jax.jacfwd(jax.jacfwd(values))(weights))
    normal = null_space(jacobian.T)
    n = normal @ rng.standard_normal(normal.shape[1])
    by_weights = np.einsum("apq,a->pq", second, n)[:, free]
    tangents = null_space(np.hstack([by_weights, jacobian.T]))
    motion = np.hstack([jacobian[:, free], np.eye(ambient)]) @ tangents
    return int(np.linalg.matrix_rank(motion, rtol=1e-9)), ambient


def parameters_without(model, *names):
    return [i for i, name in enumerate(model.parameter_names) if not name.startswith(names)]


CUBIC = polynomial([0, 0, 1, 1])


@pytest.mark.parametrize("widths", [(2, 2, 1), (2, 3, 1), (2, 2, 2)])
@pytest.mark.parametrize("missing", ["W1[0,", "W2[0,0]"])
def test_a_missing_neuron_attracts_targets(widths, missing):
    # no incoming weights, or no outgoing ones
    model = MLP(widths, polynomial([0, 0, 1, 1, 1]) if widths[1] > 2 else CUBIC)
    column = tuple(f"W2[{i},0]" for i in range(widths[-1]))
    free = parameters_without(model, *((missing,) if missing.startswith("W1") else column))
    found, ambient = target_dimension(model, free)
    assert (found == ambient) is theory.mlp_subnetworks_critically_exposed(widths).value


def test_a_generic_network_attracts_targets():
    model = MLP((2, 2, 1), CUBIC)
    assert target_dimension(model, list(range(model.n_parameters))) == (7, 7)


@pytest.mark.parametrize(
    ("filters", "zeros"),
    [
        ((2, 2), ("w1[1]", "w2[0]")),
        ((3, 2), ("w1[2]", "w2[0]")),
        ((2, 3), ("w1[0]", "w2[2]")),
    ],
)
def test_padded_filters_attract_no_targets(filters, zeros):
    model = Convolution(filters, (1, 1), polynomial([0, 1, 1]))
    free = parameters_without(model, *zeros)
    assert len(free) == model.n_parameters - 2
    found, ambient = target_dimension(model, free)
    # at most dim S + codim M
    assert found <= len(free) + ambient - dimension(model).value < ambient
    assert theory.cnn_subnetworks_critically_exposed(filters).value is False


def test_nothing_to_remove():
    assert theory.mlp_subnetworks_critically_exposed((3, 2)) is None
    assert theory.cnn_subnetworks_critically_exposed((1, 1)) is None
