#pragma once

#include "model/shape_rules.h"

namespace quantrail {

/// One axis that a Resize node changes.
struct ResizedAxis {
  std::size_t axis = 0;
  std::int64_t from = 0;  ///< elements before
  std::int64_t to = 0;    ///< elements after
  float scale = 1.0F;     ///< as given, or to / from; with an aspect ratio policy the common one
};

/// The axes that a Resize node lists (all of them without attribute "axes"), from its scales or sizes.
/// Errors: InvalidInput; Unsupported where scales or sizes are not constant.
[[nodiscard]] Result<std::vector<ResizedAxis>> resize_axes(const NodeView& view);

/// How a Resize node reads its source.
struct ResizeMode {
  enum class Filter { Nearest, Linear, Cubic };
  enum class Coordinates {
    HalfPixel,
    HalfPixelSymmetric,
    PytorchHalfPixel,
    AlignCorners,
    Asymmetric,
    HalfPixelForNearest,  ///< "tf_half_pixel_for_nn", opset 11 only
    CropAndResize,
  };
  enum class Rounding { PreferFloor, PreferCeil, Floor, Ceil };
  Filter filter = Filter::Nearest;
  Coordinates coordinates = Coordinates::HalfPixel;
  Rounding rounding = Rounding::PreferFloor;
  bool antialias = false;
  bool exclude_outside = false;  ///< weights of positions beside the source become zero, the others sum up to one
  double cubic_a = -0.75;
};
/// Errors: InvalidInput for an attribute of none of its values.
[[nodiscard]] Result<ResizeMode> resize_mode(const Node& node);

/// The part of an axis that CropAndResize reads, in fractions of it.
struct CropRange {
  float start = 0.0F;
  float end = 1.0F;
};

struct Tap {
  std::int64_t index = 0;
  double weight = 1.0;
};
/// What one result position along an axis is made of.
struct Taps {
  std::vector<Tap> taps{};  ///< weights sum up to one
  bool outside = false;     ///< CropAndResize: the extrapolation value instead
};

/// Of each position along `axis`. Coordinates are float32, as ONNX Runtime computes them, since rounding to the nearest
/// element depends on their last bit. Precondition: axis.from >= 1.
[[nodiscard]] std::vector<Taps> resize_taps(const ResizeMode& mode, const ResizedAxis& axis, CropRange crop);

}  // namespace quantrail
