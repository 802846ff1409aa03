// Newton steps on a block of points with a row-scaled Jacobian, and the refinement of a block by full Newton steps.
#pragma once

#include "system.hpp"
#include "weights.hpp"

namespace neuromanifold::NM_ISA {

// F and the factored Jacobian at a point. `correct` may also be given the values of F nearby (simplified Newton).
template <class R>
class Linearization {
   public:
    using C = Complex<R>;

    Linearization(Arena& arena, System<R>& system)
        : system_(system), lu_(arena, system.tape().n_variables), row_scale_(arena.take<R>(system.tape().n_variables)) {}

    // Evaluates at (x, p) and stores F in f, in the extended lanes from double-double arithmetic.
    template <class P>
    void at(const C* x, const C* p, const Weights<R>& weights, Mask extended, const P* extended_p, C* f) {
        evaluate(x, p, weights, f);
        system_.extended_values(extended, x, extended_p, f);
        lu_.factor();
    }

    // f becomes -J^{-1} f.
    void correct(C* f) const {
        for (int i = 0; i < lu_.size(); ++i) f[i] = -(row_scale_[i] * f[i]);
        lu_.solve(f);
    }

    // ||D J W|| ||(D J W)^{-1}|| in the maximum norm at (x, p), D the row scaling and W the weights. Overwrites `column`.
    R condition(const C* x, const C* p, const Weights<R>& weights, C* column) {
        int n = lu_.size();
        const R* w = weights.values();
        evaluate(x, p, weights, column);
        R norm_of_matrix = R::zero();
        for (int i = 0; i < n; ++i) {
            R sum = R::zero();
            for (int j = 0; j < n; ++j) sum = fma(sqrt(norm(lu_.row(i)[j])), w[j], sum);
            norm_of_matrix = max(sum, norm_of_matrix);
        }
        lu_.factor();
        R* sums = row_scale_;  // free until the next evaluation
        for (int i = 0; i < n; ++i) sums[i] = R::zero();
        for (int j = 0; j < n; ++j) {
            for (int i = 0; i < n; ++i) column[i] = C::broadcast(i == j ? 1.0 : 0.0, 0.0);
            lu_.solve(column);
            for (int i = 0; i < n; ++i) sums[i] = sums[i] + sqrt(norm(column[i]));
        }
        R norm_of_inverse = R::zero();
        for (int i = 0; i < n; ++i) {
            R sum = sums[i] / w[i];
            norm_of_inverse = select(sum <= norm_of_inverse, norm_of_inverse, sum);  // keeps infinities
        }
        R product = norm_of_matrix * norm_of_inverse;
        R infinity = R::broadcast(__builtin_inf());
        return select(product < infinity, product, infinity);
    }

   private:
    void evaluate(const C* x, const C* p, const Weights<R>& weights, C* f) {
        const R* w = weights.values();
        system_.values_and_jacobian(x, p, f);
        system_.visit_jacobian([&](int row, const JacobianEntry* first, const JacobianEntry* last) NM_LAMBDA {
            R largest = R::zero();
            for (auto* entry = first; entry != last; ++entry) {
                largest = max(largest_part(system_.partial(*entry)) * w[entry->column], largest);
            }
            R scale = row_scale_[row] = reciprocal_power_of_two(largest);
            lu_.set_row(row, first, last, [&](const JacobianEntry& entry) NM_LAMBDA { return scale * system_.partial(entry); });
        });
    }

    System<R>& system_;
    LU<R> lu_;
    R* row_scale_;
};

// Full Newton on a block until the updates no longer shrink.
template <class R>
class Refinement {
   public:
    using C = Complex<R>;

    Refinement(Arena& arena, System<R>& system, Linearization<R>& linearization)
        : n_(system.tape().n_variables),
          linearization_(linearization),
          weights_(arena, n_),
          start_(arena.take<C>(n_)),
          update_(arena.take<C>(n_)) {}

    R accuracy;   // norm of the last update, relative to the weights of the first point
    R moved;      // distance from the first to the last point, in the same norm
    R condition;  // set by estimate_condition

    void refine(C* x, const C* p, int max_iterations) {
        constexpr double rounding = 4.5e-16, nearly_there = 1e-8, near = 1e-3;
        for (int i = 0; i < n_; ++i) start_[i] = x[i];
        weights_.reset(~Mask{}, x);
        accuracy = R::broadcast(__builtin_inf());
        Mask active = ~Mask{}, extended{};
        for (int iteration = 0; iteration < max_iterations && any(active); ++iteration) {
            linearization_.at(x, p, weights_, extended, p, update_);
            linearization_.correct(update_);
            R size = weights_.of(update_);
            Mask finite = size < R::broadcast(__builtin_inf());
            // At the limit of the precision an update that does not shrink is noise.
            Mask stands = R::broadcast(0.5) * accuracy < size;
            Mask stalled = (accuracy < R::broadcast(nearly_there)) & stands;
            // In double precision it may only be the residual's noise, large where the Jacobian is ill-conditioned, so the next
            // one is computed more accurately.
            Mask noisy = (accuracy < R::broadcast(near)) & stands;
            Mask retry = iteration + 1 < max_iterations ? active & noisy & ~extended : Mask{};
            extended = extended | retry;
            accuracy = select(retry, R::broadcast(__builtin_inf()), accuracy);
            active = active & ~retry;
            Mask step = active & finite & ~stalled;
            for (int i = 0; i < n_; ++i) x[i] = select(step, x[i] + update_[i], x[i]);
            accuracy = select(active & ~(finite & stalled), size, accuracy);
            active = (step & (R::broadcast(rounding) < size)) | retry;
        }
        for (int i = 0; i < n_; ++i) update_[i] = x[i] - start_[i];
        moved = weights_.of(update_);
    }

    void estimate_condition(const C* x, const C* p) {
        weights_.reset(~Mask{}, x);
        condition = linearization_.condition(x, p, weights_, update_);
    }

   private:
    int n_;
    Linearization<R>& linearization_;
    Weights<R> weights_;
    C* start_;
    C* update_;
};

}  // namespace neuromanifold::NM_ISA
