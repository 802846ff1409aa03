#include "hermite.hpp"

#include <algorithm>

#include "checked_integer.hpp"

namespace neuromanifold {

namespace {

std::int64_t floored_quotient(std::int64_t a, std::int64_t b) { return a / b - (a % b != 0 && (a < 0) != (b < 0)); }

class HermiteForm {
   public:
    HermiteForm(std::int64_t* H, std::uint64_t* U, std::int64_t n) : H_(H), U_(U), n_(n) {
        for (std::int64_t i = 0; i < n * n; ++i) U_[i] = i % (n + 1) == 0;
    }

    bool reduce() {
        for (std::int64_t j = 0; j < n_; ++j) {
            if (!clear_below(j)) return false;
            if (at(j, j) < 0) negate(j);
            for (std::int64_t i = 0; i < j; ++i) subtract(i, floored_quotient(at(i, j), at(j, j)), j);
        }
        return true;
    }

   private:
    std::int64_t at(std::int64_t i, std::int64_t j) const { return H_[i * n_ + j]; }

    // Euclid's algorithm on column j from row j on: the smallest entry divides the others until one is left.
    bool clear_below(std::int64_t j) {
        while (true) {
            std::int64_t pivot = -1, n_nonzero = 0;
            for (auto i = j; i < n_; ++i) {
                if (at(i, j) == 0) continue;
                if (n_nonzero++ == 0 || magnitude(i, j) < magnitude(pivot, j)) pivot = i;
            }
            if (n_nonzero == 0) return false;
            exchange(j, pivot);
            if (n_nonzero == 1) return true;
            for (auto i = j + 1; i < n_; ++i) {
                if (at(i, j) != 0) subtract(i, at(i, j) / at(j, j), j);
            }
        }
    }

    std::uint64_t magnitude(std::int64_t i, std::int64_t j) const {
        auto value = static_cast<std::uint64_t>(at(i, j));
        return at(i, j) < 0 ? -value : value;
    }

    void exchange(std::int64_t i, std::int64_t k) {
        if (i == k) return;
        std::swap_ranges(H_ + i * n_, H_ + (i + 1) * n_, H_ + k * n_);
        std::swap_ranges(U_ + i * n_, U_ + (i + 1) * n_, U_ + k * n_);
    }

    void negate(std::int64_t i) {
        for (std::int64_t j = 0; j < n_; ++j) {
            H_[i * n_ + j] = (-CheckedInteger(at(i, j))).value();
            U_[i * n_ + j] = -U_[i * n_ + j];
        }
    }

    // Row i minus q times row k.
    void subtract(std::int64_t i, std::int64_t q, std::int64_t k) {
        if (q == 0) return;
        for (std::int64_t j = 0; j < n_; ++j) {
            H_[i * n_ + j] = (CheckedInteger(at(i, j)) - CheckedInteger(q) * at(k, j)).value();
            U_[i * n_ + j] -= static_cast<std::uint64_t>(q) * U_[k * n_ + j];
        }
    }

    std::int64_t* H_;
    std::uint64_t* U_;
    std::int64_t n_;
};

}  // namespace

bool to_hermite_form(std::int64_t* matrix, std::uint64_t* unimodular, std::int64_t n) {
    try {
        return HermiteForm(matrix, unimodular, n).reduce();
    } catch (const IntegerOverflow&) {
        return false;
    }
}

}  // namespace neuromanifold
