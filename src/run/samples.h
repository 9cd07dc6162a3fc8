#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "config/config.h"

namespace quantrail {

/// The calibration samples that `params` choose among `available`: the first stat_subset_size (default 300, at most
/// all), or with shuffle_data as many drawn without replacement by `seed`; ascending.
[[nodiscard]] std::vector<std::size_t> calibration_samples(const QuantizationParams& params, std::size_t available);

/// Of those, the ones that full bias correction runs on: the first fifth (POT's share), but at least 64 or all.
[[nodiscard]] std::vector<std::size_t> correction_samples(const QuantizationParams& params, std::size_t available);

/// Of `samples`, in their order: at most `most`, evenly spread.
[[nodiscard]] std::vector<std::size_t> evenly_spread(std::span<const std::size_t> samples, std::size_t most);

/// The validation samples on which the float model is compared with the quantized one, where all baselines are given:
/// metric_subset_ratio of `available`, drawn without replacement by `seed`, ascending; empty where that is all.
[[nodiscard]] std::vector<std::size_t> comparison_samples(const CompressionConfig& compression, std::size_t available);

/// 0, 1, ..., count - 1.
[[nodiscard]] std::vector<std::size_t> all_samples(std::size_t count);

}  // namespace quantrail
