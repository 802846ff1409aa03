// Local expansion of a solution path and its prediction by a Pade approximant per coordinate: of order (2,1) at the first point,
// then of order (4,1), where two more coefficients come from the expansion at the previous point.
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
        : n_(system.tape().n_variables), system_(system), x_(arena.take<C>(n_)), y4_(arena.take<C>(n_)), pole_(arena.take<C>(n_)) {
        for (int k = 0; k < 3; ++k) {
            y_[k] = arena.take<C>(n_);
            fresh_[k] = arena.take<C>(n_);
        }
    }

    // The smallest |y2_i / y3_i|: about the distance in u to the nearest singularity of the path.
    R trust_radius;

    // Expands at x, where `linearization` holds the factored Jacobian and p the parameters as series, in the given lanes only.
    // The previous expansion was at u = w in the new variable; w = 0 where there is none.
    void expand(Mask lanes, R w, const C* x, const C* const* p, const Linearization<R>& linearization, const Weights<R>& weights) {
        const C* series[3] = {x, fresh_[0], fresh_[1]};
        system_.template taylor<1>(series, p, fresh_[0]);
        linearization.correct(fresh_[0]);
        system_.template taylor<2>(series, p, fresh_[1]);
        linearization.correct(fresh_[1]);
        system_.template taylor<3>(series, p, fresh_[2]);
        linearization.correct(fresh_[2]);

        // Coordinates whose third (second) order term is negligible up to t = 0 have no pole worth looking at.
        const R negligible = R::broadcast(1e-24), far = R::broadcast(1e32);
        R radius = far;
        for (int i = 0; i < n_; ++i) {
            R scale = weights.inverse_square(i);
            R a2 = norm(fresh_[1][i]) * scale, a3 = norm(fresh_[2][i]) * scale;
            R candidate = select(negligible < a3, a2 / a3, far);
            radius = select(candidate < radius, candidate, radius);
        }
        trust_radius = select(lanes, sqrt(radius), trust_radius);

        // What the first three orders miss at the previous point, and of its derivative there, are y4 w^4 + y5 w^5 and
        // 4 y4 w^3 + 5 y5 w^4, up to higher orders.
        const R five = R::broadcast(5.0), four = R::broadcast(4.0), one = R::broadcast(1.0);
        Mask known = R::zero() < w;
        R inverse = one / select(known, w, one), shrink = one / (one + w);
        R inverse3 = inverse * inverse * inverse, inverse4 = inverse3 * inverse;
        has_fourth_ = (lanes & known) | (~lanes & has_fourth_);
        for (int i = 0; i < n_; ++i) {
            C y1 = fresh_[0][i], y2 = fresh_[1][i], y3 = fresh_[2][i];
            C value = fma(w, fma(w, fma(w, y3, y2), y1), x[i]);
            C slope = fma(w, fma(R::broadcast(3.0) * w, y3, y2 + y2), y1);
            C missed = inverse4 * (x_[i] - value);
            C missed_slope = inverse3 * (shrink * y_[0][i] - slope);
            C y4 = fms(five, missed, missed_slope);
            C y5 = inverse * fnma(four, missed, missed_slope);
            R scale = weights.inverse_square(i);
            R a2 = norm(y2) * scale, a3 = norm(y3) * scale, a4 = norm(y4) * scale;
            C pole = select((negligible < a2) & (negligible < a3), y3 / y2, C::zero());
            // An estimate of a pole well inside the trust radius is not to be believed.
            C ratio = y5 / y4;
            Mask sound = (negligible < a4) & (norm(ratio) * radius < four);
            pole = select(known, select(sound, ratio, C::zero()), pole);
            pole_[i] = select(lanes, pole, pole_[i]);
            y4_[i] = select(lanes, y4, y4_[i]);
            x_[i] = select(lanes, x[i], x_[i]);
            for (int k = 0; k < 3; ++k) y_[k][i] = select(lanes, fresh_[k][i], y_[k][i]);
        }
    }

    // x + u (y1 + u (y2 + u (y3 + u y4 / (1 - u y5/y4)))), or x + u (y1 + u (y2 + u y3 / (1 - u y3/y2))) at the first point.
    void predict(const C* x, R u, C* predicted) const {
        const C one = C::broadcast(1.0, 0.0);
        for (int i = 0; i < n_; ++i) {
            C factor = reciprocal(fnma(u, pole_[i], one));
            C third = select(has_fourth_, fma(u, y4_[i] * factor, y_[2][i]), y_[2][i] * factor);
            predicted[i] = fma(u, fma(u, fma(u, third, y_[1][i]), y_[0][i]), x[i]);
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
    C* x_;     // where the last expansion is
    C* y4_;
    C* pole_;  // the inverse of the u where the approximant has its pole
    Mask has_fourth_{};
    C* y_[3];
    C* fresh_[3];
};

}  // namespace neuromanifold::NM_ISA
