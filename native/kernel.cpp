// Compiled once per instruction set, with NM_LANES and NM_ISA given by the build.
#include "kernel.hpp"

#include <initializer_list>

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

// The memory of each function, taken from an arena when it is constructed.
struct Evaluation {
    System<R> system;
    C *x, *p, *f, *jacobian;

    Evaluation(Arena& arena, const TapeView& tape)
        : system(arena, tape),
          x(arena.take<C>(tape.n_variables)),
          p(arena.take<C>(tape.n_parameters)),
          f(arena.take<C>(tape.n_equations)),
          jacobian(arena.take<C>(std::int64_t{tape.n_equations} * tape.n_variables)) {}
};

struct Expansion {
    System<R> system;
    C *x[3], *p[4], *f;

    Expansion(Arena& arena, const TapeView& tape) : system(arena, tape), f(arena.take<C>(tape.n_equations)) {
        for (auto& coefficient : x) coefficient = arena.take<C>(tape.n_variables);
        for (auto& coefficient : p) coefficient = arena.take<C>(tape.n_parameters);
    }
};

struct Newton {
    System<R> system;
    Linearization<R> linearization;
    Refinement<R> refinement;
    C *x, *p;

    Newton(Arena& arena, const TapeView& tape)
        : system(arena, tape),
          linearization(arena, system),
          refinement(arena, system, linearization),
          x(arena.take<C>(tape.n_variables)),
          p(arena.take<C>(tape.n_parameters)) {}
};

static void evaluate(const TapeView& tape, std::byte* memory, const EvaluateBatch& batch, std::int64_t first) {
    std::int64_t n = tape.n_variables, m = tape.n_equations;
    Arena arena(memory);
    Evaluation evaluation(arena, tape);
    auto& [system, x, p, f, jacobian] = evaluation;
    for (int lane = 0; lane < K; ++lane) {
        auto i = member(first, lane, batch.count);
        read(batch.x + i * n, n, lane, x);
        read(batch.parameters.data + i * batch.parameters.stride, tape.n_parameters, lane, p);
    }
    system.values_and_jacobian(x, p, f);
    system.visit_jacobian([&](int row, const JacobianEntry* entry, const JacobianEntry* last) {
        for (; entry != last; ++entry) evaluation.jacobian[row * n + entry->column] = evaluation.system.partial(*entry);
    });
    for (int lane = 0; lane < block_size(first, batch.count); ++lane) {
        write(f, m, lane, batch.values + (first + lane) * m);
        write(jacobian, m * n, lane, batch.jacobian + (first + lane) * m * n);
    }
}

static void taylor(const TapeView& tape, std::byte* memory, const TaylorBatch& batch, std::int64_t first) {
    std::int64_t n = tape.n_variables, m = tape.n_equations;
    Arena arena(memory);
    Expansion expansion(arena, tape);
    auto& [system, x, p, f] = expansion;
    for (int lane = 0; lane < K; ++lane) {
        const auto* point = batch.x + member(first, lane, batch.count) * n * batch.order;
        for (int i = 0; i < n; ++i) {
            for (int k = 0; k < batch.order; ++k) read(point + i * batch.order + k, 1, lane, x[k] + i);
        }
        for (int k = 0; k < 2; ++k) read(batch.p + k * tape.n_parameters, tape.n_parameters, lane, p[k]);
    }
    system.taylor(batch.order, x, p, f);
    for (int lane = 0; lane < block_size(first, batch.count); ++lane) write(f, m, lane, batch.coefficient + (first + lane) * m);
}

static void refine_block(Newton& newton, const TapeView& tape, const RefineBatch& batch, std::int64_t first) {
    std::int64_t n = tape.n_variables;
    auto& [system, linearization, refinement, x, p] = newton;
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

static void refine(const TapeView& tape, std::byte* memory, const RefineBatch& batch) {
    Arena arena(memory);
    Newton newton(arena, tape);
    for (std::int64_t first = 0; first < batch.count; first += K) refine_block(newton, tape, batch, first);
}

static void track(const TapeView& tape, std::byte* memory, const TrackBatch& batch, const TrackerOptions& options, Queue& queue) {
    Arena arena(memory);
    Tracker<R> tracker(arena, tape, batch, options, queue);
    tracker.run();
}

template <class User, class... Arguments>
static std::size_t used_by(const TapeView& tape, Arguments&&... arguments) {
    Arena arena(nullptr);
    User user(arena, tape, arguments...);
    return arena.used();
}

// Enough for each of the functions above.
static std::size_t bytes(const TapeView& tape) {
    Queue queue(0);
    TrackerOptions options;
    std::size_t most = used_by<Tracker<R>>(tape, TrackBatch{}, options, queue);
    for (auto used : {used_by<Evaluation>(tape), used_by<Expansion>(tape), used_by<Newton>(tape)}) {
        if (most < used) most = used;
    }
    return most;
}

#define NM_TEXT(name) NM_QUOTE(name)
#define NM_QUOTE(name) #name

extern const Kernel kernel;
const Kernel kernel{NM_TEXT(NM_ISA), K, bytes, evaluate, taylor, refine, track};

}  // namespace neuromanifold::NM_ISA
