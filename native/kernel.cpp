// Compiled once per instruction set, with NM_LANES and NM_ISA given by the build.
#include "kernel.hpp"

#include "tracker.hpp"

namespace neuromanifold::NM_ISA {

using R = Lanes;
using C = Complex<R>;

static void read(const std::complex<double>* from, std::int64_t count, int lane, C* to) {
    const double* parts = reinterpret_cast<const double*>(from);
    for (std::int64_t i = 0; i < count; ++i) {
        to[i].re.set(lane, parts[2 * i]);
        to[i].im.set(lane, parts[2 * i + 1]);
    }
}

static void write(const C* from, std::int64_t count, int lane, std::complex<double>* to) {
    double* parts = reinterpret_cast<double*>(to);
    for (std::int64_t i = 0; i < count; ++i) {
        parts[2 * i] = from[i].re[lane];
        parts[2 * i + 1] = from[i].im[lane];
    }
}

static int block_size(std::int64_t first, std::int64_t count) {
    return count - first < K ? static_cast<int>(count - first) : K;
}

// Lanes beyond the end of a batch repeat its last point.
static std::int64_t member(std::int64_t first, int lane, std::int64_t count) {
    return first + lane < count ? first + lane : count - 1;
}

static void evaluate(const TapeView& tape, std::byte* memory, const EvaluateBatch& batch, std::int64_t first) {
    std::int64_t n = tape.n_variables, m = tape.n_equations;
    Arena arena(memory);
    System<R> system(arena, tape);
    C* x = arena.take<C>(n);
    C* p = arena.take<C>(tape.n_parameters);
    C* f = arena.take<C>(m);
    C* jacobian = arena.take<C>(m * n);
    for (int lane = 0; lane < K; ++lane) {
        auto i = member(first, lane, batch.count);
        read(batch.x + i * n, n, lane, x);
        read(batch.parameters.data + i * batch.parameters.stride, tape.n_parameters, lane, p);
    }
    system.values_and_jacobian(x, p, f);
    system.visit_jacobian([&](int row, int column, const C& entry) { jacobian[row * n + column] = entry; });
    for (int lane = 0; lane < block_size(first, batch.count); ++lane) {
        write(f, m, lane, batch.values + (first + lane) * m);
        write(jacobian, m * n, lane, batch.jacobian + (first + lane) * m * n);
    }
}

static void taylor(const TapeView& tape, std::byte* memory, const TaylorBatch& batch, std::int64_t first) {
    std::int64_t n = tape.n_variables, m = tape.n_equations;
    Arena arena(memory);
    System<R> system(arena, tape);
    C* x[3] = {arena.take<C>(n), arena.take<C>(n), arena.take<C>(n)};
    C* p[4];
    for (auto& coefficient : p) coefficient = arena.take<C>(tape.n_parameters);
    C* f = arena.take<C>(m);
    for (int lane = 0; lane < K; ++lane) {
        const auto* point = batch.x + member(first, lane, batch.count) * n * batch.order;
        for (int i = 0; i < n; ++i) {
            for (int k = 0; k < batch.order; ++k) read(point + i * batch.order + k, 1, lane, x[k] + i);
        }
        for (int k = 0; k < 2; ++k) read(batch.p + k * tape.n_parameters, tape.n_parameters, lane, p[k]);
    }
    if (batch.order == 1) system.taylor<1>(x, p, f);
    if (batch.order == 2) system.taylor<2>(x, p, f);
    if (batch.order == 3) system.taylor<3>(x, p, f);
    for (int lane = 0; lane < block_size(first, batch.count); ++lane) write(f, m, lane, batch.coefficient + (first + lane) * m);
}

static void refine(const TapeView& tape, std::byte* memory, const RefineBatch& batch, std::int64_t first) {
    std::int64_t n = tape.n_variables;
    Arena arena(memory);
    System<R> system(arena, tape);
    Linearization<R> linearization(arena, system);
    Refinement<R> refinement(arena, system, linearization);
    C* x = arena.take<C>(n);
    C* p = arena.take<C>(tape.n_parameters);
    for (int lane = 0; lane < K; ++lane) {
        auto i = member(first, lane, batch.count);
        read(batch.x + i * n, n, lane, x);
        read(batch.parameters.data + i * batch.parameters.stride, tape.n_parameters, lane, p);
    }
    refinement.refine(x, p, batch.max_iterations);
    if (batch.condition) refinement.estimate_condition(x, p);
    for (int lane = 0; lane < block_size(first, batch.count); ++lane) {
        write(x, n, lane, batch.x + (first + lane) * n);
        batch.accuracy[first + lane] = refinement.accuracy[lane];
        batch.moved[first + lane] = refinement.moved[lane];
        if (batch.condition) batch.condition[first + lane] = refinement.condition[lane];
    }
}

static void track(const TapeView& tape, std::byte* memory, const TrackBatch& batch, const TrackerOptions& options, Queue& queue) {
    Arena arena(memory);
    Tracker<R> tracker(arena, tape, batch, options, queue);
    tracker.run();
}

// Enough for each of the functions above.
static std::size_t bytes(const TapeView& tape) {
    std::int64_t n = tape.n_variables, m = tape.n_equations;
    Arena arena(nullptr);
    System<R> system(arena, tape);
    Linearization<R> linearization(arena, system);
    Refinement<R> refinement(arena, system, linearization);
    Weights<R> weights(arena, tape.n_variables);
    Predictor<R> predictor(arena, system);
    arena.take<C>(5 * (n + 1) + 8 * (tape.n_parameters + 1) + m + m * n);
    return arena.used() + 64 * 32;
}

#define NM_TEXT(name) NM_QUOTE(name)
#define NM_QUOTE(name) #name

extern const Kernel kernel;
const Kernel kernel{NM_TEXT(NM_ISA), K, bytes, evaluate, taylor, refine, track};

}  // namespace neuromanifold::NM_ISA
