// Adaptive step size of one path from the contraction of Newton's method and the trust radius of the predictor
// (S. Timme, Mixed precision path tracking for polynomial homotopy continuation, 2021). Steps are fractions of t.
#pragma once

#include "kernel.hpp"
#include "lanes.hpp"

namespace neuromanifold::NM_ISA {

// h(a) = 2a (sqrt(4a^2 + 1) - 2a): Newton contracts by a when omega ||first update|| <= h(a).
NM_INLINE double h(double a) { return 2 * a * (__builtin_sqrt(4 * a * a + 1) - 2 * a); }
NM_INLINE double fourth_root(double x) { return __builtin_sqrt(__builtin_sqrt(x)); }
NM_INLINE double smaller(double a, double b) { return b < a ? b : a; }
NM_INLINE double larger(double a, double b) { return b > a ? b : a; }

struct StepControl {
    double omega = 0;           // affine-invariant Lipschitz estimate of the Jacobian
    double previous_omega = 0;
    double error = 0;           // ||first update|| / (step / trust radius)^4
    double trust = 0;           // trust radius, capped
    double step = 0;            // step / t
    bool after_rejection = false;

    static constexpr double largest_trust = 10;

    // The trust radius at a new point; proposes the step from there. A result of 1 reaches t = 0.
    void propose(double trust_radius, double grown_by, bool first, const TrackerOptions& options) {
        trust = smaller(trust_radius, largest_trust);
        double limit = options.beta_tau * trust;
        if (limit >= 1) limit = options.beta_tau_strict * trust;
        double wanted = options.initial_step;
        if (!first) {
            double expected = larger(omega, smaller(8 * omega, omega + 2 * (omega - previous_omega)));
            double reach = __builtin_sqrt(1 + 2 * h(options.contraction)) - 1;
            double product = expected * error;
            double growth = after_rejection ? 1 : 10;
            wanted = step * grown_by * growth;
            after_rejection = false;
            if (product > 0) wanted = smaller(wanted, trust * fourth_root(reach / product) / options.beta_omega);
        }
        step = smaller(smaller(wanted, limit), 1.0);
    }

    // Updates of norm first and second, first > 0. A second update within the noise bounds omega from above only.
    void accept(double first, double second, double noise) {
        double measured = 2 * second / (first * first);
        previous_omega = omega;
        if (second > noise) {
            omega = measured;
        } else {
            omega = smaller(omega, measured);
        }
        if (previous_omega == 0) previous_omega = omega;
        double relative = step / trust;
        relative *= relative;
        error = first / (relative * relative);
    }

    // contraction < 0: unknown
    void reject(double contraction, const TrackerOptions& options) {
        double factor = 0.25;
        if (contraction > 0) {
            double aim = __builtin_sqrt(1 + 2 * h(options.contraction / 2)) - 1;
            double got = __builtin_sqrt(1 + 2 * h(__builtin_sqrt(contraction))) - 1;
            factor = smaller(larger(fourth_root(aim / got), 0.25), 0.7);
        }
        step *= factor;
        after_rejection = true;
    }
};

}  // namespace neuromanifold::NM_ISA
