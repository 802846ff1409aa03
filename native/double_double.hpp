// Real numbers as unevaluated sums hi + lo of two doubles in every lane: about 32 digits (Dekker 1971, Knuth 4.2.2).
#pragma once

#include "complex.hpp"

namespace neuromanifold::NM_ISA {

struct DoubleDouble {
    Lanes hi, lo;  // |lo| <= ulp(hi) / 2

    NM_INLINE static DoubleDouble broadcast(double value) { return {Lanes::broadcast(value), Lanes::zero()}; }
    NM_INLINE static DoubleDouble zero() { return {Lanes::zero(), Lanes::zero()}; }
};

// a + b exactly.
NM_INLINE DoubleDouble two_sum(Lanes a, Lanes b) {
    Lanes sum = a + b;
    Lanes part = sum - a;
    return {sum, (a - (sum - part)) + (b - part)};
}

// a + b exactly when |a| >= |b|.
NM_INLINE DoubleDouble quick_two_sum(Lanes a, Lanes b) {
    Lanes sum = a + b;
    return {sum, b - (sum - a)};
}

#if defined(__FMA__) || defined(__AVX512F__) || defined(__aarch64__)
// a b exactly.
NM_INLINE DoubleDouble two_product(Lanes a, Lanes b) {
    Lanes product = a * b;
    return {product, fms(a, b, product)};
}
#else
// A double as the sum of two halves of 26 bits.
NM_INLINE DoubleDouble split(Lanes a) {
    Lanes shifted = Lanes::broadcast(134217729.0) * a;
    Lanes high = shifted - (shifted - a);
    return {high, a - high};
}
NM_INLINE DoubleDouble two_product(Lanes a, Lanes b) {
    Lanes product = a * b;
    DoubleDouble x = split(a), y = split(b);
    return {product, ((x.hi * y.hi - product) + x.hi * y.lo + x.lo * y.hi) + x.lo * y.lo};
}
#endif

NM_INLINE DoubleDouble operator-(DoubleDouble a) { return {-a.hi, -a.lo}; }
NM_INLINE DoubleDouble operator+(DoubleDouble a, DoubleDouble b) {
    DoubleDouble high = two_sum(a.hi, b.hi), low = two_sum(a.lo, b.lo);
    high = quick_two_sum(high.hi, high.lo + low.hi);
    return quick_two_sum(high.hi, high.lo + low.lo);
}
NM_INLINE DoubleDouble operator-(DoubleDouble a, DoubleDouble b) { return a + -b; }
NM_INLINE DoubleDouble operator*(DoubleDouble a, DoubleDouble b) {
    DoubleDouble product = two_product(a.hi, b.hi);
    return quick_two_sum(product.hi, product.lo + fma(a.hi, b.lo, a.lo * b.hi));
}
NM_INLINE DoubleDouble operator/(DoubleDouble a, DoubleDouble b) {
    Lanes first = a.hi / b.hi;
    DoubleDouble rest = a - b * DoubleDouble{first, Lanes::zero()};
    Lanes second = rest.hi / b.hi;
    rest = rest - b * DoubleDouble{second, Lanes::zero()};
    DoubleDouble quotient = quick_two_sum(first, second);
    return quotient + DoubleDouble{rest.hi / b.hi, Lanes::zero()};
}
NM_INLINE DoubleDouble fma(DoubleDouble a, DoubleDouble b, DoubleDouble c) { return a * b + c; }
NM_INLINE DoubleDouble fms(DoubleDouble a, DoubleDouble b, DoubleDouble c) { return a * b - c; }
NM_INLINE DoubleDouble fnma(DoubleDouble a, DoubleDouble b, DoubleDouble c) { return c - a * b; }

NM_INLINE Complex<DoubleDouble> widen(Complex<Lanes> a) {
    return {{a.re, Lanes::zero()}, {a.im, Lanes::zero()}};
}
NM_INLINE Complex<DoubleDouble> widen(Complex<DoubleDouble> a) { return a; }
NM_INLINE Complex<Lanes> round(Complex<DoubleDouble> a) { return {a.re.hi + a.re.lo, a.im.hi + a.im.lo}; }

}  // namespace neuromanifold::NM_ISA
