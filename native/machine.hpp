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
#define NM_OPERATION(name, value)                   \
    do_##name : {                                   \
        S& out = slots[instruction->out];           \
        const S& a = slots[instruction->a];         \
        [[maybe_unused]] const S& b = slots[instruction->b]; \
        [[maybe_unused]] const S& c = slots[instruction->c]; \
        out = value;                                \
        NM_NEXT;                                    \
    }
    NM_NEXT;
    NM_OPERATION(add, a + b)
    NM_OPERATION(sub, a - b)
    NM_OPERATION(div, a / b)
    NM_OPERATION(neg, -a)
    NM_OPERATION(square, square(a))
    NM_OPERATION(power, integer_power(a, instruction->c))
    NM_OPERATION(mul, a * b)
    NM_OPERATION(mul_add, fma(a, b, c))
    NM_OPERATION(mul_sub, fms(a, b, c))
    NM_OPERATION(sub_mul, fnma(a, b, c))
    NM_OPERATION(scale, constant_term(b).re * a)
    NM_OPERATION(scale_add, fma(constant_term(b).re, a, c))
    NM_OPERATION(scale_sub, fms(constant_term(b).re, a, c))
    NM_OPERATION(sub_scale, fnma(constant_term(b).re, a, c))
    NM_OPERATION(rotate, constant_term(b) * a)
    NM_OPERATION(rotate_add, fma(constant_term(b), a, c))
    NM_OPERATION(rotate_sub, fms(constant_term(b), a, c))
    NM_OPERATION(sub_rotate, fnma(constant_term(b), a, c))
do_stop:
    return;
#undef NM_OPERATION
#undef NM_NEXT
}

}  // namespace neuromanifold::NM_ISA
