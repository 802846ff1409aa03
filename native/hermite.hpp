// Hermite normal forms of small integer matrices.
#pragma once

#include <cstdint>

namespace neuromanifold {

// H = U A for a unimodular U: H is upper triangular with a positive diagonal, and 0 <= H_ij < H_jj above it, which makes it unique.
// A is n x n and becomes H; U is known modulo 2^64. False where A is singular or a number does not fit into 64 bits.
bool to_hermite_form(std::int64_t* matrix, std::uint64_t* unimodular, std::int64_t n);

}  // namespace neuromanifold
