// Doubles whose multiply-add rounds twice on every processor, for results that agree to the last bit everywhere.
#pragma once

#include "complex.hpp"

namespace neuromanifold::NM_ISA {

struct Unfused {
    Lanes v;

    NM_INLINE static Unfused broadcast(double value) { return {Lanes::broadcast(value)}; }
    NM_INLINE static Unfused zero() { return {Lanes::zero()}; }

    NM_INLINE friend Unfused operator+(Unfused a, Unfused b) { return {a.v + b.v}; }
    NM_INLINE friend Unfused operator-(Unfused a, Unfused b) { return {a.v - b.v}; }
    NM_INLINE friend Unfused operator*(Unfused a, Unfused b) { return {a.v * b.v}; }
    NM_INLINE friend Unfused operator/(Unfused a, Unfused b) { return {a.v / b.v}; }
    NM_INLINE friend Unfused operator-(Unfused a) { return {-a.v}; }
    NM_INLINE friend Mask operator<(Unfused a, Unfused b) { return a.v < b.v; }
    NM_INLINE friend Mask operator<=(Unfused a, Unfused b) { return a.v <= b.v; }
};

NM_INLINE Unfused fma(Unfused a, Unfused b, Unfused c) { return {a.v * b.v + c.v}; }
NM_INLINE Unfused fms(Unfused a, Unfused b, Unfused c) { return {a.v * b.v - c.v}; }
NM_INLINE Unfused fnma(Unfused a, Unfused b, Unfused c) { return {c.v - a.v * b.v}; }
NM_INLINE Unfused abs(Unfused a) { return {abs(a.v)}; }
NM_INLINE Unfused max(Unfused a, Unfused b) { return {max(a.v, b.v)}; }
NM_INLINE Unfused select(Mask mask, Unfused yes, Unfused no) { return {select(mask, yes.v, no.v)}; }

}  // namespace neuromanifold::NM_ISA
