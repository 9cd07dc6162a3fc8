#pragma once

#include <cstddef>
#include <span>
#include <vector>

namespace quantrail {

/// How much each sample loses against float: sign x (float - quantized). A sample that float itself cannot do (NaN)
/// tells nothing about quantization and loses 0; NaN of the quantized model is the largest loss of all.
/// Precondition: both spans are equally long.
[[nodiscard]] std::vector<double> losses_of(std::span<const double> float_values,
                                            std::span<const double> quantized_values, double sign);

/// The `size` samples (at most all) that lose most, worst first, ties by position. Of several metrics (`losses`, each
/// over all samples) POT's union: until enough are found, each metric's worst that come next, in equal parts; it may
/// give some more than asked for.
[[nodiscard]] std::vector<std::size_t> hardest_first(const std::vector<std::vector<double>>& losses, std::size_t size);

}  // namespace quantrail
