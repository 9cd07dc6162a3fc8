#include "quantize/full_bias_correction.h"

#include <algorithm>
#include <cmath>

#include "model/codes.h"
#include "model/product_bias.h"
#include "quantize/collect.h"
#include "quantize/ranges.h"
#include "quantize/weight_steps.h"

namespace quantrail {
namespace {

bool correctable(const Graph& graph, const GraphIndex& index, std::size_t at) {
  const Node& node = graph.nodes[at];
  if (node.op == "MatMul") return bias_addition(graph, index, at).has_value();
  if (node.op != "Conv" && node.op != "Gemm") return false;
  const auto weights = constant_input(graph, node, 1);
  const bool biased = node.inputs.size() > 2 && !node.inputs[2].empty();
  return weights != nullptr && (!biased || constant_input(graph, node, 2) != nullptr);
}

void set_constant(Graph& graph, Node& node, std::size_t input, const Shape& shape, const std::vector<float>& values) {
  const std::string name = node.name + (input == 2 ? "_corrected_bias" : "_rounded_weights");
  graph.constants[name] = std::make_shared<const Tensor>(Tensor::of<float>(shape, std::span<const float>(values)));
  if (node.inputs.size() <= input) node.inputs.resize(input + 1);
  node.inputs[input] = name;
}

/// What computes `value`, and nothing else.
Graph up_to(const Graph& graph, const std::string& value) {
  Graph part{graph.name, graph.opset, graph.inputs, {{value, ElementType::Float32, {}, {}}}, graph.constants, {}};
  std::set<std::string, std::less<>> needed{value};
  for (auto node = graph.nodes.rbegin(); node != graph.nodes.rend(); ++node) {
    const bool used = std::any_of(node->outputs.begin(), node->outputs.end(),
                                  [&](const auto& output) { return needed.contains(output); });
    if (!used) continue;
    needed.insert(node->inputs.begin(), node->inputs.end());
    part.nodes.push_back(*node);
  }
  std::reverse(part.nodes.begin(), part.nodes.end());
  return part;
}

/// `graph` in float, with the weights that the integer layers' codes stand for, and their biases.
Graph with_rounded_weights(Graph graph, const Quantization& quantization) {
  const GraphIndex index(graph);
  for (std::size_t at = 0; at < graph.nodes.size(); ++at) {
    Node& node = graph.nodes[at];
    if (const auto table = quantization.tables.find(node.name); table != quantization.tables.end()) {
      const Tensor& rows = *constant_input(graph, node, 0);
      set_constant(graph, node, 0, rows.shape, dequantized_weights(rows, table->second));
    }
    const auto layer = quantization.layers.find(node.name);
    if (layer == quantization.layers.end() || !layer->second.weights) continue;
    const Tensor& weights = *constant_input(graph, node, 1);
    const auto rounded = dequantized_weights(weights, *layer->second.weights);
    const auto bias = integer_bias(graph, node, quantization);
    set_constant(graph, node, 1, weights.shape, rounded);
    if (bias.empty()) continue;
    if (node.op == "MatMul") {
      shift_addend(graph, index, at, bias);
    } else {
      set_constant(graph, node, 2, {static_cast<std::int64_t>(bias.size())}, bias);
    }
  }
  return graph;
}

class Corrector {
 public:
  Corrector(const Graph& graph, Quantization quantization, const Dataset& dataset, std::span<const std::size_t> samples,
            const FullCorrection& options)
      : graph_(graph),
        index_(graph),
        whole_(std::move(quantization)),
        plain_(whole_),
        dataset_(dataset),
        samples_(samples),
        options_(options) {
    plain_.weight_edits.clear();
    plain_.input_scalings.clear();
  }

  Result<Quantization> result() {
    const auto layers = fully_correctable(graph_, whole_, options_.all_layers);
    StatisticsRequest request;
    for (const auto& layer : layers) request.join(means_request(node(layer)));
    const auto exact =
        collected(graph_, request, dataset_, samples_, {.threads = options_.threads, .stop = options_.stop});
    if (!exact) return failed(exact);
    for (std::size_t at = 0; at < layers.size(); ++at) {
      const Node& layer = node(layers[at]);
      const auto rounded = rounded_means(layer);
      if (!rounded) return failed(rounded);
      correct(layer, exact->values.at(layer.outputs[0]).channel_means, *rounded);
      if (options_.progress) options_.progress(at + 1);
    }
    whole_.bias_edits = std::move(plain_.bias_edits);
    return std::move(whole_);
  }

 private:
  [[nodiscard]] const Node& node(const std::string& name) const { return graph_.nodes[*index_.node(name)]; }

  static StatisticsRequest means_request(const Node& layer) {
    StatisticsRequest request;
    request.channel_means.insert(layer.outputs[0]);
    if (layer.op == "MatMul") request.last_axis.insert(layer.outputs[0]);
    return request;
  }

  /// The mean outputs of `layer` with rounded weights, perhaps in integers, as corrected so far.
  Result<std::vector<double>> rounded_means(const Node& layer) const {
    const std::string& value = layer.outputs[0];
    Graph part = up_to(graph_, value);
    if (!options_.in_codes) part = with_rounded_weights(std::move(part), plain_);
    const auto seen = collected(
        part, means_request(layer), dataset_, samples_,
        {.threads = options_.threads, .stop = options_.stop, .quantization = options_.in_codes ? &plain_ : nullptr});
    if (!seen) return failed(seen);
    return seen->values.at(value).channel_means;
  }

  void correct(const Node& layer, const std::vector<double>& exact, const std::vector<double>& rounded) {
    std::vector<float> bias = integer_bias(graph_, layer, plain_);
    bias.resize(exact.size(), 0.0F);
    double largest = 0.0;
    double change = 0.0;
    for (std::size_t c = 0; c < bias.size(); ++c) {
      const double shift = exact[c] - rounded[c];
      largest = std::max({largest, std::abs(static_cast<double>(bias[c])), std::abs(exact[c])});
      change = std::max(change, std::abs(shift));
      bias[c] = static_cast<float>(bias[c] + shift);
    }
    if (!(change < options_.threshold * largest)) return;
    if (const auto quantized = plain_.layers.find(layer.name); quantized != plain_.layers.end()) {
      const WeightParams& weights = *quantized->second.weights;
      const float input_scale = plain_.activations.find(layer.inputs[0])->second.scale;
      if (with_room_for_bias(weights, bias, input_scale) != weights) return;
    }
    plain_.bias_edits[layer.name] = std::move(bias);
  }

  const Graph& graph_;
  GraphIndex index_;
  Quantization whole_;
  Quantization plain_;  ///< without the edits, which are in the graph
  const Dataset& dataset_;
  std::span<const std::size_t> samples_;
  const FullCorrection& options_;
};

}  // namespace

std::vector<std::string> fully_correctable(const Graph& graph, const Quantization& quantization, bool all_layers) {
  const GraphIndex index(graph);
  std::vector<std::string> layers;
  for (std::size_t at = 0; at < graph.nodes.size(); ++at) {
    const Node& node = graph.nodes[at];
    const auto quantized = quantization.layers.find(node.name);
    const bool integer = quantized != quantization.layers.end() && quantized->second.weights.has_value();
    const bool kept_float = all_layers && quantization.ignored.contains(node.name);
    if ((integer || kept_float) && correctable(graph, index, at)) layers.push_back(node.name);
  }
  return layers;
}

Result<Quantization> fully_corrected(const Graph& graph, Quantization quantization, const Dataset& dataset,
                                     std::span<const std::size_t> samples, const FullCorrection& options) {
  return Corrector(graph, std::move(quantization), dataset, samples, options).result();
}

}  // namespace quantrail
