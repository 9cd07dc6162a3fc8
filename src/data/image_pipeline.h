#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

#include "base/error.h"
#include "base/hash.h"
#include "config/config.h"
#include "data/dataset.h"
#include "data/image.h"
#include "data/image_fit.h"
#include "model/graph.h"

namespace quantrail {

/// From an RGB image to what one network input takes: luminance where one channel is asked for, size, channel order,
/// normalised values, layout.
/// Values are computed in double for each of the 256 codes and then rounded to what the input takes: float32, float16
/// or bfloat16. Thread-safe.
class ImagePipeline {
 public:
  /// `first` is the size of the first image, which all must agree with after resizing and cropping.
  /// Errors: InvalidInput when input, preprocessing and image do not go together, naming what was found and needed.
  [[nodiscard]] static Result<ImagePipeline> make(const Preprocess& preprocess, const ValueInfo& input,
                                                  ImageSize first);

  [[nodiscard]] const SampleInput& sample() const { return sample_; }
  /// Where write() puts an image of size `original`.
  [[nodiscard]] ImagePlacement placement(ImageSize original) const { return placement_of(preprocess_, original); }
  /// Precondition: `out` holds one sample. Errors: InvalidInput when the image ends up with another size.
  [[nodiscard]] Status write(Image image, std::span<std::byte> out) const;
  /// Adds everything that changes its results.
  void add_to(Hasher& hasher) const;

 private:
  ImagePipeline() = default;
  [[nodiscard]] Status fill_tables();

  Preprocess preprocess_{};
  SampleInput sample_{};
  ImageSize size_{};
  std::array<std::array<float, 256>, 3> values_{};          ///< by output channel and code
  std::array<std::array<std::uint16_t, 256>, 3> halves_{};  ///< the same as the bits of float16 or bfloat16
};

}  // namespace quantrail
