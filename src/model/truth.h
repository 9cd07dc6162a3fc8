#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "model/tensor.h"

namespace quantrail {

/// A rectangle in pixels: x runs to the right, y down. Borders lie between pixels and may be fractions.
struct Box {
  double left = 0.0;
  double top = 0.0;
  double right = 0.0;
  double bottom = 0.0;
  bool operator==(const Box&) const = default;
};

/// One object that somebody marked in an image.
struct MarkedObject {
  Box box{};                  ///< in the image as it was before preprocessing
  std::int64_t category = 0;  ///< the network's class, 0 or more
  bool crowd = false;         ///< a region with many objects of the class that are not told apart
  bool operator==(const MarkedObject&) const = default;
};

/// Where preprocessing put an image into the network's input: x of the input is scale_x * x of the image + offset_x.
struct ImagePlacement {
  double scale_x = 1.0;
  double scale_y = 1.0;
  double offset_x = 0.0;
  double offset_y = 0.0;
  std::int64_t width = 0;  ///< of the network's input, in pixels
  std::int64_t height = 0;
  bool operator==(const ImagePlacement&) const = default;
};

/// What is known to be right about one sample; nothing of it for unlabelled data.
struct Truth {
  std::optional<std::int64_t> label{};                         ///< its class
  std::shared_ptr<const std::vector<MarkedObject>> objects{};  ///< null: nobody looked for any
  ImagePlacement placement{};                                  ///< of the image, where objects are given
  TensorPtr target{};                                          ///< what its output should be, without a batch axis
  std::size_t sample = 0;                                      ///< its position in the data
  std::shared_ptr<const std::vector<float>> reference{};       ///< what the float model's output is
};

}  // namespace quantrail
