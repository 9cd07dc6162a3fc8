#pragma once

#include <map>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "model/infer.h"

namespace quantrail::testing {

/// Builds small canonical graphs with random weights, one operator a line; knows every value's shape. Nodes are named
/// by the caller, and each one's result is called like the node with ":0" behind.
class SmallNetwork {
 public:
  explicit SmallNetwork(Shape input = {1, 3, 8, 8}, const std::string& name = "x") {
    graph_.name = "small";
    graph_.opset = 13;
    Shape declared = input;
    declared[0] = -1;
    graph_.inputs.push_back({name, ElementType::Float32, declared, symbols(declared)});
    types_[name] = {ElementType::Float32, std::move(input)};
  }

  struct Convolution {
    std::int64_t channels = 4;
    std::int64_t kernel = 3;
    std::int64_t group = 1;
    std::int64_t stride = 1;
    bool bias = true;
    bool transposed = false;
  };
  std::string conv(const std::string& name, const std::string& in, Convolution c) {
    const Shape& from = shape(in);
    const std::int64_t pad = c.kernel / 2;
    Node node{name, c.transposed ? "ConvTranspose" : "Conv", {in, name + ".weight"}, {}, {}, {}};
    const Shape weights = c.transposed ? Shape{from[1], c.channels, c.kernel, c.kernel}
                                       : Shape{c.channels, from[1] / c.group, c.kernel, c.kernel};
    constant(name + ".weight", weights, 0.3F);
    if (c.bias) {
      constant(name + ".bias", {c.channels}, 0.2F);
      node.inputs.push_back(name + ".bias");
    }
    node.attributes = {{"kernel_shape", std::vector<std::int64_t>{c.kernel, c.kernel}},
                       {"pads", std::vector<std::int64_t>{pad, pad, pad, pad}},
                       {"strides", std::vector<std::int64_t>{c.stride, c.stride}},
                       {"group", c.group}};
    const auto size = [&](std::int64_t n) { return (n + 2 * pad - c.kernel) / c.stride + 1; };
    return add(std::move(node), {from[0], c.channels, size(from[2]), size(from[3])});
  }
  std::string conv(const std::string& name, const std::string& in) { return conv(name, in, Convolution{}); }

  std::string gemm(const std::string& name, const std::string& in, std::int64_t columns, bool transposed = true) {
    const Shape& from = shape(in);
    constant(name + ".weight", transposed ? Shape{columns, from[1]} : Shape{from[1], columns}, 0.3F);
    constant(name + ".bias", {columns}, 0.2F);
    Node node{name, "Gemm", {in, name + ".weight", name + ".bias"}, {}, {}, {}};
    node.attributes["transB"] = std::int64_t{transposed ? 1 : 0};
    return add(std::move(node), {from[0], columns});
  }

  std::string matmul(const std::string& name, const std::string& in, std::int64_t columns) {
    Shape result = shape(in);
    constant(name + ".weight", {result.back(), columns}, 0.3F);
    result.back() = columns;
    return add({name, "MatMul", {in, name + ".weight"}, {}, {}, {}}, result);
  }

  /// An operator whose result has its first input's shape: Relu, Sigmoid, Add, Mul, HardSwish, ...
  std::string same(const std::string& name, const std::string& op, std::vector<std::string> in,
                   std::map<std::string, Attribute> attributes = {}) {
    const Shape result = shape(in[0]);
    return add({name, op, std::move(in), {}, std::move(attributes), {}}, result);
  }
  std::string relu(const std::string& name, const std::string& in) { return same(name, "Relu", {in}); }
  std::string clip(const std::string& name, const std::string& in, float lo, float hi) {
    scalar(name + ".min", lo);
    scalar(name + ".max", hi);
    return same(name, "Clip", {in, name + ".min", name + ".max"});
  }

  std::string max_pool(const std::string& name, const std::string& in) {
    const Shape& from = shape(in);
    return add({name, "MaxPool", {in}, {}, window(2), {}}, {from[0], from[1], from[2] / 2, from[3] / 2});
  }
  std::string average_pool(const std::string& name, const std::string& in) {
    const Shape& from = shape(in);
    return add({name, "AveragePool", {in}, {}, window(2), {}}, {from[0], from[1], from[2] / 2, from[3] / 2});
  }
  std::string global_average_pool(const std::string& name, const std::string& in) {
    const Shape& from = shape(in);
    return add({name, "GlobalAveragePool", {in}, {}, {}, {}}, {from[0], from[1], 1, 1});
  }
  std::string flatten(const std::string& name, const std::string& in) {
    const Shape& from = shape(in);
    return add({name, "Flatten", {in}, {}, {}, {}}, {from[0], element_count(from) / from[0]});
  }
  std::string concat(const std::string& name, std::vector<std::string> in) {
    Shape result = shape(in[0]);
    result[1] = 0;
    for (const auto& value : in) result[1] += shape(value)[1];
    return add({name, "Concat", std::move(in), {}, {{"axis", std::int64_t{1}}}, {}}, result);
  }

  /// Equal parts along axis 1, called like the node with ":0", ":1", ... behind.
  std::vector<std::string> split(const std::string& name, const std::string& in, std::int64_t parts) {
    Shape part = shape(in);
    part[1] /= parts;
    Node node{name, "Split", {in}, {}, {{"axis", std::int64_t{1}}}, {}};
    for (std::int64_t at = 0; at < parts; ++at) {
      node.outputs.push_back(name + ":" + std::to_string(at));
      types_[node.outputs.back()] = {ElementType::Float32, part};
    }
    graph_.nodes.push_back(node);
    return node.outputs;
  }
  void integers(const std::string& name, const std::vector<std::int64_t>& values) {
    keep(name, Tensor::of<std::int64_t>({static_cast<std::int64_t>(values.size())}, std::span(values)));
  }

  void scalar(const std::string& name, float value) {
    keep(name, Tensor::of<float>({}, std::span<const float>(&value, 1)));
  }
  void constant(const std::string& name, const Shape& shape, float spread) {
    std::vector<float> values(static_cast<std::size_t>(element_count(shape)));
    for (auto& value : values) value = spread * (static_cast<float>(random_() % 2001U) / 1000.0F - 1.0F);
    keep(name, Tensor::of<float>(shape, std::span<const float>(values)));
  }
  void keep(const std::string& name, Tensor tensor) {
    types_[name] = {tensor.type, tensor.shape};
    graph_.constants[name] = std::make_shared<const Tensor>(std::move(tensor));
  }

  std::string add(Node node, Shape result) {
    const std::string value = node.name + ":0";
    node.outputs = {value};
    types_[value] = {ElementType::Float32, std::move(result)};
    graph_.nodes.push_back(std::move(node));
    return value;
  }

  void output(const std::string& value) {
    Shape declared = shape(value);
    declared[0] = -1;
    graph_.outputs.push_back({value, ElementType::Float32, declared, symbols(declared)});
  }

  [[nodiscard]] const Shape& shape(const std::string& value) const { return types_.find(value)->second.shape; }
  [[nodiscard]] Graph& graph() { return graph_; }
  [[nodiscard]] const Graph& graph() const { return graph_; }
  [[nodiscard]] const std::map<std::string, TensorType, std::less<>>& types() const { return types_; }

 private:
  static std::vector<std::string> symbols(const Shape& shape) {
    std::vector<std::string> names(shape.size());
    if (!names.empty()) names[0] = "N";
    return names;
  }
  static std::map<std::string, Attribute> window(std::int64_t size) {
    return {{"kernel_shape", std::vector<std::int64_t>{size, size}},
            {"strides", std::vector<std::int64_t>{size, size}}};
  }

  Graph graph_{};
  std::map<std::string, TensorType, std::less<>> types_{};
  std::mt19937 random_{1};
};

}  // namespace quantrail::testing
