#include "model/shape_math.h"

#include <fmt/ranges.h>

#include <algorithm>

namespace quantrail {
namespace {

constexpr std::int64_t kMostElements = std::int64_t{1} << 40U;

}  // namespace

std::string shape_text(const Shape& shape) { return fmt::format("[{}]", fmt::join(shape, ",")); }

std::optional<std::int64_t> checked_count(const Shape& shape) {
  if (std::any_of(shape.begin(), shape.end(), [](auto size) { return size < 0; })) return std::nullopt;
  std::int64_t count = 1;
  bool none = false;
  // Products of some of the sizes must be possible too, so that a zero among them allows for nothing.
  for (const auto size : shape) {
    none = none || size == 0;
    if (size > kMostElements / count) return std::nullopt;
    count *= std::max<std::int64_t>(size, 1);
  }
  return none ? 0 : count;
}

std::optional<std::uint64_t> checked_bytes(ElementType type, const Shape& shape) {
  const auto count = checked_count(shape);
  if (!count) return std::nullopt;
  return static_cast<std::uint64_t>(*count) * size_of(type);
}

Result<std::size_t> normal_axis(std::int64_t axis, std::size_t rank) {
  const auto axes = static_cast<std::int64_t>(rank);
  if (axis < -axes || axis >= axes) return fail(Cause::InvalidInput, "axis {} does not exist at rank {}", axis, rank);
  return static_cast<std::size_t>(axis < 0 ? axis + axes : axis);
}

Result<std::vector<std::size_t>> normal_axes(std::span<const std::int64_t> axes, std::size_t rank) {
  std::vector<std::size_t> normal;
  for (const auto axis : axes) {
    const auto one = normal_axis(axis, rank);
    if (!one) return failed(one);
    normal.push_back(*one);
  }
  std::sort(normal.begin(), normal.end());
  const auto twice = std::adjacent_find(normal.begin(), normal.end());
  if (twice != normal.end()) return fail(Cause::InvalidInput, "axis {} is named twice", *twice);
  return normal;
}

Result<Shape> broadcast(const Shape& a, const Shape& b) {
  const std::size_t rank = std::max(a.size(), b.size());
  Shape common(rank, 1);
  for (std::size_t back = 1; back <= rank; ++back) {
    const auto left = back <= a.size() ? a[a.size() - back] : 1;
    const auto right = back <= b.size() ? b[b.size() - back] : 1;
    if (left != right && left != 1 && right != 1) {
      return fail(Cause::InvalidInput, "shapes {} and {} do not broadcast", shape_text(a), shape_text(b));
    }
    common[rank - back] = left == 1 ? right : left;
  }
  return common;
}

std::vector<std::int64_t> strides_of(const Shape& shape) {
  std::vector<std::int64_t> strides(shape.size(), 1);
  for (std::size_t axis = shape.size(); axis-- > 1;) strides[axis - 1] = strides[axis] * shape[axis];
  return strides;
}

std::vector<std::int64_t> broadcast_strides(const Shape& from, const Shape& to) {
  std::vector<std::int64_t> strides(to.size(), 0);
  const auto own = strides_of(from);
  const std::size_t lead = to.size() - from.size();
  for (std::size_t axis = 0; axis < from.size(); ++axis) {
    if (from[axis] != 1) strides[lead + axis] = own[axis];
  }
  return strides;
}

}  // namespace quantrail
