// A tape with the memory to evaluate it on a block of points: F, its Jacobian, its Taylor coefficients along a curve.
#pragma once

#include "double_double.hpp"
#include "linear_algebra.hpp"
#include "machine.hpp"

namespace neuromanifold::NM_ISA {

template <class R>
class System {
   public:
    using C = Complex<R>;

    System(Arena& arena, const TapeView& tape)
        : tape_(tape),
          values_(arena.take<C>(tape.values.n_slots)),
          full_(arena.take<C>(tape.full.n_slots)),
          extended_(arena.take<Complex<DoubleDouble>>(tape.values.n_slots)),
          first_(arena.take<Taylor<C, 1>>(tape.values.n_slots)),
          second_(arena.take<Taylor<C, 2>>(tape.values.n_slots)),
          third_(arena.take<Taylor<C, 3>>(tape.values.n_slots)) {
        if (!values_) return;  // only measuring
        for (int k = 0; k < tape.n_constants; ++k) {
            auto slot = tape.n_variables + tape.n_parameters + k;
            auto constant = C::broadcast(tape.constants[k].real(), tape.constants[k].imag());
            values_[slot] = full_[slot] = first_[slot].c[0] = second_[slot].c[0] = third_[slot].c[0] = constant;
            extended_[slot] = widen(constant);
        }
    }

    const TapeView& tape() const { return tape_; }

    void values(const C* x, const C* p, C* f) {
        load(values_, x, p);
        run(tape_.values, values_);
        for (int i = 0; i < tape_.n_equations; ++i) f[i] = values_[tape_.values.values[i]];
    }

    // F in the given lanes with residuals rounded once, from double-double arithmetic; the other lanes of f are kept.
    template <class P>  // complex numbers over R or over DoubleDouble
    void extended_values(Mask lanes, const C* x, const P* p, C* f) {
        if (!any(lanes)) return;
        for (int i = 0; i < tape_.n_variables; ++i) extended_[i] = widen(x[i]);
        for (int i = 0; i < tape_.n_parameters; ++i) extended_[tape_.n_variables + i] = widen(p[i]);
        run(tape_.values, extended_);
        for (int i = 0; i < tape_.n_equations; ++i) {
            f[i] = select(lanes, round(extended_[tape_.values.values[i]]), f[i]);
        }
    }

    void values_and_jacobian(const C* x, const C* p, C* f) {
        load(full_, x, p);
        run(tape_.full, full_);
        for (int i = 0; i < tape_.n_equations; ++i) f[i] = full_[tape_.full.values[i]];
    }

    // visit(row, column, entry) for each entry of the Jacobian last evaluated that is not structurally zero.
    template <class Visit>
    NM_INLINE void visit_jacobian(Visit visit) const {
        for (std::int64_t k = 0; k < tape_.full.n_jacobian; ++k) {
            const JacobianEntry& entry = tape_.full.jacobian[k];
            visit(entry.row, entry.column, full_[entry.slot]);
        }
    }

    // The coefficient of u^N in F(x[0] + ... + x[N-1] u^(N-1); p[0] + ... + p[N] u^N), where x[k] has n entries.
    template <int N>
    void taylor(const C* const* x, const C* const* p, C* coefficient) {
        auto* slots = series<N>();
        for (int i = 0; i < tape_.n_variables; ++i) {
            for (int k = 0; k < N; ++k) slots[i].c[k] = x[k][i];
            slots[i].c[N] = C::zero();
        }
        for (int i = 0; i < tape_.n_parameters; ++i) {
            for (int k = 0; k <= N; ++k) slots[tape_.n_variables + i].c[k] = p[k][i];
        }
        run(tape_.values, slots);
        for (int i = 0; i < tape_.n_equations; ++i) coefficient[i] = slots[tape_.values.values[i]].c[N];
    }

   private:
    template <int N>
    Taylor<C, N>* series() {
        if constexpr (N == 1) return first_;
        else if constexpr (N == 2) return second_;
        else return third_;
    }

    void load(C* slots, const C* x, const C* p) {
        for (int i = 0; i < tape_.n_variables; ++i) slots[i] = x[i];
        for (int i = 0; i < tape_.n_parameters; ++i) slots[tape_.n_variables + i] = p[i];
    }

    TapeView tape_;
    C* values_;
    C* full_;
    Complex<DoubleDouble>* extended_;
    Taylor<C, 1>* first_;
    Taylor<C, 2>* second_;
    Taylor<C, 3>* third_;
};

}  // namespace neuromanifold::NM_ISA
