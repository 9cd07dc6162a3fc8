#include <algorithm>
#include <array>
#include <cmath>

#include "model/codes.h"
#include "model/interpret.h"
#include "model/lowering.h"
#include "quantize/channel_edits.h"

namespace quantrail {
namespace {

bool all_are(const std::vector<std::int64_t>& values, std::int64_t wanted) {
  return std::all_of(values.begin(), values.end(), [wanted](auto value) { return value == wanted; });
}

bool has_float_weights(const Graph& graph, const Node& node) {
  const auto weights = constant_input(graph, node, 1);
  if (weights == nullptr || weights->type != ElementType::Float32 || weights->bytes.empty()) return false;
  if (node.op == "Conv") return weights->shape.size() > 2;
  return weights->shape.size() == 2;
}

/// Weights that edits can reach: constant, with a bias that is constant or absent.
bool editable(const Graph& graph, const Node& node) {
  if (!has_float_weights(graph, node)) return false;
  if (node.op == "MatMul") return true;
  if (node.op != "Conv" && node.op != "Gemm") return false;
  const bool biased = node.inputs.size() > 2 && !node.inputs[2].empty();
  const auto bias = constant_input(graph, node, 2);
  if (biased && (bias == nullptr || bias->type != ElementType::Float32 || bias->shape.size() > 1)) return false;
  return node.op == "Conv" || (float_attribute(node, "alpha", 1.0F) == 1.0F &&
                               float_attribute(node, "beta", 1.0F) == 1.0F && int_attribute(node, "transA", 0) == 0);
}

bool is_depthwise(const Graph& graph, const Node& node) {
  if (node.op != "Conv") return false;
  const auto weights = constant_input(graph, node, 1);
  const std::int64_t groups = int_attribute(node, "group", 1);
  return groups > 1 && weights->shape[1] == 1 && weights->shape[0] == groups;
}

/// The only reader of `value`, which is no output of the network and that reader's first input alone.
std::optional<std::size_t> only_reader(const Graph& graph, const GraphIndex& index, const std::string& value) {
  const auto& readers = index.readers(value);
  if (readers.size() != 1 || index.is_output(value)) return std::nullopt;
  const auto& inputs = graph.nodes[readers[0]].inputs;
  if (inputs[0] != value || std::count(inputs.begin(), inputs.end(), value) != 1) return std::nullopt;
  return readers[0];
}

bool keeps_positions(const Graph& graph, const Node& node) {
  const std::string auto_pad = string_attribute(node, "auto_pad", "NOTSET");
  const std::size_t axes = constant_input(graph, node, 1)->shape.size() - 2;
  const std::vector<std::int64_t> ones(axes, 1);
  return (auto_pad == "NOTSET" || auto_pad == "VALID") && all_are(ints_attribute(node, "pads", {}), 0) &&
         all_are(ints_attribute(node, "strides", ones), 1) && all_are(ints_attribute(node, "dilations", ones), 1);
}

bool is_scalar_constant(const Graph& graph, const Node& node, std::size_t input) {
  const auto constant = constant_input(graph, node, input);
  return constant != nullptr && constant->type == ElementType::Float32 && element_count(constant->shape) == 1;
}

/// Whether `node` computes a function of each element of its first input, with an operator that gates are made of.
bool is_gate_function(const Graph& graph, const Node& node) {
  constexpr std::array<std::string_view, 6> kFunctions{"Sigmoid", "HardSigmoid", "Clip", "Tanh", "Softplus", "Erf"};
  if (std::find(kFunctions.begin(), kFunctions.end(), node.op) != kFunctions.end()) return true;
  return (node.op == "Add" || node.op == "Mul" || node.op == "Div") && is_scalar_constant(graph, node, 1);
}

/// x * g(x) with a g that closes on the negative side.
struct Gate {
  std::size_t start = 0;
  std::size_t product = 0;  ///< the same where one node is all of it
  float closed_below = 0.0F;
};

/// Below minus this, g is less than half a code of [0, 1]; nothing where it never closes. Looked at down to -16.
/// `chain` computes g, or, where `with_x`, x * g(x).
std::optional<float> closed_below(const Graph& graph, const std::vector<std::size_t>& chain, bool with_x) {
  constexpr std::size_t kPoints = 321;
  constexpr float kStep = 0.05F;
  std::vector<float> points(kPoints);
  for (std::size_t k = 0; k < kPoints; ++k) points[k] = -kStep * static_cast<float>(k);
  Tensor values = Tensor::of<float>({static_cast<std::int64_t>(kPoints)}, std::span<const float>(points));
  for (const std::size_t at : chain) {
    const Node& node = graph.nodes[at];
    std::vector<const Tensor*> inputs{&values};
    for (std::size_t i = 1; i < node.inputs.size(); ++i) inputs.push_back(constant_input(graph, node, i).get());
    auto result = interpreted(node, graph.opset, inputs);
    if (!result) return std::nullopt;
    values = std::move(result->front());
  }
  const auto open = values.values<float>();
  for (std::size_t k = kPoints; k-- > 0;) {
    const float most = 0.5F / 255.0F * (with_x ? std::abs(points[k]) : 1.0F);
    if (std::abs(open[k]) >= most) {
      return k + 1 < kPoints ? std::optional(-points[k + 1]) : std::nullopt;  // still open at the far end
    }
  }
  return std::nullopt;
}

/// One node that computes x * g(x) of `value`, which it alone reads.
std::optional<Gate> gate_in_one(const Graph& graph, const GraphIndex& index, const std::string& value) {
  constexpr std::array<std::string_view, 4> kGated{"HardSwish", "Swish", "Gelu", "Mish"};
  const auto at = only_reader(graph, index, value);
  if (!at || std::find(kGated.begin(), kGated.end(), graph.nodes[*at].op) == kGated.end()) return std::nullopt;
  const auto closed = closed_below(graph, {*at}, true);
  return closed ? std::optional(Gate{*at, *at, *closed}) : std::nullopt;
}

std::optional<Gate> gate_behind(const Graph& graph, const GraphIndex& index, const std::string& value) {
  const auto& readers = index.readers(value);
  if (readers.size() == 1) return gate_in_one(graph, index, value);
  if (readers.size() != 2 || index.is_output(value)) return std::nullopt;
  for (const std::size_t product : readers) {
    const Node& node = graph.nodes[product];
    if (node.op != "Mul" || node.inputs[0] == node.inputs[1]) continue;
    const std::size_t start = readers[0] == product ? readers[1] : readers[0];
    std::vector<std::size_t> chain{start};
    for (;;) {
      const Node& here = graph.nodes[chain.back()];
      if (!is_gate_function(graph, here)) return std::nullopt;
      const auto& next = index.readers(here.outputs[0]);
      if (next.size() != 1 || index.is_output(here.outputs[0])) return std::nullopt;
      if (next[0] == product) break;
      chain.push_back(next[0]);
    }
    if (graph.nodes[start].inputs[0] != value) return std::nullopt;
    const auto closed = closed_below(graph, chain, false);
    if (closed) return Gate{start, product, *closed};
  }
  return std::nullopt;
}

/// The result of `node`, or of a multiplication or division by one number that alone reads it.
std::string scaled_result(const Graph& graph, const GraphIndex& index, const Node& node) {
  const auto reader = only_reader(graph, index, node.outputs[0]);
  if (!reader) return node.outputs[0];
  const Node& next = graph.nodes[*reader];
  const bool scales = (next.op == "Mul" || next.op == "Div") && is_scalar_constant(graph, next, 1);
  return scales ? next.outputs[0] : node.outputs[0];
}

}  // namespace

std::vector<ChannelPair> alignable(const Graph& graph) {
  const GraphIndex index(graph);
  std::vector<ChannelPair> pairs;
  for (const auto& producer : graph.nodes) {
    if (!editable(graph, producer)) continue;
    const auto reader = only_reader(graph, index, producer.outputs[0]);
    if (!reader) continue;
    const Node& consumer = graph.nodes[*reader];
    if (consumer.op != "Conv" || !editable(graph, consumer) || int_attribute(consumer, "group", 1) != 1) continue;
    if (producer.op == "MatMul" || !keeps_positions(graph, consumer)) continue;  // a MatMul has no bias to shift
    pairs.push_back({.producer = producer.name, .consumer = consumer.name, .between = producer.outputs[0]});
  }
  std::sort(pairs.begin(), pairs.end(), [](const auto& a, const auto& b) { return a.consumer < b.consumer; });
  return pairs;
}

std::vector<ChannelPair> equalizable(const Graph& graph) {
  const GraphIndex index(graph);
  std::vector<ChannelPair> pairs;
  for (std::size_t at = 0; at < graph.nodes.size(); ++at) {
    const Node& producer = graph.nodes[at];
    if ((producer.op != "Conv" && producer.op != "Gemm") || !editable(graph, producer)) continue;
    ChannelPair pair{.producer = producer.name, .between = producer.outputs[0]};
    const auto gate = gate_behind(graph, index, producer.outputs[0]);
    if (gate) {
      pair.gate = graph.nodes[gate->start].name;
      pair.in_one = gate->start == gate->product;
      pair.closed_below = gate->closed_below;
      pair.between = scaled_result(graph, index, graph.nodes[gate->product]);
    } else if (const auto activation = fused_activation(graph, index, at)) {
      const Bounds bounds = bounds_of(graph, graph.nodes[*activation]);
      if (bounds.lo != 0.0F || !(bounds.hi > 0.0F)) continue;  // scaling channels changes what another Clip does
      if (bounds.hi < std::numeric_limits<float>::infinity()) pair.bound = bounds.hi;
      pair.between = graph.nodes[*activation].outputs[0];
    }
    const auto reader = only_reader(graph, index, pair.between);
    if (!reader) continue;
    const Node& consumer = graph.nodes[*reader];
    if (consumer.op != "Conv" || !editable(graph, consumer)) continue;
    const bool grouped = int_attribute(consumer, "group", 1) != 1;
    if (grouped && !is_depthwise(graph, consumer)) continue;
    if (!is_depthwise(graph, consumer) && (gate || !is_depthwise(graph, producer))) continue;
    pair.consumer = consumer.name;
    pairs.push_back(std::move(pair));
  }
  return pairs;
}

std::vector<Smoothable> smoothable(const Graph& graph, const Placement& placement) {
  std::vector<Smoothable> found;
  for (std::size_t at = 0; at < graph.nodes.size(); ++at) {
    const Node& node = graph.nodes[at];
    const bool product = node.op == "MatMul" || node.op == "Gemm";
    if (!product || placement.nodes[at].place != Place::Integer || !editable(graph, node)) continue;
    const auto known =
        std::find_if(found.begin(), found.end(), [&](const auto& one) { return one.value == node.inputs[0]; });
    if (known != found.end()) {
      known->layers.push_back(node.name);
    } else {
      found.push_back({node.inputs[0], {node.name}});
    }
  }
  return found;
}

}  // namespace quantrail
