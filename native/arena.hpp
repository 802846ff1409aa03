// All memory of a kernel is one block that the caller provides; asking with a null block measures how much is needed.
#pragma once

#include <cstddef>
#include <cstdint>

#include "lanes.hpp"

namespace neuromanifold::NM_ISA {

class Arena {
   public:
    explicit Arena(std::byte* memory) : memory_(memory) {}

    // Zeroed storage for `count` objects, aligned to a cache line.
    template <class T>
    T* take(std::int64_t count) {
        std::size_t bytes = static_cast<std::size_t>(count) * sizeof(T);
        std::byte* start = memory_ ? memory_ + used_ : nullptr;
        if (start) __builtin_memset(start, 0, bytes);
        used_ += (bytes + 63) / 64 * 64;
        return reinterpret_cast<T*>(start);
    }
    std::size_t used() const { return used_; }

   private:
    std::byte* memory_;
    std::size_t used_ = 0;
};

}  // namespace neuromanifold::NM_ISA
