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

    // Row i from its entries that are not structurally zero, by columns, and their values.
    template <class Entry, class Value>
    NM_INLINE void set_row(int i, const Entry* first, const Entry* last, Value value) {
        C* entries = row(i);
        int column = 0;
        for (; first != last; ++first) {
            for (; column < first->column; ++column) entries[column] = C::zero();
            entries[column++] = value(*first);
        }
        for (; column < n_; ++column) entries[column] = C::zero();
    }

    // P A = L U in place, two columns at a time. Threshold pivoting: a lane keeps its diagonal entry unless another one is more
    // than 1/threshold times larger. Rows must have been scaled to comparable size.
    [[gnu::noinline]] void factor() {
        n_exchanges_ = 0;
        for (int k = 0; k < n_; k += 2) {
            eliminate(k);
            if (k + 1 == n_) break;
            const C above = row(k)[k + 1];
            for (int i = k + 1; i < n_; ++i) row(i)[k + 1] = fnma(row(i)[k], above, row(i)[k + 1]);
            eliminate(k + 1);
            const C* first = row(k);
            C* second = row(k + 1);
            const C factor = second[k];
            for (int j = k + 2; j < n_; ++j) second[j] = fnma(factor, first[j], second[j]);
            int i = k + 2;
            for (; i + 1 < n_; i += 2) subtract_rows<2>(k, i);
            if (i < n_) subtract_rows<1>(k, i);
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
        for (int k = 0; k + 1 < n_; k += 2) {
            b[k + 1] = fnma(b[k], row(k + 1)[k], b[k + 1]);
            subtract_columns(k, k + 2, n_, b);
        }
        int k = n_ - 1;
        for (; k > 0; k -= 2) {
            b[k] = b[k] * inverse_pivots_[k];
            b[k - 1] = fnma(b[k], row(k - 1)[k], b[k - 1]) * inverse_pivots_[k - 1];
            subtract_columns(k - 1, 0, k - 1, b);
        }
        if (k == 0) b[0] = b[0] * inverse_pivots_[0];
    }

   private:
    struct Exchange {
        Mask lanes;
        int k, i;
    };

    // Chooses the pivot of column k and divides the entries below by it.
    NM_INLINE void eliminate(int k) {
        const R threshold = R::broadcast(1e-3);  // on squared moduli
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
        for (int i = k + 1; i < n_; ++i) row(i)[k] = row(i)[k] * inverse;
    }

    // The rows from i on, right of column k + 1, minus their parts of the rows k and k + 1.
    template <int count>
    NM_INLINE void subtract_rows(int k, int i) {
        const C* first = row(k);
        const C* second = row(k + 1);
        C* target[count];
        C factor[count], other[count];
        for (int r = 0; r < count; ++r) {
            target[r] = row(i + r);
            factor[r] = target[r][k];
            other[r] = target[r][k + 1];
        }
        for (int j = k + 2; j < n_; ++j) {
            const C upper = first[j], lower = second[j];
            C entry[count];
            for (int r = 0; r < count; ++r) entry[r] = fnma(other[r], lower, fnma(factor[r], upper, target[r][j]));
            for (int r = 0; r < count; ++r) target[r][j] = entry[r];
        }
    }

    // b_i -= a_ik b_k + a_i,k+1 b_k+1 for first <= i < last: by columns, so that the updates do not wait for each other.
    NM_INLINE void subtract_columns(int k, int first, int last, C* b) const {
        const C factor = b[k], other = b[k + 1];
        for (int i = first; i < last; ++i) b[i] = fnma(other, row(i)[k + 1], fnma(factor, row(i)[k], b[i]));
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
