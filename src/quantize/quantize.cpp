#include "quantize/quantize.h"

#include <algorithm>

#include "base/text.h"
#include "quantize/bias_correction.h"
#include "quantize/ranges.h"
#include "quantize/saturation.h"

namespace quantrail {
namespace {

bool bias_corrected(const Node& node, const Placement& placement, std::size_t at) {
  return placement.nodes[at].place == Place::Integer && (node.op == "Conv" || node.op == "Gemm");
}

class Quantizer {
 public:
  Quantizer(const Graph& graph, const Types& types, const Placement& placement, const Statistics& statistics,
            const QuantizationParams& params)
      : graph_(graph),
        types_(types),
        placement_(placement),
        statistics_(statistics),
        params_(params),
        widened_(saturating_layers(graph, params.saturation_fix)) {}

  Result<Quantization> result() {
    for (const auto& shared : placement_.classes) {
      const auto params = class_params(shared);
      if (!params) return failed(params);
      for (const auto& value : shared.values) q_.activations[value] = *params;
    }
    for (std::size_t at = 0; at < graph_.nodes.size(); ++at) {
      const Node& node = graph_.nodes[at];
      if (placement_.nodes[at].place == Place::Passthrough) q_.passthrough.insert(node.name);
      if (placement_.nodes[at].place != Place::Integer) continue;
      q_.layers[node.name] = layer(at);
      q_.groups.push_back({node.name, {node.name}});
      if (!params_.use_fast_bias || !bias_corrected(node, placement_, at)) continue;
      if (const auto corrected = correct_bias(node); !corrected) return failed(corrected);
    }
    q_.ignored = placement_.ignored;
    return std::move(q_);
  }

 private:
  Result<ActivationParams> class_params(const ParameterClass& shared) const {
    double lo = 0.0;
    double hi = 0.0;
    double magnitude = 0.0;
    bool non_negative = true;
    for (const auto& source : shared.sources) {
      const auto found = statistics_.values.find(source);
      if (found == statistics_.values.end()) return unknown(source);
      const ValueStatistics& seen = found->second;
      lo = std::min(lo, seen.mean_min);
      hi = std::max(hi, seen.mean_max);
      magnitude = std::max(magnitude, seen.mean_abs_max);
      non_negative = non_negative && seen.min >= 0.0F;
    }
    const bool symmetric = params_.preset == Preset::Performance;
    return within(shared.bounds, symmetric ? symmetric_params(magnitude, non_negative) : asymmetric_params(lo, hi));
  }

  [[nodiscard]] float input_scale(const Node& node) const { return q_.activations.find(node.inputs[0])->second.scale; }

  [[nodiscard]] LayerQuantization layer(std::size_t at) const {
    const Node& node = graph_.nodes[at];
    if (node.op != "Conv" && node.op != "Gemm" && node.op != "MatMul") return {};
    const Tensor& weights = *constant_input(graph_, node, 1);
    const float widened = widened_.count(node.name) != 0 ? 2.0F : 1.0F;
    const auto params = symmetric_weights(weights, output_channel_axis(node, weights), widened);
    return {with_room_for_bias(params, own_bias(graph_, node), input_scale(node))};
  }

  Status correct_bias(const Node& node) {
    const auto input = statistics_.values.find(node.inputs[0]);
    if (input == statistics_.values.end() || input->second.channel_means.empty()) return unknown(node.inputs[0]);
    const WeightParams& weights = *q_.layers[node.name].weights;
    auto bias = corrected_bias(graph_, types_, node, weights, input->second.channel_means, params_.threshold);
    if (bias && with_room_for_bias(weights, *bias, input_scale(node)) == weights) {
      q_.bias_edits[node.name] = std::move(*bias);
    }
    return {};
  }

  static tl::unexpected<Error> unknown(const std::string& value) {
    return fail(Cause::InvalidInput, "the calibration statistics know too little about '{}'", printable(value));
  }

  const Graph& graph_;
  const Types& types_;
  const Placement& placement_;
  const Statistics& statistics_;
  const QuantizationParams& params_;
  std::set<std::string, std::less<>> widened_;
  Quantization q_{};
};

}  // namespace

StatisticsRequest statistics_request(const Graph& graph, const Placement& placement, const QuantizationParams& params) {
  StatisticsRequest request;
  for (const auto& shared : placement.classes) request.extremes.insert(shared.sources.begin(), shared.sources.end());
  for (std::size_t at = 0; at < graph.nodes.size() && params.use_fast_bias; ++at) {
    if (bias_corrected(graph.nodes[at], placement, at)) request.channel_means.insert(graph.nodes[at].inputs[0]);
  }
  return request;
}

Result<Quantization> quantized(const Graph& graph, const Types& types, const Placement& placement,
                               const Statistics& statistics, const QuantizationParams& params) {
  return Quantizer(graph, types, placement, statistics, params).result();
}

}  // namespace quantrail
