// Work that is shared by threads. The kernels include this file: everything that needs the standard library is compiled elsewhere.
#pragma once

#include <atomic>
#include <cstdint>

namespace neuromanifold {

class Supervisor;

// Hands out the numbers 0..count-1 to any number of threads.
class Queue {
   public:
    explicit Queue(std::int64_t count);
    Queue(std::int64_t count, Queue& whole);  // a part of the work of `whole`, stopped with it

    std::int64_t claim();  // -1 when there is nothing left
    void finish(std::int64_t how_many);
    std::int64_t finished() const;
    void stop();
    bool stopped();  // to be asked often: between two answers the supervisor looks around
    void supervised_by(Supervisor*);

   private:
    std::int64_t count_;
    Queue* whole_ = nullptr;
    Supervisor* supervisor_ = nullptr;
    std::atomic<std::int64_t> next_{0}, finished_{0};
    std::atomic<bool> stopped_{false};
};

}  // namespace neuromanifold
