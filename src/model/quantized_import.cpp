#include "model/quantized_import.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "model/code_moves.h"
#include "model/code_points.h"
#include "model/codes.h"

namespace quantrail {
namespace {

/// Decides node by node, in graph order, who runs in integers.
class Importer {
 public:
  explicit Importer(CodePoints points)
      : points_(std::move(points)), graph_(points_.graph), index_(graph_), integer_(graph_.nodes.size(), false) {
    q_.activations = points_.points;
  }

  ImportedNetwork run() {
    for (std::size_t at = 0; at < graph_.nodes.size(); ++at) {
      if (!move(at) && !arithmetic(at)) layer(at);
    }
    ImportedNetwork network{{}, {}, lowering()};
    network.graph = std::move(points_.graph);
    network.quantization = std::move(q_);
    return network;
  }

 private:
  using Grid = std::optional<ActivationParams>;

  /// Of what input `input` of node `at` reads, where that is whole numbers of steps; nothing where it is not.
  [[nodiscard]] Grid grid(std::size_t at, std::size_t input) const {
    const auto& value = graph_.nodes[at].inputs[input];
    const auto point = q_.activations.find(value);
    if (points_.quantized[at][input]) return point->second;
    const auto exact = points_.exact.find(value);
    if (exact == points_.exact.end() || (point != q_.activations.end() && point->second != exact->second)) return {};
    return exact->second;
  }

  [[nodiscard]] Grid grid_of_all(std::size_t at, std::size_t inputs) const {
    Grid common;
    for (std::size_t input = 0; input < inputs; ++input) {
      const auto one = grid(at, input);
      if (!one || (common && *common != *one)) return {};
      common = one;
    }
    return common;
  }

  [[nodiscard]] bool all_on_grids(std::size_t at) const {
    const auto count = graph_.nodes[at].inputs.size();
    for (std::size_t input = 0; input < count; ++input) {
      if (!grid(at, input)) return false;
    }
    return count > 0;
  }

  /// The first `inputs` inputs of node `at` are read as codes.
  void run_in_integers(std::size_t at, std::size_t inputs) {
    integer_[at] = true;
    for (std::size_t input = 0; input < inputs; ++input)
      q_.activations[graph_.nodes[at].inputs[input]] = *grid(at, input);
  }

  /// What is moved stays whole numbers of steps, so that it needs no point behind the move.
  bool move(std::size_t at) {
    const Node& node = graph_.nodes[at];
    const std::size_t moved = moved_values(graph_, node);
    const Grid common = grid_of_all(at, moved);
    if (!common) return false;
    const bool same = std::all_of(node.outputs.begin(), node.outputs.end(), [&](const auto& value) {
      const auto point = q_.activations.find(value);
      return value.empty() || point == q_.activations.end() || point->second == *common;
    });
    if (!same) return node.op != "Concat";
    run_in_integers(at, moved);
    q_.passthrough.insert(node.name);
    for (const auto& value : node.outputs) {
      if (value.empty()) continue;
      q_.activations.emplace(value, *common);
      points_.exact[value] = *common;
      moved_.insert(value);
    }
    return true;
  }

  bool arithmetic(std::size_t at) {
    constexpr std::array<std::string_view, 6> kOps{"Add", "Sub", "Mul", "AveragePool", "GlobalAveragePool", "Concat"};
    const Node& node = graph_.nodes[at];
    if (std::find(kOps.begin(), kOps.end(), node.op) == kOps.end()) return false;
    const auto& result = graph_.nodes[fused_activation(graph_, index_, at).value_or(at)].outputs[0];
    if (!all_on_grids(at) || !q_.activations.contains(result)) return true;
    run_in_integers(at, node.inputs.size());
    q_.layers[node.name] = {};
    return true;
  }

  void layer(std::size_t at) {
    const Node& node = graph_.nodes[at];
    if (node.op != "Conv" && node.op != "Gemm" && node.op != "MatMul") return;
    const auto stored = points_.stored.find(node.inputs[1]);
    if (stored == points_.stored.end() || !grid(at, 0) || int_attribute(node, "transA", 0) != 0 ||
        float_attribute(node, "alpha", 1.0F) == 0.0F) {
      return;
    }
    auto weights = weight_params(node, stored->second);
    if (!weights || !bias_fits(node)) return;
    run_in_integers(at, 1);
    const bool exact = !has_integer_bias(node, accumulator_scales(grid(at, 0)->scale, *weights));
    q_.layers[node.name] = {std::move(*weights), exact};
  }

  /// Whether the bias, if any, is one finite constant per output channel.
  [[nodiscard]] bool bias_fits(const Node& node) const {
    if (node.inputs.size() < 3 || node.inputs[2].empty()) return true;
    const auto bias = constant_input(graph_, node, 2);
    const auto weights = constant_input(graph_, node, 1);
    if (bias == nullptr || bias->type != ElementType::Float32) return false;
    const auto channels = weights->shape[static_cast<std::size_t>(output_channel_axis(node, *weights))];
    const auto count = element_count(bias->shape);
    const bool along_columns = bias->shape.empty() || bias->shape.back() == count;
    const auto values = bias->values<float>();
    return (count == channels || (count == 1 && node.op == "Gemm")) && along_columns &&
           std::all_of(values.begin(), values.end(), [](float value) { return std::isfinite(value); });
  }

  /// Whether the bias is stored as int32 at the scales of the sums, but for their last bits: a wider tolerance would
  /// add up to steps of the largest biases.
  [[nodiscard]] bool has_integer_bias(const Node& node, const std::vector<float>& scales) const {
    constexpr float kRounding = 5e-7F;
    const auto stored = node.inputs.size() > 2 ? points_.stored.find(node.inputs[2]) : points_.stored.end();
    if (stored == points_.stored.end() || stored->second.codes->type != ElementType::Int32) return false;
    const auto& rule = stored->second.rule;
    for (std::size_t c = 0; c < std::max(rule.scale.size(), scales.size()); ++c) {
      const float scale = scales[scales.size() == 1 ? 0 : c];
      const std::size_t own = rule.scale.size() == 1 ? 0 : c;
      if (own >= rule.scale.size() || rule.zero[own] != 0) return false;
      if (std::abs(rule.scale[own] - scale) > kRounding * scale) return false;
    }
    return true;
  }

  [[nodiscard]] Read read(std::size_t at, std::size_t input) const {
    const auto& value = graph_.nodes[at].inputs[input];
    if (integer_[at] && input < inputs_in_codes(at)) return Read::Codes;
    return points_.quantized[at][input] || moved_.contains(value) ? Read::Dequantized : Read::Float;
  }

  [[nodiscard]] std::size_t inputs_in_codes(std::size_t at) const {
    const Node& node = graph_.nodes[at];
    if (const auto moved = moved_values(graph_, node); moved > 0) return moved;
    const auto layer = q_.layers.find(node.name);
    return layer != q_.layers.end() && layer->second.weights ? 1 : node.inputs.size();
  }

  [[nodiscard]] Lowering lowering() const {
    Lowering lowering;
    for (std::size_t at = 0; at < graph_.nodes.size(); ++at) {
      NodeLowering node{integer_[at], false, {}};
      for (std::size_t input = 0; input < graph_.nodes[at].inputs.size(); ++input) {
        const auto& value = graph_.nodes[at].inputs[input];
        node.reads.push_back(read(at, input));
        if (node.reads.back() != Read::Float)
          lowering.codes.insert(value);
        else if (q_.activations.contains(value))
          lowering.raw.insert(value);
      }
      lowering.nodes.push_back(std::move(node));
    }
    for (const auto& output : graph_.outputs) {
      if (q_.activations.contains(output.name)) lowering.raw.insert(output.name);
    }
    return lowering;
  }

  CodePoints points_;
  const Graph& graph_;
  GraphIndex index_;
  Quantization q_{};
  std::vector<bool> integer_;
  std::set<std::string, std::less<>> moved_{};  // results of moves of codes
};

}  // namespace

Result<ImportedNetwork> imported(const Graph& graph) {
  Graph lifted = graph;
  if (auto done = lift_code_moves(lifted); !done) return failed(done);
  auto stored = dequantize_constants(lifted);
  if (!stored) return failed(stored);
  auto points = code_points(std::move(lifted), std::move(*stored));
  if (!points) return failed(points);
  return Importer(std::move(*points)).run();
}

}  // namespace quantrail
