// Fine mixed cells of n supports in Z^n with a given lifting, by tropical homotopy continuation in exact integers
// (A. Jensen, Tropical homotopy continuation, 2016).
#pragma once

#include <cstdint>
#include <functional>
#include <stdexcept>
#include <vector>

namespace neuromanifold {

struct LiftedSupports {
    std::int32_t dimension;                // n
    std::vector<std::int32_t> sizes;       // points of each support
    std::vector<std::int64_t> exponents;   // all points of the first support, of the second, ..., n numbers each
    std::vector<std::int64_t> lifting;     // one number for each point
    std::vector<std::int64_t> simplex_lifting;  // n x (n + 1), for the points 0, e_1, ..., e_n of the starting simplices
};

// The lifting makes two events happen at once: draw another one.
struct DegenerateLifting : std::runtime_error {
    DegenerateLifting() : std::runtime_error("the lifting is not generic") {}
};

struct MixedCells {
    std::vector<std::int32_t> points;  // cells x n x 2: the numbers of two points in each support
    // With 64-bit arithmetic, else empty: the inner normal (normals[cell] / volumes[cell]) and the volume |det| of each cell.
    std::vector<std::int64_t> normals, volumes;
    std::int64_t n_flips = 0;
    bool is_interrupted = false;
    bool is_too_large = false;  // the volumes, those of big integers counted as 1, add up to more than was wanted
};

// Called about 20 times a second; returning false stops the search.
using KeepGoing = std::function<bool()>;

// 64-bit arithmetic where everything fits, big integers where it does not.
MixedCells mixed_cells(const LiftedSupports& supports, std::int64_t most_volume, bool big_integers, const KeepGoing& keep_going);

}  // namespace neuromanifold
