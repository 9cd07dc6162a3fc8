#include "families/real_networks.h"

#include <algorithm>
#include <cstdlib>
#include <sstream>

#include "base/files.h"
#include "data/decode.h"
#include "data/image_fit.h"
#include "data/npy.h"
#include "data/resample.h"

namespace quantrail::testing {
namespace {

using Sets = Result<std::vector<Inputs>>;

/// Rows [first, first + count) of an array file.
Result<Tensor> rows(const std::string& file, std::size_t first, std::size_t count) {
  const auto array = open_npy(real_data() / file);
  if (!array) return failed(array);
  const auto type = array->type();
  if (!type) return fail(Cause::Unsupported, "{}: {}", file, array->type_name());
  Shape shape = array->shape;
  shape[0] = static_cast<std::int64_t>(count);
  Tensor tensor = Tensor::zeros(*type, shape);
  for (std::size_t row = 0; row < count; ++row) {
    const std::span<std::byte> bytes(tensor.bytes.data() + row * array->row_bytes(), array->row_bytes());
    if (const auto read = array->read_row(first + row, bytes); !read) return failed(read);
  }
  return tensor;
}

/// uint8 [N,H,W,3] to float [N,3,H,W]: (pixel - mean) * factor, per channel.
Tensor planes(const Tensor& pixels, const std::vector<float>& mean, const std::vector<float>& factor) {
  const std::int64_t space = pixels.shape[1] * pixels.shape[2];
  Tensor image = Tensor::zeros(ElementType::Float32, {pixels.shape[0], 3, pixels.shape[1], pixels.shape[2]});
  const auto from = pixels.values<std::uint8_t>();
  const auto to = image.values<float>();
  for (std::size_t at = 0; at < to.size(); ++at) {
    const auto plane = static_cast<std::int64_t>(at) / space;
    const auto channel = static_cast<std::size_t>(plane % 3);
    const auto pixel =
        static_cast<std::size_t>((plane / 3 * space + static_cast<std::int64_t>(at) % space) * 3) + channel;
    to[at] = (static_cast<float>(from[pixel]) - mean[channel]) * factor[channel];
  }
  return image;
}

Result<Image> photo(const std::filesystem::path& file) {
  const auto bytes = read_file(file);
  if (!bytes) return failed(bytes);
  return decode_image(std::as_bytes(std::span(*bytes)));
}

Tensor tensor_of(const Image& image) {
  const Shape shape{1, image.size.height, image.size.width, image.channels};
  return Tensor::of<std::uint8_t>(shape, image.values);
}

const std::vector<float> kHalves{127.5F, 127.5F, 127.5F};
const std::vector<float> kToUnit{1 / 127.5F, 1 / 127.5F, 1 / 127.5F};

Sets imagenet_calibration() {
  const auto folder = real_data() / "mobilenet_v1_imagenet";
  const auto list = read_file(folder / "calib.txt");
  if (!list) return failed(list);
  std::istringstream lines(*list);
  std::vector<Inputs> samples;
  for (std::string name, label; samples.size() < 24 && lines >> name >> label;) {
    const auto image = photo(folder / name);
    if (!image) return failed(image);
    const double scale = 256.0 / static_cast<double>(std::min(image->size.width, image->size.height));
    const auto scaled = [scale](std::int64_t size) {
      return static_cast<std::int64_t>(std::lround(scale * static_cast<double>(size)));
    };
    const auto small =
        resampled(*image, {scaled(image->size.width), scaled(image->size.height)}, Interpolation::Bilinear, true);
    const auto middle = center_crop(small, {224, 224}, Rounding::Nearest);
    samples.push_back({{"input", planes(tensor_of(middle), kHalves, kToUnit)}});
  }
  return samples;
}

Sets imagenet_inputs() {
  const auto pixels = rows("mobilenet_v1_imagenet/first8_pixels_u8.npy", 0, 8);
  if (!pixels) return failed(pixels);
  return std::vector<Inputs>{{{"input", planes(*pixels, kHalves, kToUnit)}}};
}

/// `sets` sets of `batch` rows each of CIFAR-10's images.
Sets cifar(const std::string& file, std::size_t sets, std::size_t batch) {
  std::vector<Inputs> list;
  for (std::size_t set = 0; set < sets; ++set) {
    const auto pixels = rows("resnet_cifar10/" + file, set * batch, batch);
    if (!pixels) return failed(pixels);
    list.push_back({{"input", planes(*pixels, {123.675F, 116.28F, 103.53F},
                                     {1 / (255 * 0.229F), 1 / (255 * 0.224F), 1 / (255 * 0.225F)})}});
  }
  return list;
}

/// Arrays that are stored as the network takes them, by input name.
Sets stored(const std::map<std::string, std::string>& files, std::size_t sets, std::size_t batch) {
  std::vector<Inputs> list(sets);
  for (std::size_t set = 0; set < sets; ++set) {
    for (const auto& [input, file] : files) {
      auto values = rows(file, set * batch, batch);
      if (!values) return failed(values);
      list[set][input] = std::move(*values);
    }
  }
  return list;
}

Sets sentences(const std::string& part, std::size_t sets, std::size_t batch) {
  return stored({{"input_ids", "sst2_encoder/" + part + "_input_ids.npy"},
                 {"attention_mask", "sst2_encoder/" + part + "_attention_mask.npy"}},
                sets, batch);
}

/// The first `length` tokens of each sentence.
Tensor shortened(const Tensor& tokens, std::int64_t length) {
  Tensor result = Tensor::zeros(tokens.type, {tokens.shape[0], length});
  for (std::int64_t row = 0; row < tokens.shape[0]; ++row) {
    const auto from = tokens.values<std::int64_t>().begin() + row * tokens.shape[1];
    std::copy(from, from + length, result.values<std::int64_t>().begin() + row * length);
  }
  return result;
}

/// Sentences at their stored length of 64 and cut to 21 tokens.
Sets sentences_of_two_lengths() {
  auto sets = sentences("val", 2, 16);
  if (!sets) return failed(sets);
  for (auto& [name, tokens] : (*sets)[1]) tokens = shortened(tokens, 21);
  return sets;
}

/// Letterboxed to 416 at the top left, padded with 114, BGR.
Sets street_scenes(const std::string& folder, std::size_t count) {
  std::vector<std::filesystem::path> files;
  for (const auto& entry : std::filesystem::directory_iterator(real_data() / "yolox_coco" / folder)) {
    files.push_back(entry.path());
  }
  std::ranges::sort(files);
  std::vector<Inputs> sets;
  for (std::size_t at = 0; at < std::min(count, files.size()); ++at) {
    const auto image = photo(files[at]);
    if (!image) return failed(image);
    const auto longest = std::max(image->size.width, image->size.height);
    const auto scaled = [longest](std::int64_t size) { return std::max<std::int64_t>(size * 416 / longest, 1); };
    const auto small =
        resampled(*image, {scaled(image->size.width), scaled(image->size.height)}, Interpolation::Bilinear, true);
    Tensor box = Tensor::zeros(ElementType::Float32, {1, 3, 416, 416});
    const auto to = box.values<float>();
    std::ranges::fill(to, 114.0F);
    for (std::size_t pixel = 0; pixel < small.values.size(); ++pixel) {
      const auto place = static_cast<std::int64_t>(pixel) / 3;
      const auto channel = 2 - static_cast<std::int64_t>(pixel) % 3;
      to[static_cast<std::size_t>((channel * 416 + place / small.size.width) * 416 + place % small.size.width)] =
          small.values[pixel];
    }
    sets.push_back({{"images", std::move(box)}});
  }
  return sets;
}

}  // namespace

std::filesystem::path real_data() {
  const char* folder = std::getenv("QUANTRAIL_DATA");
  return folder != nullptr ? folder : "";
}

const std::vector<RealNetwork>& real_networks() {
  static const std::vector<RealNetwork> kNetworks{
      {"mobilenet_v1_imagenet", "mobilenet_v1_imagenet/model.onnx", imagenet_calibration, imagenet_inputs},
      {"resnet20_cifar10", "resnet_cifar10/resnet20_cifar10.onnx", [] { return cifar("calib_u8.npy", 64, 1); },
       [] { return cifar("val_u8.npy", 2, 64); }},
      {"resnet32_cifar10_bn", "resnet_cifar10/resnet32_cifar10_bn.onnx", [] { return cifar("calib_u8.npy", 64, 1); },
       [] { return cifar("val_u8.npy", 2, 64); }},
      {"kws_dscnn", "kws_dscnn/model.onnx",
       [] {
         return stored({{"input", "kws_dscnn/calib.npy"}}, 64, 1);
       },
       [] {
         return stored({{"input", "kws_dscnn/val.npy"}}, 2, 64);
       }},
      {"sst2_encoder", "sst2_encoder/model.onnx", [] { return sentences("calib", 64, 1); }, sentences_of_two_lengths},
      {"yolox_coco", "yolox_coco/model.onnx", [] { return street_scenes("calib", 12); },
       [] { return street_scenes("images", 4); }}};
  return kNetworks;
}

}  // namespace quantrail::testing
