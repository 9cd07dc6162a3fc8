#include <cstring>
#include <functional>

#include "model/indices.h"
#include "model/kernels.h"
#include "model/numbers.h"
#include "model/shape_math.h"
#include "model/strided.h"

namespace quantrail {
namespace {

/// One update: element or block `from` of the updates goes to `to` of the output.
struct Move {
  std::size_t to = 0;
  std::size_t from = 0;
};

/// Applies `moves` in their order, elements `block` at a time, with what the attribute "reduction" says.
Status apply(const KernelCall& call, const std::vector<Move>& moves, std::size_t block) {
  Tensor& out = call.output();
  const Tensor& updates = call.input(2);
  out.bytes = call.input(0).bytes;
  const std::string how = string_attribute(call.view.node(), "reduction", "none");
  if (how == "none") {
    const std::size_t bytes = block * size_of(out.type);
    for (const auto& move : moves)
      std::memcpy(out.bytes.data() + move.to * bytes, updates.bytes.data() + move.from * bytes, bytes);
    return {};
  }
  return for_number_type(out.type, [&](auto zero) -> Status {
    using T = decltype(zero);
    const auto combine = [&](auto op) {
      for (const auto& move : moves) {
        T* to = out.values<T>().data() + move.to * block;
        const T* from = updates.values<T>().data() + move.from * block;
        for (std::size_t at = 0; at < block; ++at) to[at] = op(to[at], from[at]);
      }
    };
    if (how == "add") combine([](T a, T b) { return wrapped(a, b, std::plus<>()); });
    if (how == "mul") combine([](T a, T b) { return wrapped(a, b, std::multiplies<>()); });
    if (how == "max") combine([](T a, T b) { return a != a || a > b ? a : b; });
    if (how == "min") combine([](T a, T b) { return a != a || a < b ? a : b; });
    return {};
  });
}

Status scatter_elements(const KernelCall& call) {
  const Shape& data = call.input(0).shape;
  const Shape& shape = call.input(1).shape;
  const auto axis = *normal_axis(call.view.integer("axis", 0), data.size());
  const auto indices = checked_indices(call.input(1), data[axis]);
  if (!indices) return failed(indices);
  auto strides = strides_of(data);
  const auto along = strides[axis];
  strides[axis] = 0;
  std::vector<Move> moves;
  moves.reserve(indices->size());
  for_each_row<1>(shape, {strides}, [&](const auto& offsets, std::int64_t count, const auto& steps) {
    for (std::int64_t at = 0; at < count; ++at) {
      const auto from = moves.size();
      moves.push_back({static_cast<std::size_t>(offsets[0] + at * steps[0] + (*indices)[from] * along), from});
    }
  });
  return apply(call, moves, 1);
}

Status scatter_nd(const KernelCall& call) {
  const Shape& data = call.input(0).shape;
  const auto targets = checked_tuples(call.input(1), data, 0);
  if (!targets) return failed(targets);
  std::vector<Move> moves;
  moves.reserve(targets->size());
  for (const auto to : *targets) moves.push_back({static_cast<std::size_t>(to), moves.size()});
  const auto depth = call.input(1).shape.back();
  return apply(call, moves, static_cast<std::size_t>(element_count({data.begin() + depth, data.end()})));
}

Status gather_nd(const KernelCall& call) {
  const Tensor& data = call.input(0);
  const auto batches = static_cast<std::size_t>(call.view.integer("batch_dims", 0));
  const auto sources = checked_tuples(call.input(1), data.shape, batches);
  if (!sources) return failed(sources);
  const auto depth = call.input(1).shape.back() + static_cast<std::int64_t>(batches);
  const auto block =
      static_cast<std::size_t>(element_count({data.shape.begin() + depth, data.shape.end()})) * size_of(data.type);
  if (block == 0) return {};
  std::byte* to = call.output().bytes.data();
  for (const auto from : *sources) {
    std::memcpy(to, data.bytes.data() + static_cast<std::size_t>(from) * block, block);
    to += block;
  }
  return {};
}

}  // namespace

void add_scatter_kernels(Kernels& kernels) {
  kernels["ScatterElements"] = scatter_elements;
  kernels["ScatterND"] = scatter_nd;
  kernels["GatherND"] = {gather_nd, kAsStored};
}

}  // namespace quantrail
