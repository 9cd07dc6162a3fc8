#pragma once

#include <array>
#include <cstdint>

#include "runtime/isa.h"

namespace quantrail::kernels {

inline constexpr std::int64_t kLanes = 16;

/// Folds `count` values of `load(i)` into one in an order that depends on `count` alone: lane l takes values l, l + 16,
/// ..., and the lanes are folded in halves. The same bits on every machine, at any vector width.
template <class Load, class Fold>
QUANTRAIL_INLINE float fold_in_lanes(std::int64_t count, float start, Load load, Fold fold) {
  float lanes[kLanes];
  for (std::int64_t l = 0; l < kLanes; ++l) lanes[l] = start;
  std::int64_t i = 0;
  for (; i + kLanes <= count; i += kLanes) {
#pragma GCC unroll 1  // else the lanes become sixteen scalars
    for (std::int64_t l = 0; l < kLanes; ++l) lanes[l] = fold(lanes[l], load(i + l));
  }
  for (std::int64_t l = 0; i + l < count; ++l) lanes[l] = fold(lanes[l], load(i + l));
  for (std::int64_t half = kLanes / 2; half > 0; half /= 2) {
    for (std::int64_t l = 0; l < half; ++l) lanes[l] = fold(lanes[l], lanes[l + half]);
  }
  return lanes[0];
}

/// NaN wins.
QUANTRAIL_INLINE float larger(float x, float y) { return x > y || x != x ? x : y; }
QUANTRAIL_INLINE float smaller(float x, float y) { return x < y || x != x ? x : y; }

}  // namespace quantrail::kernels
