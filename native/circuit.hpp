// A circuit in single-assignment form over +, -, *, / and squares, in which equal nodes are one.
#pragma once

#include <complex>
#include <cstdint>
#include <unordered_map>
#include <vector>

namespace neuromanifold {

enum class Gate : std::int8_t { add, sub, mul, div, neg, square };

struct Node {
    Gate gate;
    std::int32_t a, b;  // b = a where there is one operand
};

// Values are numbered: the inputs, the constants, of which the last two are 1 and 0, and then the nodes.
class Circuit {
   public:
    Circuit(std::int32_t n_inputs, std::vector<std::complex<double>> constants)
        : n_inputs_(n_inputs), constants_(std::move(constants)), first_node_(n_inputs + static_cast<std::int32_t>(constants_.size())) {}

    std::int32_t n_inputs() const { return n_inputs_; }
    std::int32_t first_node() const { return first_node_; }
    std::int32_t n_values() const { return first_node_ + static_cast<std::int32_t>(nodes_.size()); }
    std::int32_t one() const { return first_node_ - 2; }
    std::int32_t zero() const { return first_node_ - 1; }

    const std::vector<Node>& nodes() const { return nodes_; }
    const Node* node(std::int32_t value) const { return value < first_node_ ? nullptr : &nodes_[static_cast<std::size_t>(value - first_node_)]; }
    const std::vector<std::complex<double>>& constants() const { return constants_; }
    // The number that a value always has, or null.
    const std::complex<double>* constant(std::int32_t value) const {
        return value >= n_inputs_ && value < first_node_ ? &constants_[static_cast<std::size_t>(value - n_inputs_)] : nullptr;
    }

    std::int32_t add(std::int32_t a, std::int32_t b) { return insert(Gate::add, a, b); }
    std::int32_t sub(std::int32_t a, std::int32_t b) { return insert(Gate::sub, a, b); }
    std::int32_t mul(std::int32_t a, std::int32_t b) { return a == b ? square(a) : insert(Gate::mul, a, b); }
    std::int32_t div(std::int32_t a, std::int32_t b) { return insert(Gate::div, a, b); }
    std::int32_t neg(std::int32_t a) { return insert(Gate::neg, a, a); }
    std::int32_t square(std::int32_t a) { return insert(Gate::square, a, a); }
    std::int32_t power(std::int32_t a, std::int64_t exponent);

   private:
    struct Key {
        Gate gate;
        std::int32_t a, b;
        bool operator==(const Key&) const = default;
    };
    struct Hash {
        std::size_t operator()(const Key& key) const {
            auto word = (static_cast<std::uint64_t>(static_cast<std::uint32_t>(key.a)) << 32) | static_cast<std::uint32_t>(key.b);
            return static_cast<std::size_t>((word ^ (static_cast<std::uint64_t>(key.gate) << 60)) * 0x9e3779b97f4a7c15u >> 16);
        }
    };

    std::int32_t insert(Gate gate, std::int32_t a, std::int32_t b);

    std::int32_t n_inputs_;
    std::vector<std::complex<double>> constants_;
    std::int32_t first_node_;
    std::vector<Node> nodes_;
    std::unordered_map<Key, std::int32_t, Hash> known_;
};

}  // namespace neuromanifold
