#include <algorithm>
#include <cstring>
#include <numeric>

#include "model/kernels.h"
#include "model/shape_math.h"
#include "model/slicing.h"
#include "model/strided.h"

namespace quantrail {
namespace {

Status same_bytes(const KernelCall& call) {
  call.output().bytes = call.input(0).bytes;
  return {};
}

Status concat(const KernelCall& call) {
  Tensor& out = call.output();
  if (out.bytes.empty()) return {};
  const auto axis = *normal_axis(call.view.integer("axis", 0), out.shape.size());
  const auto strides = strides_of(out.shape);
  std::byte* to = out.bytes.data();
  for (const Tensor* part : call.inputs) {
    copy_strided(size_of(out.type), part->shape, {part->bytes.data(), strides_of(part->shape)}, {to, strides});
    to += static_cast<std::size_t>(part->shape[axis] * strides[axis]) * size_of(out.type);
  }
  return {};
}

Status split(const KernelCall& call) {
  const Tensor& in = call.input(0);
  if (in.bytes.empty()) return {};
  const auto axis = *normal_axis(call.view.integer("axis", 0), in.shape.size());
  const auto strides = strides_of(in.shape);
  const std::byte* from = in.bytes.data();
  for (Tensor& part : call.outputs) {
    copy_strided(size_of(in.type), part.shape, {from, strides}, {part.bytes.data(), strides_of(part.shape)});
    from += static_cast<std::size_t>(part.shape[axis] * strides[axis]) * size_of(in.type);
  }
  return {};
}

Status slice(const KernelCall& call) {
  const auto axes = slice_of(call.view);
  if (!axes) return failed(axes);
  const Tensor& in = call.input(0);
  Tensor& out = call.output();
  if (out.bytes.empty()) return {};
  auto strides = strides_of(in.shape);
  std::int64_t first = 0;
  for (std::size_t axis = 0; axis < axes->size(); ++axis) {
    first += (*axes)[axis].start * strides[axis];
    // A single element needs no step, which may be as large as the file likes.
    strides[axis] = (*axes)[axis].count > 1 ? strides[axis] * (*axes)[axis].step : 0;
  }
  const auto size = size_of(in.type);
  copy_strided(size, out.shape, {in.bytes.data() + static_cast<std::size_t>(first) * size, strides},
               {out.bytes.data(), strides_of(out.shape)});
  return {};
}

Status transpose(const KernelCall& call) {
  const Tensor& in = call.input(0);
  Tensor& out = call.output();
  std::vector<std::int64_t> order(in.shape.size());
  std::iota(order.rbegin(), order.rend(), std::int64_t{0});
  order = ints_attribute(call.view.node(), "perm", std::move(order));
  const auto strides = strides_of(in.shape);
  std::vector<std::int64_t> turned;
  for (const auto axis : order) turned.push_back(strides[*normal_axis(axis, strides.size())]);
  copy_strided(size_of(in.type), out.shape, {in.bytes.data(), turned}, {out.bytes.data(), strides_of(out.shape)});
  return {};
}

Status expand(const KernelCall& call) {
  const Tensor& in = call.input(0);
  Tensor& out = call.output();
  copy_strided(size_of(in.type), out.shape, {in.bytes.data(), broadcast_strides(in.shape, out.shape)},
               {out.bytes.data(), strides_of(out.shape)});
  return {};
}

/// Each axis becomes two, [repeats, size], of which the first is not moved along in the input.
Status tile(const KernelCall& call) {
  const Tensor& in = call.input(0);
  Tensor& out = call.output();
  const auto strides = strides_of(in.shape);
  const auto repeats = call.view.integers(1, "its repeats");
  if (!repeats) return failed(repeats);
  Shape shape;
  std::vector<std::int64_t> moves;
  for (std::size_t axis = 0; axis < in.shape.size(); ++axis) {
    shape.insert(shape.end(), {(*repeats)[axis], in.shape[axis]});
    moves.insert(moves.end(), {0, strides[axis]});
  }
  copy_strided(size_of(in.type), shape, {in.bytes.data(), moves}, {out.bytes.data(), strides_of(shape)});
  return {};
}

Status constant_of_shape(const KernelCall& call) {
  const auto found = call.view.node().attributes.find("value");
  if (found == call.view.node().attributes.end()) return {};
  const Tensor& value = *std::get<TensorPtr>(found->second);
  Tensor& out = call.output();
  copy_strided(size_of(out.type), out.shape, {value.bytes.data(), std::vector<std::int64_t>(out.shape.size(), 0)},
               {out.bytes.data(), strides_of(out.shape)});
  return {};
}

Status shape_or_size(const KernelCall& call) {
  call.output() = *shape_value(call.view.node(), call.input(0).shape);
  return {};
}

}  // namespace

void add_movement_kernels(Kernels& kernels) {
  for (const auto op : {"Identity", "Reshape", "Flatten", "Squeeze", "Unsqueeze"})
    kernels[op] = {same_bytes, kAsStored};
  kernels["Concat"] = {concat, kAsStored};
  kernels["Split"] = {split, kAsStored};
  kernels["Slice"] = {slice, kAsStored};
  kernels["Transpose"] = {transpose, kAsStored};
  kernels["Expand"] = {expand, kAsStored};
  kernels["Tile"] = {tile, kAsStored};
  kernels["ConstantOfShape"] = {constant_of_shape, kAsStored};
  kernels["Shape"] = {shape_or_size, kAsStored};
  kernels["Size"] = {shape_or_size, kAsStored};
}

}  // namespace quantrail
