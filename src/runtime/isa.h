#pragma once

/// QUANTRAIL_CLONES before a function compiles it for AVX-512, AVX2 and plain x86-64; the loader picks one. Results are
/// the same bits in each: multiply and add stay separate (-ffp-contract=off), and no reduction is reordered.
/// Whatever such a function calls must be inlined into it (QUANTRAIL_INLINE), or it runs at baseline speed.
/// Off under sanitizers, whose runtime is not ready when the loader calls the resolver, and where the compiler lacks
/// it.
#if defined(__x86_64__) && defined(__GNUC__) && !defined(__clang__) && !defined(QUANTRAIL_SANITIZED)
#define QUANTRAIL_CLONES __attribute__((target_clones("arch=x86-64-v4", "arch=x86-64-v3", "default")))
#else
#define QUANTRAIL_CLONES
#endif

#define QUANTRAIL_INLINE __attribute__((always_inline)) inline
/// The same for a lambda: `[](float x) QUANTRAIL_INLINED { ... }`.
#define QUANTRAIL_INLINED __attribute__((always_inline))

/// Before a loop whose iterations do not depend on each other although source and destination may be the same array.
#if defined(__GNUC__) && !defined(__clang__)
#define QUANTRAIL_INDEPENDENT _Pragma("GCC ivdep")
#else
#define QUANTRAIL_INDEPENDENT
#endif
