#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <vector>

#include "config/config.h"

namespace quantrail {

/// One way to choose activations' ranges.
struct RangeChoice {
  std::string name{};  ///< for people
  QuantizationParams params{};
};

/// On how many calibration samples they are compared, evenly spread; fewer where there are fewer.
inline constexpr std::size_t kComparedSamples = 64;

/// The ways that `params` leave open: POT's default first, then the furthest extremes of all samples, then the least
/// squared error. None where the configuration chooses ranges, or wants POT's.
///
/// POT's mean over samples of each sample's extremes clips what is further out in half of the samples. Which values
/// that ruins and which it spares depends on the network: of 65 kinds the furthest extremes have less output error in
/// 43, the least squared error in 49, and the others would be harmed. The best of the three leaves .58 of the error.
[[nodiscard]] std::vector<RangeChoice> range_choices(const QuantizationParams& params);

/// Position of the way to take, by how far outputs are from the float network's with each: the first, unless another
/// one's error is less than four fifths of it; the earlier of equals. Precondition: not empty.
[[nodiscard]] std::size_t best_range_choice(std::span<const double> errors);

/// What was chosen, and by which errors, for the run's log.
[[nodiscard]] std::string range_remark(std::span<const RangeChoice> choices, std::span<const double> errors,
                                       std::size_t samples);

}  // namespace quantrail
