// A homotopy along a segment of its parameters, multiplied out: polynomials in x and t.
#pragma once

#include <complex>
#include <cstdint>
#include <stdexcept>
#include <vector>

#include "tape.hpp"

namespace neuromanifold {

struct SparsePolynomials {
    std::int32_t n_variables;                        // with t, the last one
    std::vector<std::int64_t> sizes;                 // terms of each polynomial
    std::vector<std::int32_t> exponents;             // n_variables for each term
    std::vector<std::complex<double>> coefficients;  // not zero
};

struct TooManyTerms : std::runtime_error {
    TooManyTerms() : std::runtime_error("multiplied out, the polynomials have too many terms") {}
};

// Doubles do not tell whether a coefficient is zero, or not what it is.
struct LossOfPrecision : std::runtime_error {
    LossOfPrecision() : std::runtime_error("double precision does not suffice to multiply the polynomials out") {}
};

// F(x; t start + (1 - t) target). The rounding errors of every coefficient are bounded, and smaller than `accuracy` times its size.
SparsePolynomials expanded_segment(const Tape& tape, const std::complex<double>* start, const std::complex<double>* target,
                                   std::int64_t most_terms, double accuracy);

}  // namespace neuromanifold
