// The Taylor coefficients of a circuit along a curve, as another circuit: what is structurally zero costs nothing.
#pragma once

#include "circuit.hpp"

namespace neuromanifold {

// The degree of the parameters of a homotopy in u, where t = t0 (1 + u).
enum class Motion { linear, analytic };

struct Series {
    Circuit circuit;
    std::vector<std::int32_t> coefficients;
};

// Coefficient `order` of F(x_0 + ... + x_{N-1} u^{N-1}; p_0 + ... + p_q u^q) with N = order, and q = 1 for linear parameters or N.
// The inputs are all x_0, all x_1, ..., then all p_0, ...
Series series(const Circuit&, std::int32_t n_variables, std::int32_t n_parameters, const std::vector<std::int32_t>& values, int order,
              Motion motion);

}  // namespace neuromanifold
