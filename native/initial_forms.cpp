#include "initial_forms.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <stdexcept>

#include "dense_solve.hpp"
#include "ties.hpp"

namespace neuromanifold {

InitialForms::InitialForms(const SparsePolynomials& homotopy) : n_(homotopy.n_variables - 1) {
    if (n_ < 1 || homotopy.sizes.size() != static_cast<std::size_t>(n_)) {
        throw std::invalid_argument("the homotopy needs as many polynomials as variables.");
    }
    std::int64_t first = 0;
    for (auto size : homotopy.sizes) equations_.push_back({first, first + size}), first += size;
    std::map<std::pair<std::int32_t, std::int32_t>, std::int32_t> numbers;
    for (std::int64_t k = 0; k < first; ++k) {
        const auto* row = &homotopy.exponents[static_cast<std::size_t>(k * (n_ + 1))];
        auto begin = static_cast<std::int64_t>(powers_.size());
        for (std::int32_t j = 0; j <= n_; ++j) {
            if (row[j] == 0) continue;
            auto [place, is_new] = numbers.try_emplace({j, row[j]}, static_cast<std::int32_t>(factors_.size()));
            if (is_new) factors_.push_back({j, row[j]});
            powers_.push_back(place->second);
        }
        powers_of_.push_back({begin, static_cast<std::int64_t>(powers_.size())});
        coefficients_.push_back(normalized(scaled(homotopy.coefficients[static_cast<std::size_t>(k)])));
    }
}

struct Valuation {
    std::int32_t denominator = 0;  // of w, where it is clear
    bool is_determined = false;    // by the initial forms
};

// The work for one point, with memory that serves many.
class InitialFormTest {
   public:
    explicit InitialFormTest(const InitialForms& forms)
        : forms_(forms),
          n_(static_cast<std::size_t>(forms.n_)),
          base_(n_ + 1),
          factors_(forms.factors_.size()),
          raw_(forms.coefficients_.size()),
          terms_(raw_.size()),
          all_(raw_.size()),
          equation_ends_(n_ + 1),
          J_(n_ * n_),
          normal_(n_ * n_),
          F_(n_),
          step_(n_),
          moved_(n_),
          inverse_(n_ * n_),
          slopes_(n_),
          tied_(n_),
          perturbation_(n_),
          sizes_(n_),
          row_(n_ + 1),
          ties_(n_) {
        for (std::size_t k = 0; k < all_.size(); ++k) all_[k] = static_cast<std::int64_t>(k);
    }

    Valuation run(const Scalar* x, double t, std::int32_t* numerators) {
        if (!(t > 0) || !std::isfinite(t)) return {};
        for (std::size_t j = 0; j < n_; ++j) {
            if (x[j] == 0.0 || !std::isfinite(x[j].real()) || !std::isfinite(x[j].imag())) return {};
        }
        begin(x, t);
        if (!find_slopes()) return {};
        if (auto denominator = rounded_slopes(numerators); accepts(numerators, denominator, t)) return {denominator, forms_determine_exponents()};
        begin(x, t);
        if (auto denominator = tied_slopes(numerators); accepts(numerators, denominator, t)) return {denominator, true};
        return {};
    }

   private:
    static constexpr std::int32_t largest_denominator = 8, largest_tied_denominator = 64;
    static constexpr std::int64_t largest_numerator = 1'000'000;
    static constexpr double near_integer = 0.05, nearer_integer = 1e-6, most_rest = 0.3, farthest = 0.3, next_term = 100.0;
    static constexpr double exactly = 1e-13, regularization = 1e-14, damping = 1e-12;
    static constexpr double dominating = 0.3, slope_error = 0.15, near_zero = 0.1, most_perturbation = 0.25;
    static constexpr int iterations = 6;

    // All terms at a point.
    void begin(const Scalar* x, double t) {
        for (std::size_t j = 0; j < n_; ++j) base_[j] = normalized(scaled(x[j]));
        base_[n_] = normalized(scaled(t));
        chosen_.assign(all_.begin(), all_.end());
        for (std::size_t i = 0; i < n_; ++i) equation_ends_[i + 1] = forms_.equations_[i].last;
        evaluate();
    }

    bool accepts(const std::int32_t* numerators, std::int32_t denominator, double t) {
        if (denominator == 0 || !choose(numerators, denominator)) return false;
        const double moved = distance_to_zero();
        if (!(moved <= farthest)) return false;
        // The expansion goes on with t^{w + 1/m}.
        return moved <= next_term * std::pow(t, 1.0 / std::max(denominator, 2)) || (moved <= near_zero && continues_to_path());
    }

    // The chosen terms c x^a t^k of each equation, relative to about the largest of them.
    void evaluate() {
        for (std::size_t f = 0; f < factors_.size(); ++f) {
            factors_[f] = power(base_[static_cast<std::size_t>(forms_.factors_[f].variable)], forms_.factors_[f].exponent);
        }
        for (std::size_t i = 0; i < n_; ++i) {
            std::int64_t largest = INT64_MIN;
            for (auto c = equation_ends_[i]; c < equation_ends_[i + 1]; ++c) {
                auto k = static_cast<std::size_t>(chosen_[static_cast<std::size_t>(c)]);
                Scaled value = forms_.coefficients_[k];
                auto [first, last] = forms_.powers_of_[k];
                for (auto p = first; p < last; ++p) {
                    value = product(value, factors_[static_cast<std::size_t>(forms_.powers_[static_cast<std::size_t>(p)])]);
                }
                raw_[k] = normalized(value);
                largest = std::max(largest, raw_[k].exponent);
            }
            for (auto c = equation_ends_[i]; c < equation_ends_[i + 1]; ++c) {
                auto k = static_cast<std::size_t>(chosen_[static_cast<std::size_t>(c)]);
                double scale = power_of_two(raw_[k].exponent - largest);
                terms_[k] = {raw_[k].re * scale, raw_[k].im * scale};
            }
        }
    }

    // visit(j, a) for the powers x_j^a of a term; t is x_n.
    template <class Visit>
    void visit_powers(std::size_t term, Visit visit) const {
        auto [first, last] = forms_.powers_of_[term];
        for (auto p = first; p < last; ++p) {
            auto [variable, exponent] = forms_.factors_[static_cast<std::size_t>(forms_.powers_[static_cast<std::size_t>(p)])];
            visit(static_cast<std::size_t>(variable), exponent);
        }
    }

    // dF_i/dlog x_j of the chosen terms, and -dF_i/dlog t.
    void differentiate() {
        std::fill(J_.begin(), J_.end(), 0.0);
        for (std::size_t i = 0; i < n_; ++i) {
            Scalar slope = 0;
            for (auto c = equation_ends_[i]; c < equation_ends_[i + 1]; ++c) {
                auto k = static_cast<std::size_t>(chosen_[static_cast<std::size_t>(c)]);
                visit_powers(k, [&](std::size_t j, double a) { (j < n_ ? J_[i * n_ + j] : slope) += a * terms_[k]; });
            }
            step_[i] = -slope;
        }
    }

    // w = dlog x/dlog t.
    bool find_slopes() {
        differentiate();
        double size = 0;
        for (std::size_t i = 0; i < n_; ++i) {
            double row = 0;
            for (std::size_t j = 0; j < n_; ++j) row += std::sqrt(norm(J_[i * n_ + j]));
            size = std::max(size, row);
        }
        if (!std::isfinite(size)) return false;
        for (std::size_t j = 0; j < n_; ++j) J_[j * n_ + j] += regularization * size;
        if (!solve(n_, J_, step_)) return false;
        for (std::size_t j = 0; j < n_; ++j) slopes_[j] = step_[j].real();
        return true;
    }

    // The least common denominator with which w is rational, and its numerators; 0 where there is none.
    static std::int32_t rounded(const std::vector<double>& w, std::int32_t most, double tolerance, std::int32_t* numerators) {
        for (std::int32_t m = 1; m <= most; ++m) {
            bool fits = true;
            for (std::size_t j = 0; j < w.size() && fits; ++j) {
                double value = w[j] * m, near = std::nearbyint(value);
                fits = std::abs(value - near) <= tolerance && std::abs(near) <= largest_numerator;
                if (fits) numerators[j] = static_cast<std::int32_t>(near);
            }
            if (fits) return m;
        }
        return 0;
    }

    std::int32_t rounded_slopes(std::int32_t* numerators) const { return rounded(slopes_, largest_denominator, near_integer, numerators); }

    // The exact solution near the slopes of the equations for w that make all dominating terms equal in order.
    std::int32_t tied_slopes(std::int32_t* numerators) {
        ties_.clear();
        for (std::size_t i = 0; i < n_; ++i) {
            auto [first, last] = forms_.equations_[i];
            double largest = 0;
            for (auto k = first; k < last; ++k) largest = std::max(largest, norm(terms_[static_cast<std::size_t>(k)]));
            chosen_.clear();
            for (auto k = first; k < last; ++k) {
                if (norm(terms_[static_cast<std::size_t>(k)]) >= dominating * dominating * largest) chosen_.push_back(k);
            }
            for (std::size_t c = 1; c < chosen_.size(); ++c) tie(0, c);
        }
        if (!ties_.determine()) return 0;
        tied_ = slopes_;
        ties_.solve(tied_);
        for (std::size_t j = 0; j < n_; ++j) {
            if (!(std::abs(tied_[j] - slopes_[j]) <= slope_error)) return 0;
        }
        return rounded(tied_, largest_tied_denominator, nearer_integer, numerators);
    }

    // Equal orders <a, w> + k for two of the chosen terms.
    void tie(std::size_t first, std::size_t other) {
        std::fill(row_.begin(), row_.end(), 0.0);
        visit_powers(static_cast<std::size_t>(chosen_[other]), [&](std::size_t j, double a) { row_[j] += a; });
        visit_powers(static_cast<std::size_t>(chosen_[first]), [&](std::size_t j, double a) { row_[j] -= a; });
        row_[n_] = -row_[n_];
        ties_.add(row_);
    }

    // Whether no other w makes the chosen terms of each equation equal in order.
    bool forms_determine_exponents() {
        ties_.clear();
        for (std::size_t i = 0; i < n_; ++i) {
            auto first = static_cast<std::size_t>(equation_ends_[i]), last = static_cast<std::size_t>(equation_ends_[i + 1]);
            for (std::size_t c = first + 1; c < last && !ties_.determine(); ++c) tie(first, c);
        }
        return ties_.determine();
    }

    // The terms with the least <a, w> + k; false unless they dominate in each equation and are two or more.
    bool choose(const std::int32_t* numerators, std::int32_t denominator) {
        chosen_.clear();
        for (std::size_t i = 0; i < n_; ++i) {
            auto [first, last] = forms_.equations_[i];
            auto begin = static_cast<std::int64_t>(chosen_.size());
            std::int64_t least = INT64_MAX;
            double leading = 0, total = 0, leading_change = 0, total_change = 0;
            for (auto k = first; k < last; ++k) {
                std::int64_t order = 0, degree = 0;
                visit_powers(static_cast<std::size_t>(k), [&](std::size_t j, std::int64_t a) {
                    order += a * (j < n_ ? numerators[j] : denominator);
                    if (j < n_) degree += a;
                });
                double size = std::sqrt(norm(terms_[static_cast<std::size_t>(k)]));
                if (order < least) {
                    least = order;
                    leading = leading_change = 0;
                    chosen_.resize(static_cast<std::size_t>(begin));
                }
                const double change = size * static_cast<double>(std::max<std::int64_t>(degree, 1));
                if (order == least) {
                    leading += size;
                    leading_change += change;
                    chosen_.push_back(k);
                }
                total += size;
                total_change += change;
            }
            equation_ends_[i + 1] = static_cast<std::int64_t>(chosen_.size());
            if (equation_ends_[i + 1] - begin < 2 || !(total - leading <= most_rest * leading)) return false;
            perturbation_[i] = (total_change - leading_change) / leading;
        }
        return true;
    }

    // How far in log x the zero of the initial forms is that the Gauss-Newton method finds, to rounding error; infinite where it finds none.
    double distance_to_zero() {
        constexpr double nowhere = std::numeric_limits<double>::infinity();
        std::fill(moved_.begin(), moved_.end(), 0.0);
        double distance = 0;
        for (int iteration = 0; iteration < iterations; ++iteration) {
            evaluate();
            bool is_zero = true;
            for (std::size_t i = 0; i < n_; ++i) {
                Scalar sum = 0;
                sizes_[i] = 0;
                for (auto c = equation_ends_[i]; c < equation_ends_[i + 1]; ++c) {
                    Scalar term = terms_[static_cast<std::size_t>(chosen_[static_cast<std::size_t>(c)])];
                    sum += term;
                    sizes_[i] += std::sqrt(norm(term));
                }
                F_[i] = sum;
                is_zero = is_zero && std::sqrt(norm(sum)) <= exactly * sizes_[i];
            }
            if (is_zero) return distance;
            if (!make_step()) return nowhere;
            distance = 0;
            for (std::size_t j = 0; j < n_; ++j) {
                moved_[j] += step_[j];
                if (!(norm(moved_[j]) <= farthest * farthest)) return nowhere;
                distance = std::max(distance, std::sqrt(norm(moved_[j])));
                Scalar factor = std::exp(step_[j]);
                base_[j] = normalized(product(base_[j], {factor.real(), factor.imag(), 0}));
            }
        }
        return nowhere;
    }

    // Whether the other terms, and their derivatives, are so small that they move the simple zero just found to the path and to no other
    // one: towards t = 0 they get smaller still.
    bool continues_to_path() {
        differentiate();
        std::fill(inverse_.begin(), inverse_.end(), 0.0);
        for (std::size_t i = 0; i < n_; ++i) inverse_[i * n_ + i] = perturbation_[i] * sizes_[i];
        if (!solve(n_, J_, inverse_)) return false;
        double most = 0;
        for (std::size_t j = 0; j < n_; ++j) {
            double row = 0;
            for (std::size_t i = 0; i < n_; ++i) row += std::sqrt(norm(inverse_[j * n_ + i]));
            most = std::max(most, row);
        }
        return most <= most_perturbation;
    }

    // The least squares solution of J step = -F, damped, for J may have zero directions; false where rounding forbids it.
    bool make_step() {
        differentiate();
        std::fill(normal_.begin(), normal_.end(), 0.0);
        std::fill(step_.begin(), step_.end(), 0.0);
        for (std::size_t k = 0; k < n_; ++k) {
            for (std::size_t i = 0; i < n_; ++i) {
                const Scalar adjoint = std::conj(J_[k * n_ + i]);
                if (adjoint == 0.0) continue;
                for (std::size_t j = 0; j <= i; ++j) normal_[i * n_ + j] += product(adjoint, J_[k * n_ + j]);
                step_[i] = difference(step_[i], adjoint, F_[k]);
            }
        }
        double largest = 0;
        for (std::size_t j = 0; j < n_; ++j) largest = std::max(largest, normal_[j * n_ + j].real());
        for (std::size_t j = 0; j < n_; ++j) normal_[j * n_ + j] += damping * largest;
        return solve_hermitian(normal_, step_);
    }

    const InitialForms& forms_;
    std::size_t n_;
    std::vector<Scaled> base_, factors_, raw_;
    std::vector<Scalar> terms_;
    std::vector<std::int64_t> all_, chosen_, equation_ends_;
    std::vector<Scalar> J_, normal_, F_, step_, moved_, inverse_;
    std::vector<double> slopes_, tied_, perturbation_, sizes_, row_;
    Ties ties_;
};

bool InitialForms::valuations(const Scalar* x, const double* t, std::int64_t count, std::int32_t* numerators, std::int32_t* denominators,
                              bool* determined, int threads, const Watch& watch) const {
    constexpr std::int64_t block = 16;
    Queue queue((count + block - 1) / block);
    auto work = [&](std::byte*) {
        InitialFormTest test(*this);
        for (auto b = queue.claim(); b >= 0; b = queue.claim()) {
            for (auto k = b * block; k < std::min(count, (b + 1) * block); ++k) {
                auto valuation = test.run(x + k * n_, t[k], numerators + k * n_);
                denominators[k] = valuation.denominator;
                determined[k] = valuation.is_determined;
                if (denominators[k] == 0) std::fill_n(numerators + k * n_, n_, 0);
            }
            queue.finish(1);
        }
    };
    run_threads(1, count <= block ? 1 : threads, queue, watch, work);
    return !queue.stopped();
}

}  // namespace neuromanifold
