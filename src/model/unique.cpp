#include "model/unique.h"

#include <algorithm>
#include <numeric>

#include "model/numbers.h"
#include "model/shape_math.h"

namespace quantrail {
namespace {

/// The slices side by side, one after the other.
struct Slices {
  std::int64_t count = 0;
  std::int64_t outer = 1;
  std::int64_t inner = 1;

  /// Position in the tensor of element `at` of a slice.
  [[nodiscard]] std::size_t position(std::int64_t slice, std::int64_t at) const {
    return static_cast<std::size_t>(((at / inner) * count + slice) * inner + at % inner);
  }
};

Slices slices_of(const Shape& shape, std::optional<std::size_t> axis) {
  if (!axis) return {element_count(shape), 1, 1};
  const auto split = shape.begin() + static_cast<std::ptrdiff_t>(*axis);
  return {*split, element_count({shape.begin(), split}), element_count({split + 1, shape.end()})};
}

/// -1, 0 or 1; a total order also with NaN.
template <class T>
int ordered(T a, T b) {
  if (a < b) return -1;
  if (b < a) return 1;
  return static_cast<int>(a != a) - static_cast<int>(b != b);
}

template <class T>
int compared(std::span<const T> values, const Slices& slices, std::int64_t a, std::int64_t b) {
  for (std::int64_t at = 0; at < slices.outer * slices.inner; ++at) {
    const int order = ordered(values[slices.position(a, at)], values[slices.position(b, at)]);
    if (order != 0) return order;
  }
  return 0;
}

/// Groups of equal slices, ascending; each group's members ascending.
template <class T>
std::vector<std::vector<std::int64_t>> groups_of(std::span<const T> values, const Slices& slices) {
  std::vector<std::int64_t> order(static_cast<std::size_t>(slices.count));
  std::iota(order.begin(), order.end(), std::int64_t{0});
  std::stable_sort(order.begin(), order.end(), [&](auto a, auto b) { return compared(values, slices, a, b) < 0; });
  std::vector<std::vector<std::int64_t>> groups;
  for (const auto slice : order) {
    if (groups.empty() || compared(values, slices, groups.back().front(), slice) != 0) groups.emplace_back();
    groups.back().push_back(slice);
  }
  return groups;
}

std::vector<std::vector<std::int64_t>> groups_of(const Tensor& tensor, const Slices& slices) {
  std::vector<std::vector<std::int64_t>> groups;
  if (is_half(tensor.type)) return groups_of<float>(floats_of(tensor), slices);
  if (tensor.type == ElementType::Bool) return groups_of<std::int64_t>(integers_of(tensor), slices);
  (void)for_number_type(tensor.type, [&](auto zero) -> Status {
    groups = groups_of(tensor.values<decltype(zero)>(), slices);
    return {};
  });
  return groups;
}

}  // namespace

UniqueSlices unique_slices(const Tensor& tensor, std::optional<std::size_t> axis, bool sorted) {
  const Slices slices = slices_of(tensor.shape, axis);
  auto groups = groups_of(tensor, slices);
  if (!sorted) {
    std::sort(groups.begin(), groups.end(), [](const auto& a, const auto& b) { return a.front() < b.front(); });
  }
  UniqueSlices unique;
  unique.inverse.resize(static_cast<std::size_t>(slices.count));
  for (std::size_t group = 0; group < groups.size(); ++group) {
    unique.first.push_back(groups[group].front());
    unique.counts.push_back(static_cast<std::int64_t>(groups[group].size()));
    for (const auto slice : groups[group])
      unique.inverse[static_cast<std::size_t>(slice)] = static_cast<std::int64_t>(group);
  }
  return unique;
}

}  // namespace quantrail
