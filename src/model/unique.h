#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "base/error.h"
#include "model/tensor.h"

namespace quantrail {

/// The different slices of a tensor along one axis.
struct UniqueSlices {
  std::vector<std::int64_t> first{};    ///< where each one occurs first, in the order asked for
  std::vector<std::int64_t> inverse{};  ///< for each slice of the tensor, which of `first` it equals
  std::vector<std::int64_t> counts{};   ///< how often each one occurs
};

/// Slices along `axis` (none: single elements), in ascending order where `sorted`, else in order of appearance. Slices
/// are compared element by element; NaN equals NaN and comes last.
[[nodiscard]] UniqueSlices unique_slices(const Tensor& tensor, std::optional<std::size_t> axis, bool sorted);

}  // namespace quantrail
