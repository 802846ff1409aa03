// Newton steps on a block of points, with a row-scaled Jacobian, and the refinement of whole blocks by full Newton.
#pragma once

#include "system.hpp"
#include "weights.hpp"

namespace neuromanifold::NM_ISA {

// F and the factored Jacobian at a point; `correct` may be called with the values of F at nearby points (simplified Newton).
template <class R>
class Linearization {
   public:
    using C = Complex<R>;

    Linearization(Arena& arena, System<R>& system)
        : system_(system), lu_(arena, system.tape().n_variables), row_scale_(arena.take<R>(system.tape().n_variables)) {}

    // Evaluates at (x, p), stores F in f, factors the Jacobian with rows scaled by powers of two.
    void at(const C* x, const C* p, const R* weights, C* f) {
        int n = lu_.size();
        lu_.clear();
        for (int i = 0; i < n; ++i) row_scale_[i] = R::zero();
        system_.values_and_jacobian(x, p, f, [&](int row, int column, const C& entry) {
            lu_.row(row)[column] = entry;
            row_scale_[row] = max(row_scale_[row], largest_part(entry) * weights[column]);
        });
        for (int i = 0; i < n; ++i) {
            R scale = reciprocal_power_of_two(row_scale_[i]);
            row_scale_[i] = scale;
            C* row = lu_.row(i);
            for (int j = 0; j < n; ++j) row[j] = scale * row[j];
        }
        lu_.factor();
    }

    // f becomes -J^{-1} f.
    void correct(C* f) const {
        for (int i = 0; i < lu_.size(); ++i) f[i] = -(row_scale_[i] * f[i]);
        lu_.solve(f);
    }

    // ||D J W|| ||(D J W)^{-1}|| in the maximum norm, with D the row scaling and W the weights. `column` is scratch.
    // Needs the scaled norm, which the factorisation overwrites: call matrix_norm's caller first.
    R inverse_norm(const R* weights, R* row_sums, C* column) const {
        int n = lu_.size();
        for (int i = 0; i < n; ++i) row_sums[i] = R::zero();
        for (int j = 0; j < n; ++j) {
            for (int i = 0; i < n; ++i) column[i] = C::broadcast(i == j ? 1.0 : 0.0, 0.0);
            lu_.solve(column);
            for (int i = 0; i < n; ++i) row_sums[i] = row_sums[i] + sqrt(norm(column[i]));
        }
        R largest = R::zero();
        for (int i = 0; i < n; ++i) {
            R scaled = row_sums[i] / weights[i];
            largest = select(scaled <= largest, largest, scaled);
        }
        return largest;
    }

   private:
    System<R>& system_;
    LU<R> lu_;
    R* row_scale_;
};

}  // namespace neuromanifold::NM_ISA
