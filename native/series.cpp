#include "series.hpp"

#include <array>

namespace neuromanifold {

namespace {

constexpr int most = 4;
constexpr std::int32_t none = -1;  // a coefficient that is zero
using Coefficients = std::array<std::int32_t, most>;

// Arithmetic of truncated power series whose coefficients are values of a circuit.
class Arithmetic {
   public:
    Arithmetic(Circuit& circuit, int order) : circuit_(circuit), order_(order) {}

    Coefficients apply(Gate gate, const Coefficients& a, const Coefficients& b) {
        Coefficients result;
        result.fill(none);
        for (int k = 0; k <= order_; ++k) {
            switch (gate) {
                case Gate::add: result[k] = add(a[k], b[k]); break;
                case Gate::sub: result[k] = sub(a[k], b[k]); break;
                case Gate::neg: result[k] = sub(none, a[k]); break;
                case Gate::mul: result[k] = convolution(a, b, 0, k); break;
                case Gate::square: result[k] = square(a, k); break;
                case Gate::div: result[k] = quotient(sub(a[k], convolution(b, result, 1, k)), b[0]); break;
            }
        }
        return result;
    }

   private:
    std::int32_t add(std::int32_t a, std::int32_t b) {
        if (a == none) return b;
        return b == none ? a : circuit_.add(a, b);
    }
    std::int32_t sub(std::int32_t a, std::int32_t b) {
        if (b == none) return a;
        return a == none ? circuit_.neg(b) : circuit_.sub(a, b);
    }
    std::int32_t mul(std::int32_t a, std::int32_t b) { return a == none || b == none ? none : circuit_.mul(a, b); }
    std::int32_t quotient(std::int32_t a, std::int32_t b) {
        if (b == none) b = circuit_.zero();
        return a == none ? none : circuit_.mul(a, circuit_.div(circuit_.one(), b));
    }

    // sum of a_j b_{k-j} over first <= j <= k
    std::int32_t convolution(const Coefficients& a, const Coefficients& b, int first, int k) {
        std::int32_t sum = none;
        for (int j = first; j <= k; ++j) sum = add(sum, mul(a[j], b[k - j]));
        return sum;
    }
    std::int32_t square(const Coefficients& a, int k) {
        std::int32_t sum = none;
        for (int j = 0; 2 * j < k; ++j) sum = add(sum, mul(add(a[j], a[j]), a[k - j]));
        return k % 2 == 0 ? add(sum, mul(a[k / 2], a[k / 2])) : sum;
    }

    Circuit& circuit_;
    int order_;
};

}  // namespace

Series series(const Circuit& given, std::int32_t n_variables, std::int32_t n_parameters, const std::vector<std::int32_t>& values, int order,
              Motion motion) {
    int parameter_order = motion == Motion::linear ? 1 : order;
    auto n_inputs = order * n_variables + (parameter_order + 1) * n_parameters;
    Series result{Circuit(n_inputs, given.constants()), {}};
    std::vector<bool> is_needed(static_cast<std::size_t>(given.n_values()), false);
    for (auto value : values) is_needed[value] = true;
    for (auto value = given.n_values(); value-- > given.first_node();) {
        const Node& node = *given.node(value);
        if (is_needed[value]) is_needed[node.a] = is_needed[node.b] = true;
    }
    Coefficients zero;
    zero.fill(none);
    std::vector<Coefficients> coefficients(static_cast<std::size_t>(given.n_values()), zero);
    for (int k = 0; k < order; ++k) {
        for (std::int32_t i = 0; i < n_variables; ++i) coefficients[i][k] = k * n_variables + i;
    }
    for (int k = 0; k <= parameter_order; ++k) {
        for (std::int32_t i = 0; i < n_parameters; ++i) {
            coefficients[n_variables + i][k] = order * n_variables + k * n_parameters + i;
        }
    }
    for (auto value = given.n_inputs(); value < given.first_node(); ++value) {
        if (value != given.zero()) coefficients[value][0] = n_inputs + (value - given.n_inputs());
    }
    Arithmetic arithmetic(result.circuit, order);
    for (auto value = given.first_node(); value < given.n_values(); ++value) {
        const Node& node = *given.node(value);
        if (is_needed[value]) coefficients[value] = arithmetic.apply(node.gate, coefficients[node.a], coefficients[node.b]);
    }
    for (auto value : values) {
        auto coefficient = coefficients[value][order];
        result.coefficients.push_back(coefficient == none ? result.circuit.zero() : coefficient);
    }
    return result;
}

}  // namespace neuromanifold
