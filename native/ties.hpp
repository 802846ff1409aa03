// Which exponents make several terms equal in order.
#pragma once

#include <cmath>
#include <cstddef>
#include <vector>

namespace neuromanifold {

// Linear equations <row, w> = value with small integer entries, in echelon form.
class Ties {
   public:
    explicit Ties(std::size_t n) : n_(n) {}

    void clear() { rows_.clear(), pivots_.clear(), is_consistent_ = true; }
    bool determine() const { return is_consistent_ && pivots_.size() == n_; }

    // The row has the value as its last entry.
    void add(std::vector<double>& row) {
        for (std::size_t r = 0; r < pivots_.size(); ++r) eliminate(row, r);
        std::size_t pivot = 0;
        for (std::size_t j = 0; j < n_; ++j) {
            if (std::abs(row[j]) > std::abs(row[pivot])) pivot = j;
        }
        if (std::abs(row[pivot]) < negligible) {
            is_consistent_ = is_consistent_ && std::abs(row[n_]) < negligible;
            return;
        }
        const double inverse = 1 / row[pivot];
        for (auto& entry : row) entry *= inverse;
        rows_.insert(rows_.end(), row.begin(), row.end());
        pivots_.push_back(pivot);
    }

    void solve(std::vector<double>& w) const {
        for (std::size_t r = pivots_.size(); r-- > 0;) {
            const double* row = &rows_[r * (n_ + 1)];
            double value = row[n_];
            for (std::size_t later = r + 1; later < pivots_.size(); ++later) value -= row[pivots_[later]] * w[pivots_[later]];
            w[pivots_[r]] = value;
        }
    }

   private:
    static constexpr double negligible = 1e-8;

    void eliminate(std::vector<double>& row, std::size_t r) const {
        const double factor = row[pivots_[r]];
        if (factor == 0) return;
        for (std::size_t j = 0; j <= n_; ++j) row[j] -= factor * rows_[r * (n_ + 1) + j];
        row[pivots_[r]] = 0;
    }

    std::size_t n_;
    std::vector<double> rows_;
    std::vector<std::size_t> pivots_;
    bool is_consistent_ = true;
};

}  // namespace neuromanifold
