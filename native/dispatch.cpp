#include "dispatch.hpp"

#include <stdexcept>
#include <string>

namespace neuromanifold {

#ifdef NM_X86
namespace avx512 {
extern const Kernel kernel;
}
namespace avx2 {
extern const Kernel kernel;
}
#endif
namespace baseline {
extern const Kernel kernel;
}

const std::vector<const Kernel*>& kernels() {
    static const std::vector<const Kernel*> available = [] {
        std::vector<const Kernel*> list;
#ifdef NM_X86
        __builtin_cpu_init();
        bool fused = __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
        bool wide = __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl");
        if (fused && wide) list.push_back(&avx512::kernel);
        if (fused) list.push_back(&avx2::kernel);
#endif
        list.push_back(&baseline::kernel);
        return list;
    }();
    return available;
}

const Kernel& kernel_with(int lanes) {
    if (lanes == 0) return *kernels().front();
    std::string widths;
    for (const auto* kernel : kernels()) {
        if (kernel->lanes == lanes) return *kernel;
        widths += (widths.empty() ? "" : ", ") + std::to_string(kernel->lanes);
    }
    throw std::invalid_argument("lanes is " + std::to_string(lanes) + "; this processor offers " + widths + ", and 0 chooses the widest.");
}

}  // namespace neuromanifold
