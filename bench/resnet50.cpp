#include "resnet50.h"

#include <cmath>
#include <random>
#include <string>
#include <utility>
#include <vector>

namespace quantrail::bench {
namespace {

struct Convolution {
  std::int64_t in = 0;
  std::int64_t out = 0;
  std::int64_t kernel = 1;
  std::int64_t stride = 1;
  float gain = 2.0F;  ///< variance of the result over that of a rectified input
};

/// Appends one operator a call; each returns the name of its result.
class Builder {
 public:
  explicit Builder(std::uint32_t seed) : engine_(seed) {
    graph_.name = "resnet50";
    graph_.opset = 13;
    graph_.inputs = {{"image", ElementType::Float32, {-1, 3, 224, 224}, {"N", "", "", ""}}};
    graph_.outputs = {{"logits", ElementType::Float32, {-1, 1000}, {"N", ""}}};
  }

  std::string conv(const std::string& name, const std::string& from, const Convolution& c) {
    const std::int64_t fan_in = c.in * c.kernel * c.kernel;
    constant(name + ".weight", {c.out, c.in, c.kernel, c.kernel}, std::sqrt(c.gain / static_cast<float>(fan_in)));
    constant(name + ".bias", {c.out}, 0.1F);
    const std::int64_t pad = c.kernel / 2;
    return add({name,
                "Conv",
                {from, name + ".weight", name + ".bias"},
                {name + ".out"},
                {{"kernel_shape", std::vector<std::int64_t>{c.kernel, c.kernel}},
                 {"pads", std::vector<std::int64_t>{pad, pad, pad, pad}},
                 {"strides", std::vector<std::int64_t>{c.stride, c.stride}}},
                {}});
  }
  std::string relu(const std::string& name, const std::string& from) {
    return add({name, "Relu", {from}, {name + ".out"}, {}, {}});
  }

  /// 1x1, 3x3 and 1x1 convolutions around a shortcut, which is a convolution where the shape changes.
  std::string block(const std::string& name, const std::string& from, std::int64_t in, std::int64_t width,
                    std::int64_t stride) {
    const std::int64_t out = 4 * width;
    const auto first = relu(name + ".relu1", conv(name + ".conv1", from, {in, width}));
    const auto second = relu(name + ".relu2", conv(name + ".conv2", first, {width, width, 3, stride}));
    const auto branch = conv(name + ".conv3", second, {width, out, 1, 1, 0.5F});
    const auto shortcut =
        in == out && stride == 1 ? from : conv(name + ".downsample", from, {in, out, 1, stride, 1.0F});
    const auto sum = add({name + ".add", "Add", {branch, shortcut}, {name + ".add.out"}, {}, {}});
    return relu(name + ".relu3", sum);
  }

  Graph finished(const std::string& from) {
    const auto pooled = add({"pool", "GlobalAveragePool", {from}, {"pool.out"}, {}, {}});
    const auto flat = add({"flatten", "Flatten", {pooled}, {"flatten.out"}, {{"axis", std::int64_t{1}}}, {}});
    constant("fc.weight", {1000, 2048}, std::sqrt(1.0F / 2048.0F));
    constant("fc.bias", {1000}, 0.1F);
    add({"fc", "Gemm", {flat, "fc.weight", "fc.bias"}, {"logits"}, {{"transB", std::int64_t{1}}}, {}});
    return std::move(graph_);
  }

  std::string max_pool(const std::string& name, const std::string& from) {
    return add({name,
                "MaxPool",
                {from},
                {name + ".out"},
                {{"kernel_shape", std::vector<std::int64_t>{3, 3}},
                 {"pads", std::vector<std::int64_t>{1, 1, 1, 1}},
                 {"strides", std::vector<std::int64_t>{2, 2}}},
                {}});
  }

 private:
  std::string add(Node node) {
    graph_.nodes.push_back(std::move(node));
    return graph_.nodes.back().outputs[0];
  }
  void constant(const std::string& name, Shape shape, float spread) {
    Tensor tensor = Tensor::zeros(ElementType::Float32, std::move(shape));
    std::normal_distribution<float> weights(0.0F, spread);
    for (float& weight : tensor.values<float>()) weight = weights(engine_);
    graph_.constants[name] = std::make_shared<const Tensor>(std::move(tensor));
  }

  Graph graph_{};
  std::mt19937 engine_;
};

}  // namespace

Graph resnet50(std::uint32_t seed) {
  Builder builder(seed);
  std::string at = builder.relu("stem.relu", builder.conv("stem.conv", "image", {3, 64, 7, 2}));
  at = builder.max_pool("stem.pool", at);
  constexpr std::int64_t kBlocks[] = {3, 4, 6, 3};
  std::int64_t channels = 64;
  for (std::int64_t stage = 0; stage < 4; ++stage) {
    const std::int64_t width = std::int64_t{64} << stage;
    for (std::int64_t block = 0; block < kBlocks[stage]; ++block) {
      const std::string name = "stage" + std::to_string(stage + 1) + "." + std::to_string(block + 1);
      at = builder.block(name, at, channels, width, block == 0 && stage > 0 ? 2 : 1);
      channels = 4 * width;
    }
  }
  return builder.finished(at);
}

}  // namespace quantrail::bench
