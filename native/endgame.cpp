#include "endgame.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <numbers>
#include <span>
#include <utility>

namespace neuromanifold {

namespace {

using Scalar = std::complex<double>;
using Vector = std::vector<Scalar>;

constexpr int sides = 8;  // of the polygon around t = 0
constexpr double cos45 = std::numbers::sqrt2 / 2;
constexpr std::array<Scalar, sides> vertices{{{1, 0}, {cos45, cos45}, {0, 1}, {-cos45, cos45},
                                              {-1, 0}, {-cos45, -cos45}, {0, -1}, {cos45, -cos45}}};

// Plain formulas: the operator of the standard library may call a function that rounds differently elsewhere.
Scalar product(Scalar a, Scalar b) { return {a.real() * b.real() - a.imag() * b.imag(), a.real() * b.imag() + a.imag() * b.real()}; }

// |z| likewise, without overflow.
double modulus(Scalar z) {
    double a = std::abs(z.real()), b = std::abs(z.imag());
    double large = std::max(a, b), ratio = std::min(a, b) / large;
    return large > 0 && large < std::numeric_limits<double>::infinity() ? large * std::sqrt(1 + ratio * ratio) : large;
}

double size_of(const Vector& x) {
    double largest = 0;
    for (auto z : x) largest = std::max(largest, modulus(z));
    return largest;
}

double distance(const Vector& x, const Vector& y) {
    double largest = 0;
    for (std::size_t i = 0; i < x.size(); ++i) largest = std::max(largest, modulus(x[i] - y[i]));
    return largest;
}

// One path on its way around 0, first at the radius where it was handed over, then at smaller ones.
class Loop {
   public:
    Loop(PathEnd& end, int max_winding_number) : end_(end), max_winding_number_(max_winding_number), radius_(end.t), home_(end.x), first_size_(size_of(home_)) {}

    PathEnd& end() { return end_; }
    const Vector& home() const { return home_; }
    const Vector& point() const { return samples_.empty() ? home_ : samples_.back(); }
    Scalar from() const { return inward_ ? Scalar(radius_ / shrinking) : radius_ * vertices[samples_.size() % sides]; }
    Scalar to() const { return inward_ ? Scalar(radius_) : radius_ * vertices[(samples_.size() + 1) % sides]; }

    void reach(Vector x) {  // the point at to()
        if (inward_) {
            home_ = std::move(x);
            inward_ = false;
        } else {
            samples_.push_back(std::move(x));
        }
    }

    // The side could not be followed.
    void fail() { failed_ = true; }
    bool failed() const { return failed_; }

    bool made_turns() const { return !samples_.empty() && samples_.size() % sides == 0; }
    int turns() const { return static_cast<int>(samples_.size()) / sides; }
    bool is_exhausted() const { return turns() >= max_winding_number_; }

    bool is_closed() const {
        constexpr double gap = 1e-5, rounding = 1e-12;
        double spread = 0;
        for (const auto& x : samples_) spread = std::max(spread, distance(x, home_));
        return distance(samples_.back(), home_) <= std::max(gap * spread, rounding * size_of(home_));
    }

    // Coefficient k of the path as a series in t^{1/m} / r^{1/m}.
    Vector coefficient(int k) const {
        auto count = static_cast<int>(samples_.size());
        Vector sum(home_.size());
        for (int j = 0; j < count; ++j) {
            auto angle = -2 * std::numbers::pi * ((static_cast<std::int64_t>(j + 1) * k % count + count) % count) / count;
            auto root = std::polar(1.0 / count, angle);
            for (std::size_t i = 0; i < sum.size(); ++i) sum[i] += product(root, samples_[static_cast<std::size_t>(j)][i]);
        }
        return sum;
    }

    // How far the closed loop is from that of a series without negative powers, relative to the size of the path.
    double defect() const {
        double scale = 0;
        for (const auto& x : samples_) scale = std::max(scale, size_of(x));
        double worst = 0;
        for (int k = 1; k <= 2 * turns(); ++k) worst = std::max(worst, size_of(coefficient(-k)));  // down to t^{-2}
        return scale > 0 ? worst / scale : 0;
    }

    // Again on a circle of a fraction of the radius; false when enough were tried.
    bool retreat() {
        constexpr int most = 7;
        if (inward_ || ++attempts_ >= most) return false;
        samples_.clear();
        failed_ = false;
        inward_ = true;
        radius_ *= shrinking;
        return true;
    }

    // Whether the smaller circles lay farther out.
    bool has_grown() const { return attempts_ > 1 && size_of(home_) > 3 * first_size_; }

    double best_defect = 1e-6;  // of the end found so far; a larger one is no end

   private:
    static constexpr double shrinking = 0.125;

    PathEnd& end_;
    int max_winding_number_;
    double radius_;
    Vector home_;  // the point at t = radius, before the first side
    double first_size_;
    std::vector<Vector> samples_;
    bool inward_ = false, failed_ = false;
    int attempts_ = 0;
};

class Endgame {
   public:
    Endgame(const Kernel& kernel, const TapeView& tape, Points p_start, Points p_target, const TrackerOptions& options,
            std::byte* memory, Queue& queue)
        : kernel_(kernel),
          tape_(tape),
          p_start_(p_start),
          p_target_(p_target),
          options_(options),
          side_options_(options),
          memory_(memory),
          queue_(queue) {
        side_options_.endgame_start = 0;
        side_options_.initial_step = std::max(options.initial_step, 0.3);
        side_options_.divergence_bound = 1e150;
        side_options_.max_steps = std::min(options.max_steps, 500);
    }

    void run(std::span<PathEnd> ends) {
        std::vector<Loop> loops;
        for (auto& end : ends) {
            end.status = PathStatus::accuracy_limit;
            loops.emplace_back(end, options_.max_winding_number);
        }
        std::vector<Loop*> active;
        for (auto& loop : loops) active.push_back(&loop);
        while (!active.empty()) {
            advance(active);
            if (queue_.stopped()) {
                for (auto* loop : active) loop->end().status = PathStatus::interrupted;
                return;
            }
            std::erase_if(active, [&](Loop* loop) { return is_done(*loop); });
        }
    }

   private:
    // Every loop goes one side on.
    void advance(const std::vector<Loop*>& active) {
        auto n = static_cast<std::size_t>(tape_.n_variables), m = static_cast<std::size_t>(tape_.n_parameters);
        auto count = active.size();
        Vector x(count * n), from(count * m), to(count * m);
        for (std::size_t k = 0; k < count; ++k) {
            std::ranges::copy(active[k]->point(), x.data() + k * n);
            place(active[k]->end(), active[k]->from(), from.data() + k * m);
            place(active[k]->end(), active[k]->to(), to.data() + k * m);
        }
        std::vector<PathStatus> status(count, PathStatus::success);
        std::vector<double> t(count, 1.0), accuracy(count), moved(count);
        std::vector<std::int32_t> accepted(count), rejected(count);
        auto total = static_cast<std::int64_t>(count);
        Points start{from.data(), tape_.n_parameters}, target{to.data(), tape_.n_parameters};
        TrackBatch batch{start, target, x.data(), status.data(), t.data(), accepted.data(), rejected.data(), accuracy.data()};
        follow(batch, total);
        RefineBatch refining{target, x.data(), total, 12, accuracy.data(), moved.data(), nullptr};
        kernel_.refine(tape_, memory_, refining);
        for (std::size_t k = 0; k < count; ++k) {
            constexpr double converged = 1e-7, nearby = 1e-3;
            bool arrived = status[k] == PathStatus::success && accuracy[k] <= converged && moved[k] <= nearby;
            if (arrived) active[k]->reach(Vector(x.data() + k * n, x.data() + (k + 1) * n));
            else active[k]->fail();
        }
    }

    void follow(const TrackBatch& batch, std::int64_t count) {
        Queue part(count, queue_);
        kernel_.track(tape_, memory_, batch, side_options_, part);
    }

    const Scalar* target_of(const PathEnd& end) const { return p_target_.data + end.number * p_target_.stride; }

    // The parameters of the path at t.
    void place(const PathEnd& end, Scalar t, Scalar* p) const {
        parameters_at(t, p_start_.data + end.number * p_start_.stride, target_of(end), tape_.n_parameters, p);
    }

    bool is_done(Loop& loop) {
        if (!loop.failed()) {
            if (!loop.made_turns()) return false;
            bool closed = loop.is_closed();
            if (!closed && !loop.is_exhausted()) return false;
            if (closed && judge(loop)) return true;
        }
        if (loop.retreat()) return false;
        auto& end = loop.end();
        if (end.winding_number > 0) return true;
        if (loop.has_grown()) end.status = PathStatus::diverged;
        else go_straight(end);
        return true;
    }

    // Where no circle is small enough, t = 0 may be a point like any other.
    void go_straight(PathEnd& end) {
        Vector start(static_cast<std::size_t>(tape_.n_parameters)), x = end.x;
        auto* target = target_of(end);
        place(end, end.t, start.data());
        auto status = PathStatus::success;
        double t = 1, accuracy = 0;
        std::int32_t accepted = 0, rejected = 0;
        TrackBatch batch{{start.data(), 0}, {target, 0}, x.data(), &status, &t, &accepted, &rejected, &accuracy};
        follow(batch, 1);
        if (queue_.stopped()) end.status = PathStatus::interrupted;
        else if (status == PathStatus::success) finish_regularly(end, std::move(x));
    }

    bool finish_regularly(PathEnd& end, Vector x) {
        auto refined = newton(end, x, 12);
        bool converged = refined.accuracy <= options_.max_accuracy && refined.moved <= 1e-4;
        if (!converged || !(refined.condition <= options_.max_condition)) return false;
        end = {end.number, 0.0, std::move(x), PathStatus::success, 1, refined.accuracy, refined.condition};
        return true;
    }

    // Whether a closed loop has found the end well enough. The best end so far is kept in any case.
    bool judge(Loop& loop) {
        constexpr double enough = 1e-10;
        double defect = loop.defect();
        if (!(defect < loop.best_defect)) return false;
        loop.best_defect = defect;
        auto& end = loop.end();
        auto x = loop.coefficient(0);
        if (loop.turns() == 1 && ends_regularly(loop, x)) return true;
        constexpr double infinity = std::numeric_limits<double>::infinity();
        end = {end.number, 0.0, std::move(x), PathStatus::singular, loop.turns(), std::max(defect, 1e-15), infinity};
        return defect <= enough;
    }

    // Newton's method contracts near a regular end x, and only linearly near a singular one, however close. The condition number
    // would not tell: scaling the rows hides an equation whose gradient vanishes.
    bool ends_regularly(Loop& loop, Vector x) {
        constexpr double resolution = 1e-12;
        double size = size_of(loop.home()), away = distance(loop.home(), x);
        bool stands_still = away <= resolution * size;  // then any direction will do
        if (stands_still) away = 1e-3 * size;
        bool contracts = false;
        for (double part = 1; !contracts && part * away > resolution * size; part *= 1e-2) {
            auto nearby = x;
            for (std::size_t i = 0; i < x.size(); ++i) {
                nearby[i] += part * (stands_still ? away * vertices[i % sides] : loop.home()[i] - x[i]);
            }
            auto step = newton(loop.end(), nearby, 3);
            contracts = step.accuracy <= 1e-3 * step.moved;
        }
        return contracts && finish_regularly(loop.end(), std::move(x));
    }

    struct Newton {
        double accuracy, moved, condition;
    };

    Newton newton(const PathEnd& end, Vector& x, int iterations) {
        Newton result{};
        RefineBatch batch{{target_of(end), 0}, x.data(), 1, iterations, &result.accuracy, &result.moved, &result.condition};
        kernel_.refine(tape_, memory_, batch);
        return result;
    }

    const Kernel& kernel_;
    TapeView tape_;
    Points p_start_, p_target_;
    TrackerOptions options_, side_options_;
    std::byte* memory_;
    Queue& queue_;
};

}  // namespace

void parameters_at(Scalar t, const Scalar* p_start, const Scalar* p_target, std::int32_t count, Scalar* p) {
    for (std::int32_t i = 0; i < count; ++i) p[i] = product(t, p_start[i]) + product(1.0 - t, p_target[i]);
}

void find_ends(const Kernel& kernel, const TapeView& tape, Points p_start, Points p_target, const TrackerOptions& options, int threads,
               const Watch& watch, std::vector<PathEnd>& ends) {
    constexpr std::size_t least = 64, parts = 4;  // loops that go together, and for each thread
    if (ends.empty()) return;
    for (auto& end : ends) end.status = PathStatus::interrupted;
    auto workers = static_cast<std::size_t>(threads);
    auto length = workers == 1 ? ends.size() : std::max(least, ends.size() / (parts * workers));
    auto n_rows = (ends.size() + length - 1) / length;
    Queue queue(static_cast<std::int64_t>(n_rows));
    auto work = [&](std::byte* memory) {
        Endgame endgame(kernel, tape, p_start, p_target, options, memory, queue);
        for (auto row = queue.claim(); row >= 0; row = queue.claim()) {
            auto first = static_cast<std::size_t>(row) * length;
            endgame.run(std::span(ends).subspan(first, std::min(length, ends.size() - first)));
        }
    };
    run_threads(kernel.bytes(tape), static_cast<int>(std::min(workers, n_rows)), queue, watch, work);
}

}  // namespace neuromanifold
