// A block of paths travels together, one path per SIMD lane. `Lanes` is one real number of each path, `Mask` one truth value.
//
// This header and every header that includes it are compiled once per instruction set, each time inside its own namespace
// NM_ISA, so that the linker never mixes code meant for different processors. They use no standard containers for the same reason.
#pragma once

#include <cstdint>

#if defined(__AVX2__) || defined(__AVX512F__) || defined(__SSE2__)
#include <immintrin.h>
#elif defined(__aarch64__)
#include <arm_neon.h>
#endif

#if !defined(NM_LANES) || !defined(NM_ISA)
#error "define NM_LANES (paths per block) and NM_ISA (a namespace)"
#endif

// Errors are bounded and results reproduced by the rules of IEEE arithmetic.
#if defined(__FAST_MATH__) || defined(__ASSOCIATIVE_MATH__) || defined(__RECIPROCAL_MATH__) || __FINITE_MATH_ONLY__ || __FLT_EVAL_METHOD__ % 16 != 0
#error "compile without -ffast-math and its parts, and without x87 arithmetic"
#endif

#define NM_INLINE [[gnu::always_inline]] inline
#define NM_LAMBDA __attribute__((always_inline))

namespace neuromanifold::NM_ISA {

inline constexpr int K = NM_LANES;

typedef double Doubles __attribute__((vector_size(8 * NM_LANES)));
typedef std::int64_t Integers __attribute__((vector_size(8 * NM_LANES)));

struct Mask {
    Integers v;  // all ones where true

    NM_INLINE friend Mask operator&(Mask a, Mask b) { return {a.v & b.v}; }
    NM_INLINE friend Mask operator|(Mask a, Mask b) { return {a.v | b.v}; }
    NM_INLINE friend Mask operator~(Mask a) { return {~a.v}; }
    NM_INLINE bool operator[](int lane) const { return v[lane] != 0; }
    NM_INLINE void set(int lane, bool value) { v[lane] = value ? -1 : 0; }
};

NM_INLINE bool any(Mask mask) {
#if NM_LANES == 8 && defined(__AVX512DQ__)
    return _mm512_movepi64_mask(reinterpret_cast<__m512i>(mask.v)) != 0;
#elif NM_LANES == 4 && defined(__AVX2__)
    return _mm256_movemask_pd(reinterpret_cast<__m256d>(mask.v)) != 0;
#elif NM_LANES == 2 && defined(__SSE2__)
    return _mm_movemask_pd(reinterpret_cast<__m128d>(mask.v)) != 0;
#else
    std::int64_t total = 0;
    for (int lane = 0; lane < K; ++lane) total |= mask.v[lane];
    return total != 0;
#endif
}

struct Lanes {
    Doubles v;

    NM_INLINE static Lanes broadcast(double value) { return {Doubles{} + value}; }
    NM_INLINE static Lanes zero() { return {Doubles{}}; }
    NM_INLINE double operator[](int lane) const { return v[lane]; }
    NM_INLINE void set(int lane, double value) { v[lane] = value; }

    NM_INLINE friend Lanes operator+(Lanes a, Lanes b) { return {a.v + b.v}; }
    NM_INLINE friend Lanes operator-(Lanes a, Lanes b) { return {a.v - b.v}; }
    NM_INLINE friend Lanes operator*(Lanes a, Lanes b) { return {a.v * b.v}; }
    NM_INLINE friend Lanes operator/(Lanes a, Lanes b) { return {a.v / b.v}; }
    NM_INLINE friend Lanes operator-(Lanes a) { return {-a.v}; }
    NM_INLINE friend Mask operator<(Lanes a, Lanes b) { return {a.v < b.v}; }
    NM_INLINE friend Mask operator<=(Lanes a, Lanes b) { return {a.v <= b.v}; }
};

// Contraction by the compiler is switched off: these are the only fused operations, so every instruction set that has
// them rounds in the same way.
NM_INLINE Lanes fma(Lanes a, Lanes b, Lanes c) {
#if NM_LANES == 8 && defined(__AVX512F__)
    return {reinterpret_cast<Doubles>(_mm512_fmadd_pd(a.v, b.v, c.v))};
#elif NM_LANES == 4 && defined(__FMA__)
    return {reinterpret_cast<Doubles>(_mm256_fmadd_pd(a.v, b.v, c.v))};
#elif NM_LANES == 2 && defined(__FMA__)
    return {reinterpret_cast<Doubles>(_mm_fmadd_pd(a.v, b.v, c.v))};
#elif NM_LANES == 2 && defined(__aarch64__)
    return {reinterpret_cast<Doubles>(vfmaq_f64(reinterpret_cast<float64x2_t>(c.v), reinterpret_cast<float64x2_t>(a.v),
                                                reinterpret_cast<float64x2_t>(b.v)))};
#else
    return {a.v * b.v + c.v};
#endif
}
NM_INLINE Lanes fms(Lanes a, Lanes b, Lanes c) { return fma(a, b, -c); }   // ab - c
NM_INLINE Lanes fnma(Lanes a, Lanes b, Lanes c) { return fma(-a, b, c); }  // c - ab

NM_INLINE Lanes sqrt(Lanes a) {
#if NM_LANES == 8 && defined(__AVX512F__)
    return {reinterpret_cast<Doubles>(_mm512_maskz_sqrt_pd(0xff, a.v))};
#elif NM_LANES == 4 && defined(__AVX2__)
    return {reinterpret_cast<Doubles>(_mm256_sqrt_pd(a.v))};
#elif NM_LANES == 2 && defined(__SSE2__)
    return {reinterpret_cast<Doubles>(_mm_sqrt_pd(a.v))};
#else
    Lanes root;
    for (int lane = 0; lane < K; ++lane) root.v[lane] = __builtin_sqrt(a.v[lane]);
    return root;
#endif
}

NM_INLINE Lanes select(Mask mask, Lanes yes, Lanes no) { return {mask.v ? yes.v : no.v}; }
NM_INLINE Lanes max(Lanes a, Lanes b) { return {a.v > b.v ? a.v : b.v}; }
NM_INLINE Lanes min(Lanes a, Lanes b) { return {a.v < b.v ? a.v : b.v}; }
NM_INLINE Lanes abs(Lanes a) { return {reinterpret_cast<Doubles>(reinterpret_cast<Integers>(a.v) & INT64_MAX)}; }

// 2^-e for a in [2^e, 2^(e+1)), so that scaling by it is exact; 1 where a is zero, subnormal, infinite or NaN.
NM_INLINE Lanes reciprocal_power_of_two(Lanes a) {
    constexpr std::int64_t exponent_bits = 0x7ff0000000000000, twice_bias = 2046ll << 52, bias = 1023ll << 52;
    Integers exponent = reinterpret_cast<Integers>(a.v) & exponent_bits;
    Integers regular = (exponent > 0) & (exponent < twice_bias);
    return {reinterpret_cast<Doubles>(regular ? twice_bias - exponent : Integers{} + bias)};
}

}  // namespace neuromanifold::NM_ISA
