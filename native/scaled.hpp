// Complex numbers in plain formulas, and with exponents of their own so that no product overflows.
#pragma once

#include <algorithm>
#include <bit>
#include <cmath>
#include <complex>
#include <cstdint>

namespace neuromanifold {

using Scalar = std::complex<double>;

// Plain formulas: the operators of the standard library look for infinities, and may call a function.
inline Scalar product(Scalar a, Scalar b) { return {a.real() * b.real() - a.imag() * b.imag(), a.real() * b.imag() + a.imag() * b.real()}; }
inline Scalar difference(Scalar c, Scalar a, Scalar b) {  // c - a b
    return {c.real() - (a.real() * b.real() - a.imag() * b.imag()), c.imag() - (a.real() * b.imag() + a.imag() * b.real())};
}
inline double norm(Scalar a) { return a.real() * a.real() + a.imag() * a.imag(); }
inline Scalar quotient(Scalar a, Scalar b) {
    double scale = 1 / norm(b);
    return product(a, {b.real() * scale, -b.imag() * scale});
}
// z 2^exponent with |z| about 1.
struct Scaled {
    double re, im;
    std::int64_t exponent;
};

inline Scaled scaled(Scalar z) {
    int exponent = 0;
    double largest = std::max(std::abs(z.real()), std::abs(z.imag()));
    std::frexp(largest, &exponent);
    return {std::ldexp(z.real(), -exponent), std::ldexp(z.imag(), -exponent), exponent};
}

inline double power_of_two(std::int64_t exponent) {  // 0 below the normal numbers
    return exponent < -1022 ? 0.0 : std::bit_cast<double>(static_cast<std::uint64_t>(exponent + 1023) << 52);
}

inline Scaled product(const Scaled& a, const Scaled& b) {
    return {a.re * b.re - a.im * b.im, a.re * b.im + a.im * b.re, a.exponent + b.exponent};
}

// The same number with its larger part in [1, 2).
inline Scaled normalized(const Scaled& a) {
    auto bits = std::bit_cast<std::uint64_t>(std::max(std::abs(a.re), std::abs(a.im)));
    auto exponent = static_cast<std::int64_t>(bits >> 52) - 1023;
    double scale = power_of_two(-exponent);
    return {a.re * scale, a.im * scale, a.exponent + exponent};
}

inline Scaled power(Scaled a, std::int32_t exponent) {
    Scaled result = a;
    for (std::int32_t bit = std::bit_floor(static_cast<std::uint32_t>(exponent)) >> 1; bit > 0; bit >>= 1) {
        result = normalized(product(result, result));
        if (exponent & bit) result = normalized(product(result, a));
    }
    return result;
}

}  // namespace neuromanifold
