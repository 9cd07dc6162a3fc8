#include "model/told_sizes.h"

#include <algorithm>
#include <set>

namespace quantrail {
namespace {

/// An axis of an input of the graph.
struct Source {
  std::string input{};
  std::size_t axis = 0;
};

/// Per axis of a value: the axis of an input that it is, in full; nothing where it is none.
using Axes = std::vector<std::optional<Source>>;

const std::set<std::string_view> kSameAxes = {"Abs",
                                              "BatchNormalization",
                                              "Cast",
                                              "Ceil",
                                              "Clip",
                                              "DequantizeLinear",
                                              "Dropout",
                                              "Elu",
                                              "Exp",
                                              "Erf",
                                              "Floor",
                                              "Gelu",
                                              "HardSigmoid",
                                              "HardSwish",
                                              "Identity",
                                              "InstanceNormalization",
                                              "LeakyRelu",
                                              "Log",
                                              "LpNormalization",
                                              "LRN",
                                              "Neg",
                                              "QuantizeLinear",
                                              "Relu",
                                              "Round",
                                              "Selu",
                                              "Sigmoid",
                                              "Softmax",
                                              "Softplus",
                                              "Sqrt",
                                              "Tanh",
                                              "LayerNormalization"};

const std::set<std::string_view> kElementwise = {"Add", "Div", "Max", "Min", "Mul", "Pow", "PRelu", "Sub"};

const std::set<std::string_view> kPools = {"AveragePool", "GlobalAveragePool", "GlobalMaxPool", "LpPool", "MaxPool"};

class Reading {
 public:
  explicit Reading(const Graph& graph) : graph_(graph), index_(graph) {
    for (const auto& input : graph.inputs) {
      sizes_[input.name] = input.shape;
      Axes& axes = axes_[input.name];
      for (std::size_t axis = 0; axis < input.shape.size(); ++axis) axes.push_back(Source{input.name, axis});
    }
  }

  InputShapes told() && {
    for (const auto& node : graph_.nodes) {
      if (node.inputs.empty() || node.outputs.empty()) continue;
      learn_from_layer(node);
      if (kElementwise.count(node.op) != 0) {
        follow_elementwise(node);
      } else if (const auto axes = axes_.find(node.inputs[0]); axes != axes_.end()) {
        follow(node, axes->second);
      }
    }
    return std::move(sizes_);
  }

 private:
  void learn(const std::string& value, std::int64_t axis, std::int64_t size) {
    const auto axes = axes_.find(value);
    if (axes == axes_.end()) return;
    const auto rank = static_cast<std::int64_t>(axes->second.size());
    if (axis < 0) axis += rank;
    if (axis < 0 || axis >= rank || size < 1) return;
    const auto& source = axes->second[static_cast<std::size_t>(axis)];
    if (!source || source->axis == 0) return;
    std::int64_t& known = sizes_[source->input][source->axis];
    if (known == -1) known = size;
  }

  /// Of a constant, also of one that is stored as codes or halves; empty for other values.
  [[nodiscard]] Shape constant_shape(std::string value) const {
    constexpr int kMostMoves = 4;  // a chain of any length would be followed anew for each of its readers
    for (int moves = 0; moves <= kMostMoves; ++moves) {
      if (const auto found = graph_.constants.find(value); found != graph_.constants.end()) return found->second->shape;
      const auto producer = index_.producer(value);
      if (!producer) return {};
      const Node& node = graph_.nodes[*producer];
      const bool stored =
          node.op == "DequantizeLinear" || node.op == "QuantizeLinear" || node.op == "Cast" || node.op == "Identity";
      if (!stored || node.inputs.empty()) return {};
      value = node.inputs[0];
    }
    return {};
  }
  [[nodiscard]] Shape weight(const Node& node, std::size_t at, std::size_t least_rank) const {
    Shape shape = at < node.inputs.size() ? constant_shape(node.inputs[at]) : Shape{};
    return shape.size() < least_rank ? Shape{} : shape;
  }

  void learn_from_layer(const Node& node) {
    const std::string& op = node.op;
    const std::string& in = node.inputs[0];
    const bool quantized = op.rfind("QLinear", 0) == 0;
    if (op == "Conv" || op == "DeformConv" || op == "ConvInteger" || op == "QLinearConv") {
      const Shape w = weight(node, quantized ? 3 : 1, 3);
      std::int64_t channels = 0;
      if (!w.empty() && !__builtin_mul_overflow(w[1], int_attribute(node, "group", 1), &channels))
        learn(in, 1, channels);
    } else if (op == "ConvTranspose") {
      const Shape w = weight(node, 1, 3);
      if (!w.empty()) learn(in, 1, w[0]);
    } else if (op == "MatMul" || op == "MatMulInteger" || op == "QLinearMatMul") {
      const std::size_t second = quantized ? 3 : 1;
      if (const Shape w = weight(node, second, 2); !w.empty()) learn(in, -1, w[w.size() - 2]);
      if (const Shape w = weight(node, 0, 2); !w.empty() && node.inputs.size() > second)
        learn(node.inputs[second], -2, w.back());
    } else if (op == "Gemm") {
      const Shape w = weight(node, 1, 2);
      if (!w.empty())
        learn(in, int_attribute(node, "transA", 0) == 0 ? 1 : 0, w[int_attribute(node, "transB", 0) == 0 ? 0 : 1]);
    } else if (op == "LSTM" || op == "GRU" || op == "RNN") {
      if (const Shape w = weight(node, 1, 3); !w.empty()) learn(in, 2, w[2]);
    } else if (op == "BatchNormalization" || op == "InstanceNormalization") {
      if (const Shape scale = weight(node, 1, 1); !scale.empty()) learn(in, 1, scale[0]);
    } else if (op == "LayerNormalization") {
      learn_by_broadcasting(in, weight(node, 1, 1));
    }
  }

  void learn_by_broadcasting(const std::string& value, const Shape& constant) {
    for (std::size_t behind = 1; behind <= constant.size(); ++behind) {
      const std::int64_t size = constant[constant.size() - behind];
      if (size > 1) learn(value, -static_cast<std::int64_t>(behind), size);
    }
  }

  void follow_elementwise(const Node& node) {
    Axes result;
    for (const auto& input : node.inputs) {
      const auto axes = axes_.find(input);
      if (axes == axes_.end()) {
        const auto constant = graph_.constants.find(input);
        const bool stored = constant != graph_.constants.end() || !constant_shape(input).empty();
        if (!stored) return;  // of unknown rank
        const std::size_t rank = constant_shape(input).size();
        if (rank > result.size()) result.insert(result.begin(), rank - result.size(), std::nullopt);
        continue;
      }
      const std::size_t rank = axes->second.size();
      if (rank > result.size()) result.insert(result.begin(), rank - result.size(), std::nullopt);
      for (std::size_t axis = 0; axis < rank; ++axis) {
        auto& source = result[result.size() - rank + axis];
        if (!source) source = axes->second[axis];
      }
    }
    for (const auto& input : node.inputs) {
      for (const auto& other : node.inputs) learn_by_broadcasting(input, constant_shape(other));
    }
    axes_[node.outputs[0]] = std::move(result);
  }

  void follow(const Node& node, Axes axes) {
    if (node.op == "Transpose") {
      axes = transposed(node, axes);
    } else if (node.op == "Unsqueeze") {
      axes = unsqueezed(node, std::move(axes));
    } else if (node.op == "Pad") {
      forget_padded(node, axes);
    } else if (kPools.count(node.op) != 0) {
      std::fill(axes.begin() + std::min<std::ptrdiff_t>(2, std::ssize(axes)), axes.end(), std::nullopt);
    } else if (kSameAxes.count(node.op) == 0) {
      return;
    }
    axes_[node.outputs[0]] = std::move(axes);
  }

  static Axes transposed(const Node& node, const Axes& axes) {
    const auto order = ints_attribute(node, "perm", {});
    if (order.empty()) return {axes.rbegin(), axes.rend()};
    Axes result(axes.size());
    for (std::size_t to = 0; to < std::min(order.size(), axes.size()); ++to) {
      if (order[to] >= 0 && order[to] < std::ssize(axes)) result[to] = axes[static_cast<std::size_t>(order[to])];
    }
    return result;
  }

  void forget_padded(const Node& node, Axes& axes) const {
    const auto pads = constant_input(graph_, node, 1);
    const bool all_axes = node.inputs.size() < 4 || node.inputs[3].empty();
    const bool known =
        pads && pads->type == ElementType::Int64 && all_axes && pads->values<std::int64_t>().size() == 2 * axes.size();
    for (std::size_t axis = 0; axis < axes.size(); ++axis) {
      const bool same =
          known && pads->values<std::int64_t>()[axis] == 0 && pads->values<std::int64_t>()[axes.size() + axis] == 0;
      if (!same) axes[axis].reset();
    }
  }

  /// Axes behind the new ones; nothing where those are not known.
  [[nodiscard]] Axes unsqueezed(const Node& node, Axes axes) const {
    const auto added = constant_input(graph_, node, 1);
    if (!added || added->type != ElementType::Int64) return {};
    const auto rank = std::ssize(axes) + std::ssize(added->values<std::int64_t>());
    std::set<std::int64_t> at;
    for (const auto axis : added->values<std::int64_t>()) at.insert(axis < 0 ? axis + rank : axis);
    const bool distinct = std::ssize(at) + std::ssize(axes) == rank;
    if (at.empty() || !distinct || *at.begin() < 0 || *at.rbegin() >= rank) return {};
    for (const auto axis : at) axes.insert(axes.begin() + axis, std::nullopt);
    return axes;
  }

  const Graph& graph_;
  GraphIndex index_;
  InputShapes sizes_{};
  std::map<std::string, Axes, std::less<>> axes_{};
};

}  // namespace

InputShapes told_sizes(const Graph& graph) { return Reading(graph).told(); }

}  // namespace quantrail
