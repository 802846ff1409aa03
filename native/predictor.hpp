// Local expansion of a solution path and its prediction by a Pade(2,1) approximant per coordinate.
//
// With t = t0 (1 + u) the path is x(u) = x + y1 u + y2 u^2 + y3 u^3 + ..., so u = -1 is the end t = 0 and the coefficients
// stay in range however small t0 gets. Each y_k solves J y_k = -(coefficient k of the system with y_k = 0).
#pragma once

#include "newton.hpp"

namespace neuromanifold::NM_ISA {

template <class R>
class Predictor {
   public:
    using C = Complex<R>;

    Predictor(Arena& arena, System<R>& system)
        : n_(system.tape().n_variables), system_(system), ratio_(arena.take<C>(n_)) {
        for (int k = 0; k < 3; ++k) {
            y_[k] = arena.take<C>(n_);
            fresh_[k] = arena.take<C>(n_);
        }
    }

    // The smallest |y2_i / y3_i|: about the distance in u to the nearest singularity of the path.
    R trust_radius;

    // Expands at x, where `linearization` holds the factored Jacobian, in the given lanes only.
    void expand(Mask lanes, const C* x, const C* const* p, const Linearization<R>& linearization,
                const Weights<R>& weights) {
        const C* series[3] = {x, fresh_[0], fresh_[1]};
        system_.taylor(1, series, p, fresh_[0]);
        linearization.correct(fresh_[0]);
        system_.taylor(2, series, p, fresh_[1]);
        linearization.correct(fresh_[1]);
        system_.taylor(3, series, p, fresh_[2]);
        linearization.correct(fresh_[2]);

        // Coordinates whose third (second) order term is negligible up to t = 0 have no pole worth looking at.
        const R negligible = R::broadcast(1e-24);
        R radius = R::broadcast(1e32);
        for (int i = 0; i < n_; ++i) {
            C second = fresh_[1][i], third = fresh_[2][i];
            R scale = weights.inverse_square(i);
            R a2 = norm(second) * scale, a3 = norm(third) * scale;
            R candidate = select(negligible < a3, a2 / a3, R::broadcast(1e32));
            radius = select(candidate < radius, candidate, radius);
            C ratio = third / second;
            ratio = select((negligible < a2) & (negligible < a3), ratio, C::zero());
            ratio_[i] = select(lanes, ratio, ratio_[i]);
            for (int k = 0; k < 3; ++k) y_[k][i] = select(lanes, fresh_[k][i], y_[k][i]);
        }
        trust_radius = select(lanes, sqrt(radius), trust_radius);
    }

    // x + u (y1 + u y2 / (1 - u y3/y2))
    void predict(const C* x, R u, C* predicted) const {
        const C one = C::broadcast(1.0, 0.0);
        for (int i = 0; i < n_; ++i) {
            C curvature = y_[1][i] / fnma(u, ratio_[i], one);
            predicted[i] = fma(u, fma(u, curvature, y_[0][i]), x[i]);
        }
    }

    struct Asymptote {
        double exponent;   // v in x_i ~ c t^v as t goes to 0
        double deviation;  // how far the next two derivatives of log x_i are from saying the same
    };

    // With D = t d/dt, a coordinate c t^v has Dx / x = D^2 x / Dx = D^3 x / D^2 x = v. For one lane.
    Asymptote asymptote(const C* x, int i, int lane) const {
        auto part = [lane](const C& z) { return Complex<double>{z.re[lane], z.im[lane]}; };
        auto y1 = part(y_[0][i]), y2 = part(y_[1][i]), y3 = part(y_[2][i]);
        Complex<double> d2{y1.re + 2 * y2.re, y1.im + 2 * y2.im};
        Complex<double> d3{y1.re + 6 * (y2.re + y3.re), y1.im + 6 * (y2.im + y3.im)};
        auto first = quotient(y1, part(x[i])), second = quotient(d2, y1), third = quotient(d3, d2);
        auto off = [&](const Complex<double>& w) {
            double re = w.re - first.re;
            return __builtin_sqrt(re * re + w.im * w.im);
        };
        double deviation = off(second), other = off(third), imaginary = off(first);
        if (!(other <= deviation)) deviation = other;
        return {first.re, imaginary > deviation ? imaginary : deviation};
    }

   private:
    static Complex<double> quotient(const Complex<double>& a, const Complex<double>& b) {
        double square = b.re * b.re + b.im * b.im;
        return {(a.re * b.re + a.im * b.im) / square, (a.im * b.re - a.re * b.im) / square};
    }

    int n_;
    System<R>& system_;
    C* ratio_;
    C* y_[3];
    C* fresh_[3];
};

}  // namespace neuromanifold::NM_ISA
