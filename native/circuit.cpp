#include "circuit.hpp"

namespace neuromanifold {

std::int32_t Circuit::insert(Gate gate, std::int32_t a, std::int32_t b) {
    bool commutes = gate == Gate::add || gate == Gate::mul;
    Key key = commutes && b < a ? Key{gate, b, a} : Key{gate, a, b};
    auto [place, is_new] = known_.try_emplace(key, n_values());
    if (is_new) nodes_.push_back({gate, a, b});
    return place->second;
}

std::int32_t Circuit::power(std::int32_t a, std::int64_t exponent) {
    if (exponent == 0) return one();
    if (exponent < 0) return div(one(), power(a, -exponent));
    while (exponent % 2 == 0) {
        a = square(a);
        exponent /= 2;
    }
    auto result = a;
    while (exponent /= 2) {
        a = square(a);
        if (exponent % 2) result = mul(result, a);
    }
    return result;
}

}  // namespace neuromanifold
