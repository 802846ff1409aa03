// Tracks H(x, t) = F(x; p(t)) from t = 1 to t = 0, K paths at once, each with its own t and step. A round
// predicts and corrects once, and then updates the points so reached with a Jacobian of their own, which says whether to
// accept them and expands the paths there.
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
            predict(active_ & ~fresh_ & ~pending_);
            settle();
            refill();
        }
    }

   private:
    static constexpr double near_end = 1e-4, looped_from = 1e-6, beyond_doubt = 1e-8;  // in t
    static constexpr double small_step = 0.1;  // relative to t: a path whose steps become smaller near the end is costly
    static constexpr double least_exponent = -0.05;  // x ~ t^v with a smaller v runs to infinity
    static constexpr double largest_update = 1e-2;  // a larger one at an accepted point means that the path is lost

    struct Path {
        std::int64_t number = -1;
        double t = 1, previous_t = 1;
        double next_t = 1;  // of the pending prediction
        double first = 0, second = 0;  // the first two updates of the pending point; 0 once the step control knows them
        double last_update = 0;
        double accuracy = 0;  // norm of the last full Newton update
        double expected = 0;  // what it should be in exact arithmetic
        double noise = 1e-14;  // what rounding adds
        bool surprised = false;
        std::int32_t start_updates = 0;
        double start_moved = 0;
        bool has_begun = true;  // the start is known to be close to a solution
        bool extended = false;  // residuals in double-double
        double last_step = 0;   // the step last accepted
        std::int32_t accepted = 0, rejected = 0;
        StepControl control;

        double tolerated_noise() const { return larger(4 * noise, 1e-13); }
    };

    // Predicts and corrects once.
    void predict(Mask lanes) {
        if (!any(lanes)) return;
        pending_ = pending_ | lanes;
        for (int lane = 0; lane < K; ++lane) {
            Path& path = paths_[lane];
            if (lanes[lane]) path.next_t = path.control.step < 1 ? path.t - path.control.step * path.t : 0.0;
        }
        R step = gather([](const Path& path) { return path.control.step; });
        predictor_.predict(x_, -step, update_);
        for (int i = 0; i < n_; ++i) trial_[i] = select(lanes, update_[i], trial_[i]);
        R size = update(gather([](const Path& path) { return path.next_t; }), lanes & extended_);
        for (int i = 0; i < n_; ++i) trial_[i] = select(lanes, trial_[i] + update_[i], trial_[i]);
        for (int lane = 0; lane < K; ++lane) {
            if (lanes[lane]) paths_[lane].last_update = size[lane];
        }
    }

    // The Newton update at the trial points and its norm.
    R update(R t, Mask extended) {
        parameters_.move_to(t, any(extended));
        linearization_.at(trial_, parameters_.p[0], weights_, extended, parameters_.wide, update_);
        linearization_.correct(update_);
        return weights_.of(update_);
    }

    // Another update in every lane decides about the pending points; paths are expanded where it was the last one.
    void settle() {
        const Mask pending = pending_;
        for (int i = 0; i < n_; ++i) trial_[i] = select(pending, trial_[i], x_[i]);
        R t;
        for (int lane = 0; lane < K; ++lane) t.set(lane, pending[lane] ? paths_[lane].next_t : paths_[lane].t);
        R size = update(t, active_ & extended_);
        Mask sound = active_ & ~pending & (size < R::broadcast(largest_update));
        for (int lane = 0; lane < K; ++lane) {
            if (!active_[lane]) continue;
            if (pending[lane]) sound.set(lane, decide(lane, size[lane]));
            else fresh_.set(lane, !has_begun(lane, size[lane]) || surprised(lane, size[lane]));
        }
        for (int i = 0; i < n_; ++i) {
            trial_[i] = trial_[i] + update_[i];
            x_[i] = select(sound, trial_[i], x_[i]);
        }
        sound = sound & active_;
        weights_.update(sound, unbounded_, x_);
        Mask settled = active_ & ~fresh_ & (~pending | sound);
        for (int lane = 0; lane < K; ++lane) {
            if (!settled[lane]) continue;
            paths_[lane].accuracy = size[lane];
            if (paths_[lane].t == 0) finish(lane, PathStatus::success);
        }
        settled = settled & active_;
        if (any(settled)) expand(settled, t, size);
        for (int lane = 0; lane < K; ++lane) {
            if (active_[lane] && pending[lane] && !pending_[lane]) go_on(lane);
        }
    }

    // Where `linearization_` holds the Jacobian.
    void expand(Mask lanes, R t, R size) {
        parameters_.expand(t);
        predictor_.expand(lanes, x_, parameters_.p, linearization_, weights_);
        R largest = R::zero();
        for (int i = 0; i < n_; ++i) largest = max(norm(x_[i]), largest);
        for (int lane = 0; lane < K; ++lane) {
            if (lanes[lane]) examine(lane, size[lane], largest[lane]);
        }
    }

    // Whether to accept the pending point of a lane, by its latest update. Otherwise it has been rejected, or stays pending.
    // Newton: ||second|| <= omega/2 ||first||^2, and about omega/2 ||second||^2 is left. That must be small, also against the
    // radius of about 1/omega in which the method contracts.
    bool decide(int lane, double size) {
        Path& path = paths_[lane];
        double before = path.last_update, noise = path.tolerated_noise();
        bool is_second = path.first == 0;
        bool finite = before < __builtin_inf() && size < __builtin_inf();
        bool contracts = finite && (size <= options_.contraction * before || size <= noise);
        // A first update far beyond what the last steps promised means that the prediction left its path.
        bool suspicious = is_second && path.accepted > 0 && path.control.omega * before > 8 * h(options_.contraction);
        if (!contracts || suspicious) {
            path.control.reject(finite && !suspicious ? smaller(size / before, 1e6) : -1, options_);
            path.first = 0;
            ++path.rejected;
            pending_.set(lane, false);
            return false;
        }
        if (is_second) {
            path.first = larger(before, 1e-16);  // a path may stand still
            path.second = size;
        }
        double ratio = path.second / path.first;
        double tolerance = 1e-7 * smaller(path.first / (ratio + ratio), 1.0);
        path.expected = path.second / path.first * size / path.first * size;
        if (size > noise && path.expected > larger(tolerance, noise)) {
            path.last_update = size;
            return false;
        }
        // Where omega seems to have risen suddenly, this update may be noise: another one tells.
        constexpr double risen = 8;
        bool doubtful = size > noise && path.control.omega > 0 && 2 * ratio > risen * path.control.omega * path.first;
        fresh_.set(lane, doubtful && is_second && size <= tolerance);
        pending_.set(lane, false);
        path.surprised = false;
        path.last_step = path.control.step;
        path.previous_t = path.t;
        path.t = path.next_t;
        ++path.accepted;
        return true;
    }

    // A start must be close to a solution: Newton's method converges, and not to somewhere else.
    bool has_begun(int lane, double size) {
        constexpr double converged = 1e-8, nearby = 1e-3;
        constexpr int patience = 3, most_updates = 8;
        Path& path = paths_[lane];
        if (path.has_begun) return true;
        path.accuracy = size;
        path.start_moved += size;
        if (!(path.start_moved <= nearby) || ++path.start_updates > most_updates) {
            finish(lane, PathStatus::invalid_start);
            return false;
        }
        path.has_begun = size <= converged;
        if (!path.has_begun && path.start_updates == patience) extend(lane);
        return path.has_begun;
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
        if (path.first > 0) path.control.accept(path.first, path.second, 25 * path.tolerated_noise());
        path.first = 0;
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
        if (path.t <= options_.endgame_start && path.control.step < 1 && is_over(lane, path.extended || path.control.step < small_step)) return;
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

    void go_on(int lane) {
        Path& path = paths_[lane];
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
        int n_written = status == PathStatus::invalid_start ? 0 : n_;
        for (int i = 0; i < n_written; ++i) batch_.x[number * n_ + i] = {x_[i].re[lane], x_[i].im[lane]};
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
        paths_[lane].has_begun = !batch_.checks_starts;
        read(batch_.x + number * n_, n_, lane, x_);
        parameters_.load(number, lane);
        active_.set(lane, true);
        pending_.set(lane, false);
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
    Mask active_{}, extended_{}, unbounded_{};
    Mask fresh_{};    // to be updated before they go on
    Mask pending_{};  // predicted and not yet accepted
    bool exhausted_ = false;
};

}  // namespace neuromanifold::NM_ISA
