// neuromanifold._core.track_rays: shapes are checked in Python, by the only caller.
#include <stdexcept>
#include <utility>
#include <vector>

#include "arrays.hpp"
#include "dispatch.hpp"
#include "ray_kernel.hpp"
#include "tape.hpp"
#include "workers.hpp"

namespace neuromanifold {

namespace {

const Kernel& ray_kernel_with(int lanes) {
    [[maybe_unused]] int width = kernel_with(lanes).lanes;
#ifdef NM_X86
    for (const auto* kernel : {&avx512::ray_kernel, &avx2::ray_kernel}) {
        if (kernel->lanes == width) return *kernel;
    }
#endif
    return baseline::ray_kernel;
}

nb::dict python_track_rays(const Tape& tape, Array<Scalar, 2> starts, Array<Scalar, 2> rates, Array<Scalar, 1> target, const TrackerOptions& options, int threads,
                           int lanes) {
    std::size_t count = starts.shape(0), n = tape.n_variables, m = tape.n_parameters;
    if (tape.n_equations() != tape.n_variables || starts.shape(1) != n || rates.shape(0) != count || rates.shape(1) != m ||
        target.shape(0) != m || threads < 1) {
        throw std::invalid_argument("the arguments of track_rays do not fit together.");
    }
    const auto& kernel = ray_kernel_with(lanes);
    std::vector<Scalar> x(starts.data(), starts.data() + starts.size());
    std::vector<PathStatus> status(count, PathStatus::success);
    std::vector<double> t(count, 1.0), accuracy(count, 0.0);
    std::vector<std::int32_t> accepted(count, 0), rejected(count, 0);
    TrackBatch batch{{rates.data(), tape.n_parameters}, {target.data(), 0}, x.data(), status.data(), t.data(), accepted.data(),
                     rejected.data(), accuracy.data(), true};
    Queue queue(static_cast<std::int64_t>(count));
    {
        nb::gil_scoped_release release;
        const auto view = tape.view(Motion::analytic);
        run_threads(kernel.bytes(view), threads, queue, [](std::int64_t) { return no_signal(); },
                    [&](std::byte* memory) { kernel.track(view, memory, batch, options, queue); });
    }
    if (queue.stopped()) throw nb::python_error();
    std::vector<std::int8_t> codes;
    for (auto s : status) codes.push_back(static_cast<std::int8_t>(s));
    nb::dict result;
    result["solutions"] = to_numpy(std::move(x), {count, n});
    result["status"] = to_numpy(std::move(codes), {count});
    result["t_reached"] = to_numpy(std::move(t), {count});
    result["steps_accepted"] = to_numpy(std::move(accepted), {count});
    result["steps_rejected"] = to_numpy(std::move(rejected), {count});
    return result;
}

}  // namespace

void bind_rays(nb::module_& m) {
    m.def("track_rays", &python_track_rays, "tape"_a, "starts"_a, "rates"_a, "p_target"_a, "options"_a = TrackerOptions{}, "threads"_a = 1,
          "lanes"_a = 0);
}

}  // namespace neuromanifold
