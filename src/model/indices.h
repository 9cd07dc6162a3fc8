#pragma once

#include <cstdint>
#include <vector>

#include "base/error.h"
#include "model/tensor.h"

namespace quantrail {

/// Indices into an axis of `size`, counted from the front. Errors: InvalidInput when one is out of range.
[[nodiscard]] Result<std::vector<std::int64_t>> checked_indices(const Tensor& indices, std::int64_t size);

/// For each tuple along the last axis of `indices`, the block of an array of shape `data` that it names, counted in
/// such blocks: the tuple's values index the axes behind the first `batches`, which go along with the axes of
/// `indices`. Errors: InvalidInput when an index is out of range.
[[nodiscard]] Result<std::vector<std::int64_t>> checked_tuples(const Tensor& indices, const Shape& data,
                                                               std::size_t batches);

}  // namespace quantrail
