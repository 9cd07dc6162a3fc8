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
  /// Whether the batch is declared as any number, or as the number that is built with.
  enum class Batch { Open, Fixed };

  explicit SmallNetwork(Shape input = {1, 3, 8, 8}, const std::string& name = "x", Batch batch = Batch::Open)
      : batch_(batch) {
    graph_.name = "small";
    graph_.opset = 13;
    graph_.inputs.push_back(declared(name, input));
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
    const std::size_t axes = from.size() - 2;
    Shape weights = c.transposed ? Shape{from[1], c.channels} : Shape{c.channels, from[1] / c.group};
    weights.insert(weights.end(), axes, c.kernel);
    constant(name + ".weight", weights, 0.3F);
    if (c.bias) {
      constant(name + ".bias", {c.channels}, 0.2F);
      node.inputs.push_back(name + ".bias");
    }
    node.attributes = {{"kernel_shape", std::vector<std::int64_t>(axes, c.kernel)},
                       {"pads", std::vector<std::int64_t>(2 * axes, pad)},
                       {"strides", std::vector<std::int64_t>(axes, c.stride)},
                       {"group", c.group}};
    Shape result{from[0], c.channels};
    for (std::size_t axis = 2; axis < from.size(); ++axis)
      result.push_back((from[axis] + 2 * pad - c.kernel) / c.stride + 1);
    return add(std::move(node), result);
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
  /// `in` and a constant vector along its last axis.
  std::string bias(const std::string& name, const std::string& in) {
    constant(name + ".bias", {shape(in).back()}, 0.2F);
    return same(name, "Add", {in, name + ".bias"});
  }
  std::string transpose(const std::string& name, const std::string& in, const std::vector<std::int64_t>& axes) {
    Shape result;
    for (const auto axis : axes) result.push_back(shape(in)[static_cast<std::size_t>(axis)]);
    return add({name, "Transpose", {in}, {}, {{"perm", axes}}, {}}, result);
  }
  /// Product of two computed values, [..., M, K] and [..., K, N].
  std::string product(const std::string& name, const std::string& a, const std::string& b) {
    Shape result = shape(a);
    result.back() = shape(b).back();
    return add({name, "MatMul", {a, b}, {}, {}, {}}, result);
  }
  /// Positions first to last of axis 1.
  std::string slice(const std::string& name, const std::string& in, std::int64_t first, std::int64_t last) {
    integers(name + ".starts", {first});
    integers(name + ".ends", {last});
    integers(name + ".axes", {1});
    Shape result = shape(in);
    result[1] = last - first;
    return add({name, "Slice", {in, name + ".starts", name + ".ends", name + ".axes"}, {}, {}, {}}, result);
  }
  /// The two halves of axis 1.
  std::pair<std::string, std::string> split(const std::string& name, const std::string& in) {
    Shape half = shape(in);
    half[1] /= 2;
    integers(name + ".sizes", {half[1], half[1]});
    types_[name + ":1"] = {ElementType::Float32, half};
    add({name, "Split", {in, name + ".sizes"}, {}, {{"axis", std::int64_t{1}}}, {}}, half);
    graph_.nodes.back().outputs.push_back(name + ":1");
    return {name + ":0", name + ":1"};
  }
  /// Twice the size on both spatial axes.
  std::string resize(const std::string& name, const std::string& in) {
    const std::vector<float> scales{1.0F, 1.0F, 2.0F, 2.0F};
    keep(name + ".scales", Tensor::of<float>({4}, std::span<const float>(scales)));
    const Shape& from = shape(in);
    return add({name,
                "Resize",
                {in, "", name + ".scales"},
                {},
                {{"mode", std::string("nearest")},
                 {"coordinate_transformation_mode", std::string("asymmetric")},
                 {"nearest_mode", std::string("floor")}},
                {}},
               {from[0], from[1], 2 * from[2], 2 * from[3]});
  }

  void integers(const std::string& name, const std::vector<std::int64_t>& values) {
    keep(name,
         Tensor::of<std::int64_t>({static_cast<std::int64_t>(values.size())}, std::span<const std::int64_t>(values)));
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

  /// Positions in a table of `rows`: what `in` has in [0, 1], spread over it.
  std::string positions(const std::string& name, const std::string& in, std::int64_t rows) {
    scalar(name + ".rows", static_cast<float>(rows - 1));
    const auto spread = same(name + ".spread", "Mul", {clip(name + ".clip", in, 0.0F, 1.0F), name + ".rows"});
    const auto value = same(name, "Cast", {spread}, {{"to", std::int64_t{7}}});
    types_[value].type = ElementType::Int64;
    return value;
  }
  /// Rows of the constant `table`.
  std::string rows(const std::string& name, const std::string& table, const std::string& positions) {
    Shape result = shape(positions);
    result.push_back(shape(table).back());
    return add({name, "Gather", {table, positions}, {}, {}, {}}, result);
  }

  /// One more input.
  std::string input(const std::string& name, Shape shape, ElementType type = ElementType::Float32) {
    graph_.inputs.push_back(declared(name, shape));
    graph_.inputs.back().type = type;
    types_[name] = {type, std::move(shape)};
    return name;
  }
  void output(const std::string& value) { graph_.outputs.push_back(declared(value, shape(value))); }

  [[nodiscard]] const Shape& shape(const std::string& value) const { return types_.find(value)->second.shape; }
  [[nodiscard]] Graph& graph() { return graph_; }
  [[nodiscard]] const Graph& graph() const { return graph_; }
  [[nodiscard]] const std::map<std::string, TensorType, std::less<>>& types() const { return types_; }

 private:
  [[nodiscard]] ValueInfo declared(const std::string& name, Shape shape) const {
    std::vector<std::string> symbols(shape.size());
    if (batch_ == Batch::Open) {
      shape[0] = -1;
      symbols[0] = "N";
    }
    return {name, ElementType::Float32, std::move(shape), std::move(symbols)};
  }
  static std::map<std::string, Attribute> window(std::int64_t size) {
    return {{"kernel_shape", std::vector<std::int64_t>{size, size}},
            {"strides", std::vector<std::int64_t>{size, size}}};
  }

  Batch batch_ = Batch::Open;
  Graph graph_{};
  std::map<std::string, TensorType, std::less<>> types_{};
  std::mt19937 random_{1};
};

}  // namespace quantrail::testing
