// The exponential function in every lane, from the operations that all instruction sets share.
#pragma once

#include "lanes.hpp"

namespace neuromanifold::NM_ISA {

// e^x for x <= 0, within a few units in the last place; below e^-700 it is e^-700, and e^0 = 1 exactly.
NM_INLINE Lanes exponential(Lanes x) {
    constexpr double log2_high = 6.93147180369123816490e-01, log2_low = 1.90821492927058770002e-10;
    constexpr double to_integer = 6755399441055744.0;  // 1.5 * 2^52: adding it rounds to integers
    constexpr int terms = 13;
    x = max(x, Lanes::broadcast(-700.0));
    Lanes shifted = fma(x, Lanes::broadcast(1.44269504088896340736), Lanes::broadcast(to_integer));
    Lanes whole = shifted - Lanes::broadcast(to_integer);
    Lanes rest = fnma(whole, Lanes::broadcast(log2_low), fnma(whole, Lanes::broadcast(log2_high), x));
    double coefficient = 1;
    for (int k = 2; k <= terms; ++k) coefficient /= k;
    Lanes sum = Lanes::broadcast(coefficient);
    for (int k = terms; k >= 1; --k) {
        coefficient *= k;
        sum = fma(sum, rest, Lanes::broadcast(coefficient));
    }
    // The low bits of `shifted` are the integer; in the exponent's place they multiply by a power of 2.
    Integers exponent = reinterpret_cast<Integers>(shifted.v) << 52;
    return {reinterpret_cast<Doubles>(reinterpret_cast<Integers>(sum.v) + exponent)};
}

}  // namespace neuromanifold::NM_ISA
