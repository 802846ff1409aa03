#include "queue.hpp"

#include "supervisor.hpp"

namespace neuromanifold {

Queue::Queue(std::int64_t count) : count_(count) {}
Queue::Queue(std::int64_t count, Queue& whole) : count_(count), whole_(&whole) {}

std::int64_t Queue::claim() {
    if (stopped()) return -1;
    auto number = next_.fetch_add(1, std::memory_order_relaxed);
    return number < count_ ? number : -1;
}

void Queue::finish(std::int64_t how_many) { finished_.fetch_add(how_many, std::memory_order_relaxed); }
std::int64_t Queue::finished() const { return finished_.load(std::memory_order_relaxed); }
void Queue::stop() { stopped_.store(true, std::memory_order_relaxed); }
void Queue::supervised_by(Supervisor* supervisor) { supervisor_ = supervisor; }

bool Queue::stopped() {
    if (stopped_.load(std::memory_order_relaxed)) return true;
    bool now = (whole_ && whole_->stopped()) || (supervisor_ && supervisor_->stops(finished()));
    if (now) stop();
    return now;
}

}  // namespace neuromanifold
