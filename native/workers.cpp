#include "workers.hpp"

#include <condition_variable>
#include <exception>
#include <mutex>
#include <new>
#include <system_error>
#include <thread>
#include <vector>

#include "supervisor.hpp"

namespace neuromanifold {

static constexpr std::align_val_t alignment{64};

void ReleaseMemory::operator()(std::byte* memory) const { ::operator delete[](memory, alignment); }

Memory workspace(std::size_t bytes) { return Memory(static_cast<std::byte*>(::operator new[](bytes, alignment))); }

void run_threads(std::size_t bytes, int threads, Queue& queue, const Watch& watch, const std::function<void(std::byte*)>& work) {
    std::mutex mutex;
    std::condition_variable one_done;
    int running = 0;
    std::exception_ptr failure;
    auto share = [&] {
        try {
            auto memory = workspace(bytes);
            work(memory.get());
        } catch (...) {
            queue.stop();
            std::lock_guard lock(mutex);
            failure = std::current_exception();
        }
    };
    auto helper = [&] {
        share();
        std::lock_guard lock(mutex);
        --running;
        one_done.notify_one();
    };
    Supervisor supervisor(watch);
    queue.supervised_by(&supervisor);
    std::vector<std::thread> helpers;
    helpers.reserve(static_cast<std::size_t>(threads));
    try {
        while (static_cast<int>(helpers.size()) + 1 < threads) {
            std::lock_guard lock(mutex);
            helpers.emplace_back(helper);
            ++running;
        }
    } catch (const std::system_error&) {
        // the system refuses more threads: go on with those we have
    }
    share();
    try {
        std::unique_lock lock(mutex);
        while (!one_done.wait_for(lock, Supervisor::between_looks, [&] { return running == 0; })) {
            lock.unlock();
            if (!queue.stopped() && !supervisor.goes_on(queue.finished())) queue.stop();
            lock.lock();
        }
    } catch (...) {
        queue.stop();
        std::lock_guard lock(mutex);
        failure = std::current_exception();
    }
    for (auto& thread : helpers) thread.join();
    queue.supervised_by(nullptr);
    if (failure) std::rethrow_exception(failure);
}

}  // namespace neuromanifold
