#include "solver.hpp"

#include <algorithm>

#include "endgame.hpp"

namespace neuromanifold {

namespace {

template <class Batch>
void serve(const Kernel& kernel, const TapeView& tape, const Batch& batch,
           void (*block)(const TapeView&, std::byte*, const Batch&, std::int64_t)) {
    if (batch.count == 0) return;
    auto memory = workspace(kernel, tape);
    for (std::int64_t first = 0; first < batch.count; first += kernel.lanes) block(tape, memory.get(), batch, first);
}

Points shifted(Points points, std::int64_t by) { return {points.data + by * points.stride, points.stride}; }

class Tracking {
   public:
    Tracking(const Kernel& kernel, const TapeView& tape, const std::complex<double>* starts, std::int64_t count, Points p_start,
             Points p_target, const TrackerOptions& options)
        : kernel_(kernel),
          tape_(tape),
          count_(count),
          n_(tape.n_variables),
          starts_(starts),
          p_start_(p_start),
          p_target_(p_target),
          options_(options) {
        auto size = static_cast<std::size_t>(count);
        result_.x.assign(starts, starts + count * n_);
        result_.status.assign(size, PathStatus::success);
        result_.t.assign(size, 1.0);
        result_.accuracy.assign(size, 0.0);
        result_.condition.assign(size, 0.0);
        result_.accepted.assign(size, 0);
        result_.rejected.assign(size, 0);
        result_.winding_number.assign(size, 0);
    }

    TrackResult run(int threads, const Watch& watch) {
        constexpr std::int64_t together = 16;  // blocks of ends
        std::int64_t n_blocks = (count_ + kernel_.lanes - 1) / kernel_.lanes, n_rows = (n_blocks + together - 1) / together;
        threads = static_cast<int>(std::clamp<std::int64_t>(threads, 1, std::max<std::int64_t>(n_blocks, 1)));
        Queue tracking(count_), refining(n_rows);
        if (count_ == 0) return std::move(result_);
        TrackBatch batch{p_start_, p_target_, result_.x.data(), result_.status.data(), result_.t.data(), result_.accepted.data(),
                         result_.rejected.data(), result_.accuracy.data(), true};
        run_threads(kernel_.bytes(tape_), threads, tracking, watch,
                    [&](std::byte* memory) { kernel_.track(tape_, memory, batch, options_, tracking); });
        for (std::int64_t i = 0; tracking.stopped() && i < count_; ++i) {
            // never taken from the queue
            if (result_.status[i] == PathStatus::success && result_.t[i] == 1.0) result_.status[i] = PathStatus::interrupted;
        }
        auto stopped = tracking.stopped();
        auto look = [&](std::int64_t) {  // the ends that are there get refined in any case
            if (!stopped) stopped = !watch(count_);
            return true;
        };
        auto refine_all = [&](std::byte* memory) {
            auto length = together * kernel_.lanes;
            for (auto row = refining.claim(); row >= 0; row = refining.claim()) {
                refine_ends(memory, row * length, std::min(count_, (row + 1) * length));
            }
        };
        run_threads(kernel_.bytes(tape_), static_cast<int>(std::min<std::int64_t>(threads, n_rows)), refining, look, refine_all);
        if (options_.endgame_start > 0 && !stopped) finish_singular(threads, watch);
        return std::move(result_);
    }

   private:
    // Newton's method at the ends of the paths from `first` to `last` that arrived.
    void refine_ends(std::byte* memory, std::int64_t first, std::int64_t last) {
        constexpr double nearby = 1e-3;
        std::vector<std::int64_t> arrived;
        for (auto path = first; path < last; ++path) {
            if (result_.status[path] == PathStatus::success) arrived.push_back(path);
        }
        std::vector<std::complex<double>> x, p;
        for (auto path : arrived) {
            x.insert(x.end(), result_.x.begin() + path * n_, result_.x.begin() + (path + 1) * n_);
            auto* own = p_target_.data + path * p_target_.stride;
            if (p_target_.stride > 0) p.insert(p.end(), own, own + p_target_.stride);
        }
        std::vector<double> accuracy(arrived.size()), moved(arrived.size()), condition(arrived.size());
        Points parameters{p_target_.stride > 0 ? p.data() : p_target_.data, p_target_.stride};
        auto size = static_cast<std::int64_t>(arrived.size());
        kernel_.refine(tape_, memory, {parameters, x.data(), size, 12, accuracy.data(), moved.data(), condition.data()});
        for (std::size_t i = 0; i < arrived.size(); ++i) {
            auto path = arrived[i];
            bool regular = condition[i] <= options_.max_condition;
            bool converged = accuracy[i] <= options_.max_accuracy && moved[i] <= nearby;
            result_.accuracy[path] = accuracy[i];
            result_.condition[path] = condition[i];
            result_.winding_number[path] = 1;
            if (converged) std::copy_n(x.begin() + static_cast<std::int64_t>(i) * n_, n_, result_.x.begin() + path * n_);
            if (converged && regular) continue;
            result_.status[path] = regular ? PathStatus::accuracy_limit : PathStatus::singular;
            result_.winding_number[path] = 0;
        }
    }

    // Paths that end in a singular point, or may, and are followed around t = 0 to find it.
    void finish_singular(int threads, const Watch& watch) {
        std::vector<PathEnd> ends;
        for (std::int64_t path = 0; path < count_; ++path) {
            bool arrived = result_.t[path] == 0;
            if (result_.status[path] != PathStatus::singular && !(arrived && result_.status[path] == PathStatus::accuracy_limit)) continue;
            auto x = result_.x.begin() + path * n_;
            PathEnd end{path, result_.t[path], {x, x + n_}, result_.status[path]};
            if (!arrived || step_back(end)) ends.push_back(std::move(end));
        }
        find_ends(kernel_, tape_, p_start_, p_target_, options_, threads, [&](std::int64_t) { return watch(count_); }, ends);
        for (auto& end : ends) {
            result_.status[end.number] = end.status;
            if (end.winding_number == 0) continue;  // the point is where tracking stopped
            result_.t[end.number] = end.t;
            std::ranges::copy(end.x, result_.x.begin() + end.number * n_);
            result_.winding_number[end.number] = end.winding_number;
            result_.accuracy[end.number] = end.accuracy;
            result_.condition[end.number] = end.condition;
        }
    }

    // A path that stepped into its singular end without noticing: the point shortly before.
    bool step_back(PathEnd& end) const {
        constexpr double shortly = 1e-4;
        auto options = options_;
        options.endgame_start = 0;
        auto start = shifted(p_start_, end.number), target = shifted(p_target_, end.number);
        std::vector<std::complex<double>> before(static_cast<std::size_t>(tape_.n_parameters));
        parameters_at(shortly, start.data, target.data, tape_.n_parameters, before.data());
        std::copy_n(starts_ + end.number * n_, n_, end.x.begin());
        auto status = PathStatus::success;
        double t = 1, accuracy = 0;
        std::int32_t accepted = 0, rejected = 0;
        Queue queue(1);
        kernel_.track(tape_, workspace(kernel_, tape_).get(), {start, {before.data(), 0}, end.x.data(), &status, &t, &accepted, &rejected, &accuracy},
                      options, queue);
        end.t = shortly;
        return status == PathStatus::success;
    }

    const Kernel& kernel_;
    TapeView tape_;
    std::int64_t count_, n_;
    const std::complex<double>* starts_;
    Points p_start_, p_target_;
    TrackerOptions options_;
    TrackResult result_;
};

}  // namespace

void evaluate(const Kernel& kernel, const TapeView& tape, const EvaluateBatch& batch) { serve(kernel, tape, batch, kernel.evaluate); }
void taylor(const Kernel& kernel, const TapeView& tape, const TaylorBatch& batch) { serve(kernel, tape, batch, kernel.taylor); }
void refine(const Kernel& kernel, const TapeView& tape, const RefineBatch& batch) {
    if (batch.count > 0) kernel.refine(tape, workspace(kernel, tape).get(), batch);
}

TrackResult track(const Kernel& kernel, const TapeView& tape, const std::complex<double>* starts, std::int64_t count, Points p_start,
                  Points p_target, const TrackerOptions& options, int threads, const Watch& watch) {
    return Tracking(kernel, tape, starts, count, p_start, p_target, options).run(threads, watch);
}

}  // namespace neuromanifold
