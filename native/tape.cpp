#include "tape.hpp"

#include <cmath>
#include <stdexcept>
#include <string>
#include <utility>

namespace neuromanifold {

namespace {

bool is_binary(Opcode opcode) {
    return opcode == Opcode::add || opcode == Opcode::sub || opcode == Opcode::mul || opcode == Opcode::div;
}

[[noreturn]] void refuse(const std::string& sentence) { throw std::invalid_argument(sentence); }

std::string number(std::int64_t value) { return std::to_string(value); }

}  // namespace

Tape::Tape(std::int32_t n_variables_, std::int32_t n_parameters_, std::vector<std::complex<double>> constants_,
           std::vector<SourceInstruction> instructions_, std::vector<std::int32_t> values_in,
           std::optional<std::vector<std::int32_t>> jacobian_)
    : n_variables(n_variables_),
      n_parameters(n_parameters_),
      constants(std::move(constants_)),
      instructions(std::move(instructions_)),
      values(std::move(values_in)),
      jacobian(std::move(jacobian_)),
      circuit_(read()) {
    for (auto value : values) outputs_.push_back(value_of_[value]);
    values_ = lowered(circuit_, outputs_, {});
    full_ = lowered(circuit_, outputs_, partials_);
}

Circuit Tape::read() {
    validate();
    auto pool = constants;
    std::map<std::int32_t, std::int32_t> integers;  // exponents that come down as factors
    auto n_inputs = n_variables + n_parameters;
    auto n_given = n_inputs + static_cast<std::int32_t>(constants.size());
    if (!jacobian) {
        integers = {{-1, 0}, {2, 0}};
        for (const auto& i : instructions) {
            if (static_cast<Opcode>(i.opcode) == Opcode::power) integers[i.immediate];
        }
        for (auto& [integer, place] : integers) {
            place = n_inputs + static_cast<std::int32_t>(pool.size());
            pool.push_back(integer);
        }
    }
    pool.insert(pool.end(), {1.0, 0.0});
    Circuit circuit(n_inputs, std::move(pool));
    for (std::int32_t i = 0; i < n_given; ++i) value_of_.push_back(i);
    for (const auto& [opcode, first, second, immediate] : instructions) {
        auto a = value_of_[first], b = is_binary(static_cast<Opcode>(opcode)) ? value_of_[second] : a;
        std::int32_t value = 0;
        switch (static_cast<Opcode>(opcode)) {
            case Opcode::add: value = circuit.add(a, b); break;
            case Opcode::sub: value = circuit.sub(a, b); break;
            case Opcode::mul: value = circuit.mul(a, b); break;
            case Opcode::div: value = circuit.div(a, b); break;
            case Opcode::neg: value = circuit.neg(a); break;
            case Opcode::square: value = circuit.square(a); break;
            case Opcode::power: value = circuit.power(a, immediate); break;
        }
        value_of_.push_back(value);
    }
    partials_ = jacobian ? given_partials() : differentiated(circuit, integers);
    return circuit;
}

std::vector<JacobianEntry> Tape::given_partials() const {
    std::vector<JacobianEntry> partials;
    for (std::int32_t k = 0; k < static_cast<std::int32_t>(jacobian->size()); ++k) {
        if ((*jacobian)[k] >= 0) partials.push_back({value_of_[(*jacobian)[k]], k / n_variables, k % n_variables});
    }
    return partials;
}

std::vector<JacobianEntry> Tape::differentiated(Circuit& circuit, const std::map<std::int32_t, std::int32_t>& integers) const {
    Derivative derivative(circuit, integers.at(2), integers.at(-1));
    std::vector<Gradient> gradients(value_of_.size());
    for (std::int32_t j = 0; j < n_variables; ++j) gradients[j] = derivative.variable(j);
    auto number = value_of_.size() - instructions.size();
    for (const auto& [opcode, first, second, immediate] : instructions) {
        auto a = value_of_[first];
        const auto& da = gradients[first];
        auto& gradient = gradients[number];
        switch (static_cast<Opcode>(opcode)) {
            case Opcode::add: gradient = derivative.sum(da, gradients[second]); break;
            case Opcode::sub: gradient = derivative.difference(da, gradients[second]); break;
            case Opcode::mul: gradient = derivative.product(a, da, value_of_[second], gradients[second]); break;
            case Opcode::div: gradient = derivative.quotient(value_of_[number], da, value_of_[second], gradients[second]); break;
            case Opcode::neg: gradient = derivative.negative(da); break;
            case Opcode::square: gradient = derivative.square(a, da); break;
            case Opcode::power: gradient = derivative.power(a, da, immediate, integers.at(immediate)); break;
        }
        ++number;
    }
    std::vector<JacobianEntry> partials;
    for (std::int32_t i = 0; i < n_equations(); ++i) {
        for (auto [column, value] : gradients[values[i]]) partials.push_back({value, i, column});
    }
    return partials;
}

void Tape::validate() const {
    if (n_variables < 1) refuse("n_variables is " + number(n_variables) + "; a system needs at least one variable.");
    if (n_parameters < 0) refuse("n_parameters is " + number(n_parameters) + "; give 0 if there are none.");
    if (values.empty()) refuse("values is empty; a system needs at least one equation.");
    const auto size = static_cast<std::size_t>(n_variables) * values.size();
    if (jacobian && jacobian->size() != size) {
        refuse("jacobian has " + number(static_cast<std::int64_t>(jacobian->size())) + " entries; it needs n_equations x n_variables = " +
               number(static_cast<std::int64_t>(values.size()) * n_variables) + ".");
    }
    for (std::size_t i = 0; i < constants.size(); ++i) {
        if (!std::isfinite(constants[i].real()) || !std::isfinite(constants[i].imag())) {
            refuse("constants[" + number(static_cast<std::int64_t>(i)) + "] is not finite.");
        }
    }
    std::int64_t n_inputs = std::int64_t{n_variables} + n_parameters + static_cast<std::int64_t>(constants.size());
    std::int64_t n_values = n_inputs + static_cast<std::int64_t>(instructions.size());
    if (n_values >= INT32_MAX) refuse("the tape has " + number(n_values) + " values; at most 2147483646 can be numbered.");
    for (std::size_t i = 0; i < instructions.size(); ++i) {
        const auto& instruction = instructions[i];
        auto defined = n_inputs + static_cast<std::int64_t>(i);
        auto where = "instructions[" + number(static_cast<std::int64_t>(i)) + "]";
        if (instruction.opcode < 0 || instruction.opcode > static_cast<std::int32_t>(Opcode::power)) {
            refuse(where + " has opcode " + number(instruction.opcode) + "; use a member of Opcode.");
        }
        auto check = [&](std::int32_t operand) {
            if (operand < 0 || operand >= defined) {
                refuse(where + " reads value " + number(operand) + "; it may read values 0 to " + number(defined - 1) + ".");
            }
        };
        check(instruction.a);
        if (is_binary(static_cast<Opcode>(instruction.opcode))) check(instruction.b);
    }
    for (std::size_t i = 0; i < values.size(); ++i) {
        if (values[i] < 0 || values[i] >= n_values) {
            refuse("values[" + number(static_cast<std::int64_t>(i)) + "] is " + number(values[i]) + "; the tape has values 0 to " +
                   number(n_values - 1) + ".");
        }
    }
    for (std::size_t i = 0; jacobian && i < jacobian->size(); ++i) {
        if ((*jacobian)[i] < -1 || (*jacobian)[i] >= n_values) {
            refuse("jacobian[" + number(static_cast<std::int64_t>(i) / n_variables) + ", " +
                   number(static_cast<std::int64_t>(i) % n_variables) + "] is " + number((*jacobian)[i]) + "; the tape has values 0 to " +
                   number(n_values - 1) + ", and -1 stands for a structural zero.");
        }
    }
}

TapeView Tape::view() const {
    const auto& pool = circuit_.constants();
    return {n_variables, n_parameters, static_cast<std::int32_t>(pool.size()), n_equations(), pool.data(), values_.view(), full_.view(), {}, {}};
}

TapeView Tape::view(Motion motion) const {
    auto& expansions = motion == Motion::linear ? linear_ : analytic_;
    std::call_once(expansions.once, [&] {
        for (int order = 1; order <= 3; ++order) {
            auto expanded = series(circuit_, n_variables, n_parameters, outputs_, order, motion);
            expansions.programs[order - 1] = lowered(expanded.circuit, expanded.coefficients, {});
        }
    });
    auto result = view();
    for (int k = 0; k < 3; ++k) {
        result.series[k] = expansions.programs[k].view();
        result.parameter_order[k] = motion == Motion::linear ? 1 : k + 1;
    }
    return result;
}

}  // namespace neuromanifold
