#include "families/family.h"

#include <cmath>
#include <cstdlib>
#include <nlohmann/json.hpp>
#include <random>

#include "base/files.h"

namespace quantrail::testing {
namespace {

ElementType type_named(const std::string& name) {
  for (const auto type : {ElementType::Float32, ElementType::Int64, ElementType::Int32}) {
    if (name_of(type) == name) return type;
  }
  throw std::runtime_error("inputs of type " + name);
}

DeclaredInput declared(const nlohmann::json& json) {
  DeclaredInput input{json.at("name"), type_named(json.at("type")), {},
                      json.at("fill"), json.value("low", 0),        json.value("high", 0)};
  for (const auto& size : json.at("shape")) {
    input.shape.push_back(size.is_string() ? size.get<std::string>() : std::to_string(size.get<std::int64_t>()));
  }
  return input;
}

/// Standard normal by Box and Muller: the library's distributions differ between machines.
float normal(std::mt19937& random) {
  const double u = (static_cast<double>(random()) + 1.0) / 4294967297.0;
  const double v = static_cast<double>(random()) / 4294967296.0;
  return static_cast<float>(std::sqrt(-2.0 * std::log(u)) * std::cos(2.0 * M_PI * v));
}

/// How long each row's sentence is: at most half of it is padding.
std::vector<std::int64_t> lengths(std::int64_t rows, std::int64_t longest, std::mt19937& random) {
  std::vector<std::int64_t> list(static_cast<std::size_t>(rows));
  for (auto& length : list) length = longest - static_cast<std::int64_t>(random()) % (longest / 2 + 1);
  return list;
}

void fill_integers(const DeclaredInput& input, const Sizes& sizes, std::mt19937& random, Tensor& tensor) {
  const bool per_token = tensor.shape.size() > 1;
  const std::int64_t width = per_token ? tensor.shape[1] : 1;
  const auto ends = lengths(tensor.shape[0], per_token ? width : sizes.at("sequence"), random);
  for (std::int64_t at = 0; at < element_count(tensor.shape); ++at) {
    std::int64_t value = 0;
    if (input.fill == "integers") value = input.low + static_cast<std::int64_t>(random()) % (input.high - input.low);
    if (input.fill == "mask") value = at % width < ends[static_cast<std::size_t>(at / width)] ? 1 : 0;
    if (input.fill == "lengths") value = ends[static_cast<std::size_t>(at)];
    if (tensor.type == ElementType::Int64) tensor.values<std::int64_t>()[static_cast<std::size_t>(at)] = value;
    if (tensor.type == ElementType::Int32)
      tensor.values<std::int32_t>()[static_cast<std::size_t>(at)] = static_cast<std::int32_t>(value);
  }
}

}  // namespace

const std::vector<Family>& families() {
  // ONNX Runtime's own two ways through float16, with and without rounding between operators, are 65 dB apart.
  constexpr double kHalf = 55.0;
  static const std::vector<Family> kFamilies{{"resnet18"},
                                             {"resnet18_half", kHalf},
                                             {"resnet50"},
                                             {"vgg11"},
                                             {"vgg16"},
                                             {"squeezenet"},
                                             {"densenet121"},
                                             {"googlenet"},
                                             {"inception_v3"},
                                             {"convnext"},
                                             {"mobilenet_v1"},
                                             {"mobilenet_v2"},
                                             {"mobilenet_v3"},
                                             {"mobilenet_v3_parts"},
                                             {"efficientnet_b0"},
                                             {"shufflenet_v2"},
                                             {"dscnn"},
                                             {"yolo_v2"},
                                             {"yolo_v3"},
                                             {"yolo_v4"},
                                             {"yolo_v5"},
                                             {"yolo_v5_nms"},
                                             {"yolo_v8"},
                                             {"yolo_v8_nms"},
                                             {"ssd_mobilenet"},
                                             {"bert"},
                                             {"bert_opset14"},
                                             {"bert_half", kHalf},
                                             {"bert_layer_norm"},
                                             {"bert_gelu"},
                                             {"distilbert"},
                                             {"vit"},
                                             {"vit_opset21"},
                                             {"espcn"},
                                             {"super_resolution"},
                                             {"fsrcnn"},
                                             {"unet_transposed"},
                                             {"unet_linear"},
                                             {"unet_aligned"},
                                             {"unet_cubic"},
                                             {"unet_nearest"},
                                             {"deeplab"},
                                             {"style_transfer"},
                                             {"lstm_tagger"},
                                             {"gru_tagger"},
                                             {"text_recognizer"},
                                             {"speech_commands"}};
  return kFamilies;
}

std::filesystem::path families_folder() {
  const char* folder = std::getenv("QUANTRAIL_FAMILIES");
  return folder != nullptr ? folder : QUANTRAIL_FAMILIES_DIR;
}

Result<Description> described(const Family& family) {
  const auto text = read_file(families_folder() / (family.name + ".json"));
  if (!text) return failed(text);
  const auto json = nlohmann::json::parse(*text, nullptr, false);
  if (json.is_discarded()) return fail(Cause::InvalidInput, "{}.json is no JSON", family.name);
  Description description{families_folder() / (family.name + ".onnx"), {}, json.at("sizes"), json.at("selected")};
  for (const auto& input : json.at("inputs")) description.inputs.push_back(declared(input));
  return description;
}

Shape shape_at(const DeclaredInput& input, const Sizes& sizes) {
  Shape shape;
  for (const auto& size : input.shape) {
    const auto symbol = sizes.find(size);
    shape.push_back(symbol != sizes.end() ? symbol->second : std::stoll(size));
  }
  return shape;
}

Inputs random_inputs(const Description& description, const Sizes& sizes, std::uint32_t seed) {
  Inputs inputs;
  std::mt19937 random(seed);
  for (const auto& input : description.inputs) {
    Tensor tensor = Tensor::zeros(input.type, shape_at(input, sizes));
    if (input.type == ElementType::Float32) {
      for (auto& value : tensor.values<float>()) value = normal(random);
    } else {
      fill_integers(input, sizes, random, tensor);
    }
    inputs[input.name] = std::move(tensor);
  }
  return inputs;
}

}  // namespace quantrail::testing
