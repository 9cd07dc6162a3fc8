#pragma once

#include <span>

#include "model/tensor.h"

namespace quantrail::testing {

/// Signal over noise of `values` as an approximation of `reference`, in dB; kIdentical where they are equal.
/// A NaN or infinity counts as right where both have it, and else as all noise.
class Agreement {
 public:
  static constexpr double kIdentical = 999.0;

  /// Precondition: of equal length. May be called several times: all is one signal.
  void add(std::span<const float> reference, std::span<const float> values);
  [[nodiscard]] double db() const;

 private:
  double signal_ = 0.0;
  double noise_ = 0.0;
};

}  // namespace quantrail::testing
