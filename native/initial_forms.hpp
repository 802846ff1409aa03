// The exponents of a path x(t) = z t^w (1 + o(1)), found by the initial forms of its homotopy
// (B. Huber, J. Verschelde, Polyhedral end games for polynomial continuation, 1998).
#pragma once

#include <complex>
#include <cstdint>
#include <vector>

#include "expansion.hpp"
#include "scaled.hpp"
#include "workers.hpp"

namespace neuromanifold {

// n polynomials in n variables and t.
class InitialForms {
   public:
    // Throws std::invalid_argument if there are not as many polynomials as variables.
    explicit InitialForms(const SparsePolynomials& homotopy);

    std::int32_t n_variables() const { return n_; }

    // For points x (count x n) of paths at t (count): numerators (count x n) and denominators of w, the latter 0 where w is not clear,
    // and whether no other w has these initial forms. False when `watch` stopped it.
    bool valuations(const std::complex<double>* x, const double* t, std::int64_t count, std::int32_t* numerators, std::int32_t* denominators,
                    bool* determined, int threads, const Watch& watch) const;

   private:
    friend class InitialFormTest;

    struct Factor {  // a power of a variable, or of t
        std::int32_t variable, exponent;
    };
    struct Range {
        std::int64_t first, last;
    };

    std::int32_t n_;
    std::vector<Range> equations_;   // their terms
    std::vector<Scaled> coefficients_;
    std::vector<Range> powers_of_;   // of each term, in powers_
    std::vector<std::int32_t> powers_;  // numbers of factors
    std::vector<Factor> factors_;
};

}  // namespace neuromanifold
