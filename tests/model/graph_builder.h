#pragma once

#include <initializer_list>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "model/graph.h"

namespace quantrail::testing {

/// A tensor from a list: tensor<float>({2, 2}, {1, 2, 3, 4}).
template <class T>
Tensor tensor(Shape shape, const std::vector<T>& values) {
  Tensor result = Tensor::zeros(kElementType<T>, std::move(shape));
  std::copy(values.begin(), values.end(), result.values<T>().begin());
  return result;
}

template <class T>
TensorPtr shared_tensor(Shape shape, const std::vector<T>& values) {
  return std::make_shared<const Tensor>(tensor<T>(std::move(shape), values));
}

/// Builds a graph line by line. Each call returns the name of the value that it defines, so that calls nest:
///   GraphBuilder b;
///   const auto x = b.input("x", {-1, 3, 8, 8});
///   const auto y = b.node("Relu", "relu", {b.node("Conv", "conv", {x, b.floats("w", {4, 3, 1, 1}, values)})});
///   b.output(y, {-1, 4, 8, 8});
class GraphBuilder {
 public:
  explicit GraphBuilder(std::int64_t opset = 13) {
    graph_.name = "test";
    graph_.opset = opset;
  }

  std::string input(const std::string& name, Shape shape, ElementType type = ElementType::Float32) {
    std::vector<std::string> symbols(shape.size());
    for (std::size_t axis = 0; axis < shape.size(); ++axis) {
      if (shape[axis] == -1) symbols[axis] = axis == 0 ? "N" : "D" + std::to_string(axis);
    }
    graph_.inputs.push_back({name, type, std::move(shape), std::move(symbols)});
    return name;
  }

  std::string constant(const std::string& name, TensorPtr value) {
    graph_.constants[name] = std::move(value);
    return name;
  }
  std::string floats(const std::string& name, Shape shape, const std::vector<float>& values) {
    return constant(name, shared_tensor<float>(std::move(shape), values));
  }
  /// One value for all elements.
  std::string filled(const std::string& name, const Shape& shape, float value) {
    return floats(name, shape, std::vector<float>(static_cast<std::size_t>(element_count(shape)), value));
  }
  /// A list, of shape [size].
  std::string integers(const std::string& name, const std::vector<std::int64_t>& values) {
    return constant(name, shared_tensor<std::int64_t>({static_cast<std::int64_t>(values.size())}, values));
  }

  /// A node with one output, called `name` + "_out"; returns that.
  std::string node(const std::string& op, const std::string& name, std::vector<std::string> inputs,
                   std::map<std::string, Attribute> attributes = {}) {
    return nodes(op, name, std::move(inputs), {name + "_out"}, std::move(attributes)).front();
  }
  std::vector<std::string> nodes(const std::string& op, const std::string& name, std::vector<std::string> inputs,
                                 std::vector<std::string> outputs, std::map<std::string, Attribute> attributes = {}) {
    graph_.nodes.push_back({name, op, std::move(inputs), outputs, std::move(attributes), {}});
    return outputs;
  }

  /// A convolution with a square kernel whose weights and biases count up from small numbers; "same" padding.
  std::string conv(const std::string& name, const std::string& in, std::int64_t from, std::int64_t to,
                   std::int64_t size = 1) {
    std::vector<float> weights(static_cast<std::size_t>(to * from * size * size));
    for (std::size_t at = 0; at < weights.size(); ++at) weights[at] = 0.01F * static_cast<float>(at % 17) - 0.05F;
    std::vector<float> bias(static_cast<std::size_t>(to));
    for (std::size_t at = 0; at < bias.size(); ++at) bias[at] = 0.1F * static_cast<float>(at % 5);
    const auto w = floats(name + "_w", {to, from, size, size}, weights);
    const auto b = floats(name + "_b", {to}, bias);
    const std::vector<std::int64_t> pads(4, size / 2);
    return node("Conv", name, {in, w, b}, {{"kernel_shape", std::vector{size, size}}, {"pads", pads}});
  }

  void output(const std::string& value, Shape shape, ElementType type = ElementType::Float32) {
    std::vector<std::string> symbols(shape.size());
    graph_.outputs.push_back({value, type, std::move(shape), std::move(symbols)});
  }

  [[nodiscard]] const Graph& graph() const { return graph_; }

 private:
  Graph graph_{};
};

/// The node of that name; a default one when there is none.
inline Node node_named(const Graph& graph, const std::string& name) {
  for (const auto& node : graph.nodes) {
    if (node.name == name) return node;
  }
  return {};
}

/// The operators in graph order.
inline std::vector<std::string> operators(const Graph& graph) {
  std::vector<std::string> ops;
  for (const auto& node : graph.nodes) ops.push_back(node.op);
  return ops;
}

}  // namespace quantrail::testing
