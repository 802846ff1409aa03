// Kernels that track along rays of parameters, p(t) = e^(-r t) target with the rates r as TrackBatch::start; they do nothing else.
#pragma once

#include "kernel.hpp"

namespace neuromanifold {

#ifdef NM_X86
namespace avx512 {
extern const Kernel ray_kernel;
}
namespace avx2 {
extern const Kernel ray_kernel;
}
#endif
namespace baseline {
extern const Kernel ray_kernel;
}

}  // namespace neuromanifold
