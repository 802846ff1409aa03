// A polynomial (or rational) system F(x; p) with its Jacobian as two linear programs over numbered slots.
#pragma once

#include <complex>
#include <cstdint>
#include <span>
#include <vector>

namespace neuromanifold {

// The operations a caller may write. Instruction i defines value n_variables + n_parameters + n_constants + i.
enum class Opcode : std::int32_t { add, sub, mul, div, neg, square, power };

struct SourceInstruction {
    std::int32_t opcode, a, b, immediate;
};

// The operations the machine executes. `scale` multiplies by a real constant b, `rotate` by a complex constant b.
enum class Operation : std::int32_t {
    add,         // a + b
    sub,         // a - b
    div,         // a / b
    neg,         // -a
    square,      // a a
    power,       // a^c, c an exponent
    mul,         // a b
    mul_add,     // a b + c
    mul_sub,     // a b - c
    sub_mul,     // c - a b
    scale,       // the same four with a real constant b
    scale_add,
    scale_sub,
    sub_scale,
    rotate,      // the same four with a complex constant b
    rotate_add,
    rotate_sub,
    sub_rotate,
};

struct Instruction {
    std::int32_t out, a, b, c;
};

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
    const Instruction* instructions;
    const std::int32_t* values;  // slot of each equation
    const JacobianEntry* jacobian;
    std::int64_t n_jacobian;
    std::int32_t n_slots;
};

// Slots start with the variables, the parameters and the constants, which are never overwritten.
struct TapeView {
    std::int32_t n_variables, n_parameters, n_constants, n_equations;
    const std::complex<double>* constants;
    ProgramView values;  // F
    ProgramView full;    // F and its Jacobian
};

struct Program {
    std::vector<Run> runs;
    std::vector<Instruction> instructions;
    std::vector<std::int32_t> values;
    std::vector<JacobianEntry> jacobian;
    std::int32_t n_slots = 0;

    ProgramView view() const;
};

class Tape {
   public:
    // Throws std::invalid_argument with a sentence naming the offending entry.
    Tape(std::int32_t n_variables, std::int32_t n_parameters, std::vector<std::complex<double>> constants,
         std::vector<SourceInstruction> instructions, std::vector<std::int32_t> values,
         std::vector<std::int32_t> jacobian);

    TapeView view() const;

    const std::int32_t n_variables, n_parameters;
    const std::vector<std::complex<double>> constants;
    const std::vector<SourceInstruction> instructions;
    const std::vector<std::int32_t> values;    // SSA index of each equation
    const std::vector<std::int32_t> jacobian;  // row-major, -1 where structurally zero

    std::int32_t n_equations() const { return static_cast<std::int32_t>(values.size()); }
    const Program& values_program() const { return values_; }
    const Program& full_program() const { return full_; }

   private:
    void validate() const;
    std::vector<std::complex<double>> pool_;  // the constants and a final 1
    Program values_, full_;
};

}  // namespace neuromanifold
