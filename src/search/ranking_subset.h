#pragma once

#include <cstddef>
#include <span>
#include <vector>

namespace quantrail {

/// The `size` samples (at most all) on which the model loses most against float: largest sign x (float - quantized)
/// first, ties by position. Answered in ascending order. NaN of the quantized model is the largest loss of all.
/// Precondition: both spans are equally long; values by sample.
[[nodiscard]] std::vector<std::size_t> ranking_subset(std::span<const double> float_values,
                                                      std::span<const double> quantized_values, double sign,
                                                      std::size_t size);

}  // namespace quantrail
