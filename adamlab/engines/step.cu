// One step of an optimizer over flat arrays, in one pass. Between elementary.cuh and this file
// stand the functions that adamlab.emit prints of a rule.

struct Step {
    long long size;
    const real *theta, *g;
    const real* state[some(N_STATE)];
    real* new_theta;  // may be theta, as new_state may be state
    real* new_state[some(N_STATE)];
    real fixed[some(N_FIXED)];  // the results of the stages, rounded on the host
    real round[some(N_ROUND)];
    real run[some(N_RUN)];
    real run_round[N_RUN_ROUND];
};

extern "C" __global__ void step(const Step s) {
    const long long threads = (long long)gridDim.x * blockDim.x;
    for (long long i = (long long)blockIdx.x * blockDim.x + threadIdx.x; i < s.size; i += threads) {
        real state[some(N_STATE)], metric;
        for (int k = 0; k < N_STATE; ++k) state[k] = s.state[k][i];
        s.new_theta[i] = update(s.theta[i], s.g[i], real(-INFINITY), real(INFINITY), state, s.fixed,
                                s.round, s.run, s.run_round, &metric, state);
        for (int k = 0; k < N_STATE; ++k) s.new_state[k][i] = state[k];
    }
}
