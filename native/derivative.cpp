#include "derivative.hpp"

namespace neuromanifold {

Gradient Derivative::sum(const Gradient& a, const Gradient& b) {
    return merged(a, b, [&](auto x, auto y) { return plus(x, y); }, [](auto y) { return y; });
}

Gradient Derivative::difference(const Gradient& a, const Gradient& b) {
    return merged(a, b, [&](auto x, auto y) { return minus(x, y); }, [&](auto y) { return negated(y); });
}

Gradient Derivative::negative(const Gradient& a) { return difference({}, a); }

Gradient Derivative::product(std::int32_t a, const Gradient& da, std::int32_t b, const Gradient& db) {
    if (a == b) return square(a, da);
    return sum(scaled(b, da), scaled(a, db));
}

Gradient Derivative::quotient(std::int32_t q, const Gradient& da, std::int32_t b, const Gradient& db) {
    if (da.empty() && db.empty()) return {};
    auto inverse = circuit_.div(circuit_.one(), b);
    return difference(scaled(inverse, da), db.empty() ? db : scaled(times(q, inverse), db));
}

Gradient Derivative::square(std::int32_t a, const Gradient& da) {
    if (da.empty()) return {};
    return scaled(times(two_, a), da);
}

Gradient Derivative::power(std::int32_t a, const Gradient& da, std::int64_t exponent, std::int32_t exponent_as_constant) {
    if (da.empty() || exponent == 0) return {};
    return scaled(times(exponent_as_constant, circuit_.power(a, exponent - 1)), da);
}

Gradient Derivative::scaled(std::int32_t factor, const Gradient& a) {
    Gradient result;
    for (auto [column, value] : a) result.push_back({column, times(factor, value)});
    return result;
}

template <class Both, class Right>
Gradient Derivative::merged(const Gradient& a, const Gradient& b, Both both, Right right) {
    Gradient result;
    auto put = [&](std::int32_t column, std::int32_t value) {
        if (value != circuit_.zero()) result.push_back({column, value});
    };
    auto i = a.begin(), j = b.begin();
    while (i != a.end() || j != b.end()) {
        if (j == b.end() || (i != a.end() && i->column < j->column)) {
            put(i->column, i->value), ++i;
        } else if (i == a.end() || j->column < i->column) {
            put(j->column, right(j->value)), ++j;
        } else {
            put(i->column, both(i->value, j->value)), ++i, ++j;
        }
    }
    return result;
}

const Node* Derivative::negation(std::int32_t value) const {
    const Node* node = circuit_.node(value);
    return node && node->gate == Gate::neg ? node : nullptr;
}

std::int32_t Derivative::plus(std::int32_t a, std::int32_t b) {
    if (const auto* node = negation(b)) return minus(a, node->a);
    if (const auto* node = negation(a)) return minus(b, node->a);
    return a == b ? times(two_, a) : circuit_.add(a, b);
}

std::int32_t Derivative::minus(std::int32_t a, std::int32_t b) {
    if (a == b) return circuit_.zero();
    if (const auto* node = negation(b)) return plus(a, node->a);
    return circuit_.sub(a, b);
}

std::int32_t Derivative::negated(std::int32_t a) {
    if (a == circuit_.one()) return minus_one_;
    if (a == minus_one_) return circuit_.one();
    const Node* node = circuit_.node(a);
    if (node && node->gate == Gate::neg) return node->a;
    if (node && node->gate == Gate::sub) return circuit_.sub(node->b, node->a);
    return circuit_.neg(a);
}

std::int32_t Derivative::times(std::int32_t a, std::int32_t b) {
    if (a == circuit_.one()) return b;
    if (b == circuit_.one()) return a;
    if (a == minus_one_) return negated(b);
    if (b == minus_one_) return negated(a);
    return circuit_.mul(a, b);
}

}  // namespace neuromanifold
