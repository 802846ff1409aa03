// Complex numbers with split real and imaginary parts over any real type R that has fma, fms and fnma.
#pragma once

#include "lanes.hpp"

namespace neuromanifold::NM_ISA {

template <class R>
struct Complex {
    using Real = R;
    R re, im;

    NM_INLINE static Complex zero() { return {R::zero(), R::zero()}; }
    NM_INLINE static Complex broadcast(double re, double im) { return {R::broadcast(re), R::broadcast(im)}; }

    NM_INLINE friend Complex operator+(Complex a, Complex b) { return {a.re + b.re, a.im + b.im}; }
    NM_INLINE friend Complex operator-(Complex a, Complex b) { return {a.re - b.re, a.im - b.im}; }
    NM_INLINE friend Complex operator-(Complex a) { return {-a.re, -a.im}; }
    NM_INLINE friend Complex operator*(R k, Complex a) { return {k * a.re, k * a.im}; }
    NM_INLINE friend Complex operator*(Complex a, Complex b) {
        return {fms(a.re, b.re, a.im * b.im), fma(a.re, b.im, a.im * b.re)};
    }
    NM_INLINE friend Complex operator/(Complex a, Complex b) { return a * reciprocal(b); }
};

template <class R>
NM_INLINE R norm(Complex<R> a) {  // |a|^2
    return fma(a.re, a.re, a.im * a.im);
}
template <class R>
NM_INLINE R largest_part(Complex<R> a) {  // max(|re a|, |im a|)
    return max(abs(a.re), abs(a.im));
}
template <class R>
NM_INLINE Complex<R> reciprocal(Complex<R> a) {
    R scale = R::broadcast(1.0) / norm(a);
    return {a.re * scale, -a.im * scale};
}
template <class R>
NM_INLINE Complex<R> square(Complex<R> a) {
    R twice = a.re + a.re;
    return {fms(a.re, a.re, a.im * a.im), twice * a.im};
}
template <class R>
NM_INLINE Complex<R> fma(Complex<R> a, Complex<R> b, Complex<R> c) {  // ab + c
    return {fnma(a.im, b.im, fma(a.re, b.re, c.re)), fma(a.re, b.im, fma(a.im, b.re, c.im))};
}
template <class R>
NM_INLINE Complex<R> fms(Complex<R> a, Complex<R> b, Complex<R> c) {  // ab - c
    return {fnma(a.im, b.im, fms(a.re, b.re, c.re)), fma(a.re, b.im, fms(a.im, b.re, c.im))};
}
template <class R>
NM_INLINE Complex<R> fnma(Complex<R> a, Complex<R> b, Complex<R> c) {  // c - ab
    return {fma(a.im, b.im, fnma(a.re, b.re, c.re)), fnma(a.re, b.im, fnma(a.im, b.re, c.im))};
}
template <class R>
NM_INLINE Complex<R> fma(R k, Complex<R> a, Complex<R> c) {
    return {fma(k, a.re, c.re), fma(k, a.im, c.im)};
}
template <class R>
NM_INLINE Complex<R> fms(R k, Complex<R> a, Complex<R> c) {
    return {fms(k, a.re, c.re), fms(k, a.im, c.im)};
}
template <class R>
NM_INLINE Complex<R> fnma(R k, Complex<R> a, Complex<R> c) {
    return {fnma(k, a.re, c.re), fnma(k, a.im, c.im)};
}
template <class R>
NM_INLINE Complex<R> select(Mask mask, Complex<R> yes, Complex<R> no) {
    return {select(mask, yes.re, no.re), select(mask, yes.im, no.im)};
}

}  // namespace neuromanifold::NM_ISA
