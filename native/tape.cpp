#include "tape.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <stdexcept>
#include <string>
#include <utility>

namespace neuromanifold {

namespace {

bool is_binary(Opcode opcode) {
    return opcode == Opcode::add || opcode == Opcode::sub || opcode == Opcode::mul || opcode == Opcode::div;
}

// Lowers the instructions that the outputs need: dead code goes, products fuse into sums, slots are reused.
class Lowering {
   public:
    Lowering(std::int32_t n_inputs, const std::vector<SourceInstruction>& source,
             const std::vector<std::complex<double>>& pool, std::int32_t first_constant, std::vector<std::int32_t> outputs)
        : n_inputs_(n_inputs),
          n_pinned_(n_inputs + 1),
          source_(source),
          pool_(pool),
          first_constant_(first_constant),
          outputs_(std::move(outputs)),
          alias_(n_inputs + source.size()),
          uses_(n_inputs + source.size() + 1, 0),
          is_fused_(source.size(), false) {
        resolve_aliases();
        count_uses();
        fuse();
        schedule();
        allocate();
    }

    struct Step {
        Operation operation;
        Instruction instruction;
    };
    const std::vector<Step>& steps() const { return code_; }
    std::int32_t n_slots() const { return n_slots_; }
    std::int32_t slot_of(std::int32_t value) const { return slot_[id(value)]; }

   private:
    // x^1 is x; x^0 is the constant 1, stored after the caller's inputs.
    static constexpr std::int32_t one = -1;

    std::int32_t resolve(std::int32_t value) const { return value == one ? one : alias_[value]; }
    // Inputs keep their numbers, the constant 1 comes next, then the instructions.
    std::int32_t id(std::int32_t value) const {
        value = resolve(value);
        if (value == one) return n_inputs_;
        return value < n_inputs_ ? value : value + 1;
    }
    std::int32_t id_of_instruction(std::size_t i) const { return n_pinned_ + static_cast<std::int32_t>(i); }
    bool is_constant(std::int32_t id) const { return id >= first_constant_ && id < n_pinned_; }

    void resolve_aliases() {
        for (std::int32_t i = 0; i < n_inputs_; ++i) alias_[i] = i;
        for (std::size_t i = 0; i < source_.size(); ++i) {
            auto value = n_inputs_ + static_cast<std::int32_t>(i);
            alias_[value] = value;
            if (static_cast<Opcode>(source_[i].opcode) == Opcode::power) {
                if (source_[i].immediate == 1) alias_[value] = alias_[source_[i].a];
                if (source_[i].immediate == 0) alias_[value] = one;
            }
        }
    }

    void count_uses() {
        for (auto value : outputs_) ++uses_[id(value)];
        for (std::size_t i = source_.size(); i-- > 0;) {
            if (uses_[id_of_instruction(i)] == 0) continue;
            ++uses_[id(source_[i].a)];
            if (is_binary(static_cast<Opcode>(source_[i].opcode))) ++uses_[id(source_[i].b)];
        }
        is_output_.assign(uses_.size(), false);
        for (auto value : outputs_) is_output_[id(value)] = true;
    }

    // Operands are ids here; slots replace them in allocate().
    Step product(std::size_t i) const {
        auto a = id(source_[i].a), b = id(source_[i].b);
        if (is_constant(a)) std::swap(a, b);
        auto operation = Operation::mul;
        if (is_constant(b)) {
            operation = pool_[b - first_constant_].imag() == 0 ? Operation::scale : Operation::rotate;
        } else if (a == b) {
            operation = Operation::square;
        }
        return {operation, {id_of_instruction(i), a, b, 0}};
    }

    // The number of the instruction defining `value` if it is a product that nobody else reads.
    std::int64_t lone_product(std::int32_t value) const {
        if (value < n_pinned_ || uses_[value] != 1 || is_output_[value]) return -1;
        auto i = static_cast<std::size_t>(value - n_pinned_);
        if (static_cast<Opcode>(source_[i].opcode) != Opcode::mul) return -1;
        if (product(i).operation == Operation::square) return -1;
        return static_cast<std::int64_t>(i);
    }

    // A lone product and the sum that reads it. The fused operations follow the product in Operation: + c, - c, c -.
    Step fused(std::int64_t factor, int kind, std::int32_t out, std::int32_t term) {
        auto step = product(static_cast<std::size_t>(factor));
        is_fused_[static_cast<std::size_t>(factor)] = true;
        return {static_cast<Operation>(static_cast<int>(step.operation) + kind), {out, step.instruction.a, step.instruction.b, term}};
    }

    Step translate(std::size_t i) {
        auto opcode = static_cast<Opcode>(source_[i].opcode);
        auto out = id_of_instruction(i);
        auto a = id(source_[i].a), b = is_binary(opcode) ? id(source_[i].b) : 0;
        switch (opcode) {
            case Opcode::mul:
                return product(i);
            case Opcode::add:
            case Opcode::sub: {
                bool is_sum = opcode == Opcode::add;
                if (auto right = lone_product(b); right >= 0) return fused(right, is_sum ? 1 : 3, out, a);
                if (auto left = lone_product(a); left >= 0) return fused(left, is_sum ? 1 : 2, out, b);
                return {is_sum ? Operation::add : Operation::sub, {out, a, b, 0}};
            }
            case Opcode::div:
                return {Operation::div, {out, a, b, 0}};
            case Opcode::neg:
                return {Operation::neg, {out, a, 0, 0}};
            case Opcode::square:
                return {Operation::square, {out, a, 0, 0}};
            case Opcode::power:
                if (source_[i].immediate == 2) return {Operation::square, {out, a, 0, 0}};
                return {Operation::power, {out, a, 0, source_[i].immediate}};
        }
        throw std::logic_error("unreachable opcode");
    }

    void fuse() {
        std::vector<Step> all;
        for (std::size_t i = 0; i < source_.size(); ++i) {
            if (uses_[id_of_instruction(i)] > 0) all.push_back(translate(i));
        }
        for (const auto& step : all) {
            if (!is_fused_[static_cast<std::size_t>(step.instruction.out - n_pinned_)]) code_.push_back(step);
        }
    }

    template <class Visit>
    static void visit_operands(Step& step, Visit visit) {
        visit(step.instruction.a);
        switch (step.operation) {
            case Operation::neg:
            case Operation::square:
            case Operation::power:
                return;
            case Operation::add:
            case Operation::sub:
            case Operation::div:
            case Operation::mul:
            case Operation::scale:
            case Operation::rotate:
                visit(step.instruction.b);
                return;
            default:
                visit(step.instruction.b);
                visit(step.instruction.c);
        }
    }

    // Reorders into long runs of the same operation, which cost one branch, with independent steps side by side, which
    // need not wait for each other. A run ends when nothing in the window can join it.
    void schedule() {
        constexpr std::int64_t latency = 3;     // steps until a result can be read without waiting
        constexpr std::size_t window = 96;      // how far a step may overtake the given order
        std::vector<std::int64_t> defined(uses_.size(), 0);
        for (const auto& step : code_) defined[step.instruction.out] = INT64_MAX;  // not yet
        std::vector<Step> placed, waiting(code_.rbegin(), code_.rend());
        placed.reserve(code_.size());
        std::vector<std::size_t> ready;  // positions in `waiting`, in the given order
        while (!waiting.empty()) {
            auto now = static_cast<std::int64_t>(placed.size());
            std::int64_t relaxed = now;
            auto end = waiting.size() > window ? waiting.size() - window : 0;
            do {
                ready.clear();
                for (auto k = waiting.size(); k-- > end;) {
                    std::int64_t when = 0;
                    visit_operands(waiting[k], [&](std::int32_t value) { when = std::max(when, defined[value]); });
                    if (when <= relaxed) ready.push_back(k);
                }
                relaxed += latency;
            } while (ready.empty());
            auto next = choose(waiting, ready, placed);
            placed.push_back(waiting[next]);
            defined[waiting[next].instruction.out] = now + latency;
            waiting.erase(waiting.begin() + static_cast<std::ptrdiff_t>(next));
        }
        code_ = std::move(placed);
    }

    // The first ready step with the operation of the current run, else the first of the most frequent operation.
    static std::size_t choose(const std::vector<Step>& waiting, const std::vector<std::size_t>& ready, const std::vector<Step>& placed) {
        std::array<std::size_t, 1 + static_cast<std::size_t>(Operation::sub_rotate)> count{};
        for (auto k : ready) ++count[static_cast<std::size_t>(waiting[k].operation)];
        auto wanted = static_cast<std::size_t>(std::max_element(count.begin(), count.end()) - count.begin());
        if (!placed.empty()) {
            auto current = static_cast<std::size_t>(placed.back().operation);
            if (count[current] > 0) wanted = current;
        }
        return *std::find_if(ready.begin(), ready.end(), [&](std::size_t k) { return static_cast<std::size_t>(waiting[k].operation) == wanted; });
    }

    void allocate() {
        std::vector<std::int64_t> last_use(uses_.size(), -1);
        for (std::size_t k = 0; k < code_.size(); ++k) {
            visit_operands(code_[k], [&](std::int32_t value) { last_use[value] = static_cast<std::int64_t>(k); });
        }
        slot_.assign(uses_.size(), -1);
        for (std::int32_t i = 0; i < n_pinned_; ++i) slot_[i] = i;
        n_slots_ = n_pinned_;
        std::vector<std::int32_t> free;
        for (std::size_t k = 0; k < code_.size(); ++k) {
            visit_operands(code_[k], [&](std::int32_t& value) {
                auto reusable = value >= n_pinned_ && !is_output_[value] && last_use[value] == static_cast<std::int64_t>(k);
                auto slot = slot_[value];
                if (reusable) {
                    free.push_back(slot);
                    last_use[value] = -1;  // an operand read twice is freed once
                }
                value = slot;
            });
            auto& slot = slot_[code_[k].instruction.out];
            if (free.empty()) {
                slot = n_slots_++;
            } else {
                slot = free.back();
                free.pop_back();
            }
            code_[k].instruction.out = slot;
        }
    }

    std::int32_t n_inputs_, n_pinned_;
    const std::vector<SourceInstruction>& source_;
    const std::vector<std::complex<double>>& pool_;
    std::int32_t first_constant_;
    std::vector<std::int32_t> outputs_;
    std::vector<std::int32_t> alias_;
    std::vector<std::int32_t> uses_;
    std::vector<bool> is_fused_, is_output_;
    std::vector<Step> code_;
    std::vector<std::int32_t> slot_;
    std::int32_t n_slots_ = 0;
};

[[noreturn]] void refuse(const std::string& sentence) { throw std::invalid_argument(sentence); }

std::string number(std::int64_t value) { return std::to_string(value); }

}  // namespace

ProgramView Program::view() const {
    return {runs.data(), static_cast<std::int64_t>(runs.size()), instructions.data(), values.data(), jacobian.data(), static_cast<std::int64_t>(jacobian.size()), n_slots};
}

Tape::Tape(std::int32_t n_variables_, std::int32_t n_parameters_, std::vector<std::complex<double>> constants_,
           std::vector<SourceInstruction> instructions_, std::vector<std::int32_t> values_in,
           std::vector<std::int32_t> jacobian_)
    : n_variables(n_variables_),
      n_parameters(n_parameters_),
      constants(std::move(constants_)),
      instructions(std::move(instructions_)),
      values(std::move(values_in)),
      jacobian(std::move(jacobian_)),
      pool_(constants) {
    validate();
    pool_.emplace_back(1.0, 0.0);
    auto n_inputs = n_variables + n_parameters + static_cast<std::int32_t>(constants.size());
    auto lower = [&](bool with_jacobian) {
        auto outputs = values;
        if (with_jacobian) {
            for (auto value : jacobian) {
                if (value >= 0) outputs.push_back(value);
            }
        }
        Lowering lowering(n_inputs, instructions, pool_, n_variables + n_parameters, outputs);
        Program program;
        for (auto value : values) program.values.push_back(lowering.slot_of(value));
        for (std::int32_t k = 0; with_jacobian && k < static_cast<std::int32_t>(jacobian.size()); ++k) {
            if (jacobian[k] >= 0) program.jacobian.push_back({lowering.slot_of(jacobian[k]), k / n_variables, k % n_variables});
        }
        program.n_slots = lowering.n_slots();
        for (const auto& step : lowering.steps()) {
            if (program.runs.empty() || program.runs.back().operation != step.operation) program.runs.push_back({step.operation, 0});
            ++program.runs.back().count;
            program.instructions.push_back(step.instruction);
        }
        return program;
    };
    values_ = lower(false);
    full_ = lower(true);
}

void Tape::validate() const {
    if (n_variables < 1) refuse("n_variables is " + number(n_variables) + "; a system needs at least one variable.");
    if (n_parameters < 0) refuse("n_parameters is " + number(n_parameters) + "; give 0 if there are none.");
    if (values.empty()) refuse("values is empty; a system needs at least one equation.");
    if (jacobian.size() != values.size() * static_cast<std::size_t>(n_variables)) {
        refuse("jacobian has " + number(static_cast<std::int64_t>(jacobian.size())) + " entries; it needs n_equations x n_variables = " +
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
    for (std::size_t i = 0; i < jacobian.size(); ++i) {
        if (jacobian[i] < -1 || jacobian[i] >= n_values) {
            refuse("jacobian[" + number(static_cast<std::int64_t>(i) / n_variables) + ", " +
                   number(static_cast<std::int64_t>(i) % n_variables) + "] is " + number(jacobian[i]) + "; the tape has values 0 to " +
                   number(n_values - 1) + ", and -1 stands for a structural zero.");
        }
    }
}

TapeView Tape::view() const {
    return {n_variables,  n_parameters,   static_cast<std::int32_t>(pool_.size()), n_equations(), pool_.data(),
            values_.view(), full_.view()};
}

}  // namespace neuromanifold
