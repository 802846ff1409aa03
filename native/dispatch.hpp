// Chooses the kernel for the processor we run on.
#pragma once

#include <vector>

#include "kernel.hpp"

namespace neuromanifold {

// Kernels that run on this processor, widest first.
const std::vector<const Kernel*>& kernels();

// The widest kernel for lanes = 0; throws std::invalid_argument if that width is not available.
const Kernel& kernel_with(int lanes);

}  // namespace neuromanifold
