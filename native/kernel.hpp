// The interface between the kernels, compiled once per instruction set, and the rest: plain data and function pointers.
#pragma once

#include <complex>
#include <cstddef>
#include <cstdint>

#include "program.hpp"
#include "queue.hpp"

namespace neuromanifold {

enum class PathStatus : std::int8_t {
    success = 0,
    invalid_start = 1,
    step_too_small = 2,
    max_steps = 3,
    diverged = 4,
    singular = 5,
    accuracy_limit = 6,
    interrupted = 7,
};

struct TrackerOptions {
    std::int32_t max_steps = 10000;
    double min_step = 1e-15;         // in t
    double initial_step = 0.1;       // in t
    double contraction = 0.125;      // a: Newton must contract at least by this factor
    double beta_omega = 2.0;         // safety factor of the step from the Newton contraction
    double beta_tau = 0.7;           // largest step relative to the trust radius
    double beta_tau_strict = 0.45;   // the same for the step that would reach t = 0
    double divergence_bound = 1e10;  // a coordinate beyond it means a path to infinity
    double endgame_start = 0.1;      // in t: from here on a path that does not behave regularly is treated as such; 0 for never
    std::int32_t max_winding_number = 16;
    double max_condition = 1e13;     // of the Jacobian at a solution called regular
    double max_accuracy = 1e-9;      // of the last Newton update at a solution
};

// An array of complex vectors, one for each point; stride 0 repeats the same vector.
struct Points {
    const std::complex<double>* data;
    std::int64_t stride;
};

struct TrackBatch {
    Points start, target;     // parameters at t = 1 and t = 0
    std::complex<double>* x;  // in: solutions at t = 1; out: points at t
    PathStatus* status;       // paths with another status than success on entry are left alone
    double* t;
    std::int32_t* accepted;
    std::int32_t* rejected;
    double* accuracy;
    bool checks_starts = false;  // invalid ones stay where they are
};

struct RefineBatch {
    Points parameters;
    std::complex<double>* x;  // in and out, contiguous
    std::int64_t count;
    std::int32_t max_iterations;
    double* accuracy;
    double* moved;
    double* condition;  // may be null
};

struct EvaluateBatch {
    Points parameters;
    const std::complex<double>* x;
    std::int64_t count;
    std::complex<double>* values;    // count x m
    std::complex<double>* jacobian;  // count x m x n
};

struct TaylorBatch {
    const std::complex<double>* x;  // count x n x order: coefficients 0 .. order-1
    const std::complex<double>* p;  // value and derivative of the parameters
    std::int64_t count;
    std::int32_t order;
    std::complex<double>* coefficient;  // count x m: coefficient `order` of F(x(t), p(t))
};

// `memory` is a block of `bytes(tape)` aligned to 64 bytes; evaluate and taylor serve `lanes` points from `first`, the others a whole batch.
struct Kernel {
    const char* name;
    int lanes;
    std::size_t (*bytes)(const TapeView&);
    void (*evaluate)(const TapeView&, std::byte* memory, const EvaluateBatch&, std::int64_t first);
    void (*taylor)(const TapeView&, std::byte* memory, const TaylorBatch&, std::int64_t first);
    void (*refine)(const TapeView&, std::byte* memory, const RefineBatch&);
    void (*track)(const TapeView&, std::byte* memory, const TrackBatch&, const TrackerOptions&, Queue&);
};

}  // namespace neuromanifold
