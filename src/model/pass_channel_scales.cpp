#include <algorithm>
#include <cmath>
#include <map>
#include <set>

#include "model/channel_affine.h"
#include "model/passes.h"
#include "model/shape_math.h"

namespace quantrail {
namespace {

/// A layer whose output channels can be scaled and shifted through its constants.
struct Layer {
  std::size_t channels = 0;
  std::size_t rank = 0;
  std::vector<double> weights{};
  std::vector<double> bias{};
};

/// The output channel of each weight, by its position in the stored tensor.
std::size_t channel_of(const Node& node, const Shape& weights, std::size_t at) {
  const auto size = [&](std::size_t axis) { return static_cast<std::size_t>(weights[axis]); };
  if (node.op == "Gemm") return int_attribute(node, "transB", 0) != 0 ? at / size(1) : at % size(1);
  const std::size_t inner = static_cast<std::size_t>(element_count({weights.begin() + 2, weights.end()}));
  if (node.op == "Conv") return at / (inner * size(1));
  const std::size_t group_inputs = size(0) / static_cast<std::size_t>(int_attribute(node, "group", 1));
  return at / (inner * size(1)) / group_inputs * size(1) + at / inner % size(1);
}

std::size_t channel_count(const Node& node, const Shape& weights) {
  if (node.op == "Conv") return static_cast<std::size_t>(weights[0]);
  if (node.op == "Gemm") return static_cast<std::size_t>(weights[int_attribute(node, "transB", 0) != 0 ? 0 : 1]);
  return static_cast<std::size_t>(weights[1] * int_attribute(node, "group", 1));
}

bool valid_shape(const Node& node, const Shape& weights) {
  if (checked_count(weights).value_or(0) == 0) return false;
  if (node.op == "Gemm") return weights.size() == 2;
  const auto groups = int_attribute(node, "group", 1);
  return weights.size() >= 3 && groups >= 1 && weights[0] % groups == 0;
}

std::optional<Layer> layer_of(const Graph& graph, const Node& node) {
  if (node.op != "Conv" && node.op != "ConvTranspose" && node.op != "Gemm") return std::nullopt;
  const auto weights = constant_input(graph, node, 1);
  if (weights == nullptr || weights->type != ElementType::Float32 || !valid_shape(node, weights->shape))
    return std::nullopt;
  // A Gemm that normalise_gemms() could not bring to alpha = beta = 1 has a bias that we cannot touch.
  if (float_attribute(node, "alpha", 1.0F) != 1.0F || float_attribute(node, "beta", 1.0F) != 1.0F) return std::nullopt;
  Layer layer{
      .channels = channel_count(node, weights->shape), .rank = weights->shape.size(), .weights = *doubles_of(weights)};
  layer.bias.assign(layer.channels, 0.0);
  if (node.inputs.size() > 2 && !node.inputs[2].empty()) {
    auto bias = doubles_of(constant_input(graph, node, 2));
    if (!bias || bias->size() != layer.channels) return std::nullopt;
    layer.bias = std::move(*bias);
  }
  return layer;
}

/// A BatchNormalization that does not measure the batch itself.
bool normalises_by_constants(const Node& node) {
  return node.op == "BatchNormalization" && node.outputs.size() == 1 && int_attribute(node, "training_mode", 0) == 0;
}

/// Folds what follows each layer into it. What a fold changes is kept track of, so that a chain of any length takes
/// time in proportion to it.
class ScaleFolding {
 public:
  explicit ScaleFolding(Graph& graph) : graph_(graph), index_(graph), names_(graph) {
    for (const auto& node : graph.nodes) count_reads(node, 1);
  }

  void run() {
    for (std::size_t at = 0; at < graph_.nodes.size();) {
      const auto next = gone_.contains(at) ? std::nullopt : sole_reader(graph_, index_, at);
      if (!next || !fold(graph_.nodes[at], graph_.nodes[*next])) {
        ++at;
        continue;
      }
      gone_.insert(*next);  // and look what follows now
    }
    erase_nodes(graph_, gone_);
  }

 private:
  void count_reads(const Node& node, int change) {
    const std::set<std::string, std::less<>> values(node.inputs.begin(), node.inputs.end());
    for (const auto& value : values) readers_[value] += change;
  }

  /// Puts a changed constant in the place of input `input`; under the same name where nothing else reads it.
  void replace_constant(Node& node, std::size_t input, std::string_view kind, TensorPtr value) {
    if (node.inputs.size() <= input) node.inputs.resize(input + 1);
    std::string& name = node.inputs[input];
    if (name.empty()) {
      name = names_.value(fmt::format("{}.{}", node.name, kind));
    } else if (readers_[name] > 0 || std::count(node.inputs.begin(), node.inputs.end(), name) > 1) {
      name = names_.value(fmt::format("{}_{}", name, node.name));
    }
    graph_.constants[name] = std::move(value);
  }

  bool fold(Node& node, const Node& follower) {
    auto layer = layer_of(graph_, node);
    if (!layer) return false;
    const bool normalises = normalises_by_constants(follower) && follower.inputs[0] == node.outputs[0];
    const auto affine = normalises
                            ? affine_of_batch_norm(graph_, follower)
                            : affine_of_arithmetic(graph_, follower, node.outputs[0], layer->rank, layer->channels);
    if (!affine || affine->scale.size() != layer->channels) return false;
    const auto weights = constant_input(graph_, node, 1);
    for (std::size_t weight = 0; weight < layer->weights.size(); ++weight) {
      layer->weights[weight] *= affine->scale[channel_of(node, weights->shape, weight)];
    }
    for (std::size_t channel = 0; channel < layer->channels; ++channel) {
      layer->bias[channel] = layer->bias[channel] * affine->scale[channel] + affine->shift[channel];
    }
    count_reads(node, -1);
    replace_constant(node, 1, "weight", float_tensor(weights->shape, layer->weights));
    replace_constant(node, 2, "bias", float_tensor({static_cast<std::int64_t>(layer->channels)}, layer->bias));
    node.outputs[0] = follower.outputs[0];
    count_reads(node, 1);
    count_reads(follower, -1);
    absorb(node, follower);
    return true;
  }

  Graph& graph_;
  GraphIndex index_;  ///< of the graph as it was: a layer takes over the value of what is folded into it
  Names names_;
  std::map<std::string, int, std::less<>> readers_{};  ///< how many nodes read a value
  std::set<std::size_t> gone_{};
};

}  // namespace

void fold_channel_scales(Graph& graph) { ScaleFolding(graph).run(); }

void lower_batch_normalizations(Graph& graph, const Probe& probe) {
  Names names(graph);
  for (std::size_t at = 0; at < graph.nodes.size(); ++at) {
    const Node node = graph.nodes[at];
    if (!normalises_by_constants(node)) continue;
    const auto rank = rank_of(probe, node.inputs[0]);
    if (!rank || *rank < 2 || type_of(probe, node.inputs[0]) != ElementType::Float32) continue;
    const auto affine = affine_of_batch_norm(graph, node);
    if (!affine) continue;
    Shape shape(*rank - 1, 1);
    shape[0] = static_cast<std::int64_t>(affine->scale.size());
    const auto scale = names.value(node.name + ".scale");
    const auto shift = names.value(node.name + ".shift");
    const auto scaled = names.value(node.outputs[0] + "_scaled");
    graph.constants[scale] = float_tensor(shape, affine->scale);
    graph.constants[shift] = float_tensor(shape, affine->shift);
    Node add{.name = names.node(node.name + "_shift"), .op = "Add", .inputs = {scaled, shift}, .outputs = node.outputs};
    graph.nodes[at] = {.name = node.name,
                       .op = "Mul",
                       .inputs = {node.inputs[0], scale},
                       .outputs = {scaled},
                       .absorbed = node.absorbed};
    graph.nodes.insert(graph.nodes.begin() + static_cast<std::ptrdiff_t>(at) + 1, std::move(add));
  }
}

}  // namespace quantrail
