#include <functional>

#include "model/image_blocks.h"
#include "model/kernels.h"
#include "model/numbers.h"
#include "model/shape_math.h"
#include "model/strided.h"

namespace quantrail {
namespace {

/// The next position in `shape`, last axis first; false after the last one.
bool advance(std::vector<std::int64_t>& at, const Shape& shape) {
  for (std::size_t axis = shape.size(); axis-- > 0;) {
    if (++at[axis] < shape[axis]) return true;
    at[axis] = 0;
  }
  return false;
}

/// For each element of a block at each place, row-major, its position in the image; -1 in the padding.
std::vector<std::int64_t> positions_of(const ImageBlocks& blocks) {
  const auto strides = strides_of(blocks.image);
  std::vector<std::int64_t> positions;
  std::vector<std::int64_t> element(blocks.block.size(), 0);
  do {
    std::vector<std::int64_t> place(blocks.places.size(), 0);
    do {
      std::int64_t position = 0;
      for (std::size_t axis = 0; axis < place.size() && position >= 0; ++axis) {
        const auto at = place[axis] * blocks.strides[axis] + element[axis] * blocks.dilations[axis] - blocks.pads[axis];
        position = at >= 0 && at < blocks.image[axis] ? position + at * strides[axis] : -1;
      }
      positions.push_back(position);
    } while (advance(place, blocks.places));
  } while (advance(element, blocks.block));
  return positions;
}

/// Adds each column back to the places of the image that it was taken from.
Status columns_to_image(const KernelCall& call) {
  const auto blocks = image_blocks(call.view);
  if (!blocks) return failed(blocks);
  if (call.input(0).bytes.empty()) return {};
  const auto positions = positions_of(*blocks);
  const auto area = element_count(blocks->image);
  return for_number_type(call.input(0).type, [&](auto zero) -> Status {
    using T = decltype(zero);
    const T* x = call.input(0).values<T>().data();
    T* y = call.output().values<T>().data();
    const auto planes = call.output().shape[0] * call.output().shape[1];
    for (std::int64_t plane = 0; plane < planes; ++plane, y += area) {
      for (const auto position : positions) {
        if (position >= 0) y[position] = wrapped(y[position], *x, std::plus<>());
        ++x;
      }
    }
    return {};
  });
}

/// Cuts or pads with zeros around the centre; of an odd number, the larger half goes to the end.
Status center_crop_pad(const KernelCall& call) {
  const Tensor& in = call.input(0);
  Tensor& out = call.output();
  const auto from_strides = strides_of(in.shape);
  const auto to_strides = strides_of(out.shape);
  Shape common;
  std::int64_t from = 0;
  std::int64_t to = 0;
  for (std::size_t axis = 0; axis < in.shape.size(); ++axis) {
    const auto less = in.shape[axis] - out.shape[axis];
    common.push_back(std::min(in.shape[axis], out.shape[axis]));
    if (less > 0) from += less / 2 * from_strides[axis];
    if (less < 0) to += -less / 2 * to_strides[axis];
  }
  if (element_count(common) == 0) return {};
  const auto size = size_of(in.type);
  copy_strided(size, common, {in.bytes.data() + static_cast<std::size_t>(from) * size, from_strides},
               {out.bytes.data() + static_cast<std::size_t>(to) * size, to_strides});
  return {};
}

/// Where in [-1, 1] the samples of an axis lie: from corner to corner, or at the middle of pixels.
double grid_point(std::int64_t at, std::int64_t size, bool corners) {
  const auto position = static_cast<double>(at);
  const auto count = static_cast<double>(size);
  if (corners) return size > 1 ? 2.0 * position / (count - 1.0) - 1.0 : 0.0;
  return (2.0 * position + 1.0) / count - 1.0;
}

/// theta [N,d,d+1] times (x, y[, z], 1) of each point of the grid [N,...,d].
Status affine_grid(const KernelCall& call) {
  const bool corners = call.view.integer("align_corners", 0) != 0;
  const Shape& shape = call.output().shape;
  const auto dimensions = static_cast<std::size_t>(shape.back());
  const Shape spatial(shape.begin() + 1, shape.end() - 1);
  return for_float_type(call.output().type, [&](auto zero) -> Status {
    using T = decltype(zero);
    T* y = call.output().values<T>().data();
    for (std::int64_t sample = 0; sample < shape[0] && element_count(spatial) > 0; ++sample) {
      const T* theta =
          call.input(0).values<T>().data() + static_cast<std::size_t>(sample) * dimensions * (dimensions + 1);
      std::vector<std::int64_t> at(dimensions, 0);
      do {
        for (std::size_t row = 0; row < dimensions; ++row) {
          const T* factors = theta + row * (dimensions + 1);
          auto sum = static_cast<double>(factors[dimensions]);
          for (std::size_t column = 0; column < dimensions; ++column) {
            const std::size_t axis = dimensions - 1 - column;
            sum += static_cast<double>(factors[column]) * grid_point(at[axis], spatial[axis], corners);
          }
          *y++ = static_cast<T>(sum);
        }
      } while (advance(at, spatial));
    }
    return {};
  });
}

}  // namespace

void add_image_kernels(Kernels& kernels) {
  kernels["Col2Im"] = columns_to_image;
  kernels["CenterCropPad"] = {center_crop_pad, kAsStored};
  kernels["AffineGrid"] = affine_grid;
}

}  // namespace quantrail
