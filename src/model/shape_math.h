#pragma once

#include <optional>
#include <span>
#include <string>

#include "base/error.h"
#include "model/tensor.h"

namespace quantrail {

/// "[1,3,224,224]"; "[]" for a scalar.
[[nodiscard]] std::string shape_text(const Shape& shape);

/// Product of the sizes; nothing when one is negative or that of those but zero exceeds 2^40, as no tensor does.
[[nodiscard]] std::optional<std::int64_t> checked_count(const Shape& shape);
/// Bytes of a tensor; nothing where checked_count() has nothing.
[[nodiscard]] std::optional<std::uint64_t> checked_bytes(ElementType type, const Shape& shape);

/// `axis` in [-rank, rank) counted from the front. Errors: InvalidInput.
[[nodiscard]] Result<std::size_t> normal_axis(std::int64_t axis, std::size_t rank);
/// Each axis counted from the front, ascending. Errors: InvalidInput, also when one is named twice.
[[nodiscard]] Result<std::vector<std::size_t>> normal_axes(std::span<const std::int64_t> axes, std::size_t rank);

/// The common shape by ONNX's (NumPy's) multidirectional rule. Errors: InvalidInput, naming both shapes.
[[nodiscard]] Result<Shape> broadcast(const Shape& a, const Shape& b);

/// Elements between neighbours along each axis of a row-major array.
[[nodiscard]] std::vector<std::int64_t> strides_of(const Shape& shape);
/// Strides that read an array of shape `from` as if it had shape `to`: 0 along repeated axes.
/// Precondition: `from` broadcasts to `to`.
[[nodiscard]] std::vector<std::int64_t> broadcast_strides(const Shape& from, const Shape& to);

}  // namespace quantrail
