// Runs a program over any number type: complex lanes, truncated Taylor series over them, and whatever comes later.
#pragma once

#include "complex.hpp"
#include "tape.hpp"
#include "taylor.hpp"

namespace neuromanifold::NM_ISA {

template <class S>
S integer_power(S base, std::int64_t exponent) {  // exponent != 0
    bool inverted = exponent < 0;
    if (inverted) exponent = -exponent;
    while (exponent % 2 == 0) {
        base = square(base);
        exponent /= 2;
    }
    S result = base;
    while (exponent /= 2) {
        base = square(base);
        if (exponent % 2) result = result * base;
    }
    return inverted ? reciprocal(result) : result;
}

// Every operation jumps to the next one itself, so that the processor predicts each jump from the operation before it.
template <class S>
[[gnu::noinline]] void run(const ProgramView& program, S* slots) {
    // In the order of Operation.
    static const void* const labels[] = {
        &&do_add,
        &&do_sub,
        &&do_div,
        &&do_neg,
        &&do_square,
        &&do_power,
        &&do_mul,
        &&do_mul_add,
        &&do_mul_sub,
        &&do_sub_mul,
        &&do_scale,
        &&do_scale_add,
        &&do_scale_sub,
        &&do_sub_scale,
        &&do_rotate,
        &&do_rotate_add,
        &&do_rotate_sub,
        &&do_sub_rotate,
        &&do_stop,
    };
    const Instruction* instruction = program.instructions - 1;
#define NM_NEXT                                                        \
    ++instruction;                                                     \
    goto* labels[static_cast<std::int32_t>(instruction->operation)]
#define NM_OPERATION(name, value)         \
    do_##name : {                         \
        slots[instruction->out] = value;  \
        NM_NEXT;                          \
    }
#define NM_A slots[instruction->a]
#define NM_B slots[instruction->b]
#define NM_C slots[instruction->c]
#define NM_FACTOR constant_term(slots[instruction->b])
    NM_NEXT;
    NM_OPERATION(add, NM_A + NM_B)
    NM_OPERATION(sub, NM_A - NM_B)
    NM_OPERATION(div, NM_A / NM_B)
    NM_OPERATION(neg, -NM_A)
    NM_OPERATION(square, square(NM_A))
    NM_OPERATION(power, integer_power(NM_A, instruction->c))
    NM_OPERATION(mul, NM_A * NM_B)
    NM_OPERATION(mul_add, fma(NM_A, NM_B, NM_C))
    NM_OPERATION(mul_sub, fms(NM_A, NM_B, NM_C))
    NM_OPERATION(sub_mul, fnma(NM_A, NM_B, NM_C))
    NM_OPERATION(scale, NM_FACTOR.re * NM_A)
    NM_OPERATION(scale_add, fma(NM_FACTOR.re, NM_A, NM_C))
    NM_OPERATION(scale_sub, fms(NM_FACTOR.re, NM_A, NM_C))
    NM_OPERATION(sub_scale, fnma(NM_FACTOR.re, NM_A, NM_C))
    NM_OPERATION(rotate, NM_FACTOR * NM_A)
    NM_OPERATION(rotate_add, fma(NM_FACTOR, NM_A, NM_C))
    NM_OPERATION(rotate_sub, fms(NM_FACTOR, NM_A, NM_C))
    NM_OPERATION(sub_rotate, fnma(NM_FACTOR, NM_A, NM_C))
do_stop:
    return;
#undef NM_OPERATION
#undef NM_A
#undef NM_B
#undef NM_C
#undef NM_FACTOR
#undef NM_NEXT
}

}  // namespace neuromanifold::NM_ISA
