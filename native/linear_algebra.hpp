// Dense LU factorisation of one matrix per lane. Each lane pivots on its own, by masked row exchanges.
#pragma once

#include "arena.hpp"
#include "complex.hpp"

namespace neuromanifold::NM_ISA {

template <class R>
class LU {
   public:
    using C = Complex<R>;

    LU(Arena& arena, int n)
        : n_(n),
          entries_(arena.take<C>(std::int64_t{n} * n)),
          inverse_pivots_(arena.take<C>(n)),
          exchanges_(arena.take<Exchange>(std::int64_t{n} * (n - 1) / 2)) {}

    int size() const { return n_; }
    C* row(int i) { return entries_ + std::int64_t{i} * n_; }
    const C* row(int i) const { return entries_ + std::int64_t{i} * n_; }

    void clear() { __builtin_memset(static_cast<void*>(entries_), 0, sizeof(C) * n_ * n_); }

    // P A = L U in place. Threshold pivoting: a lane keeps its diagonal entry unless another one is more than
    // 1/threshold times larger. Rows must have been scaled to comparable size.
    [[gnu::noinline]] void factor() {
        const R threshold = R::broadcast(1e-3);  // on squared moduli
        n_exchanges_ = 0;
        for (int k = 0; k < n_; ++k) {
            C* pivot_row = row(k);
            R best = norm(pivot_row[k]);
            R largest = best;
            for (int i = k + 1; i < n_; ++i) largest = max(largest, norm(row(i)[k]));
            Mask unfit = best < threshold * largest;
            for (int i = k + 1; i < n_ && any(unfit); ++i) {
                Mask here = unfit & (largest <= norm(row(i)[k]));
                if (!any(here)) continue;
                exchange(here, pivot_row, row(i));
                exchanges_[n_exchanges_++] = {here, k, i};
                unfit = unfit & ~here;
            }
            C inverse = reciprocal(pivot_row[k]);
            inverse_pivots_[k] = inverse;
            for (int i = k + 1; i < n_; ++i) {
                C* target = row(i);
                C factor = target[k] * inverse;
                target[k] = factor;
                for (int j = k + 1; j < n_; ++j) target[j] = fnma(factor, pivot_row[j], target[j]);
            }
        }
    }

    // A x = b in place.
    [[gnu::noinline]] void solve(C* b) const {
        for (int e = 0; e < n_exchanges_; ++e) {
            const Exchange& swap = exchanges_[e];
            C upper = b[swap.k], lower = b[swap.i];
            b[swap.k] = select(swap.lanes, lower, upper);
            b[swap.i] = select(swap.lanes, upper, lower);
        }
        for (int k = 0; k + 1 < n_; ++k) subtract_column(k, k + 1, n_, b);
        for (int k = n_ - 1; k >= 0; --k) {
            b[k] = b[k] * inverse_pivots_[k];
            subtract_column(k, 0, k, b);
        }
    }

   private:
    struct Exchange {
        Mask lanes;
        int k, i;
    };

    // b_i -= a_ik b_k for first <= i < last: column by column, so that the updates do not wait for each other.
    NM_INLINE void subtract_column(int k, int first, int last, C* b) const {
        C factor = b[k];
        const C* column = entries_ + k;
        for (int i = first; i < last; ++i) b[i] = fnma(factor, column[std::int64_t{i} * n_], b[i]);
    }

    void exchange(Mask lanes, C* upper, C* lower) {
        for (int j = 0; j < n_; ++j) {
            C a = upper[j], b = lower[j];
            upper[j] = select(lanes, b, a);
            lower[j] = select(lanes, a, b);
        }
    }

    int n_;
    C* entries_;
    C* inverse_pivots_;
    Exchange* exchanges_;
    int n_exchanges_ = 0;
};

}  // namespace neuromanifold::NM_ISA
