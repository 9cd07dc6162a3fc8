#pragma once

#include <cstdint>

#include "model/tensor.h"
#include "runtime/kernels_quantize.h"

namespace quantrail {

/// What the stored numbers of a value are.
enum class Numeric : std::uint8_t {
  Float,        ///< as computed (also int64, bool, ...: whatever the value's element type is)
  Dequantized,  ///< float32, after quantization and back
  Codes,        ///< uint8 codes
};

/// The order of axes in memory.
enum class Layout : std::uint8_t {
  Plain,         ///< row-major, as the shape says
  ChannelsLast,  ///< [N, spatial..., C] for a shape [N, C, spatial...]
};

/// One of the ways in which a value can exist in memory.
struct Form {
  Numeric numeric = Numeric::Float;
  Layout layout = Layout::Plain;
  auto operator<=>(const Form&) const = default;
};

/// Whether the two layouts of `shape` differ in memory: rank >= 3, more than one channel and more than one position.
[[nodiscard]] bool layout_matters(const Shape& shape);

/// `shape` as [batch, channels, spatial]; precondition: rank >= 2.
[[nodiscard]] kernels::Channels channels_of(const Shape& shape);

/// The axes of `shape` in the order in which `layout` stores them.
[[nodiscard]] Shape stored_shape(const Shape& shape, Layout layout);

/// Position of logical axis `axis` of a shape of `rank` axes in stored_shape().
[[nodiscard]] std::size_t stored_axis(std::size_t axis, std::size_t rank, Layout layout);

}  // namespace quantrail
