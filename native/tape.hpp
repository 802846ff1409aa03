// A polynomial (or rational) system F(x; p) with its Jacobian and its Taylor coefficients as programs over numbered slots.
#pragma once

#include <array>
#include <complex>
#include <cstdint>
#include <map>
#include <mutex>
#include <optional>
#include <vector>

#include "derivative.hpp"
#include "lowering.hpp"
#include "series.hpp"

namespace neuromanifold {

// The operations a caller may write. Instruction i defines value n_variables + n_parameters + n_constants + i.
enum class Opcode : std::int32_t { add, sub, mul, div, neg, square, power };

struct SourceInstruction {
    std::int32_t opcode, a, b, immediate;
};

class Tape {
   public:
    // Without a Jacobian the values are differentiated. Throws std::invalid_argument with a sentence naming the offending entry.
    Tape(std::int32_t n_variables, std::int32_t n_parameters, std::vector<std::complex<double>> constants,
         std::vector<SourceInstruction> instructions, std::vector<std::int32_t> values,
         std::optional<std::vector<std::int32_t>> jacobian);

    TapeView view() const;
    // With the Taylor coefficients for parameters that move like this.
    TapeView view(Motion) const;

    const std::int32_t n_variables, n_parameters;
    const std::vector<std::complex<double>> constants;
    const std::vector<SourceInstruction> instructions;
    const std::vector<std::int32_t> values;    // SSA index of each equation
    const std::optional<std::vector<std::int32_t>> jacobian;  // as it was given: row-major, -1 where structurally zero

    std::int32_t n_equations() const { return static_cast<std::int32_t>(values.size()); }
    // Those of the caller, small integers that differentiation needs, 1 and 0.
    const std::vector<std::complex<double>>& all_constants() const { return circuit_.constants(); }
    const Program& values_program() const { return values_; }
    const Program& full_program() const { return full_; }

   private:
    struct Expansions {
        std::once_flag once;
        std::array<Program, 3> programs;
    };

    void validate() const;
    Circuit read();
    std::vector<JacobianEntry> given_partials() const;
    std::vector<JacobianEntry> differentiated(Circuit&, const std::map<std::int32_t, std::int32_t>& integers) const;

    std::vector<std::int32_t> value_of_;  // of the caller's numbers in the circuit
    std::vector<JacobianEntry> partials_;
    Circuit circuit_;
    std::vector<std::int32_t> outputs_;
    Program values_, full_;
    mutable Expansions linear_, analytic_;  // built when they are asked for first
};

}  // namespace neuromanifold
