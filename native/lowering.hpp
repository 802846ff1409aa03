// From circuits to programs.
#pragma once

#include <cstdint>
#include <vector>

#include "circuit.hpp"
#include "program.hpp"

namespace neuromanifold {

struct Program {
    std::vector<Run> runs;
    std::vector<std::int32_t> code;
    std::vector<std::int32_t> values;
    std::vector<JacobianEntry> jacobian;
    std::int32_t n_slots = 0;

    ProgramView view() const;
    std::int64_t n_operations() const;
};

// A program for some values of a circuit, the partials naming theirs in place of slots. The inputs and constants of the circuit
// are the first slots, which are never overwritten.
Program lowered(const Circuit&, const std::vector<std::int32_t>& values, const std::vector<JacobianEntry>& partials);

}  // namespace neuromanifold
