// What the machine executes: operations on numbered slots, as plain data.
#pragma once

#include <complex>
#include <cstdint>

namespace neuromanifold {

// Each is coded as its slot `out` and the operands; k stands for a real constant.
enum class Operation : std::int32_t {
    add,     // a + b
    sub,     // a - b
    neg,     // -a
    mul,     // a b
    square,  // a a
    scale,   // k a
    div,     // a / b
    // Sums of any length: out, how many terms of each kind follow the first one, their operands. They begin with
    sum_of_values,    // a
    sum_of_products,  // a b
    sum_of_multiples, // k a
    negative_sum,     // 0
};

// The terms of a sum, in this order: a, a b and k a to be added, and the same to be subtracted.
inline constexpr int n_kinds = 6;

// A program is a sequence of runs, each the same operation a number of times: one branch serves them all.
struct Run {
    Operation operation;
    std::int32_t count;
};

struct JacobianEntry {
    std::int32_t slot, row, column;
};

// What the kernels see of a program: plain pointers.
struct ProgramView {
    const Run* runs;
    std::int64_t n_runs;
    const std::int32_t* code;
    const std::int32_t* values;  // slot of each equation
    const JacobianEntry* jacobian;  // by rows
    std::int64_t n_jacobian;
    std::int32_t n_slots;
};

// visit(row, first, last) for each row with the range of its entries that are not structurally zero.
template <class Visit>
void visit_rows(const ProgramView& program, std::int32_t n_rows, Visit visit) {
    const JacobianEntry* first = program.jacobian;
    const JacobianEntry* end = first + program.n_jacobian;
    for (std::int32_t row = 0; row < n_rows; ++row) {
        const JacobianEntry* last = first;
        while (last != end && last->row == row) ++last;
        visit(row, first, last);
        first = last;
    }
}

// Slots start with the variables, the parameters and the constants, which are never overwritten.
struct TapeView {
    std::int32_t n_variables, n_parameters, n_constants, n_equations;
    const std::complex<double>* constants;
    ProgramView values;     // F
    ProgramView full;       // F and its Jacobian
    ProgramView series[3];  // its Taylor coefficients of order 1, 2 and 3, where they are asked for
    std::int32_t parameter_order[3];  // of the parameters that these read
};

}  // namespace neuromanifold
