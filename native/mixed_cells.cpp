#include "mixed_cells.hpp"

#include <algorithm>
#include <chrono>
#include <type_traits>
#include <utility>

#include "big_integer.hpp"
#include "checked_integer.hpp"

namespace neuromanifold {

namespace {

// A cell has an edge {a_j, b_j} in each support. With D the matrix of columns a_j - b_j, the inner normal beta solves
// <a_j - b_j, beta> = -(w(a_j) - w(b_j)), and the cell belongs to the subdivision lifted by w exactly when
//     v(c) = <c - a_j, beta> + w(c) - w(a_j) > 0     for every other point c of every support j.
// Everything is kept multiplied by det D > 0, so it stays integer: the rows of adj = det D^{-1} and det itself.
//
// Support after support takes the place of a starting simplex. In stage k the supports before k are the given ones, support
// k is A_k together with d_k times the standard simplex (lifted d_k times as high), the supports after k are standard
// simplices. The lifting of the k-th simplex rises, w + t u with u = 1 on its points, from t = -infinity, where the cells
// are those of stage k - 1, to +infinity, where the cells without points of the simplex are those of stage k. A cell lives
// until the first v(c) = v0 + t v1 becomes zero. There the only circuit among its points and c flips: with the
// coordinate lambda of c - a in the direction a - b of its support, the coefficients of the circuit at c, a, b are
// 1, -1 - lambda, lambda; before the flip the cells lack one of the points with a positive coefficient, after it they
// lack one with a negative coefficient. Where two cells become one, only one of the two goes on with it. So nothing
// has to be remembered but the cells that still wait.
template <class Z>
class Search {
   public:
    Search(const LiftedSupports& supports, std::int64_t most_volume, const KeepGoing& keep_going)
        : n_(supports.dimension), supports_(supports), room_(most_volume), keep_going_(keep_going), normal_(n_), slope_(n_) {
        std::size_t first = 0;
        for (int j = 0; j < n_; ++j) {
            Support support;
            support.size = supports.sizes[j];
            for (int p = 0; p < support.size; ++p) {
                const auto* exponents = supports.exponents.data() + (first + p) * n_;
                std::int64_t degree = 0;
                for (int l = 0; l < n_; ++l) degree += exponents[l];
                support.degree = std::max(support.degree, degree);
                support.points.emplace_back(exponents, exponents + n_);
                support.lifting.push_back(supports.lifting[first + p]);
            }
            for (int l = 0; l <= n_; ++l) {
                std::vector<Z> vertex(n_, 0), scaled(n_, 0);
                if (l > 0) {
                    vertex[l - 1] = 1;
                    scaled[l - 1] = support.degree;
                }
                Z height = supports.simplex_lifting[j * (n_ + 1) + l];
                support.simplex.push_back(std::move(vertex));
                support.simplex_lifting.push_back(height);
                support.points.push_back(std::move(scaled));
                support.lifting.push_back(Z(support.degree) * height);
            }
            first += support.size;
            list_.push_back(std::move(support));
        }
    }

    MixedCells run() {
        using Clock = std::chrono::steady_clock;
        constexpr std::int64_t flips_between_looks = 1 << 6;  // at the clock; the least flip takes a microsecond
        constexpr std::chrono::milliseconds time_between_calls(50);
        auto last = Clock::now();
        begin();
        while (!waiting_.empty() && !result_.is_too_large) {
            if (++result_.n_flips % flips_between_looks == 0 && Clock::now() - last > time_between_calls) {
                if (!keep_going_()) {
                    result_.is_interrupted = true;
                    break;
                }
                last = Clock::now();
            }
            Cell cell = std::move(waiting_.back());
            waiting_.pop_back();
            advance(std::move(cell));
        }
        return std::move(result_);
    }

   private:
    struct Support {
        std::int32_t size = 0;
        std::int64_t degree = 0;
        std::vector<std::vector<Z>> points;  // the given ones, then the scaled simplex
        std::vector<Z> lifting;
        std::vector<std::vector<Z>> simplex;  // unscaled
        std::vector<Z> simplex_lifting;
    };
    struct Edge {
        std::int32_t a, b;
    };
    struct Cell {
        std::int32_t stage;
        std::vector<Edge> edges;
        std::vector<Z> adjugate;  // row-major, row j dual to edge j
        Z determinant;
    };
    struct Event {
        std::int32_t support = -1, point = -1;
        Z value, fall;  // v0 and -v1 > 0: the event happens at t = v0 / -v1
    };

    // Points of a support in a stage, its simplex numbered after the given points throughout.
    const std::vector<Z>& point(int stage, int j, int p) const {
        return j > stage ? list_[j].simplex[p - list_[j].size] : list_[j].points[p];
    }
    const Z& height(int stage, int j, int p) const {
        return j > stage ? list_[j].simplex_lifting[p - list_[j].size] : list_[j].lifting[p];
    }
    int first_point(int stage, int j) const { return j > stage ? list_[j].size : 0; }
    int last_point(int stage, int j) const { return list_[j].size + (j < stage ? 0 : n_ + 1); }

    // All simplices: the edges {0, e_j}, whose points are lifted lower than all the others.
    void begin() {
        Cell cell{-1, {}, std::vector<Z>(n_ * n_, 0), 1};
        for (int j = 0; j < n_; ++j) {
            cell.edges.push_back({list_[j].size + 1 + j, list_[j].size});
            cell.adjugate[j * n_ + j] = 1;
        }
        check(cell);
        next_stage(std::move(cell));
    }

    void next_stage(Cell cell) {
        int k = ++cell.stage;
        if (k == n_) return emit(cell);
        Z degree = list_[k].degree;
        if (degree.sign() == 0) return;  // a single point
        for (int i = 0; i < n_ * n_; ++i) {
            if (i / n_ != k) cell.adjugate[i] = degree * cell.adjugate[i];
        }
        cell.determinant = degree * cell.determinant;
        waiting_.push_back(std::move(cell));
    }

    // det beta
    void set_normal(const Cell& cell) {
        std::fill(normal_.begin(), normal_.end(), Z(0));
        for (int j = 0; j < n_; ++j) {
            auto [a, b] = cell.edges[j];
            Z fall = height(cell.stage, j, b) - height(cell.stage, j, a);
            if (fall.sign() == 0) continue;
            for (int l = 0; l < n_; ++l) normal_[l] = normal_[l] + fall * cell.adjugate[j * n_ + l];
        }
    }

    static Z product(const std::vector<Z>& x, const std::vector<Z>& y) {
        Z sum = 0;
        for (std::size_t l = 0; l < x.size(); ++l) sum = sum + x[l] * y[l];
        return sum;
    }

    bool is_artificial(int j, int p) const { return p >= list_[j].size; }

    void advance(Cell cell) {
        int k = cell.stage;
        auto [a, b] = cell.edges[k];
        bool a_moves = is_artificial(k, a), b_moves = is_artificial(k, b);
        if (!a_moves && !b_moves) return next_stage(std::move(cell));
        set_normal(cell);
        Event first;
        if (a_moves && b_moves) {
            // The normal stands still; only the points of A_k come down.
            Z base = product(point(k, k, a), normal_) + cell.determinant * height(k, k, a);
            for (int c = 0; c < list_[k].size; ++c) consider(cell, k, c, base, cell.determinant, first);
        } else {
            for (int l = 0; l < n_; ++l) slope_[l] = a_moves ? -cell.adjugate[k * n_ + l] : cell.adjugate[k * n_ + l];
            for (int j = 0; j < n_; ++j) {
                int base_point = cell.edges[j].a;
                Z base = product(point(k, j, base_point), normal_) + cell.determinant * height(k, j, base_point);
                Z base_slope = product(point(k, j, base_point), slope_);
                if (j == k && a_moves) base_slope = base_slope + cell.determinant;
                for (int c = first_point(k, j); c < last_point(k, j); ++c) {
                    if (c == cell.edges[j].a || c == cell.edges[j].b) continue;
                    Z fall = base_slope - product(point(k, j, c), slope_);
                    if (j == k && is_artificial(k, c)) fall = fall - cell.determinant;
                    if (fall.sign() > 0) consider(cell, j, c, base, fall, first);
                }
            }
        }
        // Without an event the cell keeps a point of the simplex for ever.
        if (first.support >= 0) flip(cell, first.support, first.point);
    }

    void consider(const Cell& cell, int j, int c, const Z& base, const Z& fall, Event& first) {
        Z value = product(point(cell.stage, j, c), normal_) + cell.determinant * height(cell.stage, j, c) - base;
        int order = first.support < 0 ? -1 : compare_products(value, first.fall, first.value, fall);
        if (order == 0) tie_ = true;
        if (order < 0) {
            first = {j, c, std::move(value), fall};
            tie_ = false;
        }
    }

    void flip(const Cell& cell, int i, int c) {
        if (std::exchange(tie_, false)) throw DegenerateLifting();
        auto [a, b] = cell.edges[i];
        const auto& origin = point(cell.stage, i, a);
        const auto& entering = point(cell.stage, i, c);
        std::vector<Z> difference(n_), column(n_);
        for (int l = 0; l < n_; ++l) difference[l] = entering[l] - origin[l];
        for (int j = 0; j < n_; ++j) {
            Z sum = 0;
            for (int l = 0; l < n_; ++l) sum = sum + cell.adjugate[j * n_ + l] * difference[l];
            column[j] = std::move(sum);
        }
        int sign_b = column[i].sign();
        int sign_a = -(column[i] + cell.determinant).sign();
        // A second positive point belongs to the other of the two cells that become one.
        if ((sign_a > 0 && c < a) || (sign_b > 0 && c < b)) return;
        if (sign_b < 0) {  // without b
            auto replaced = column;
            for (auto& entry : replaced) entry = -entry;
            waiting_.push_back(with_edge(cell, i, {a, c}, replaced));
        }
        if (sign_a < 0) {  // without a
            column[i] = column[i] + cell.determinant;
            waiting_.push_back(with_edge(cell, i, {c, b}, column));
        }
    }

    // Column i of D replaced by the vector d with adj d = `column`.
    Cell with_edge(const Cell& cell, int i, Edge edge, const std::vector<Z>& column) const {
        Cell result{cell.stage, cell.edges, std::vector<Z>(n_ * n_), column[i]};
        result.edges[i] = edge;
        bool negative = column[i].sign() < 0;
        if (negative) result.determinant = -result.determinant;
        for (int j = 0; j < n_; ++j) {
            for (int l = 0; l < n_; ++l) {
                Z entry = cell.adjugate[i * n_ + l];
                if (j != i) {
                    entry = exact_quotient(column[i] * cell.adjugate[j * n_ + l] - column[j] * entry, cell.determinant);
                }
                result.adjugate[j * n_ + l] = negative ? -entry : entry;
            }
        }
        return result;
    }

    // The definition itself: every other point lies strictly above.
    void check(const Cell& cell) {
        set_normal(cell);
        for (int j = 0; j < n_; ++j) {
            auto [a, b] = cell.edges[j];
            Z base = product(point(cell.stage, j, a), normal_) + cell.determinant * height(cell.stage, j, a);
            for (int c = first_point(cell.stage, j); c < last_point(cell.stage, j); ++c) {
                if (c == a) continue;
                Z value = product(point(cell.stage, j, c), normal_) + cell.determinant * height(cell.stage, j, c) - base;
                if (value.sign() != (c == b ? 0 : 1)) throw DegenerateLifting();
            }
        }
    }

    void emit(const Cell& cell) {
        check(cell);
        std::int64_t volume = 1;
        if constexpr (std::is_same_v<Z, CheckedInteger>) volume = cell.determinant.value();
        if (volume > room_) {
            result_.is_too_large = true;
            return;
        }
        room_ -= volume;
        for (auto [a, b] : cell.edges) {
            result_.points.push_back(std::min(a, b));
            result_.points.push_back(std::max(a, b));
        }
        if constexpr (std::is_same_v<Z, CheckedInteger>) {
            for (const auto& entry : normal_) result_.normals.push_back(entry.value());
            result_.volumes.push_back(volume);
        }
    }

    int n_;
    const LiftedSupports& supports_;
    std::int64_t room_;
    const KeepGoing& keep_going_;
    std::vector<Support> list_;
    std::vector<Z> normal_, slope_;
    std::vector<Cell> waiting_;
    bool tie_ = false;
    MixedCells result_;
};

}  // namespace

MixedCells mixed_cells(const LiftedSupports& supports, std::int64_t most_volume, bool big_integers, const KeepGoing& keep_going) {
    if (!big_integers) {
        try {
            return Search<CheckedInteger>(supports, most_volume, keep_going).run();
        } catch (const IntegerOverflow&) {
        }
    }
    return Search<BigInteger>(supports, most_volume, keep_going).run();
}

}  // namespace neuromanifold
