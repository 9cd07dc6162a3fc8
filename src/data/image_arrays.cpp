#include <cstddef>
#include <cstdint>
#include <optional>
#include <utility>

#include "base/text.h"
#include "data/array_files.h"
#include "data/digests.h"
#include "data/image_source.h"

namespace quantrail {
namespace {

/// What the axes of one row mean.
struct RowAxes {
  ImageSize size{};
  std::int64_t channels = 0;
};

/// Nothing for arrays that hold no images. Without an axis for them, there is one channel.
std::optional<RowAxes> row_axes(const NpyArray& array, bool planes) {
  const Shape row = array.row_shape();
  if (array.type() != ElementType::Uint8) return std::nullopt;
  if (row.size() == 2) return RowAxes{{row[1], row[0]}, 1};
  if (row.size() != 3) return std::nullopt;
  const RowAxes axes = planes ? RowAxes{{row[2], row[1]}, row[0]} : RowAxes{{row[1], row[0]}, row[2]};
  return axes.channels == 1 || axes.channels == 3 ? std::optional(axes) : std::nullopt;
}

class ImageArrays final : public ImageSource {
 public:
  ImageArrays(ArrayFiles files, bool planes, RowAxes axes)
      : files_(std::move(files)), array_(files_.arrays.begin()->second), planes_(planes), axes_(axes) {}

  [[nodiscard]] std::size_t size() const override { return files_.rows(); }
  [[nodiscard]] std::optional<std::int64_t> label(std::size_t index) const override {
    return files_.labels ? std::optional((*files_.labels)[index]) : std::nullopt;
  }
  [[nodiscard]] std::string describe(std::size_t index) const override { return array_.describe(index); }

  [[nodiscard]] Result<Image> image(std::size_t index) const override {
    std::vector<std::byte> row(array_.row_bytes());
    const auto read = array_.bytes->read(array_.data_offset + index * row.size(), row);
    if (!read) return failed(read);
    const auto channels = static_cast<std::size_t>(axes_.channels);
    Image image = Image::of_size(axes_.size);
    const std::size_t pixels = image.values.size() / 3;
    for (std::size_t pixel = 0; pixel < pixels; ++pixel) {
      for (std::size_t c = 0; c < 3; ++c) {
        const std::size_t channel = channels == 1 ? 0 : c;
        const std::size_t at = planes_ ? channel * pixels + pixel : pixel * channels + channel;
        image.values[3 * pixel + c] = std::to_integer<std::uint8_t>(row[at]);
      }
    }
    return image;
  }

  [[nodiscard]] Status add_to(Hasher& hasher, std::size_t, const OpenOptions& options) const override {
    const auto digests = file_digests(files_.files, options);
    if (!digests) return failed(digests);
    hasher.add(planes_ ? "NCHW" : "NHWC");
    for (const auto& digest : *digests) hasher.add(digest);
    if (!files_.chosen.empty()) hasher.add(files_.chosen);
    return {};
  }

 private:
  ArrayFiles files_;
  const NpyArray& array_;
  bool planes_;
  RowAxes axes_;
};

}  // namespace

Result<ImageSourcePtr> images_of(ArrayFiles files, const DataSpec& spec) {
  const NpyArray& array = files.arrays.begin()->second;
  const bool planes = spec.layout == "NCHW";
  const auto axes = row_axes(array, planes);
  if (files.arrays.size() != 1 || !axes) {
    return fail(Cause::InvalidInput, "{}: data.layout {} needs one uint8 array {} or [N,H,W], found {} [{}]{}",
                array.name, spec.layout, planes ? "[N,C,H,W] with C 1 or 3" : "[N,H,W,C] with C 1 or 3",
                array.type_name(), fmt::join(array.shape, ","),
                array.type() == ElementType::Uint8 ? "" : "; without data.layout, arrays are fed as stored");
  }
  if (axes->size.width * axes->size.height > kMostPixels) {
    return fail(Cause::InvalidInput, "{}: images of shape [{}] are too large", array.name,
                fmt::join(array.row_shape(), ","));
  }
  return std::make_unique<ImageArrays>(std::move(files), planes, *axes);
}

}  // namespace quantrail
