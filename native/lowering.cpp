#include "lowering.hpp"

#include <algorithm>
#include <array>

namespace neuromanifold {

namespace {

struct Step {
    Operation operation;
    std::int32_t out;
    std::array<std::int32_t, n_kinds> counts{};
    std::vector<std::int32_t> operands;
};

bool is_sum(Operation operation) { return operation >= Operation::sum_of_values; }

// Dead code goes, sums and products that nobody else reads fuse into long sums, slots are reused.
class Lowering {
   public:
    Lowering(const Circuit& circuit, const std::vector<std::int32_t>& outputs)
        : circuit_(circuit),
          uses_(static_cast<std::size_t>(circuit.n_values()), 0),
          reader_(uses_.size(), -1),
          is_output_(uses_.size(), false) {
        count_uses(outputs);
        for (auto value = circuit.first_node(); value < circuit.n_values(); ++value) {
            if (uses_[value] > 0 && !is_term(value)) steps_.push_back(translated(value));
        }
        schedule();
        allocate();
    }

    const std::vector<Step>& steps() const { return steps_; }
    std::int32_t n_slots() const { return n_slots_; }
    std::int32_t slot_of(std::int32_t value) const { return slot_[value]; }

   private:
    static bool is_linear(Gate gate) { return gate == Gate::add || gate == Gate::sub || gate == Gate::neg; }
    static bool has_one_operand(Gate gate) { return gate == Gate::neg || gate == Gate::square; }

    void count_uses(const std::vector<std::int32_t>& outputs) {
        for (auto value : outputs) {
            ++uses_[value];
            is_output_[value] = true;
        }
        for (auto value = circuit_.n_values(); value-- > circuit_.first_node();) {
            if (uses_[value] == 0) continue;
            const Node& node = *circuit_.node(value);
            auto read = [&](std::int32_t operand) {
                ++uses_[operand];
                reader_[operand] = value;
            };
            read(node.a);
            if (!has_one_operand(node.gate)) read(node.b);
        }
    }

    // Whether the value is computed within the one sum that reads it.
    bool is_term(std::int32_t value) const {
        const Node* node = circuit_.node(value);
        if (!node || uses_[value] != 1 || is_output_[value] || node->gate == Gate::div) return false;
        return is_linear(circuit_.node(reader_[value])->gate);
    }

    bool is_real_constant(std::int32_t value) const {
        const auto* constant = circuit_.constant(value);
        return constant && constant->imag() == 0;
    }

    Step translated(std::int32_t value) const {
        const Node& node = *circuit_.node(value);
        switch (node.gate) {
            case Gate::div: return {Operation::div, value, {}, {node.a, node.b}};
            case Gate::square: return {Operation::square, value, {}, {node.a}};
            case Gate::mul: {
                if (is_real_constant(node.a)) return {Operation::scale, value, {}, {node.a, node.b}};
                if (is_real_constant(node.b)) return {Operation::scale, value, {}, {node.b, node.a}};
                return {Operation::mul, value, {}, {node.a, node.b}};
            }
            default: return sum(value);
        }
    }

    Step sum(std::int32_t value) const {
        enum { plain, product, multiple };
        std::array<std::vector<std::int32_t>, n_kinds> terms;
        struct Pending {
            std::int32_t value;
            bool is_subtracted;
        };
        std::vector<Pending> pending{{value, false}};
        while (!pending.empty()) {
            auto [term, is_subtracted] = pending.back();
            pending.pop_back();
            auto* kinds = terms.data() + (is_subtracted ? 3 : 0);
            const Node* node = term == value || is_term(term) ? circuit_.node(term) : nullptr;
            if (!node) {
                kinds[plain].push_back(term);
            } else if (is_linear(node->gate)) {
                bool flips = node->gate != Gate::add;
                if (node->gate != Gate::neg) pending.push_back({node->b, is_subtracted != flips});
                pending.push_back({node->a, is_subtracted != (node->gate == Gate::neg)});
            } else {
                auto a = node->a, b = node->b;
                if (is_real_constant(b)) std::swap(a, b);
                auto& kind = kinds[is_real_constant(a) ? multiple : product];
                kind.insert(kind.end(), {a, b});
            }
        }
        return coded(value, terms);
    }

    static Step coded(std::int32_t value, std::array<std::vector<std::int32_t>, n_kinds>& terms) {
        Step step{Operation::negative_sum, value, {}, {}};
        for (int kind = 0; kind < n_kinds; ++kind) {
            auto& operands = step.operands;
            operands.insert(operands.end(), terms[kind].begin(), terms[kind].end());
            step.counts[kind] = static_cast<std::int32_t>(terms[kind].size() / (kind % 3 == 0 ? 1 : 2));
        }
        std::array<std::int32_t, n_kinds> two{2}, difference{1, 0, 0, 1}, negative{0, 0, 0, 1};
        if (step.counts == two) return {Operation::add, value, {}, step.operands};
        if (step.counts == difference) return {Operation::sub, value, {}, step.operands};
        if (step.counts == negative) return {Operation::neg, value, {}, step.operands};
        constexpr std::array beginnings{Operation::sum_of_values, Operation::sum_of_products, Operation::sum_of_multiples};
        for (int kind = 0; kind < 3 && step.operation == Operation::negative_sum; ++kind) {
            if (step.counts[kind] == 0) continue;
            step.operation = beginnings[kind];
            --step.counts[kind];
        }
        return step;
    }

    // Reorders into long runs of the same operation, which cost one branch, with independent steps side by side, which
    // need not wait for each other. A run ends when nothing in the window can join it.
    void schedule() {
        constexpr std::int64_t latency = 3;  // steps until a result can be read without waiting
        constexpr std::size_t window = 96;   // how far a step may overtake the given order
        constexpr std::int64_t never = INT64_MAX;
        auto n = steps_.size();
        std::vector<std::int32_t> step_of(uses_.size(), -1), missing(n, 0);
        std::vector<std::int64_t> when(n, 0);  // all operands of a step can be read
        std::vector<std::vector<std::int32_t>> readers(n);
        for (std::size_t k = 0; k < n; ++k) step_of[steps_[k].out] = static_cast<std::int32_t>(k);
        for (std::size_t k = 0; k < n; ++k) {
            for (auto operand : steps_[k].operands) {
                if (step_of[operand] < 0) continue;
                readers[step_of[operand]].push_back(static_cast<std::int32_t>(k));
                ++missing[k];
            }
        }
        std::vector<Step> placed;
        placed.reserve(n);
        std::vector<std::int32_t> waiting(n);
        for (std::size_t k = 0; k < n; ++k) waiting[k] = static_cast<std::int32_t>(n - 1 - k);
        while (!waiting.empty()) {
            auto now = static_cast<std::int64_t>(placed.size());
            auto end = waiting.size() > window ? waiting.size() - window : 0;
            std::int64_t earliest = never;
            for (auto k = waiting.size(); k-- > end;) {
                if (missing[waiting[k]] == 0) earliest = std::min(earliest, when[waiting[k]]);
            }
            earliest = std::max(earliest, now);
            auto is_ready = [&](std::int32_t step) { return missing[step] == 0 && when[step] <= earliest; };
            auto next = choose(waiting, end, is_ready, placed);
            auto step = waiting[next];
            for (auto reader : readers[step]) {
                --missing[reader];
                when[reader] = std::max(when[reader], now + latency);
            }
            placed.push_back(std::move(steps_[step]));
            waiting.erase(waiting.begin() + static_cast<std::ptrdiff_t>(next));
        }
        steps_ = std::move(placed);
    }

    // The first ready step with the operation of the current run, else the first of the most frequent operation.
    template <class IsReady>
    std::size_t choose(const std::vector<std::int32_t>& waiting, std::size_t end, IsReady is_ready, const std::vector<Step>& placed) const {
        std::array<std::size_t, 1 + static_cast<std::size_t>(Operation::negative_sum)> count{}, first{};
        for (auto k = end; k < waiting.size(); ++k) {
            if (!is_ready(waiting[k])) continue;
            auto operation = static_cast<std::size_t>(steps_[waiting[k]].operation);
            ++count[operation];
            first[operation] = k;
        }
        auto wanted = static_cast<std::size_t>(std::max_element(count.begin(), count.end()) - count.begin());
        if (!placed.empty()) {
            auto current = static_cast<std::size_t>(placed.back().operation);
            if (count[current] > 0) wanted = current;
        }
        return first[wanted];
    }

    void allocate() {
        std::vector<std::int64_t> last_use(uses_.size(), -1);
        for (std::size_t k = 0; k < steps_.size(); ++k) {
            for (auto value : steps_[k].operands) last_use[value] = static_cast<std::int64_t>(k);
        }
        slot_.assign(uses_.size(), -1);
        n_slots_ = circuit_.first_node();
        for (std::int32_t i = 0; i < n_slots_; ++i) slot_[i] = i;
        std::vector<std::int32_t> free;
        for (std::size_t k = 0; k < steps_.size(); ++k) {
            for (auto& value : steps_[k].operands) {
                auto slot = slot_[value];
                if (circuit_.node(value) && !is_output_[value] && last_use[value] == static_cast<std::int64_t>(k)) {
                    free.push_back(slot);
                    last_use[value] = -1;  // an operand read twice is freed once
                }
                value = slot;
            }
            auto& slot = slot_[steps_[k].out];
            if (free.empty()) {
                slot = n_slots_++;
            } else {
                slot = free.back();
                free.pop_back();
            }
            steps_[k].out = slot;
        }
    }

    const Circuit& circuit_;
    std::vector<std::int32_t> uses_, reader_;
    std::vector<bool> is_output_;
    std::vector<Step> steps_;
    std::vector<std::int32_t> slot_;
    std::int32_t n_slots_ = 0;
};

}  // namespace

Program lowered(const Circuit& circuit, const std::vector<std::int32_t>& values, const std::vector<JacobianEntry>& partials) {
    auto outputs = values;
    for (const auto& entry : partials) outputs.push_back(entry.slot);
    Lowering lowering(circuit, outputs);
    Program program;
    for (auto value : values) program.values.push_back(lowering.slot_of(value));
    for (const auto& entry : partials) program.jacobian.push_back({lowering.slot_of(entry.slot), entry.row, entry.column});
    program.n_slots = lowering.n_slots();
    auto& code = program.code;
    for (const auto& step : lowering.steps()) {
        if (program.runs.empty() || program.runs.back().operation != step.operation) program.runs.push_back({step.operation, 0});
        ++program.runs.back().count;
        code.push_back(step.out);
        if (is_sum(step.operation)) code.insert(code.end(), step.counts.begin(), step.counts.end());
        code.insert(code.end(), step.operands.begin(), step.operands.end());
    }
    return program;
}

ProgramView Program::view() const {
    return {runs.data(), static_cast<std::int64_t>(runs.size()), code.data(), values.data(), jacobian.data(), static_cast<std::int64_t>(jacobian.size()), n_slots};
}

std::int64_t Program::n_operations() const {
    std::int64_t total = 0;
    for (const auto& run : runs) total += run.count;
    return total;
}

}  // namespace neuromanifold
