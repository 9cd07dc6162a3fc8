#include "model/code_moves.h"

#include <algorithm>
#include <array>
#include <map>
#include <optional>

#include "model/code_rule.h"
#include "model/passes.h"

namespace quantrail {
namespace {

/// Padding with other values than zero, which every grid has, would need a code for them.
bool pads_with_zeros(const Graph& graph, const Node& node) {
  if (node.inputs.size() < 3 || node.inputs[2].empty()) return true;
  const auto value = constant_input(graph, node, 2);
  return value != nullptr && value->type == ElementType::Float32 && value->bytes.size() == sizeof(float) &&
         value->values<float>()[0] == 0.0F;
}

/// Whether each element of a Resize is one of the input's.
bool selects(const Node& node) {
  return string_attribute(node, "mode", "nearest") == "nearest" &&
         string_attribute(node, "coordinate_transformation_mode", "") != "tf_crop_and_resize";
}

/// Lets moves of codes pass for moves of reals.
class Lifter {
 public:
  explicit Lifter(Graph& graph) : graph_(graph), names_(graph) {}

  Status run() {
    auto nodes = std::exchange(graph_.nodes, {});
    for (auto& node : nodes) {
      auto done = take(std::move(node));
      if (!done) return done;
    }
    return {};
  }

 private:
  /// The node whose rule the codes of a value follow: where scale and zero point are to be had.
  struct Origin {
    CodeRule rule{};
    std::vector<std::string> parameters{};  ///< its inputs from 1 on
    std::map<std::string, Attribute> attributes{};
  };

  Status take(Node node) {
    if (node.op == "QuantizeLinear") {
      auto rule = code_rule(graph_, node);
      if (!rule) return failed(rule);
      if (*rule && (*rule)->uniform() && (*rule)->scale.size() == 1)
        origins_[node.outputs[0]] = {**rule, {node.inputs.begin() + 1, node.inputs.end()}, node.attributes};
    } else if (const auto origin = common_origin(node)) {
      lift(std::move(node), *origin);
      return {};
    }
    graph_.nodes.push_back(std::move(node));
    return {};
  }

  /// Of all values that the node moves, when they have the same.
  [[nodiscard]] std::optional<Origin> common_origin(const Node& node) const {
    const std::size_t moved = moved_values(graph_, node);
    std::optional<Origin> common;
    for (std::size_t input = 0; input < moved; ++input) {
      const auto origin = origins_.find(node.inputs[input]);
      if (origin == origins_.end() || (common && common->rule != origin->second.rule)) return std::nullopt;
      common = origin->second;
    }
    return node.op == "Pad" ? std::nullopt : common;  // its default pads with code 0, which is no zero
  }

  void lift(Node node, const Origin& origin) {
    const auto with_parameters = [&](const std::string& first) {
      std::vector<std::string> inputs{first};
      inputs.insert(inputs.end(), origin.parameters.begin(), origin.parameters.end());
      return inputs;
    };
    for (std::size_t input = 0; input < moved_values(graph_, node); ++input) {
      const std::string real = names_.value(node.inputs[input] + "_real");
      graph_.nodes.push_back({.name = names_.node(real),
                              .op = "DequantizeLinear",
                              .inputs = with_parameters(node.inputs[input]),
                              .outputs = {real}});
      node.inputs[input] = real;
    }
    std::vector<Node> behind;
    for (auto& output : node.outputs) {
      if (output.empty()) continue;
      origins_[output] = origin;
      const std::string real = names_.value(output + "_real");
      behind.push_back({.name = names_.node(output + "_codes"),
                        .op = "QuantizeLinear",
                        .inputs = with_parameters(real),
                        .outputs = {output},
                        .attributes = origin.attributes});
      output = real;
    }
    graph_.nodes.push_back(std::move(node));
    std::move(behind.begin(), behind.end(), std::back_inserter(graph_.nodes));
  }

  Graph& graph_;
  Names names_;
  std::map<std::string, Origin, std::less<>> origins_{};
};

}  // namespace

std::size_t moved_values(const Graph& graph, const Node& node) {
  constexpr std::array<std::string_view, 14> kMoves{
      "MaxPool", "GlobalMaxPool", "Reshape", "Flatten", "Squeeze", "Unsqueeze",    "Transpose",
      "Slice",   "Split",         "Gather",  "Expand",  "Tile",    "DepthToSpace", "SpaceToDepth"};
  if (node.op == "Concat") return node.inputs.size();
  if (node.op == "MaxPool" && node.outputs.size() > 1) return 0;
  if (node.op == "Pad") return pads_with_zeros(graph, node) ? 1 : 0;
  if (node.op == "Resize") return selects(node) ? 1 : 0;
  return std::find(kMoves.begin(), kMoves.end(), node.op) != kMoves.end() ? 1 : 0;
}

Status lift_code_moves(Graph& graph) { return Lifter(graph).run(); }

}  // namespace quantrail
