#include "runtime/samples_apart.h"

#include <algorithm>
#include <optional>
#include <set>
#include <string_view>

#include "model/infer.h"

namespace quantrail {
namespace {

using Names = std::set<std::string_view>;

/// Each element from those in its place, operands broadcast.
const Names& elementwise() {
  static const Names names{"Abs",
                           "Add",
                           "And",
                           "Cast",
                           "Ceil",
                           "Celu",
                           "Clip",
                           "Cos",
                           "Div",
                           "Dropout",
                           "Elu",
                           "Equal",
                           "Erf",
                           "Exp",
                           "Expand",
                           "Floor",
                           "Gelu",
                           "Greater",
                           "GreaterOrEqual",
                           "HardSigmoid",
                           "HardSwish",
                           "Identity",
                           "IsNaN",
                           "LeakyRelu",
                           "Less",
                           "LessOrEqual",
                           "Log",
                           "Max",
                           "Min",
                           "Mish",
                           "Mul",
                           "Neg",
                           "Not",
                           "Or",
                           "PRelu",
                           "Pow",
                           "Reciprocal",
                           "Relu",
                           "Round",
                           "Selu",
                           "Sigmoid",
                           "Sign",
                           "Sin",
                           "Softplus",
                           "Softsign",
                           "Sqrt",
                           "Sub",
                           "Sum",
                           "Swish",
                           "Tanh",
                           "Where",
                           "Xor",
                           "QuantizeLinear",
                           "DequantizeLinear",
                           "ThresholdedRelu"};
  return names;
}

/// Samples along the first axis of the first input, by definition or where its size is kept.
const Names& by_sample() {
  static const Names names{"AveragePool",
                           "BatchNormalization",
                           "Conv",
                           "ConvTranspose",
                           "DepthToSpace",
                           "GlobalAveragePool",
                           "GlobalLpPool",
                           "GlobalMaxPool",
                           "GroupNormalization",
                           "InstanceNormalization",
                           "LRN",
                           "LpPool",
                           "MaxPool",
                           "Pad",
                           "Resize",
                           "SpaceToDepth"};
  return names;
}

/// Along one axis, with what it is where no attribute says.
std::optional<std::int64_t> axis_of(const Node& node) {
  static const Names last{"Hardmax",         "LayerNormalization", "LogSoftmax",
                          "LpNormalization", "RMSNormalization",   "Softmax"};
  if (last.count(node.op) != 0) return int_attribute(node, "axis", -1);
  if (node.op == "Concat" || node.op == "Split") return int_attribute(node, "axis", 0);
  return std::nullopt;
}

/// Row-major order is kept, or whole axes are gone: the first axis of the result still counts samples if it grows.
const Names& rows_kept() {
  static const Names names{"ArgMax",    "ArgMin",          "Flatten",   "ReduceL1",   "ReduceL2",
                           "ReduceMax", "ReduceMean",      "ReduceMin", "ReduceProd", "ReduceLogSumExp",
                           "ReduceSum", "ReduceSumSquare", "Reshape",   "Squeeze",    "Unsqueeze"};
  return names;
}

enum class Batch { None, FirstAxis, Elsewhere };

class Structure {
 public:
  Structure(const Specialised& one, const Specialised& many, std::int64_t batch)
      : one_(one), many_(many), batch_(batch) {}

  [[nodiscard]] bool apart(const Node& node) const {
    const auto with = [&](Batch batch) {
      return [this, batch](const std::string& value) { return !value.empty() && batch_of(value) == batch; };
    };
    if (std::any_of(node.inputs.begin(), node.inputs.end(), with(Batch::Elsewhere))) return false;
    if (std::none_of(node.inputs.begin(), node.inputs.end(), with(Batch::FirstAxis))) return true;
    const bool rows = std::all_of(node.outputs.begin(), node.outputs.end(), [&](const std::string& value) {
      return value.empty() || batch_of(value) == Batch::FirstAxis;
    });
    return rows && apart_by_operator(node);
  }

 private:
  [[nodiscard]] Batch batch_of(const std::string& value) const {
    const auto one = one_.types.find(value);
    const auto many = many_.types.find(value);
    if (one == one_.types.end() || many == many_.types.end()) return Batch::Elsewhere;
    Shape grown = one->second.shape;
    if (many->second.shape == grown) return Batch::None;
    if (!grown.empty()) grown[0] *= batch_;
    return many->second.shape == grown ? Batch::FirstAxis : Batch::Elsewhere;
  }
  [[nodiscard]] const Shape& shape(const std::string& value) const { return many_.types.find(value)->second.shape; }
  [[nodiscard]] bool batched(const Node& node, std::size_t input) const {
    return input < node.inputs.size() && !node.inputs[input].empty() &&
           batch_of(node.inputs[input]) == Batch::FirstAxis;
  }
  [[nodiscard]] bool first_alone(const Node& node) const {
    for (std::size_t at = 1; at < node.inputs.size(); ++at) {
      if (batched(node, at)) return false;
    }
    return true;
  }
  /// Whether what has the batch has it where the result has it, after broadcasting.
  [[nodiscard]] bool aligned(const Node& node) const {
    const std::size_t rank = shape(node.outputs[0]).size();
    for (std::size_t at = 0; at < node.inputs.size(); ++at) {
      if (batched(node, at) && shape(node.inputs[at]).size() != rank) return false;
    }
    return true;
  }

  [[nodiscard]] bool apart_by_operator(const Node& node) const {
    const std::string& op = node.op;
    if (elementwise().count(op) != 0) return aligned(node);
    if (by_sample().count(op) != 0) return first_alone(node) && shape(node.outputs[0])[0] == shape(node.inputs[0])[0];
    if (rows_kept().count(op) != 0) return first_alone(node);
    if (const auto axis = axis_of(node)) {
      const auto rank = static_cast<std::int64_t>(shape(node.inputs[0]).size());
      return (*axis < 0 ? *axis + rank : *axis) > 0;
    }
    if (op == "Transpose") return ints_attribute(node, "perm", {1})[0] == 0;
    if (op == "Gemm") return first_alone(node) && int_attribute(node, "transA", 0) == 0;
    if (op == "MatMul") return product_apart(node);
    if (op == "Gather") {
      const std::int64_t axis = int_attribute(node, "axis", 0);
      return batched(node, 0)
                 ? axis != 0 && axis != -static_cast<std::int64_t>(shape(node.inputs[0]).size()) && !batched(node, 1)
                 : batched(node, 1);
    }
    return op == "Slice" && first_alone(node) && slice_apart(node);
  }

  [[nodiscard]] bool product_apart(const Node& node) const {
    if (first_alone(node)) return shape(node.inputs[0]).size() > 1 && shape(node.outputs[0]).size() > 1;
    return aligned(node) && shape(node.outputs[0]).size() > 2;
  }

  [[nodiscard]] bool slice_apart(const Node& node) const {
    const auto axes = constant_input(many_.graph, node, 3);
    if (!axes) return false;
    const auto rank = static_cast<std::int64_t>(shape(node.inputs[0]).size());
    const auto list = integers_of(*axes);
    return std::none_of(list.begin(), list.end(), [&](std::int64_t axis) { return axis == 0 || axis == -rank; });
  }

  const Specialised& one_;
  const Specialised& many_;
  std::int64_t batch_;
};

Result<Specialised> known_at(const Graph& graph, std::int64_t batch) {
  const auto shapes = input_shapes(graph, batch);
  if (!shapes) return failed(shapes);
  return specialised(graph, *shapes);
}

}  // namespace

bool apart_by_structure(const Graph& graph, std::int64_t batch) {
  const auto one = known_at(graph, 1);
  const auto many = known_at(graph, batch);
  if (!one || !many || !many->late.nodes.empty()) return false;
  const Structure structure(*one, *many, batch);
  return std::all_of(many->graph.nodes.begin(), many->graph.nodes.end(),
                     [&](const Node& node) { return structure.apart(node); });
}

}  // namespace quantrail
