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
          series_{arena.take<C>(tape.series[0].n_slots), arena.take<C>(tape.series[1].n_slots), arena.take<C>(tape.series[2].n_slots)} {
        if (!values_) return;  // only measuring
        for (int k = 0; k < tape.n_constants; ++k) {
            auto slot = tape.n_variables + tape.n_parameters + k;
            auto constant = C::broadcast(tape.constants[k].real(), tape.constants[k].imag());
            values_[slot] = full_[slot] = constant;
            extended_[slot] = widen(constant);
            for (int order = 1; order <= 3; ++order) {
                if (tape.series[order - 1].n_slots > 0) series_[order - 1][n_moving(order) + k] = constant;
            }
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

    // visit(row, first, last) for each row of the Jacobian last evaluated; `partial` gives the values of its entries.
    template <class Visit>
    NM_INLINE void visit_jacobian(Visit visit) const {
        visit_rows(tape_.full, tape_.n_equations, visit);
    }
    NM_INLINE const C& partial(const JacobianEntry& entry) const { return full_[entry.slot]; }

    // The coefficient of u^N, N = order, in F(x[0] + ... + x[N-1] u^(N-1); p[0] + ... + p[N] u^N), where x[k] has n entries.
    void taylor(int order, const C* const* x, const C* const* p, C* coefficient) {
        const ProgramView& program = tape_.series[order - 1];
        C* slots = series_[order - 1];
        C* next = slots;
        for (int k = 0; k < order; ++k) {
            for (int i = 0; i < tape_.n_variables; ++i) *next++ = x[k][i];
        }
        for (int k = 0; k <= tape_.parameter_order[order - 1]; ++k) {
            for (int i = 0; i < tape_.n_parameters; ++i) *next++ = p[k][i];
        }
        run(program, slots);
        for (int i = 0; i < tape_.n_equations; ++i) coefficient[i] = slots[program.values[i]];
    }

   private:
    // How many variables and parameters a series reads.
    int n_moving(int order) const { return order * tape_.n_variables + (tape_.parameter_order[order - 1] + 1) * tape_.n_parameters; }

    void load(C* slots, const C* x, const C* p) {
        for (int i = 0; i < tape_.n_variables; ++i) slots[i] = x[i];
        for (int i = 0; i < tape_.n_parameters; ++i) slots[tape_.n_variables + i] = p[i];
    }

    TapeView tape_;
    C* values_;
    C* full_;
    Complex<DoubleDouble>* extended_;
    C* series_[3];
};

}  // namespace neuromanifold::NM_ISA
