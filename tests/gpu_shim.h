// A GPU in so many lines, for g++: enough to run the kernels on a CPU, one block after the other.
//
// The threads of a block are coroutines that run one by one until the next barrier. Whether a
// result depends on who runs first, and so misses a barrier, shows when `backwards` turns that
// order about.

#include <math.h>
#include <setjmp.h>
#include <ucontext.h>

#define __global__
#define __device__
#define __forceinline__ inline __attribute__((always_inline))
#define __shared__ static
#define __launch_bounds__(...)

struct Index {
    unsigned x;
};

static Index threadIdx, blockIdx, blockDim, gridDim;

enum State { FINISHED, AT_WARP_BARRIER, AT_BLOCK_BARRIER };

struct Thread {
    ucontext_t beginning;
    jmp_buf place;  // where it waits
    bool began;
    State state;
    char stack[1 << 16];
};

static Thread threads[1024];
static jmp_buf scheduler;
static double exchanged[1024];
static void (*entry)();

static void resume(Thread& thread) {
    if (_setjmp(scheduler)) return;
    if (thread.began) _longjmp(thread.place, 1);
    thread.began = true;
    setcontext(&thread.beginning);
}

static void wait(State state) {
    Thread& thread = threads[threadIdx.x];
    thread.state = state;
    if (!_setjmp(thread.place)) _longjmp(scheduler, 1);
}

static void __syncthreads() { wait(AT_BLOCK_BARRIER); }

static double __shfl_xor_sync(unsigned, double value, int mask) {
    const unsigned own = threadIdx.x;
    exchanged[own] = value;
    wait(AT_WARP_BARRIER);
    const double other = exchanged[own ^ mask];
    wait(AT_WARP_BARRIER);
    return other;
}

static void run_thread() {
    entry();
    threads[threadIdx.x].state = FINISHED;
    _longjmp(scheduler, 1);
}

// Let the threads of a warp run to the next barrier of the block; return whether all get there.
static bool run_warp(unsigned first, unsigned last, bool backwards, State& reached) {
    do {
        for (unsigned k = first; k < last; ++k) {
            threadIdx.x = backwards ? first + last - 1 - k : k;
            resume(threads[threadIdx.x]);
            if (k > first && threads[threadIdx.x].state != reached) return false;
            reached = threads[threadIdx.x].state;
        }
    } while (reached == AT_WARP_BARRIER);
    return true;
}

// Return whether all threads came to the same barriers.
static bool launch(void (*kernel)(), unsigned blocks, unsigned block, bool backwards) {
    entry = kernel;
    gridDim.x = blocks;
    blockDim.x = block;
    const unsigned warps = (block + 31) / 32;
    for (blockIdx.x = 0; blockIdx.x < blocks; ++blockIdx.x) {
        for (unsigned k = 0; k < block; ++k) {
            Thread& thread = threads[k];
            thread.began = false;
            getcontext(&thread.beginning);
            thread.beginning.uc_stack.ss_sp = thread.stack;
            thread.beginning.uc_stack.ss_size = sizeof thread.stack;
            thread.beginning.uc_link = nullptr;
            makecontext(&thread.beginning, run_thread, 0);
        }
        State reached = AT_BLOCK_BARRIER;
        while (reached != FINISHED) {
            for (unsigned k = 0; k < warps; ++k) {
                const unsigned first = 32 * (backwards ? warps - 1 - k : k);
                const unsigned last = first + 32 < block ? first + 32 : block;
                State own;
                if (!run_warp(first, last, backwards, own)) return false;
                if (k > 0 && own != reached) return false;
                reached = own;
            }
        }
    }
    return true;
}

static const void* argument;

// What Python calls to launch a kernel.
#define ENTRY(kernel, Argument)                                                                    \
    extern "C" __attribute__((visibility("default"))) bool run(unsigned blocks, unsigned block,    \
                                                               bool backwards, const void* given) {\
        argument = given;                                                                          \
        return launch([] { kernel(*(const Argument*)argument); }, blocks, block, backwards);       \
    }
