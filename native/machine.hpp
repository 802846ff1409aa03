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

template <class S>
[[gnu::noinline]] void run(const ProgramView& program, S* slots) {
    const Instruction* end = program.instructions + program.n_instructions;
    for (const Instruction* instruction = program.instructions; instruction != end; ++instruction) {
        S& out = slots[instruction->out];
        const S& a = slots[instruction->a];
        const S* b = slots + instruction->b;
        const S* c = slots + instruction->c;
        switch (instruction->operation) {
            case Operation::add: out = a + *b; break;
            case Operation::sub: out = a - *b; break;
            case Operation::div: out = a / *b; break;
            case Operation::neg: out = -a; break;
            case Operation::square: out = square(a); break;
            case Operation::power: out = integer_power(a, instruction->c); break;
            case Operation::mul: out = a * *b; break;
            case Operation::mul_add: out = fma(a, *b, *c); break;
            case Operation::mul_sub: out = fms(a, *b, *c); break;
            case Operation::sub_mul: out = fnma(a, *b, *c); break;
            case Operation::scale: out = constant_term(*b).re * a; break;
            case Operation::scale_add: out = fma(constant_term(*b).re, a, *c); break;
            case Operation::scale_sub: out = fms(constant_term(*b).re, a, *c); break;
            case Operation::sub_scale: out = fnma(constant_term(*b).re, a, *c); break;
            case Operation::rotate: out = constant_term(*b) * a; break;
            case Operation::rotate_add: out = fma(constant_term(*b), a, *c); break;
            case Operation::rotate_sub: out = fms(constant_term(*b), a, *c); break;
            case Operation::sub_rotate: out = fnma(constant_term(*b), a, *c); break;
        }
    }
}

}  // namespace neuromanifold::NM_ISA
