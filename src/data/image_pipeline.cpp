#include "data/image_pipeline.h"

#include <algorithm>
#include <cstring>
#include <utility>

#include "base/text.h"
#include "data/image_fit.h"

namespace quantrail {
namespace {

/// Raised when the same file and parameters give other values than before.
constexpr std::int64_t kRevision = 1;

bool is_identity(const Preprocess& preprocess) {
  return preprocess.divide_by == 1.0 && preprocess.mean.empty() && preprocess.std.empty();
}

double for_channel(const std::vector<double>& values, std::size_t channel, double otherwise) {
  if (values.empty()) return otherwise;
  return values.size() == 1 ? values.front() : values[channel];
}

std::array<std::array<float, 256>, 3> value_table(const Preprocess& preprocess) {
  std::array<std::array<float, 256>, 3> table{};
  for (std::size_t channel = 0; channel < 3; ++channel) {
    const double mean = for_channel(preprocess.mean, channel, 0.0);
    const double std = for_channel(preprocess.std, channel, 1.0);
    for (std::size_t code = 0; code < 256; ++code) {
      table[channel][code] = static_cast<float>((static_cast<double>(code) / preprocess.divide_by - mean) / std);
    }
  }
  return table;
}

std::string shape_text(const Shape& shape) {
  std::vector<std::string> sizes;
  for (const auto size : shape) sizes.push_back(size < 0 ? "?" : std::to_string(size));
  return "[" + joined(sizes, ",") + "]";
}

bool agrees(std::int64_t found, std::int64_t needed) { return needed < 0 || found == needed; }

/// Writes codes, mapped by `value(channel, code)`, in the order that the layout asks for.
template <class T, class Value>
void lay_out(const Image& image, bool bgr, bool planes, T* out, Value value) {
  const std::size_t pixels = image.rgb.size() / 3;
  for (std::size_t channel = 0; channel < 3; ++channel) {
    const std::uint8_t* from = image.rgb.data() + (bgr ? 2 - channel : channel);
    T* to = planes ? out + channel * pixels : out + channel;
    const std::size_t step = planes ? 1 : 3;
    for (std::size_t i = 0; i < pixels; ++i) to[i * step] = value(channel, from[3 * i]);
  }
}

}  // namespace

Result<ImagePipeline> ImagePipeline::make(const Preprocess& preprocess, const ValueInfo& input, ImageSize first) {
  const std::string name = printable(input.name);
  if (input.shape.size() != 4) {
    return fail(Cause::InvalidInput, "the network input \"{}\" is {}, images need 4 axes", name,
                shape_text(input.shape));
  }
  if (input.type != ElementType::Float32 && !(input.type == ElementType::Uint8 && is_identity(preprocess))) {
    return fail(Cause::InvalidInput,
                "the network input \"{}\" is {}, images become float32 (or uint8 without divide_by, mean and std)",
                name, name_of(input.type));
  }
  ImageSize size = resized_size(preprocess, first);
  if (preprocess.crop_width > 0) size = {preprocess.crop_width, preprocess.crop_height};
  const bool planes = preprocess.layout == "NCHW";
  const Shape sample = planes ? Shape{3, size.height, size.width} : Shape{size.height, size.width, 3};
  if (!std::equal(sample.begin(), sample.end(), input.shape.begin() + 1, agrees)) {
    return fail(Cause::InvalidInput,
                "the network input \"{}\" needs {}, preprocessing gives {} ({}): check resize, crop and layout", name,
                shape_text({input.shape.begin() + 1, input.shape.end()}), shape_text(sample), preprocess.layout);
  }
  ImagePipeline pipeline;
  pipeline.preprocess_ = preprocess;
  pipeline.sample_ = {input.name, input.type, sample};
  pipeline.size_ = size;
  pipeline.values_ = value_table(preprocess);
  return pipeline;
}

Status ImagePipeline::write(Image image, std::span<std::byte> out) const {
  const auto ready = fitted(preprocess_, std::move(image));
  if (!ready) return failed(ready);
  if (ready->size != size_) {
    return fail(Cause::InvalidInput,
                "is {} x {} after preprocessing, {} x {} is needed: all images must agree, resize or crop them",
                ready->size.width, ready->size.height, size_.width, size_.height);
  }
  const bool bgr = preprocess_.channel_order == "BGR";
  const bool planes = preprocess_.layout == "NCHW";
  if (sample_.type == ElementType::Uint8) {
    lay_out(*ready, bgr, planes, reinterpret_cast<std::uint8_t*>(out.data()),
            [](std::size_t, std::uint8_t code) { return code; });
  } else {
    lay_out(*ready, bgr, planes, reinterpret_cast<float*>(out.data()),
            [this](std::size_t channel, std::uint8_t code) { return values_[channel][code]; });
  }
  return {};
}

void ImagePipeline::add_to(Hasher& hasher) const {
  hasher.add("image preprocessing").add(kRevision);
  hasher.add(static_cast<std::int64_t>(preprocess_.resize)).add(preprocess_.width).add(preprocess_.height);
  hasher.add(static_cast<std::int64_t>(preprocess_.interpolation))
      .add(static_cast<std::int64_t>(preprocess_.antialias));
  hasher.add(preprocess_.crop_width).add(preprocess_.crop_height);
  hasher.add(static_cast<std::int64_t>(preprocess_.rounding));
  hasher.add(preprocess_.channel_order).add(preprocess_.layout);
  for (const auto& channel : values_) hasher.add_bytes(std::as_bytes(std::span(channel)));
  hasher.add(sample_.name).add(name_of(sample_.type));
  for (const auto axis : sample_.shape) hasher.add(axis);
}

}  // namespace quantrail
