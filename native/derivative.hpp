// The Jacobian of a circuit, in the same circuit.
#pragma once

#include <cstdint>
#include <vector>

#include "circuit.hpp"

namespace neuromanifold {

struct Partial {
    std::int32_t column, value;
};

// The partial derivatives of a value that are not 0, by ascending columns.
using Gradient = std::vector<Partial>;

// The chain rule, forward: from the gradients of the operands that of the result. What a partial derivative is multiplied by is
// made only where it is needed; 0, 1 and -1 are simplified.
class Derivative {
   public:
    // The numbers of the constants 2 and -1 in the circuit.
    Derivative(Circuit& circuit, std::int32_t two, std::int32_t minus_one) : circuit_(circuit), two_(two), minus_one_(minus_one) {}

    Gradient variable(std::int32_t column) const { return {{column, circuit_.one()}}; }
    Gradient sum(const Gradient& a, const Gradient& b);
    Gradient difference(const Gradient& a, const Gradient& b);
    Gradient negative(const Gradient& a);
    Gradient product(std::int32_t a, const Gradient& da, std::int32_t b, const Gradient& db);
    Gradient quotient(std::int32_t q, const Gradient& da, std::int32_t b, const Gradient& db);  // of q = a/b
    Gradient square(std::int32_t a, const Gradient& da);
    Gradient power(std::int32_t a, const Gradient& da, std::int64_t exponent, std::int32_t exponent_as_constant);

   private:
    Gradient scaled(std::int32_t factor, const Gradient& a);
    template <class Both, class Right>
    Gradient merged(const Gradient& a, const Gradient& b, Both both, Right right);
    std::int32_t plus(std::int32_t a, std::int32_t b);
    std::int32_t minus(std::int32_t a, std::int32_t b);
    std::int32_t negated(std::int32_t a);
    std::int32_t times(std::int32_t a, std::int32_t b);
    const Node* negation(std::int32_t value) const;

    Circuit& circuit_;
    std::int32_t two_, minus_one_;
};

}  // namespace neuromanifold
