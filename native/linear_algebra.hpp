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
        const R threshold = R::broadcast(0.04);  // on squared moduli
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
        for (int i = 1; i < n_; ++i) b[i] = eliminate(row(i), b, 0, i, b[i]);
        for (int i = n_ - 1; i >= 0; --i) b[i] = eliminate(row(i), b, i + 1, n_, b[i]) * inverse_pivots_[i];
    }

   private:
    struct Exchange {
        Mask lanes;
        int k, i;
    };

    // start - sum_{first <= j < last} a[j] x[j], with separate sums to shorten the chains of dependent operations.
    NM_INLINE static C eliminate(const C* a, const C* x, int first, int last, C start) {
        C direct = C::zero(), crossed = C::zero();
        for (int j = first; j < last; ++j) {
            direct = {fma(a[j].re, x[j].re, direct.re), fma(a[j].re, x[j].im, direct.im)};
            crossed = {fma(a[j].im, x[j].im, crossed.re), fma(a[j].im, x[j].re, crossed.im)};
        }
        return {start.re - (direct.re - crossed.re), start.im - (direct.im + crossed.im)};
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
