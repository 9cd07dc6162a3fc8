#include "model/indices.h"

#include "model/shape_math.h"

namespace quantrail {
namespace {

Result<std::int64_t> checked_index(std::int64_t index, std::int64_t size) {
  if (index < -size || index >= size) return fail(Cause::InvalidInput, "index {} into an axis of {}", index, size);
  return index < 0 ? index + size : index;
}

}  // namespace

Result<std::vector<std::int64_t>> checked_indices(const Tensor& indices, std::int64_t size) {
  auto checked = integers_of(indices);
  for (auto& index : checked) {
    const auto one = checked_index(index, size);
    if (!one) return failed(one);
    index = *one;
  }
  return checked;
}

Result<std::vector<std::int64_t>> checked_tuples(const Tensor& indices, const Shape& data, std::size_t batches) {
  const auto values = integers_of(indices);
  const auto depth = static_cast<std::size_t>(indices.shape.back());
  const auto tuples = element_count({indices.shape.begin(), indices.shape.end() - 1});
  const auto first = static_cast<std::ptrdiff_t>(batches);
  const auto per_batch = element_count({indices.shape.begin() + first, indices.shape.end() - 1});
  std::vector<std::int64_t> blocks;
  blocks.reserve(static_cast<std::size_t>(tuples));
  for (std::int64_t tuple = 0; tuple < tuples; ++tuple) {
    std::int64_t block = batches == 0 ? 0 : tuple / per_batch;
    for (std::size_t at = 0; at < depth; ++at) {
      const auto size = data[batches + at];
      const auto index = checked_index(values[static_cast<std::size_t>(tuple) * depth + at], size);
      if (!index) return failed(index);
      block = block * size + *index;
    }
    blocks.push_back(block);
  }
  return blocks;
}

}  // namespace quantrail
