// How the parameters of a homotopy move as t goes from 1 to 0, every path with its own ends.
#pragma once

#include "arena.hpp"
#include "double_double.hpp"
#include "exponential.hpp"
#include "kernel.hpp"

namespace neuromanifold::NM_ISA {

// What both kinds of path share: memory, and two vectors for each lane from batch.start and batch.target.
template <class R>
class ParameterPath {
   public:
    using C = Complex<R>;

    ParameterPath(Arena& arena, int m, const TrackBatch& batch)
        : wide(arena.take<Complex<DoubleDouble>>(m)), m_(m), batch_(batch), start_(arena.take<C>(m)), target_(arena.take<C>(m)) {
        for (auto& coefficient : p) coefficient = arena.take<C>(m);
    }

    C* p[4];                      // coefficients of the parameters at t (1 + u) as power series in u
    Complex<DoubleDouble>* wide;  // the first of them in double-double

    void load(std::int64_t number, int lane) {
        read(batch_.start.data + number * batch_.start.stride, lane, start_);
        read(batch_.target.data + number * batch_.target.stride, lane, target_);
    }

   protected:
    void read(const std::complex<double>* from, int lane, C* to) const {
        const double* parts = reinterpret_cast<const double*>(from);
        for (int i = 0; i < m_; ++i) {
            to[i].re.set(lane, parts[2 * i]);
            to[i].im.set(lane, parts[2 * i + 1]);
        }
    }

    int m_;
    TrackBatch batch_;
    C* start_;
    C* target_;
};

// p(t) = t start + (1 - t) target, exact at both ends.
template <class R>
class Segment : public ParameterPath<R> {
   public:
    using ParameterPath<R>::ParameterPath, ParameterPath<R>::p, ParameterPath<R>::wide;

    // Sets p[0], and `wide` on request.
    void move_to(R t, bool extended) {
        R rest = R::broadcast(1.0) - t;
        for (int i = 0; i < m_; ++i) p[0][i] = fma(t, start_[i], rest * target_[i]);
        if (!extended) return;
        // Rounding the parameters would shake an ill-conditioned path by more than its corrector allows.
        DoubleDouble wide_t{t, R::zero()}, wide_rest = two_sum(R::broadcast(1.0), -t);
        for (int i = 0; i < m_; ++i) wide[i] = fma(wide_t, widen(start_[i]), wide_rest * widen(target_[i]));
    }

    // Sets p[1], p[2] and p[3] at the t of the last move.
    void expand(R t) {
        for (int i = 0; i < m_; ++i) p[1][i] = t * (start_[i] - target_[i]);
    }

   private:
    using ParameterPath<R>::m_, ParameterPath<R>::start_, ParameterPath<R>::target_;
};

// p(t) = e^(-r t) target with rates r = Re(start) >= 0, exact at t = 0: the toric homotopies of polyhedral starts.
template <class R>
class Ray : public ParameterPath<R> {
   public:
    using ParameterPath<R>::ParameterPath, ParameterPath<R>::p, ParameterPath<R>::wide;

    void move_to(R t, bool extended) {
        for (int i = 0; i < m_; ++i) p[0][i] = exponential(-(start_[i].re * t)) * target_[i];
        // The rounding errors of the exponential are those of slightly different rates.
        for (int i = 0; extended && i < m_; ++i) wide[i] = widen(p[0][i]);
    }

    void expand(R t) {
        for (int i = 0; i < m_; ++i) {
            R slope = -(start_[i].re * t);
            p[1][i] = slope * p[0][i];
            p[2][i] = (R::broadcast(1.0 / 2) * slope) * p[1][i];
            p[3][i] = (R::broadcast(1.0 / 3) * slope) * p[2][i];
        }
    }

   private:
    using ParameterPath<R>::m_, ParameterPath<R>::start_, ParameterPath<R>::target_;
};

}  // namespace neuromanifold::NM_ISA
