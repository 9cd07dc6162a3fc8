#include <algorithm>
#include <cstring>

#include "model/indices.h"
#include "model/kernels.h"
#include "model/numbers.h"
#include "model/shape_math.h"
#include "model/slicing.h"
#include "model/strided.h"

namespace quantrail {
namespace {

Status gather(const KernelCall& call) {
  const Tensor& data = call.input(0);
  Tensor& out = call.output();
  const auto axis = *normal_axis(call.view.integer("axis", 0), data.shape.size());
  const auto indices = checked_indices(call.input(1), data.shape[axis]);
  if (!indices) return failed(indices);
  if (out.bytes.empty()) return {};
  const auto split = data.shape.begin() + static_cast<std::ptrdiff_t>(axis);
  const auto outer = element_count({data.shape.begin(), split});
  const auto block = static_cast<std::size_t>(element_count({split + 1, data.shape.end()})) * size_of(data.type);
  std::byte* to = out.bytes.data();
  for (std::int64_t row = 0; row < outer; ++row) {
    const std::byte* from = data.bytes.data() + static_cast<std::size_t>(row * data.shape[axis]) * block;
    for (const auto index : *indices) {
      std::memcpy(to, from + static_cast<std::size_t>(index) * block, block);
      to += block;
    }
  }
  return {};
}

Status gather_elements(const KernelCall& call) {
  const Tensor& data = call.input(0);
  Tensor& out = call.output();
  const auto axis = *normal_axis(call.view.integer("axis", 0), data.shape.size());
  const auto indices = checked_indices(call.input(1), data.shape[axis]);
  if (!indices) return failed(indices);
  auto strides = strides_of(data.shape);
  const auto along = strides[axis];
  strides[axis] = 0;
  const auto size = size_of(data.type);
  for_each_row<2>(
      out.shape, {strides, strides_of(out.shape)}, [&](const auto& offsets, std::int64_t count, const auto& steps) {
        for (std::int64_t at = 0; at < count; ++at) {
          const auto from = offsets[0] + at * steps[0] + (*indices)[static_cast<std::size_t>(offsets[1] + at)] * along;
          std::memcpy(out.bytes.data() + static_cast<std::size_t>(offsets[1] + at) * size,
                      data.bytes.data() + static_cast<std::size_t>(from) * size, size);
        }
      });
  return {};
}

/// The input position for each output position along one axis; -1 where the constant goes.
std::vector<std::int64_t> sources(const Padding& padding, std::size_t axis, std::int64_t size, std::int64_t padded) {
  std::vector<std::int64_t> from(static_cast<std::size_t>(padded));
  for (std::int64_t at = 0; at < padded; ++at) {
    auto source = at - padding.begin[axis];
    if (padding.mode == "reflect" && size > 1) {
      const auto period = 2 * (size - 1);
      source = ((source % period) + period) % period;
      source = std::min(source, period - source);
    } else if (padding.mode == "wrap" && size > 0) {
      source = ((source % size) + size) % size;
    } else if (padding.mode == "edge") {
      source = std::clamp<std::int64_t>(source, 0, size - 1);
    } else if (source >= size) {
      source = -1;
    }
    from[static_cast<std::size_t>(at)] = std::max<std::int64_t>(source, -1);
  }
  return from;
}

/// Pads axis after axis, from the last; what is copied whole is one block of `inner` bytes.
void pad_axis(const Tensor& in, Tensor& out, std::size_t axis, std::span<const std::int64_t> from,
              std::span<const std::byte> value) {
  const auto split = in.shape.begin() + static_cast<std::ptrdiff_t>(axis);
  const auto outer = element_count({in.shape.begin(), split});
  const auto block = static_cast<std::size_t>(element_count({split + 1, in.shape.end()})) * size_of(in.type);
  std::byte* to = out.bytes.data();
  for (std::int64_t row = 0; row < outer; ++row) {
    const std::byte* start = in.bytes.data() + static_cast<std::size_t>(row * in.shape[axis]) * block;
    for (const auto source : from) {
      if (source >= 0) {
        std::memcpy(to, start + static_cast<std::size_t>(source) * block, block);
      } else {
        for (std::size_t at = 0; at < block; at += value.size()) std::memcpy(to + at, value.data(), value.size());
      }
      to += block;
    }
  }
}

Status pad(const KernelCall& call) {
  const auto padding = padding_of(call.view);
  if (!padding) return failed(padding);
  Tensor current = call.input(0);
  std::vector<std::byte> value(size_of(current.type), std::byte{0});
  if (call.has(2) && !call.input(2).bytes.empty()) {
    if (call.input(2).type != current.type) return fail(Cause::InvalidInput, "its constant has another type");
    value.assign(call.input(2).bytes.begin(), call.input(2).bytes.begin() + static_cast<std::ptrdiff_t>(value.size()));
  }
  for (std::size_t axis = current.shape.size(); axis-- > 0;) {
    if (padding->begin[axis] == 0 && padding->end[axis] == 0) continue;
    Shape shape = current.shape;
    shape[axis] = call.output().shape[axis];
    Tensor next = Tensor::zeros(current.type, shape);
    const auto from = sources(*padding, axis, current.shape[axis], shape[axis]);
    if (!next.bytes.empty()) pad_axis(current, next, axis, from, value);
    current = std::move(next);
  }
  call.output().bytes = std::move(current.bytes);
  return {};
}

/// DepthToSpace and SpaceToDepth are a transposition of six axes each.
Status rearranged(const KernelCall& call, const Shape& split, const std::array<std::size_t, 6>& order) {
  const Tensor& in = call.input(0);
  Tensor& out = call.output();
  const auto strides = strides_of(split);
  Shape shape;
  std::vector<std::int64_t> turned;
  for (const auto axis : order) {
    shape.push_back(split[axis]);
    turned.push_back(strides[axis]);
  }
  copy_strided(size_of(in.type), shape, {in.bytes.data(), turned}, {out.bytes.data(), strides_of(shape)});
  return {};
}

Status depth_to_space(const KernelCall& call) {
  const Shape& x = call.input(0).shape;
  const auto block = call.view.integer("blocksize", 1);
  const auto depth = x[1] / (block * block);
  if (string_attribute(call.view.node(), "mode", "DCR") == "CRD") {
    return rearranged(call, {x[0], depth, block, block, x[2], x[3]}, {0, 1, 4, 2, 5, 3});
  }
  return rearranged(call, {x[0], block, block, depth, x[2], x[3]}, {0, 3, 4, 1, 5, 2});
}

Status space_to_depth(const KernelCall& call) {
  const Shape& x = call.input(0).shape;
  const auto block = call.view.integer("blocksize", 1);
  return rearranged(call, {x[0], x[1], x[2] / block, block, x[3] / block, block}, {0, 3, 5, 1, 2, 4});
}

}  // namespace

void add_indexing_kernels(Kernels& kernels) {
  kernels["Gather"] = {gather, kAsStored};
  kernels["GatherElements"] = {gather_elements, kAsStored};
  kernels["Pad"] = {pad, kAsStored};
  kernels["DepthToSpace"] = {depth_to_space, kAsStored};
  kernels["SpaceToDepth"] = {space_to_depth, kAsStored};
}

}  // namespace quantrail
