#pragma once

#include <random>
#include <string>
#include <vector>

#include "model/graph.h"
#include "model/quantization.h"
#include "runtime/kernels_random.h"

namespace quantrail::testing {

/// A small network written in code, with random weights; the same for the same seed.
class Network {
 public:
  explicit Network(std::uint32_t seed = 1) : random_(seed) { graph_.opset = 13; }

  /// A float32 input; axis 0 is symbolic.
  std::string input(const std::string& name, Shape shape) {
    shape[0] = -1;
    graph_.inputs.push_back({name, ElementType::Float32, shape, {}});
    return name;
  }
  void output(const std::string& value) { graph_.outputs.push_back({value, ElementType::Float32, {}, {}}); }

  std::string constant(const std::string& name, Shape shape, float spread) {
    const auto values = random_.reals(static_cast<std::size_t>(element_count(shape)), spread);
    return constant(name, Tensor::of<float>(std::move(shape), values));
  }
  std::string constant(const std::string& name, Tensor tensor) {
    graph_.constants[name] = std::make_shared<const Tensor>(std::move(tensor));
    return name;
  }
  std::string integers(const std::string& name, const std::vector<std::int64_t>& values) {
    return constant(name, Tensor::of<std::int64_t>({static_cast<std::int64_t>(values.size())}, values));
  }

  /// A node whose result has its name.
  std::string node(const std::string& op, const std::string& name, std::vector<std::string> inputs,
                   std::map<std::string, Attribute> attributes = {}) {
    graph_.nodes.push_back({name, op, std::move(inputs), {name}, std::move(attributes), {}});
    return name;
  }

  /// A Conv with random weights [out, in / group, kernel...] and a bias.
  std::string conv(const std::string& name, const std::string& source, Shape weights,
                   std::map<std::string, Attribute> attributes = {}) {
    std::int64_t products = 1;
    for (std::size_t axis = 1; axis < weights.size(); ++axis) products *= weights[axis];
    const float spread = 1.0F / std::sqrt(static_cast<float>(products));
    const Shape bias{weights[0]};
    return node("Conv", name,
                {source, constant(name + "_w", std::move(weights), spread), constant(name + "_b", bias, 0.5F)},
                std::move(attributes));
  }

  [[nodiscard]] Graph& graph() { return graph_; }
  [[nodiscard]] kernels::Random& random() { return random_; }

 private:
  Graph graph_{};
  kernels::Random random_;
};

/// max |w| / 127 of each output channel (1 where a channel is all zero), as quantization chooses them.
inline WeightParams channel_scales(const Tensor& weights, std::int64_t axis) {
  const auto values = weights.values<float>();
  const auto count = static_cast<std::size_t>(weights.shape[static_cast<std::size_t>(axis)]);
  std::size_t inner = 1;
  for (auto at = static_cast<std::size_t>(axis) + 1; at < weights.shape.size(); ++at)
    inner *= static_cast<std::size_t>(weights.shape[at]);
  WeightParams params{axis, std::vector<float>(count, 0.0F)};
  for (std::size_t at = 0; at < values.size(); ++at) {
    float& largest = params.scale[at / inner % count];
    largest = std::max(largest, std::abs(values[at]));
  }
  for (float& scale : params.scale) scale = scale > 0.0F ? scale / 127.0F : 1.0F;
  return params;
}

}  // namespace quantrail::testing
