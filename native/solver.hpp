// Whole batches of points and paths: memory, threads, and the phases of tracking.
#pragma once

#include <vector>

#include "workers.hpp"

namespace neuromanifold {

struct TrackResult {
    std::vector<std::complex<double>> x;
    std::vector<PathStatus> status;
    std::vector<double> t, accuracy, condition;
    std::vector<std::int32_t> accepted, rejected, winding_number;
};

void evaluate(const Kernel&, const TapeView&, const EvaluateBatch&);
void taylor(const Kernel&, const TapeView&, const TaylorBatch&);
void refine(const Kernel&, const TapeView&, const RefineBatch&);

// Checks the starts, tracks the paths, refines their ends, and finds those that are not regular by loops. The result does not depend on the number of threads.
TrackResult track(const Kernel&, const TapeView&, const std::complex<double>* starts, std::int64_t count, Points p_start,
                  Points p_target, const TrackerOptions&, int threads, const Watch& watch);

}  // namespace neuromanifold
