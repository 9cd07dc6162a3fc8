#include "data/image_pipeline.h"

#include <algorithm>
#include <cstring>
#include <utility>

#include "base/text.h"
#include "data/half_bits.h"
#include "data/luminance.h"
#include "data/open_shape.h"

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

std::array<std::array<double, 256>, 3> value_table(const Preprocess& preprocess) {
  std::array<std::array<double, 256>, 3> table{};
  for (std::size_t channel = 0; channel < 3; ++channel) {
    const double mean = for_channel(preprocess.mean, channel, 0.0);
    const double std = for_channel(preprocess.std, channel, 1.0);
    for (std::size_t code = 0; code < 256; ++code) {
      table[channel][code] = (static_cast<double>(code) / preprocess.divide_by - mean) / std;
    }
  }
  return table;
}

bool agrees(std::int64_t found, std::int64_t needed) { return needed < 0 || found == needed; }

std::int64_t channels_of(const Preprocess& preprocess) { return preprocess.channel_order == "GRAY" ? 1 : 3; }

bool are_channels(std::int64_t size) { return size == 1 || size == 3; }

/// What to change in `preprocess` so that its samples suit a network that takes the four axes `needed`.
std::string remedy(const Preprocess& preprocess, const Shape& needed) {
  const std::int64_t channels = channels_of(preprocess);
  const bool planes = preprocess.layout == "NCHW";
  std::int64_t taken = needed[planes ? 1 : 3];
  if (agrees(channels, taken)) return "check resize and crop";
  std::vector<std::string> changes;
  if (!are_channels(taken) && are_channels(needed[planes ? 3 : 1])) {
    changes.emplace_back(planes ? "layout NHWC" : "layout NCHW");
    taken = needed[planes ? 3 : 1];
  }
  if (!are_channels(taken)) return "images have 3 channels, or 1 with channel_order GRAY";
  if (taken != channels) changes.emplace_back(taken == 1 ? "channel_order GRAY" : "channel_order RGB or BGR");
  return "use " + joined(changes, " and ");
}

/// Writes codes, mapped by `value(channel, code)`, in the order that the layout asks for.
template <class T, class Value>
void lay_out(const Image& image, bool reversed, bool planes, T* out, Value value) {
  const auto channels = static_cast<std::size_t>(image.channels);
  const std::size_t pixels = image.values.size() / channels;
  for (std::size_t channel = 0; channel < channels; ++channel) {
    const std::uint8_t* from = image.values.data() + (reversed ? channels - 1 - channel : channel);
    T* to = planes ? out + channel * pixels : out + channel;
    const std::size_t step = planes ? 1 : channels;
    for (std::size_t i = 0; i < pixels; ++i) to[i * step] = value(channel, from[channels * i]);
  }
}

}  // namespace

Result<ImagePipeline> ImagePipeline::make(const Preprocess& preprocess, const ValueInfo& input, ImageSize first) {
  const std::string name = printable(input.name);
  if (input.shape.size() != 4) {
    return fail(Cause::InvalidInput, "the network input \"{}\" is {}, images need 4 axes", name,
                open_shape_text(input.shape));
  }
  const bool as_codes = input.type == ElementType::Uint8 && is_identity(preprocess);
  if (input.type != ElementType::Float32 && !is_half(input.type) && !as_codes) {
    return fail(
        Cause::InvalidInput,
        "the network input \"{}\" is {}, images become float32, float16 or bfloat16 (or uint8 without divide_by, "
        "mean and std)",
        name, name_of(input.type));
  }
  const ImageSize size = fitted_size(preprocess, first);
  const bool planes = preprocess.layout == "NCHW";
  const std::int64_t channels = channels_of(preprocess);
  const Shape sample = planes ? Shape{channels, size.height, size.width} : Shape{size.height, size.width, channels};
  if (!std::equal(sample.begin(), sample.end(), input.shape.begin() + 1, agrees)) {
    return fail(Cause::InvalidInput, "the network input \"{}\" needs {}, preprocessing gives {} ({}): {}", name,
                open_shape_text({input.shape.begin() + 1, input.shape.end()}), open_shape_text(sample),
                preprocess.layout, remedy(preprocess, input.shape));
  }
  ImagePipeline pipeline;
  pipeline.preprocess_ = preprocess;
  pipeline.sample_ = {input.name, input.type, sample};
  pipeline.size_ = size;
  if (const auto filled = pipeline.fill_tables(); !filled) return failed(filled);
  return pipeline;
}

Status ImagePipeline::fill_tables() {
  const auto table = value_table(preprocess_);
  for (std::size_t channel = 0; channel < table.size(); ++channel) {
    for (std::size_t code = 0; code < 256; ++code) {
      const double value = table[channel][code];
      values_[channel][code] = static_cast<float>(value);
      if (!is_half(sample_.type)) continue;
      const auto bits = half_bits(value, sample_.type);
      if (!bits) {
        return fail(Cause::InvalidInput, "preprocessing gives {} for {}, too large for the network input \"{}\", {}",
                    value, code, printable(sample_.name), name_of(sample_.type));
      }
      halves_[channel][code] = *bits;
    }
  }
  return {};
}

Status ImagePipeline::write(Image image, std::span<std::byte> out) const {
  if (channels_of(preprocess_) == 1) image = luminance(image);
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
  } else if (is_half(sample_.type)) {
    lay_out(*ready, bgr, planes, reinterpret_cast<std::uint16_t*>(out.data()),
            [this](std::size_t channel, std::uint8_t code) { return halves_[channel][code]; });
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
  if (preprocess_.resize == Preprocess::ResizeMode::Letterbox) {
    hasher.add(static_cast<std::int64_t>(preprocess_.align)).add(preprocess_.pad_value);
  }
  hasher.add(preprocess_.crop_width).add(preprocess_.crop_height);
  hasher.add(static_cast<std::int64_t>(preprocess_.rounding));
  hasher.add(preprocess_.channel_order).add(preprocess_.layout);
  for (const auto& channel : values_) hasher.add_bytes(std::as_bytes(std::span(channel)));
  hasher.add(sample_.name).add(name_of(sample_.type));
  for (const auto axis : sample_.shape) hasher.add(axis);
}

}  // namespace quantrail
