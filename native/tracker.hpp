// Tracks H(x, t) = F(x; p(t)) from t = 1 to t = 0, K paths at once, each with its own t and step.
// A path's arithmetic never depends on the other lanes: shared work is masked, decisions are taken lane by lane.
#pragma once

#include "parameter_path.hpp"
#include "predictor.hpp"
#include "step_control.hpp"

namespace neuromanifold::NM_ISA {

template <class R, class Parameters = Segment<R>>
class Tracker {
   public:
    using C = Complex<R>;

    Tracker(Arena& arena, const TapeView& tape, const TrackBatch& batch, const TrackerOptions& options, Queue& queue)
        : n_(tape.n_variables),
          batch_(batch),
          options_(options),
          queue_(queue),
          system_(arena, tape),
          linearization_(arena, system_),
          weights_(arena, n_),
          predictor_(arena, system_),
          x_(arena.take<C>(n_)),
          trial_(arena.take<C>(n_)),
          update_(arena.take<C>(n_)),
          parameters_(arena, tape.n_parameters, batch) {
        predictor_.trust_radius = R::zero();
    }

    void run() {
        refill();
        while (any(active_)) {
            if (queue_.stopped()) return give_up();
            if (any(active_ & fresh_)) expand();
            moving_ = active_ & ~fresh_;
            if (any(moving_)) advance();
            refill();
        }
    }

   private:
    static constexpr double near_end = 1e-4, looped_from = 1e-6, beyond_doubt = 1e-8;  // in t
    static constexpr double least_exponent = -0.05;  // x ~ t^v with a smaller v runs to infinity
    static constexpr double largest_update = 1e-2;  // a larger one at an accepted point means that the path is lost

    struct Path {
        std::int64_t number = -1;
        double t = 1, previous_t = 1;
        double accuracy = 0;  // norm of the last full Newton update
        double expected = 0;  // what it should be in exact arithmetic
        double noise = 1e-14;  // what rounding adds
        bool surprised = false;
        bool extended = false;  // residuals in double-double
        double last_step = 0;   // the step last accepted
        std::int32_t accepted = 0, rejected = 0;
        StepControl control;
    };

    void set_parameters(R t) { parameters_.move_to(t, any(active_ & extended_)); }

    // At the newly reached points: one more Newton update, the expansion of the path, and the next step size.
    void expand() {
        Mask lanes = active_ & fresh_;
        R t = gather([](const Path& path) { return path.t; });
        set_parameters(t);
        parameters_.expand(t);
        linearization_.at(x_, parameters_.p[0], weights_, lanes & extended_, parameters_.wide, update_);
        linearization_.correct(update_);
        R size = weights_.of(update_);
        Mask sound = lanes & (size < R::broadcast(largest_update));
        for (int i = 0; i < n_; ++i) x_[i] = select(sound, x_[i] + update_[i], x_[i]);
        weights_.update(sound, unbounded_, x_);
        predictor_.expand(lanes, x_, parameters_.p, linearization_, weights_);
        R largest = R::zero();
        for (int i = 0; i < n_; ++i) largest = max(norm(x_[i]), largest);
        for (int lane = 0; lane < K; ++lane) {
            if (lanes[lane]) fresh_.set(lane, surprised(lane, size[lane]));
            if (lanes[lane] && !fresh_[lane]) examine(lane, size[lane], largest[lane]);
        }
    }

    // An update larger than it should be is rounding noise or an error that the corrector overlooked: another one tells.
    bool surprised(int lane, double size) {
        constexpr double harmless = 1e-13;
        Path& path = paths_[lane];
        bool is_large = size > larger(larger(8 * path.expected, 4 * path.noise), harmless) && size < largest_update;
        bool again = is_large && !path.surprised;
        if (again) path.expected = 0.25 * size;
        path.noise = path.surprised && size > path.expected ? size : smaller(path.noise, size);
        path.surprised = again;
        return again;
    }

    void examine(int lane, double size, double largest_norm) {
        constexpr double largest_noise = 1e-7;
        Path& path = paths_[lane];
        path.accuracy = size;
        if (largest_norm > options_.divergence_bound * options_.divergence_bound) return finish(lane, PathStatus::diverged);
        double a = options_.contraction;
        double blur = path.control.omega * path.noise;
        bool inaccurate = path.noise > largest_noise || blur > a * a * a * h(a);
        if (!path.extended && (!(size < largest_update) || inaccurate || blur > a * a * a * a * a * h(a))) {
            if (path.t <= options_.endgame_start && is_over(lane, true)) return;
            extend(lane);  // and examine again
            return fresh_.set(lane, true);
        }
        if (!(size < largest_update) || inaccurate) return finish(lane, stuck(lane, PathStatus::accuracy_limit));
        path.control.propose(predictor_.trust_radius[lane], path.previous_t / path.t, path.accepted == 0, options_);
        if (path.t <= options_.endgame_start && path.control.step < 1 && is_over(lane, path.extended)) return;
        if (path.control.step * path.t < options_.min_step) finish(lane, stuck(lane, PathStatus::step_too_small));
    }

    // From here on the residuals of this path are computed in double-double.
    void extend(int lane) {
        Path& path = paths_[lane];
        path.extended = true;
        path.noise = 1e-14;
        path.surprised = false;
        extended_.set(lane, true);
    }

    // Near t = 0, where the path does not reach the end in one step: whether it runs to infinity, or winds around t = 0
    // and is left to the loops of the endgame. A costly path is believed sooner.
    bool is_over(int lane, bool costly) {
        const Path& path = paths_[lane];
        auto asymptote = asymptote_of_largest(lane);
        bool grows = asymptote.exponent < least_exponent;
        bool unbounded = grows && asymptote.deviation < -0.2 * asymptote.exponent;
        bool evident = grows && asymptote.deviation < -0.01 * asymptote.exponent;
        unbounded_.set(lane, unbounded);
        bool done = path.t <= (grows ? beyond_doubt : looped_from) || (costly && evident && path.t <= 10 * near_end);
        if (done) finish(lane, unbounded ? PathStatus::diverged : PathStatus::singular);
        return done;
    }

    typename Predictor<R>::Asymptote asymptote_of_largest(int lane) const {
        int largest = 0;
        for (int i = 1; i < n_; ++i) {
            if (norm(x_[i])[lane] > norm(x_[largest])[lane]) largest = i;
        }
        return predictor_.asymptote(x_, largest, lane);
    }

    // Why a path cannot go on: near t = 0 it runs to infinity or into a singular point.
    PathStatus stuck(int lane, PathStatus otherwise) const {
        if (paths_[lane].t > options_.endgame_start) return otherwise;
        if (paths_[lane].t > near_end) return PathStatus::singular;
        return asymptote_of_largest(lane).exponent < least_exponent ? PathStatus::diverged : PathStatus::singular;
    }

    // Predicts, corrects, and accepts or rejects the step in every active lane.
    void advance() {
        const R infinity = R::broadcast(__builtin_inf());
        R step = gather([](const Path& path) { return path.control.step; });
        R t = gather([](const Path& path) { return path.control.step < 1 ? path.t - path.control.step * path.t : 0.0; });
        R noise = gather([](const Path& path) { return larger(4 * path.noise, 1e-13); });
        set_parameters(t);
        predictor_.predict(x_, -step, trial_);
        Mask extended = moving_ & extended_;
        linearization_.at(trial_, parameters_.p[0], weights_, extended, parameters_.wide, update_);
        linearization_.correct(update_);
        R first = weights_.of(update_);
        for (int i = 0; i < n_; ++i) trial_[i] = trial_[i] + update_[i];

        // Simplified Newton: ||second|| <= omega/2 ||first||^2, and the remaining error is about 2 theta ||second||.
        residual(extended, update_);
        linearization_.correct(update_);
        R second = weights_.of(update_);
        for (int i = 0; i < n_; ++i) trial_[i] = trial_[i] + update_[i];
        first = max(first, R::broadcast(1e-300));  // a path may stand still
        R contraction = second / first;
        Mask good = (second < infinity) & ((contraction <= R::broadcast(options_.contraction)) | (second <= noise));
        R rest = R::broadcast(2.0) * contraction * second;
        R last = second;
        // What is left must be small, also against the radius of about 1/omega in which Newton's method contracts.
        R radius = select(noise < second, first / (contraction + contraction), R::broadcast(1.0));
        R tolerance = max(R::broadcast(1e-7) * min(radius, R::broadcast(1.0)), noise);
        for (int extra = 0; extra < 3; ++extra) {
            Mask unfinished = moving_ & good & (tolerance < rest);
            if (!any(unfinished)) break;
            residual(extended, update_);
            linearization_.correct(update_);
            R next = weights_.of(update_);
            for (int i = 0; i < n_; ++i) trial_[i] = select(unfinished, trial_[i] + update_[i], trial_[i]);
            good = good & (~unfinished | (next <= R::broadcast(0.5) * last));
            rest = select(unfinished, next, rest);
            last = select(unfinished, next, last);
        }
        good = good & (rest <= tolerance);

        Mask accepted{};
        for (int lane = 0; lane < K; ++lane) {
            if (moving_[lane]) accepted.set(lane, decide(lane, good[lane], first[lane], second[lane], noise[lane], rest[lane], t[lane]));
        }
        for (int i = 0; i < n_; ++i) x_[i] = select(accepted, trial_[i], x_[i]);
        fresh_ = fresh_ | accepted;
        for (int lane = 0; lane < K; ++lane) {
            if (moving_[lane]) end_or_go_on(lane);
        }
    }

    void residual(Mask extended, C* f) {
        system_.values(trial_, parameters_.p[0], f);
        system_.extended_values(extended, trial_, parameters_.wide, f);
    }

    bool decide(int lane, bool good, double first, double second, double noise, double rest, double t) {
        Path& path = paths_[lane];
        // A first update far beyond what the last steps promised means that the prediction left its path.
        bool suspicious = path.accepted > 0 && path.control.omega * first > 8 * h(options_.contraction);
        if (good && !suspicious) {
            path.control.accept(larger(first, 1e-16), second, 25 * noise);
            path.expected = rest;
            path.last_step = path.control.step;
            path.previous_t = path.t;
            path.t = t;
            ++path.accepted;
            return true;
        }
        bool known = first < __builtin_inf() && second < __builtin_inf() && !suspicious;
        path.control.reject(known ? smaller(second / first, 1e6) : -1, options_);
        ++path.rejected;
        return false;
    }

    void end_or_go_on(int lane) {
        Path& path = paths_[lane];
        if (path.t == 0) return finish(lane, PathStatus::success);
        if (path.accepted + path.rejected >= options_.max_steps) return finish(lane, PathStatus::max_steps);
        if (!fresh_[lane] && path.control.step * path.t < options_.min_step) {
            if (path.extended) return finish(lane, stuck(lane, PathStatus::step_too_small));
            extend(lane);  // the rejections may have been noise
            path.control.step = path.last_step > 0 ? path.last_step / 4 : 1e-3;
        }
    }

    void finish(int lane, PathStatus status) {
        Path& path = paths_[lane];
        auto number = path.number;
        for (int i = 0; i < n_; ++i) batch_.x[number * n_ + i] = {x_[i].re[lane], x_[i].im[lane]};
        batch_.status[number] = status;
        batch_.t[number] = path.t;
        batch_.accepted[number] = path.accepted;
        batch_.rejected[number] = path.rejected;
        batch_.accuracy[number] = path.accuracy;
        active_.set(lane, false);
        queue_.finish(1);
    }

    void give_up() {
        for (int lane = 0; lane < K; ++lane) {
            if (active_[lane]) finish(lane, PathStatus::interrupted);
        }
    }

    // Gives every idle lane the next path.
    void refill() {
        if (exhausted_) return;
        Mask loaded{};
        for (int lane = 0; lane < K; ++lane) {
            while (!active_[lane] && !exhausted_) {
                auto number = queue_.claim();
                if (number < 0) {
                    exhausted_ = true;
                } else if (batch_.status[number] != PathStatus::success) {
                    queue_.finish(1);
                } else {
                    load(lane, number);
                    loaded.set(lane, true);
                }
            }
        }
        if (!any(loaded)) return;
        fresh_ = fresh_ | loaded;
        weights_.reset(loaded, x_);
    }

    void load(int lane, std::int64_t number) {
        paths_[lane] = Path{};
        paths_[lane].number = number;
        read(batch_.x + number * n_, n_, lane, x_);
        parameters_.load(number, lane);
        active_.set(lane, true);
        extended_.set(lane, false);
        unbounded_.set(lane, false);
    }

    static void read(const std::complex<double>* from, int count, int lane, C* to) {
        const double* parts = reinterpret_cast<const double*>(from);
        for (int i = 0; i < count; ++i) {
            to[i].re.set(lane, parts[2 * i]);
            to[i].im.set(lane, parts[2 * i + 1]);
        }
    }

    template <class Get>
    R gather(Get get) const {
        R result;
        for (int lane = 0; lane < K; ++lane) result.set(lane, get(paths_[lane]));
        return result;
    }

    int n_;
    TrackBatch batch_;
    TrackerOptions options_;
    Queue& queue_;
    System<R> system_;
    Linearization<R> linearization_;
    Weights<R> weights_;
    Predictor<R> predictor_;
    C* x_;
    C* trial_;
    C* update_;
    Parameters parameters_;
    Path paths_[K];
    Mask active_{}, fresh_{}, moving_{}, extended_{}, unbounded_{};
    bool exhausted_ = false;
};

}  // namespace neuromanifold::NM_ISA
