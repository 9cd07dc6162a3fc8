#include <cstddef>
#include <utility>

#include "base/text.h"
#include "data/array_files.h"
#include "data/digests.h"
#include "data/image_source.h"

namespace quantrail {
namespace {

class ImageArrays final : public ImageSource {
 public:
  ImageArrays(ArrayFiles files, bool planes)
      : files_(std::move(files)), array_(files_.arrays.begin()->second), planes_(planes) {}

  [[nodiscard]] std::size_t size() const override { return files_.rows(); }
  [[nodiscard]] std::optional<std::int64_t> label(std::size_t index) const override {
    return files_.labels ? std::optional((*files_.labels)[index]) : std::nullopt;
  }
  [[nodiscard]] std::string describe(std::size_t index) const override {
    return fmt::format("{} row {}", array_.name, index);
  }

  [[nodiscard]] Result<Image> image(std::size_t index) const override {
    std::vector<std::byte> row(array_.row_bytes());
    const auto read = array_.bytes->read(array_.data_offset + index * row.size(), row);
    if (!read) return failed(read);
    const Shape shape = array_.row_shape();
    const auto channels = static_cast<std::size_t>(planes_ ? shape[0] : shape[2]);
    Image image = Image::of_size(planes_ ? ImageSize{shape[2], shape[1]} : ImageSize{shape[1], shape[0]});
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
    return {};
  }

 private:
  ArrayFiles files_;
  const NpyArray& array_;
  bool planes_;
};

}  // namespace

Result<ImageSourcePtr> open_image_arrays(const DataSpec& spec, bool labels_required) {
  auto files = open_array_files(spec, labels_required);
  if (!files) return failed(files);
  const NpyArray& array = files->arrays.begin()->second;
  const bool planes = spec.layout == "NCHW";
  const auto channels = array.shape.size() == 4 ? array.shape[planes ? 1 : 3] : 0;
  if (files->arrays.size() != 1 || array.type() != ElementType::Uint8 || (channels != 1 && channels != 3)) {
    return fail(Cause::InvalidInput, "{}: data.layout {} needs one uint8 array {}, found {} [{}]", array.name,
                spec.layout, planes ? "[N,C,H,W] with C 1 or 3" : "[N,H,W,C] with C 1 or 3", array.type_name(),
                fmt::join(array.shape, ","));
  }
  if (array.row_shape()[0] * array.row_shape()[1] * array.row_shape()[2] > 3 * kMostPixels) {
    return fail(Cause::InvalidInput, "{}: images of shape [{}] are too large", array.name,
                fmt::join(array.row_shape(), ","));
  }
  return std::make_unique<ImageArrays>(std::move(*files), planes);
}

}  // namespace quantrail
