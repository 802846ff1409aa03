// The Cauchy endgame: the end of a path x(t) that winds around t = 0 before it closes.
//
// Near t = 0 a path is a power series in s = t^{1/m}, m its winding number. Followed along t = r e^{i theta}, it closes after m
// turns; the mean of its values at equidistant points is x(0), and the Fourier coefficients of negative order vanish when
// no other branch point lies inside, up to the error of the mean (A. Morgan, A. Sommese, C. Wampler, Numer. Math. 58, 1990).
// The parameters are linear in t, so each side of the polygon around 0 is an ordinary parameter homotopy.
#pragma once

#include <vector>

#include "workers.hpp"

namespace neuromanifold {

// Where the endgame takes over a path and what it finds.
struct PathEnd {
    std::int64_t number;                  // of the path
    double t;                             // in: where x is; out: 0 if the end was found
    std::vector<std::complex<double>> x;  // in: the point at t; out: the end
    PathStatus status;                    // out
    std::int32_t winding_number = 0;      // 0 where unknown
    double accuracy = 0, condition = 0;
};

void find_ends(const Kernel&, const TapeView&, Points p_start, Points p_target, const TrackerOptions&, int threads,
               const Watch& watch, std::vector<PathEnd>& ends);

// The point t p_start + (1 - t) p_target of a segment, for complex t.
void parameters_at(std::complex<double> t, const std::complex<double>* p_start, const std::complex<double>* p_target,
                   std::int32_t count, std::complex<double>* p);

}  // namespace neuromanifold
