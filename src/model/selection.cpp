#include "model/selection.h"

#include "model/numbers.h"
#include "model/shape_math.h"

namespace quantrail {
namespace {

template <class T>
std::vector<std::int64_t> positions(std::span<const T> values) {
  std::vector<std::int64_t> found;
  for (std::size_t at = 0; at < values.size(); ++at) {
    if (values[at] != T{0}) found.push_back(static_cast<std::int64_t>(at));
  }
  return found;
}

}  // namespace

Result<std::optional<std::size_t>> optional_axis(const NodeView& view) {
  if (!view.node().attributes.contains("axis")) return std::optional<std::size_t>();
  const auto axis = normal_axis(view.integer("axis", 0), view.rank(0));
  if (!axis) return failed(axis);
  return std::optional<std::size_t>(*axis);
}

std::vector<std::int64_t> non_zeros(const Tensor& tensor) {
  std::vector<std::int64_t> found;
  if (tensor.type == ElementType::Bool) {
    return positions(std::span(reinterpret_cast<const std::uint8_t*>(tensor.bytes.data()), tensor.bytes.size()));
  }
  if (is_half(tensor.type)) return positions<float>(floats_of(tensor));
  (void)for_number_type(tensor.type, [&](auto zero) -> Status {
    found = positions(tensor.values<decltype(zero)>());
    return {};
  });
  return found;
}

}  // namespace quantrail
