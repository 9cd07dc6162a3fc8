#pragma once

#include <cstdint>
#include <optional>
#include <span>

#include "model/quantization.h"
#include "model/tensor.h"

namespace quantrail {

/// What codes make of numbers x, of the finite ones. q(x) is what is read back.
struct CodingError {
  std::int64_t elements = 0;
  std::int64_t clipped = 0;  ///< outside the codes' range by more than half a step
  double signal = 0.0;       ///< sum of x^2
  double noise = 0.0;        ///< sum of (x - q(x))^2
  float min = 0.0F;          ///< 0 where there are no elements
  float max = 0.0F;
  std::int64_t not_finite = 0;  ///< NaN and infinities, which are in no other figure
  bool operator==(const CodingError&) const = default;
  CodingError& operator+=(const CodingError& other);

  [[nodiscard]] double clipped_share() const;  ///< in [0, 1]
  /// Signal to quantization noise, 10 log10(signal / noise); nothing where the codes lose nothing.
  [[nodiscard]] std::optional<double> sqnr_db() const;
};

/// Of activations whose codes are `codes`, in the same order.
[[nodiscard]] CodingError coding_error(std::span<const float> values, std::span<const std::uint8_t> codes,
                                       ActivationParams params);

/// What int8 codes make of a layer's weights.
struct WeightError {
  CodingError total{};
  std::int64_t worst_channel = 0;                 ///< output channel with the lowest SQNR, the first of several
  std::optional<double> worst_channel_sqnr_db{};  ///< nothing where no channel loses anything
  bool operator==(const WeightError&) const = default;
};

/// Preconditions: those of int8_weights().
[[nodiscard]] WeightError coding_error(const Tensor& weights, const WeightParams& params);

}  // namespace quantrail
