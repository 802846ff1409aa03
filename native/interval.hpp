// Real numbers with a proof: a ball mid +- rad contains the exact result of every operation for all points of its operands.
//
// Each operation bounds its own rounding error, so nothing depends on directed rounding. With round-to-nearest and gradual
// underflow (which the caller guarantees) a sum or product of doubles is wrong by at most 2^-53 of the result, and one of
// double-doubles by less than 2^-104 (Joldes, Muller, Popescu 2017, Algorithms 6 and 10); both bounds are taken twice or
// more as large. `tiny` covers underflow, and `grown` the roundings of a radius itself, up to 15 of them. What
// overflows gets an infinite or undefined radius, and no comparison with such a radius is ever true.
#pragma once

#include "double_double.hpp"

namespace neuromanifold::NM_ISA {

template <class M>
struct Midpoint;

template <>
struct Midpoint<Lanes> {
    static constexpr double rounding = 0x1p-52;
    NM_INLINE static Lanes exactly(Lanes value) { return value; }
    NM_INLINE static Lanes leading(Lanes a) { return a; }
    NM_INLINE static Lanes trailing(Lanes) { return Lanes::zero(); }
    NM_INLINE static Lanes sum(Lanes a, Lanes b) { return a + b; }
    NM_INLINE static Lanes product(Lanes a, Lanes b) { return a * b; }
    NM_INLINE static Lanes quotient(Lanes a, Lanes b) { return a / b; }
};

template <>
struct Midpoint<DoubleDouble> {
    static constexpr double rounding = 0x1p-102;
    NM_INLINE static DoubleDouble exactly(Lanes value) { return {value, Lanes::zero()}; }
    NM_INLINE static Lanes leading(DoubleDouble a) { return a.hi; }
    NM_INLINE static Lanes trailing(DoubleDouble a) { return a.lo; }
    NM_INLINE static DoubleDouble sum(DoubleDouble a, DoubleDouble b) { return a + b; }
    // Not fused, so that it rounds in the same way on every processor.
    NM_INLINE static DoubleDouble product(DoubleDouble a, DoubleDouble b) {
        DoubleDouble high = two_product(a.hi, b.hi);
        return quick_two_sum(high.hi, high.lo + (a.hi * b.lo + a.lo * b.hi));
    }
    NM_INLINE static DoubleDouble quotient(DoubleDouble a, DoubleDouble b) {
        Lanes first = a.hi / b.hi;
        DoubleDouble rest = sum(a, -product(exactly(first), b));
        return two_sum(first, rest.hi / b.hi);
    }
};

inline constexpr double tiny = 0x1p-1000;

// A bound for a sum or product of non-negative numbers computed with up to 14 roundings.
NM_INLINE Lanes grown(Lanes bound) { return bound * Lanes::broadcast(1 + 0x1p-49); }

template <class M>
struct Ball {
    M mid;
    Lanes rad;

    NM_INLINE static Ball exactly(Lanes value) { return {Midpoint<M>::exactly(value), Lanes::zero()}; }
    NM_INLINE static Ball broadcast(double value) { return exactly(Lanes::broadcast(value)); }
    NM_INLINE static Ball zero() { return broadcast(0.0); }
};

template <class M>
NM_INLINE Lanes size(const M& mid) {  // up to one rounding, which `grown` covers
    return abs(Midpoint<M>::leading(mid));
}
// max |x| over the ball.
template <class M>
NM_INLINE Lanes magnitude(const Ball<M>& a) {
    return grown(size(a.mid) + a.rad);
}
template <class M>
NM_INLINE Lanes rounding(const M& result) {
    return Lanes::broadcast(Midpoint<M>::rounding) * size(result) + Lanes::broadcast(tiny);
}

template <class M>
NM_INLINE Ball<M> operator-(Ball<M> a) {
    return {-a.mid, a.rad};
}
template <class M>
NM_INLINE Ball<M> operator+(Ball<M> a, Ball<M> b) {
    M mid = Midpoint<M>::sum(a.mid, b.mid);
    return {mid, grown(a.rad + b.rad + rounding(mid))};
}
template <class M>
NM_INLINE Ball<M> operator-(Ball<M> a, Ball<M> b) {
    return a + -b;
}
template <class M>
NM_INLINE Ball<M> operator*(Ball<M> a, Ball<M> b) {
    M mid = Midpoint<M>::product(a.mid, b.mid);
    return {mid, grown(size(a.mid) * b.rad + a.rad * (size(b.mid) + b.rad) + rounding(mid))};
}
// With an approximate quotient q, x/y - q = (x - q y)/y for all x and y in the operands. Undefined when b contains 0.
template <class M>
NM_INLINE Ball<M> operator/(Ball<M> a, Ball<M> b) {
    M quotient = Midpoint<M>::quotient(a.mid, b.mid);
    Ball<M> rest = Ball<M>{a.mid, Lanes::zero()} - Ball<M>{quotient, Lanes::zero()} * Ball<M>{b.mid, Lanes::zero()};
    Lanes above = grown(magnitude(rest) + a.rad + grown(size(quotient)) * b.rad + Lanes::broadcast(tiny));
    // The smallest |y|: a rounding of |mid| and one of the difference are less than 2^-50 of |mid|.
    Lanes below = size(b.mid) * Lanes::broadcast(1 - 0x1p-50) - b.rad;
    Lanes undefined = Lanes::broadcast(__builtin_nan(""));
    return {quotient, select(Lanes::zero() < below, grown(above / below) + Lanes::broadcast(tiny), undefined)};
}
template <class M>
NM_INLINE Ball<M> fma(Ball<M> a, Ball<M> b, Ball<M> c) {
    return a * b + c;
}
template <class M>
NM_INLINE Ball<M> fms(Ball<M> a, Ball<M> b, Ball<M> c) {
    return a * b - c;
}
template <class M>
NM_INLINE Ball<M> fnma(Ball<M> a, Ball<M> b, Ball<M> c) {
    return c - a * b;
}

// A ball around a double that contains the given one.
template <class M>
NM_INLINE Ball<Lanes> narrow(Ball<M> a) {
    return {Midpoint<M>::leading(a.mid), grown(a.rad + abs(Midpoint<M>::trailing(a.mid)))};
}
template <class M>
NM_INLINE Complex<Ball<Lanes>> narrow(Complex<Ball<M>> a) {
    return {narrow(a.re), narrow(a.im)};
}

}  // namespace neuromanifold::NM_ISA
