#include "workers.hpp"

#include <chrono>
#include <condition_variable>
#include <exception>
#include <mutex>
#include <new>
#include <thread>
#include <vector>

namespace neuromanifold {

static constexpr std::align_val_t alignment{64};

void ReleaseMemory::operator()(std::byte* memory) const { ::operator delete[](memory, alignment); }

Memory workspace(std::size_t bytes) { return Memory(static_cast<std::byte*>(::operator new[](bytes, alignment))); }

void run_threads(std::size_t bytes, int threads, Queue& queue, const Watch& watch, const std::function<void(std::byte*)>& work) {
    std::mutex mutex;
    std::condition_variable all_done;
    int running = threads;
    std::exception_ptr failure;
    std::vector<std::thread> pool;
    auto body = [&] {
        std::exception_ptr caught;
        try {
            auto memory = workspace(bytes);
            work(memory.get());
        } catch (...) {
            caught = std::current_exception();
            queue.stop();
        }
        std::lock_guard lock(mutex);
        if (caught) failure = caught;
        if (--running == 0) all_done.notify_all();
    };
    try {
        for (int i = 0; i < threads; ++i) pool.emplace_back(body);
    } catch (...) {  // the system refuses more threads: go on with those we have
        std::lock_guard lock(mutex);
        running -= threads - static_cast<int>(pool.size());
        if (pool.empty()) failure = std::current_exception();
    }
    try {
        std::unique_lock lock(mutex);
        while (!all_done.wait_for(lock, std::chrono::milliseconds(50), [&] { return running == 0; })) {
            lock.unlock();
            if (!queue.stopped() && !watch(queue.finished())) queue.stop();
            lock.lock();
        }
    } catch (...) {
        failure = std::current_exception();
        queue.stop();
    }
    for (auto& thread : pool) thread.join();
    if (failure) std::rethrow_exception(failure);
}

}  // namespace neuromanifold
