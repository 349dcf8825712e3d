// What the printed functions call, beside CUDA's own sqrt, exp, expm1, log and log1p.
// The compiler is told REAL (float or double), the type that a run computes in.

typedef REAL real;

#ifndef INFINITY
#define INFINITY __longlong_as_double(0x7ff0000000000000LL)
#define NAN __longlong_as_double(0x7ff8000000000000LL)
#endif

// An array of no numbers cannot be declared; one more than none is.
constexpr int some(int n) { return n ? n : 1; }

// As NumPy's: a NaN in either argument is the result (fmax and fmin drop it).
template <class T>
__device__ __forceinline__ T maximum(T a, T b) {
    return a >= b || a != a ? a : b;
}

template <class T>
__device__ __forceinline__ T minimum(T a, T b) {
    return a <= b || a != a ? a : b;
}

template <class T>
__device__ __forceinline__ T absolute(T x) {
    return fabs(x);
}

template <class T>
__device__ __forceinline__ T sign(T x) {
    return x > T(0) ? T(1) : x < T(0) ? T(-1) : x;
}

template <class T>
__device__ __forceinline__ T power(T x, T y) {
    return pow(x, y);
}
