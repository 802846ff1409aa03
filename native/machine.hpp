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
    using I = const Instruction*;
    const auto a = [slots](I i) NM_LAMBDA -> const S& { return slots[i->a]; };
    const auto b = [slots](I i) NM_LAMBDA -> const S& { return slots[i->b]; };
    const auto c = [slots](I i) NM_LAMBDA -> const S& { return slots[i->c]; };
    const auto constant = [slots](I i) NM_LAMBDA { return constant_term(slots[i->b]); };
    I i = program.instructions;
    const auto repeat = [slots, &i](std::int32_t count, auto value) NM_LAMBDA {
        for (I end = i + count; i != end; ++i) slots[i->out] = value(i);
    };
    for (const Run* r = program.runs; r != program.runs + program.n_runs; ++r) {
        switch (r->operation) {
            case Operation::add: repeat(r->count, [&](I i) NM_LAMBDA { return a(i) + b(i); }); break;
            case Operation::sub: repeat(r->count, [&](I i) NM_LAMBDA { return a(i) - b(i); }); break;
            case Operation::div: repeat(r->count, [&](I i) NM_LAMBDA { return a(i) / b(i); }); break;
            case Operation::neg: repeat(r->count, [&](I i) NM_LAMBDA { return -a(i); }); break;
            case Operation::square: repeat(r->count, [&](I i) NM_LAMBDA { return square(a(i)); }); break;
            case Operation::power: repeat(r->count, [&](I i) NM_LAMBDA { return integer_power(a(i), i->c); }); break;
            case Operation::mul: repeat(r->count, [&](I i) NM_LAMBDA { return a(i) * b(i); }); break;
            case Operation::mul_add: repeat(r->count, [&](I i) NM_LAMBDA { return fma(a(i), b(i), c(i)); }); break;
            case Operation::mul_sub: repeat(r->count, [&](I i) NM_LAMBDA { return fms(a(i), b(i), c(i)); }); break;
            case Operation::sub_mul: repeat(r->count, [&](I i) NM_LAMBDA { return fnma(a(i), b(i), c(i)); }); break;
            case Operation::scale: repeat(r->count, [&](I i) NM_LAMBDA { return constant(i).re * a(i); }); break;
            case Operation::scale_add: repeat(r->count, [&](I i) NM_LAMBDA { return fma(constant(i).re, a(i), c(i)); }); break;
            case Operation::scale_sub: repeat(r->count, [&](I i) NM_LAMBDA { return fms(constant(i).re, a(i), c(i)); }); break;
            case Operation::sub_scale: repeat(r->count, [&](I i) NM_LAMBDA { return fnma(constant(i).re, a(i), c(i)); }); break;
            case Operation::rotate: repeat(r->count, [&](I i) NM_LAMBDA { return constant(i) * a(i); }); break;
            case Operation::rotate_add: repeat(r->count, [&](I i) NM_LAMBDA { return fma(constant(i), a(i), c(i)); }); break;
            case Operation::rotate_sub: repeat(r->count, [&](I i) NM_LAMBDA { return fms(constant(i), a(i), c(i)); }); break;
            case Operation::sub_rotate: repeat(r->count, [&](I i) NM_LAMBDA { return fnma(constant(i), a(i), c(i)); }); break;
        }
    }
}

}  // namespace neuromanifold::NM_ISA
