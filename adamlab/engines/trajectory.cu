// Whole games of linear models, many runs at once. Between elementary.cuh and this file stand the
// functions that adamlab.emit prints of a rule and a loss.
//
// A run is played by one thread or, where it has many coordinates, by a block of threads. Every
// thread holds its coordinates in registers; if they are too many for that, they stay in global
// memory. What it is to be is told to the compiler:
//
//   DIMENSION   the coordinates of a run
//   THREADS     that play one run: 1, or all of a block (a multiple of 32)
//   BLOCK       the threads of a block
//   HELD        coordinates that a thread holds in registers; 0: they stay in global memory
//   BATCH       rows of data in each round
//   OWN_ROWS    1: the runs play the rows in several orders; 0: in one
//   L2          1: the losses have the term l2/2 |theta|^2
//   STATISTICS  1: gather what the regret bounds need; 0: the losses alone
//   RECORD      the sum of what checkpoints keep: 1 the point played, 2 << k the state number k
//
// The game is played in double, whatever `real` is; gradients and updates are computed in `real`.

constexpr int WARP = 32;
constexpr int CHUNK = THREADS == 1 || BATCH < 4 ? 1 : 4;  // rows that are predicted at once
constexpr double SHARE = 1.0 / BATCH;
constexpr int TABLE = 64;  // rounds whose scalars are computed at once; a power of two

// Shapes that end in (D, R) are for threads with a run each; (R, D) it is where they share one: so
// that the threads of a warp read neighbours.
struct Game {
    // The problem.
    const double* features;  // (n, D)
    const double* targets;   // (n)
    const int* order;        // (order_length, orders): the rows in the order of play
    int order_length, orders;
    int position;  // where the first round begins in `order`; after its end comes its beginning
    const int* played;  // (R), if OWN_ROWS: which order
    double l2;
    const real *lower, *upper;  // (D), infinite where there is no bound
    // The runs.
    long long runs;
    const double* fixed_hyper;  // (N_FIXED_HYPER)
    const double* run_hyper;    // (N_RUN_HYPER, R)
    real* kept;                 // (.., D, R): theta, the state; lowest and highest theta
    double* squares;            // (D, R): the sums of g^2
    double* sums;               // (N_SUMS, R): see Sum
    real* gradient;             // (D, R): room for it, if it is neither held nor of one row
    // The rounds to play, and those among them to report.
    long long first, last;
    const long long* checkpoints;
    int checkpoint_count;
    double* reported_sums;     // (checkpoints, 5, R): losses, |losses|, MOMENTUM .. LARGEST_NORM
    double* reported_squares;  // (checkpoints, D, R)
    real* reported;            // (checkpoints, N_REPORTED, D, R): metric, lowest, highest; records
};

// What a run keeps between calls, beside its coordinates.
enum Sum {
    TOTAL,  // of the losses, with Neumaier's compensation
    COMPENSATION,
    ABSOLUTE,      // of their absolute values
    MOMENTUM,      // of beta1/alpha times the metric
    LARGEST,       // |g_i|
    LARGEST_NORM,  // squared norm of g
    STOPPED,       // the first round in which a number was not finite; 0: none
    N_SUMS
};

struct Coordinate {
    real theta;
    real state[some(N_STATE)];
    real lowest, highest;
    double squares;
};

constexpr int bits(int n) { return n ? (n & 1) + bits(n >> 1) : 0; }

constexpr int N_REPORTED = (STATISTICS ? 3 : 0) + bits(RECORD);

// -------------------------------------------------------------------------------------------------
// Global memory

__device__ __forceinline__ long long place(const Game& game, long long run, int i) {
    return THREADS == 1 ? i * game.runs + run : run * DIMENSION + i;
}

__device__ __forceinline__ Coordinate load(const Game& game, long long run, int i) {
    const long long size = game.runs * DIMENSION;
    const real* at = game.kept + place(game, run, i);
    Coordinate c;
    c.theta = *at;
    for (int k = 0; k < N_STATE; ++k) c.state[k] = *(at += size);
    if (STATISTICS) {
        c.lowest = *(at += size);
        c.highest = *(at += size);
        c.squares = game.squares[place(game, run, i)];
    }
    return c;
}

__device__ __forceinline__ void store(const Game& game, long long run, int i, const Coordinate& c) {
    const long long size = game.runs * DIMENSION;
    real* at = game.kept + place(game, run, i);
    *at = c.theta;
    for (int k = 0; k < N_STATE; ++k) *(at += size) = c.state[k];
    if (STATISTICS) {
        *(at += size) = c.lowest;
        *(at += size) = c.highest;
        game.squares[place(game, run, i)] = c.squares;
    }
}

// Write what `c` is after a step from `played` with `metric`.
__device__ __forceinline__ void report(const Game& game, long long run, int i, int checkpoint,
                                       const Coordinate& c, real played, real metric) {
    const long long size = game.runs * DIMENSION;
    real* at = game.reported + checkpoint * N_REPORTED * size + place(game, run, i);
    if (STATISTICS) {
        at[0] = metric;
        at[size] = c.lowest;
        at[2 * size] = c.highest;
        at += 3 * size;
        game.reported_squares[checkpoint * size + place(game, run, i)] = c.squares;
    }
    if (RECORD & 1) {
        *at = played;
        at += size;
    }
    for (int k = 0; k < N_STATE; ++k) {
        if (RECORD & (2 << k)) {
            *at = c.state[k];
            at += size;
        }
    }
}

// -------------------------------------------------------------------------------------------------
// Reductions over the threads of a run

struct Add {
    __device__ static double of(double a, double b) { return a + b; }
};

struct Larger {
    __device__ static double of(double a, double b) { return maximum(a, b); }
};

// Every thread gets the results; the order of the operations never changes. `turn` alternates
// between two halves of the scratch space: a thread that is one reduction ahead, and the barrier
// lets none get further, does not write where others still read.
template <class Operation, int N>
__device__ __forceinline__ void reduce(double (&x)[N], int& turn) {
    if (THREADS == 1) return;
    constexpr int WARPS = some(THREADS / WARP);
    __shared__ double scratch[2][N][WARPS];
    for (int n = 0; n < N; ++n) {
        for (int step = WARP / 2; step; step /= 2) {
            x[n] = Operation::of(x[n], __shfl_xor_sync(0xffffffff, x[n], step));
        }
    }
    if (WARPS == 1) return;
    turn = !turn;
    if (threadIdx.x % WARP == 0) {
        for (int n = 0; n < N; ++n) scratch[turn][n][threadIdx.x / WARP] = x[n];
    }
    __syncthreads();
    for (int n = 0; n < N; ++n) {
        x[n] = scratch[turn][n][0];
        for (int w = 1; w < WARPS; ++w) x[n] = Operation::of(x[n], scratch[turn][n][w]);
    }
}

// -------------------------------------------------------------------------------------------------
// The game

template <int N>
__device__ __forceinline__ void rounded(const double* x, real (&out)[N]) {
    for (int k = 0; k < N; ++k) out[k] = real(x[k]);
}

extern "C" __global__ void __launch_bounds__(BLOCK, 1) play(const Game game) {
    const long long own = THREADS == 1 ? (long long)blockIdx.x * BLOCK + threadIdx.x : blockIdx.x;
    // A thread without a run plays the last one, because barriers wait for all; it writes nothing.
    const bool idle = own >= game.runs;
    const long long run = idle ? game.runs - 1 : own;
    const int lane = THREADS == 1 ? 0 : threadIdx.x;
    const int own_order = OWN_ROWS ? game.played[run] : 0;
    int turn = 0;

    // What depends on no round. Only a thread with a run of its own needs its own copy.
    __shared__ double fixed[some(N_FIXED)];
    double of_run[some(N_RUN)] = {};
    if (threadIdx.x == 0) fixed_stage(game.fixed_hyper, fixed);
    __syncthreads();
    {
        double hyper[some(N_RUN_HYPER)];
        for (int k = 0; k < N_RUN_HYPER; ++k) hyper[k] = game.run_hyper[k * game.runs + run];
        run_stage(hyper, fixed, of_run);
    }
    real real_fixed[some(N_FIXED)], real_run[some(N_RUN)];
    rounded(fixed, real_fixed);
    rounded(of_run, real_run);

    // The scalars of the next rounds, computed by all threads together.
    __shared__ double of_round[TABLE][some(N_ROUND)];
    __shared__ double of_run_round[THREADS == 1 ? 1 : TABLE][N_RUN_ROUND];
    const auto fill_table = [&](long long t) {
        __syncthreads();
        for (int k = threadIdx.x; k < TABLE && t + k <= game.last; k += BLOCK) {
            round_stage(double(t + k), fixed, of_round[k]);
            if (THREADS > 1) run_round_stage(fixed, of_round[k], of_run, of_run_round[k]);
        }
        __syncthreads();
    };

    // The thread's coordinates i: look(f) calls f(i, c, gradient), of which only the gradient may
    // be changed; change(f) calls f(i, c, gradient).
    Coordinate held[some(HELD)];
    real held_gradient[some(HELD)];
    const auto each = [&](auto f, bool changes) {
        if (HELD) {
#pragma unroll
            for (int k = 0; k < HELD; ++k) {
                const int i = lane + k * THREADS;
                if (i < DIMENSION) f(i, held[k], held_gradient[k]);
            }
        } else {
            for (int i = lane; i < DIMENSION; i += THREADS) {
                Coordinate c = load(game, run, i);
                real none = 0;
                f(i, c, BATCH > 1 ? game.gradient[place(game, run, i)] : none);
                if (changes) store(game, run, i, c);
            }
        }
    };
    const auto look = [&](auto f) { each(f, false); };
    const auto change = [&](auto f) { each(f, true); };
    if (HELD) look([&](int i, Coordinate& c, real&) { c = load(game, run, i); });

    double* const sums = game.sums + run;
    double total = sums[TOTAL * game.runs], compensation = sums[COMPENSATION * game.runs];
    double absolute_total = sums[ABSOLUTE * game.runs], momentum = sums[MOMENTUM * game.runs];
    double largest_norm = sums[LARGEST_NORM * game.runs], stopped = sums[STOPPED * game.runs];
    real largest = real(sums[LARGEST * game.runs]);

    int checkpoint = 0, position = game.position;
    for (long long t = game.first; t <= game.last; ++t) {
        const int at = int(t - game.first) & (TABLE - 1);
        if (at == 0) fill_table(t);
        double run_round[N_RUN_ROUND];
        if (THREADS == 1) {
            run_round_stage(fixed, of_round[at], of_run, run_round);
        } else {
            for (int k = 0; k < N_RUN_ROUND; ++k) run_round[k] = of_run_round[at][k];
        }
        real real_round[some(N_ROUND)], real_run_round[N_RUN_ROUND];
        rounded(of_round[at], real_round);
        rounded(run_round, real_run_round);

        // The loss of the point that is played, and what each row adds to the gradient.
        double value = 0, penalty = 0;
        const double* row = game.features;
        real slope = 0;
        for (int r = 0; r < BATCH; r += CHUNK) {
            const double* rows[CHUNK];
            double y[CHUNK], z[CHUNK + L2] = {};  // the predictions, and the squared norm of theta
#pragma unroll
            for (int k = 0; k < CHUNK; ++k) {
                const long long orders = OWN_ROWS ? game.orders : 1;
                const int number = game.order[position * orders + own_order];
                rows[k] = game.features + (long long)number * DIMENSION;
                y[k] = game.targets[number];
                if (r + k < BATCH && ++position == game.order_length) position = 0;
            }
            look([&](int i, const Coordinate& c, real&) {
                const double theta = c.theta;
#pragma unroll
                for (int k = 0; k < CHUNK; ++k) z[k] = fma(rows[k][i], theta, z[k]);
                if (L2 && r == 0) z[CHUNK + L2 - 1] = fma(theta, theta, z[CHUNK + L2 - 1]);
            });
            reduce<Add>(z, turn);
            if (L2 && r == 0) penalty = game.l2 / 2 * z[CHUNK + L2 - 1];
            real slopes[CHUNK];
#pragma unroll
            for (int k = 0; k < CHUNK; ++k) {
                double exact;
                const double cost = loss(z[k], y[k], &exact);
                const bool counts = r + k < BATCH;
                value += counts ? cost : 0;
                slopes[k] = counts ? real(exact * SHARE) : real(0);
            }
            if (BATCH > 1) {
                look([&](int i, const Coordinate&, real& gradient) {
                    real sum = r ? gradient : real(0);
#pragma unroll
                    for (int k = 0; k < CHUNK; ++k) sum += slopes[k] * real(rows[k][i]);
                    gradient = sum;
                });
            }
            row = rows[0];
            slope = slopes[0];
        }
        value = value * SHARE + penalty;
        bool finite = isfinite(value);
        const double before = total;
        total += value;
        compensation += fabs(before) >= fabs(value) ? (before - total) + value
                                                    : (value - total) + before;
        absolute_total += fabs(value);

        // The step.
        const bool reports =
            checkpoint < game.checkpoint_count && game.checkpoints[checkpoint] == t;
        double over[2] = {};  // the coordinates: the sums of g^2 and of the metric
        change([&](int i, Coordinate& c, real& gradient) {
            const real played = c.theta;
            real g = BATCH > 1 ? gradient : slope * real(row[i]);
            if (L2) g += real(game.l2) * played;
            real metric;
            c.theta = update(played, g, game.lower[i], game.upper[i], c.state, real_fixed,
                             real_round, real_run, real_run_round, &metric, c.state);
            finite = finite && isfinite(g) && isfinite(c.theta) && isfinite(metric);
            if (STATISTICS) {
                const double square = double(g) * double(g);
                c.squares += square;
                over[0] += square;
                over[1] += double(metric);
                largest = maximum(largest, absolute(g));
                c.lowest = minimum(c.lowest, played);
                c.highest = maximum(c.highest, played);
            }
            if (reports && !idle) report(game, run, i, checkpoint, c, played, metric);
        });
        if (STATISTICS) {
            reduce<Add>(over, turn);
            largest_norm = maximum(largest_norm, over[0]);
            momentum += run_round[N_RUN_ROUND - 1] * over[1];
        }
        if (!(finite && isfinite(over[0])) && stopped == 0) stopped = double(t);

        if (reports) {
            double greatest[1] = {largest};
            if (STATISTICS) reduce<Larger>(greatest, turn);
            double* out = game.reported_sums + checkpoint * 5 * game.runs + run;
            if (lane == 0 && !idle) {
                out[0] = total + compensation;
                out[game.runs] = absolute_total;
                out[2 * game.runs] = momentum;
                out[3 * game.runs] = greatest[0];
                out[4 * game.runs] = largest_norm;
            }
            ++checkpoint;
        }
    }

    // Of the threads of a run the one that stopped first decides.
    double ends[2] = {largest, stopped ? -stopped : -INFINITY};
    reduce<Larger>(ends, turn);
    if (idle) return;
    if (HELD) look([&](int i, Coordinate& c, real&) { store(game, run, i, c); });
    if (lane == 0) {
        sums[TOTAL * game.runs] = total;
        sums[COMPENSATION * game.runs] = compensation;
        sums[ABSOLUTE * game.runs] = absolute_total;
        sums[MOMENTUM * game.runs] = momentum;
        sums[LARGEST * game.runs] = ends[0];
        sums[LARGEST_NORM * game.runs] = largest_norm;
        sums[STOPPED * game.runs] = ends[1] == -INFINITY ? 0.0 : -ends[1];
    }
}
