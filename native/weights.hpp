// The weighted maximum norm ||z||_w = max_i |z_i| / w_i, whose weights follow the size of the coordinates along a path.
#pragma once

#include "arena.hpp"
#include "complex.hpp"

namespace neuromanifold::NM_ISA {

template <class R>
class Weights {
   public:
    using C = Complex<R>;

    Weights(Arena& arena, int n) : n_(n), weight_(arena.take<R>(n)), inverse_square_(arena.take<R>(n)) {}

    const R* values() const { return weight_; }
    NM_INLINE R inverse_square(int i) const { return inverse_square_[i]; }

    // w_i = |x_i|, kept above 1e-4 ||x|| and above 1e-6.
    void reset(Mask lanes, const C* x) { follow(lanes, lanes, Mask{}, x); }
    // The same with the average of the previous weight and |x_i|. On a path to infinity, where x_i ~ c_i t^{v_i}, only
    // |x_i| itself measures a coordinate: there the floor is out of the way.
    void update(Mask lanes, Mask unbounded, const C* x) { follow(lanes, Mask{}, unbounded, x); }

    // Infinite where any entry is not finite.
    NM_INLINE R of(const C* z) const {
        R largest = R::zero(), total = R::zero();
        for (int i = 0; i < n_; ++i) {
            R square = norm(z[i]) * inverse_square_[i];
            largest = max(largest, square);
            total = total + square;
        }
        const R infinity = R::broadcast(__builtin_inf());
        return select(total < infinity, sqrt(largest), infinity);
    }

   private:
    [[gnu::noinline]] void follow(Mask lanes, Mask afresh, Mask unbounded, const C* x) {
        R largest = R::zero();
        for (int i = 0; i < n_; ++i) largest = max(largest, norm(x[i]));
        largest = sqrt(largest);
        R floor = max(R::broadcast(1e-4) * largest, R::broadcast(1e-6));
        floor = select(unbounded, R::broadcast(1e-20) * largest, floor);
        for (int i = 0; i < n_; ++i) {
            R size = sqrt(norm(x[i]));
            R previous = select(afresh, size, weight_[i]);
            R weight = max(R::broadcast(0.5) * (previous + size), floor);
            weight_[i] = select(lanes, weight, weight_[i]);
            inverse_square_[i] = R::broadcast(1.0) / (weight_[i] * weight_[i]);
        }
    }

    int n_;
    R* weight_;
    R* inverse_square_;
};

}  // namespace neuromanifold::NM_ISA
