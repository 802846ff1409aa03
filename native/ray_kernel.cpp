// Tracking along rays, compiled once per instruction set like kernel.cpp.
#include "ray_kernel.hpp"

#include "parameter_path.hpp"
#include "tracker.hpp"

namespace neuromanifold::NM_ISA {

static std::size_t bytes(const TapeView& tape) {
    Arena arena(nullptr);
    Queue queue(0);
    Tracker<Lanes, Ray<Lanes>> tracker(arena, tape, TrackBatch{}, TrackerOptions{}, queue);
    return arena.used();
}

static void track(const TapeView& tape, std::byte* memory, const TrackBatch& batch, const TrackerOptions& options, Queue& queue) {
    Arena arena(memory);
    Tracker<Lanes, Ray<Lanes>> tracker(arena, tape, batch, options, queue);
    tracker.run();
}

extern const Kernel ray_kernel;
const Kernel ray_kernel{"rays", K, bytes, nullptr, nullptr, nullptr, track};

}  // namespace neuromanifold::NM_ISA
