// Runs a program over any number type: complex lanes, double-doubles, balls, and whatever comes later.
#pragma once

#include "complex.hpp"
#include "program.hpp"

namespace neuromanifold::NM_ISA {

// One sum of a program, from its first term on; returns where the code goes on.
template <class S>
NM_INLINE const std::int32_t* add_up(const std::int32_t* at, const std::int32_t* counts, S sum, S* slots, S& out) {
    const std::int32_t* end;
    for (end = at + counts[0]; at != end; ++at) sum = sum + slots[at[0]];
    for (end = at + 2 * counts[1]; at != end; at += 2) sum = fma(slots[at[0]], slots[at[1]], sum);
    for (end = at + 2 * counts[2]; at != end; at += 2) sum = fma(slots[at[0]].re, slots[at[1]], sum);
    for (end = at + counts[3]; at != end; ++at) sum = sum - slots[at[0]];
    for (end = at + 2 * counts[4]; at != end; at += 2) sum = fnma(slots[at[0]], slots[at[1]], sum);
    for (end = at + 2 * counts[5]; at != end; at += 2) sum = fnma(slots[at[0]].re, slots[at[1]], sum);
    out = sum;
    return at;
}

template <class S>
[[gnu::noinline]] void run(const ProgramView& program, S* slots) {
    using At = const std::int32_t*;
    At at = program.code;
    const auto a = [slots, &at]() NM_LAMBDA -> const S& { return slots[at[1]]; };
    const auto b = [slots, &at]() NM_LAMBDA -> const S& { return slots[at[2]]; };
    for (const Run* r = program.runs; r != program.runs + program.n_runs; ++r) {
        const auto repeat = [slots, &at, r](int length, auto value) NM_LAMBDA {
            for (At end = at + std::int64_t{length} * r->count; at != end; at += length) slots[at[0]] = value();
        };
        const auto sums = [slots, &at, r](int length, auto first) NM_LAMBDA {
            for (std::int32_t k = 0; k < r->count; ++k) {
                At operands = at + 1 + n_kinds;
                at = add_up(operands + length, at + 1, first(operands), slots, slots[at[0]]);
            }
        };
        switch (r->operation) {
            case Operation::add: repeat(3, [&]() NM_LAMBDA { return a() + b(); }); break;
            case Operation::sub: repeat(3, [&]() NM_LAMBDA { return a() - b(); }); break;
            case Operation::neg: repeat(2, [&]() NM_LAMBDA { return -a(); }); break;
            case Operation::mul: repeat(3, [&]() NM_LAMBDA { return a() * b(); }); break;
            case Operation::square: repeat(2, [&]() NM_LAMBDA { return square(a()); }); break;
            case Operation::scale: repeat(3, [&]() NM_LAMBDA { return a().re * b(); }); break;
            case Operation::div: repeat(3, [&]() NM_LAMBDA { return a() / b(); }); break;
            case Operation::sum_of_values: sums(1, [slots](At at) NM_LAMBDA { return slots[at[0]]; }); break;
            case Operation::sum_of_products: sums(2, [slots](At at) NM_LAMBDA { return slots[at[0]] * slots[at[1]]; }); break;
            case Operation::sum_of_multiples: sums(2, [slots](At at) NM_LAMBDA { return slots[at[0]].re * slots[at[1]]; }); break;
            case Operation::negative_sum: sums(0, [](At) NM_LAMBDA { return S::zero(); }); break;
        }
    }
}

}  // namespace neuromanifold::NM_ISA
