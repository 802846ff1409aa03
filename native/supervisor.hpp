// Looking after work in progress.
#pragma once

#include <chrono>
#include <cstdint>
#include <thread>

#include "workers.hpp"

namespace neuromanifold {

// The calling thread, which works like the others and looks up from its work now and then.
class Supervisor {
   public:
    static constexpr std::chrono::milliseconds between_looks{50};

    explicit Supervisor(const Watch& watch) : watch_(watch) {}

    // Asked by every thread.
    bool stops(std::int64_t done) { return std::this_thread::get_id() == thread_ && Clock::now() >= next_ && !goes_on(done); }

    bool goes_on(std::int64_t done) {
        next_ = Clock::now() + between_looks;
        return watch_(done);
    }

   private:
    using Clock = std::chrono::steady_clock;

    const Watch& watch_;
    const std::thread::id thread_ = std::this_thread::get_id();
    Clock::time_point next_ = Clock::now() + between_looks;
};

}  // namespace neuromanifold
