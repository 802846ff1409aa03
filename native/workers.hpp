// Memory for a kernel and threads that share a queue.
#pragma once

#include <cstddef>
#include <functional>
#include <memory>

#include "kernel.hpp"

namespace neuromanifold {

struct ReleaseMemory {
    void operator()(std::byte* memory) const;
};
using Memory = std::unique_ptr<std::byte[], ReleaseMemory>;

Memory workspace(std::size_t bytes);
inline Memory workspace(const Kernel& kernel, const TapeView& tape) { return workspace(kernel.bytes(tape)); }

// Called every 50 ms by the thread that called run_threads; returning false stops the work.
using Watch = std::function<bool(std::int64_t done)>;

// Runs work(memory) in `threads` threads, the calling thread among them, each with a workspace of its own.
void run_threads(std::size_t bytes, int threads, Queue&, const Watch&, const std::function<void(std::byte*)>& work);

}  // namespace neuromanifold
