// Power series c[0] + c[1] u + ... + c[N] u^N, truncated after order N, over any field C.
#pragma once

#include "complex.hpp"

namespace neuromanifold::NM_ISA {

template <class C, int N>
struct Taylor {
    using Coefficient = C;
    using Real = typename C::Real;
    C c[N + 1];
};

#define NM_TAYLOR template <class C, int N> NM_INLINE Taylor<C, N>

NM_TAYLOR operator+(const Taylor<C, N>& a, const Taylor<C, N>& b) {
    Taylor<C, N> sum;
    for (int k = 0; k <= N; ++k) sum.c[k] = a.c[k] + b.c[k];
    return sum;
}
NM_TAYLOR operator-(const Taylor<C, N>& a, const Taylor<C, N>& b) {
    Taylor<C, N> difference;
    for (int k = 0; k <= N; ++k) difference.c[k] = a.c[k] - b.c[k];
    return difference;
}
NM_TAYLOR operator-(const Taylor<C, N>& a) {
    Taylor<C, N> negative;
    for (int k = 0; k <= N; ++k) negative.c[k] = -a.c[k];
    return negative;
}
NM_TAYLOR operator*(const Taylor<C, N>& a, const Taylor<C, N>& b) {
    Taylor<C, N> product;
    for (int k = 0; k <= N; ++k) {
        C sum = a.c[0] * b.c[k];
        for (int j = 1; j <= k; ++j) sum = fma(a.c[j], b.c[k - j], sum);
        product.c[k] = sum;
    }
    return product;
}
NM_TAYLOR square(const Taylor<C, N>& a) {
    Taylor<C, N> product;
    product.c[0] = square(a.c[0]);
    for (int k = 1; k <= N; ++k) {
        C sum = a.c[0] * a.c[k];
        for (int j = 1; 2 * j < k; ++j) sum = fma(a.c[j], a.c[k - j], sum);
        sum = sum + sum;
        product.c[k] = k % 2 == 0 ? fma(a.c[k / 2], a.c[k / 2], sum) : sum;
    }
    return product;
}
NM_TAYLOR operator/(const Taylor<C, N>& a, const Taylor<C, N>& b) {
    Taylor<C, N> quotient;
    C inverse = reciprocal(b.c[0]);
    for (int k = 0; k <= N; ++k) {
        C rest = a.c[k];
        for (int j = 1; j <= k; ++j) rest = fnma(b.c[j], quotient.c[k - j], rest);
        quotient.c[k] = rest * inverse;
    }
    return quotient;
}
NM_TAYLOR reciprocal(const Taylor<C, N>& b) {
    Taylor<C, N> quotient;
    quotient.c[0] = reciprocal(b.c[0]);
    for (int k = 1; k <= N; ++k) {
        C rest = C::zero();
        for (int j = 1; j <= k; ++j) rest = fnma(b.c[j], quotient.c[k - j], rest);
        quotient.c[k] = rest * quotient.c[0];
    }
    return quotient;
}
NM_TAYLOR fma(const Taylor<C, N>& a, const Taylor<C, N>& b, const Taylor<C, N>& c) {
    Taylor<C, N> result;
    for (int k = 0; k <= N; ++k) {
        C sum = c.c[k];
        for (int j = 0; j <= k; ++j) sum = fma(a.c[j], b.c[k - j], sum);
        result.c[k] = sum;
    }
    return result;
}
NM_TAYLOR fms(const Taylor<C, N>& a, const Taylor<C, N>& b, const Taylor<C, N>& c) { return fma(a, b, -c); }
NM_TAYLOR fnma(const Taylor<C, N>& a, const Taylor<C, N>& b, const Taylor<C, N>& c) {
    Taylor<C, N> result;
    for (int k = 0; k <= N; ++k) {
        C sum = c.c[k];
        for (int j = 0; j <= k; ++j) sum = fnma(a.c[j], b.c[k - j], sum);
        result.c[k] = sum;
    }
    return result;
}

#undef NM_TAYLOR

// Multiplication by a constant k of the coefficient field (real or complex) acts on each coefficient.
#define NM_TAYLOR_SCALE template <class F, class C, int N> NM_INLINE Taylor<C, N>

NM_TAYLOR_SCALE operator*(const F& k, const Taylor<C, N>& a) {
    Taylor<C, N> result;
    for (int i = 0; i <= N; ++i) result.c[i] = k * a.c[i];
    return result;
}
NM_TAYLOR_SCALE fma(const F& k, const Taylor<C, N>& a, const Taylor<C, N>& c) {
    Taylor<C, N> result;
    for (int i = 0; i <= N; ++i) result.c[i] = fma(k, a.c[i], c.c[i]);
    return result;
}
NM_TAYLOR_SCALE fms(const F& k, const Taylor<C, N>& a, const Taylor<C, N>& c) {
    Taylor<C, N> result;
    for (int i = 0; i <= N; ++i) result.c[i] = fms(k, a.c[i], c.c[i]);
    return result;
}
NM_TAYLOR_SCALE fnma(const F& k, const Taylor<C, N>& a, const Taylor<C, N>& c) {
    Taylor<C, N> result;
    for (int i = 0; i <= N; ++i) result.c[i] = fnma(k, a.c[i], c.c[i]);
    return result;
}

#undef NM_TAYLOR_SCALE

template <class C, int N>
NM_INLINE C constant_term(const Taylor<C, N>& a) {
    return a.c[0];
}

}  // namespace neuromanifold::NM_ISA
