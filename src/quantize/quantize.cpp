#include "quantize/quantize.h"

#include <algorithm>
#include <limits>

#include "base/text.h"
#include "model/lowering.h"
#include "model/product_bias.h"
#include "quantize/bias_correction.h"
#include "quantize/range_estimates.h"
#include "quantize/ranges.h"
#include "quantize/saturation.h"
#include "quantize/told_apart.h"
#include "quantize/weight_steps.h"

namespace quantrail {
namespace {

constexpr Interval kAllReals{-std::numeric_limits<double>::infinity(), std::numeric_limits<double>::infinity()};
constexpr double kFastThreshold = 2.0;  // POT's default

bool reads_channels(const Node& node) { return node.op == "Conv" || node.op == "ConvTranspose"; }

/// A MatMul's bias is what is added behind it, in float: additions of constants are. Where its input is a convolution's
/// as well, the statistics' channels are not its columns.
bool bias_corrected(const Graph& graph, const GraphIndex& index, const Placement& placement, std::size_t at) {
  const Node& node = graph.nodes[at];
  if (placement.nodes[at].place != Place::Integer) return false;
  if (node.op == "Conv" || node.op == "Gemm") return true;
  if (!bias_addition(graph, index, at)) return false;
  const auto& readers = index.readers(node.inputs[0]);
  return std::none_of(readers.begin(), readers.end(), [&](auto reader) { return reads_channels(graph.nodes[reader]); });
}

class Quantizer {
 public:
  Quantizer(const QuantizerInputs& in, const Statistics& statistics, const QuantizationParams& params,
            const RangeRules& rules)
      : graph_(in.graph),
        index_(in.graph),
        types_(in.types),
        placement_(in.placement),
        statistics_(statistics),
        params_(params),
        rules_(rules),
        widened_(saturating_layers(graph_, params.saturation_fix)),
        q_(in.edits) {
    if (params.saturation_fix != "no") widened_.insert(in.halved.begin(), in.halved.end());
  }

  Result<Quantization> result() {
    if (const auto done = choose_activation_codes(); !done) return failed(done);
    for (std::size_t at = 0; at < graph_.nodes.size(); ++at) {
      const Node& node = graph_.nodes[at];
      if (placement_.nodes[at].place == Place::Passthrough) q_.passthrough.insert(node.name);
      if (placement_.nodes[at].place == Place::Table) hold_table(node);
      if (placement_.nodes[at].place != Place::Integer) continue;
      q_.layers[node.name] = layer(at);
      q_.groups.push_back({node.name, {node.name}});
      if (!params_.use_fast_bias || !bias_corrected(graph_, index_, placement_, at)) continue;
      if (const auto corrected = correct_bias(node); !corrected) return failed(corrected);
    }
    q_.ignored = placement_.ignored;
    return std::move(q_);
  }

 private:
  /// By what was seen of each, then by what the network tells apart of it.
  Status choose_activation_codes() {
    for (const auto& shared : placement_.classes) {
      for (const auto& source : shared.sources) {
        const auto found = statistics_.values.find(source);
        if (found == statistics_.values.end() || found->second.minima.empty()) return unknown(source);
      }
      set_codes(shared, class_params(shared, kAllReals));
    }
    const ActivationCodes own = own_codes();
    for (const auto& shared : placement_.classes) {
      const Interval seen = seen_range(shared);
      const Interval apart = told_apart(graph_, index_, placement_, own, shared.values, seen);
      if (apart != seen) set_codes(shared, class_params(shared, apart));
    }
    return {};
  }

  /// The codes in force, but of values that share them with something much wider those that they would have alone. By
  /// such coarse steps a gate is told apart hardly at all, and what reads it in float once layers are reverted would
  /// find nothing left of it.
  [[nodiscard]] ActivationCodes own_codes() const {
    constexpr float kMuchWider = 4.0F;
    ActivationCodes own = q_.activations;
    for (const auto& shared : placement_.classes) {
      if (shared.sources.size() < 2) continue;
      for (const auto& source : shared.sources) {
        ParameterClass alone = shared;
        alone.sources = {source};
        const auto params = class_params(alone, kAllReals);
        if (params.scale * kMuchWider < own[source].scale) own[source] = params;
      }
    }
    return own;
  }

  void set_codes(const ParameterClass& shared, ActivationParams params) {
    for (const auto& value : shared.values) q_.activations[value] = params;
  }

  [[nodiscard]] Interval seen_range(const ParameterClass& shared) const {
    Interval seen;
    for (const auto& source : shared.sources) {
      const ValueStatistics& statistics = statistics_.values.find(source)->second;
      seen.lo = std::min<double>(seen.lo, statistics.min);
      seen.hi = std::max<double>(seen.hi, statistics.max);
    }
    return seen;
  }

  [[nodiscard]] ActivationParams class_params(const ParameterClass& shared, Interval apart) const {
    ActivationRule rule = rules_.activation(shared.values);
    std::vector<RangeEstimate> estimates;
    for (const auto& source : shared.sources) {
      estimates.push_back(narrowed(statistics_.values.find(source)->second, rule_for(source, rule), apart));
    }
    const auto params = activation_params(estimates, rule);
    if (!rule.symmetric || !rule.may_shift || !cut_by(shared.bounds, params)) return within(shared.bounds, params);
    rule.symmetric = false;
    return within(shared.bounds, activation_params(estimates, rule));
  }

  [[nodiscard]] ActivationRule rule_for(const std::string& value, ActivationRule rule) const {
    const auto type = types_.find(value);
    if (type == types_.end() || type->second.shape.empty()) return rule;
    const auto& shape = type->second.shape;
    if (std::count_if(shape.begin() + 1, shape.end(), [](auto size) { return size > 1; }) > 1) return rule;
    for (auto* end : {&rule.min, &rule.max}) {
      if (end->furthest_below > 0) end->furthest_below = kLongestVector;
    }
    return rule;
  }

  [[nodiscard]] float input_scale(const Node& node) const { return q_.activations.find(node.inputs[0])->second.scale; }

  [[nodiscard]] LayerQuantization layer(std::size_t at) const {
    const Node& node = graph_.nodes[at];
    if (node.op != "Conv" && node.op != "Gemm" && node.op != "MatMul") return {};
    const Tensor& weights = *constant_input(graph_, node, 1);
    const float widened = widened_.count(node.name) != 0 ? 2.0F : 1.0F;
    WeightRule rule = rules_.weights(node.name);
    const auto& result = graph_.nodes[fused_activation(graph_, index_, at).value_or(at)].outputs[0];
    if (!q_.activations.contains(result)) tell_narrow_channels_apart(rule);
    const auto params = weight_steps(weights, output_channel_axis(node, weights), rule, widened);
    return {with_room_for_bias(params, own_bias(graph_, node), input_scale(node))};
  }

  /// POT's least range of a channel leaves nothing of outputs whose units differ by a thousand. Where one scale follows
  /// for all channels, as little is left of narrow ones anyway.
  void tell_narrow_channels_apart(WeightRule& rule) const {
    if (!params_.as_pot) rule.least_share = 1e-6;
  }

  void hold_table(const Node& node) {
    constexpr std::int64_t kColumns = 1;
    WeightRule rule = rules_.weights(node.name);
    tell_narrow_channels_apart(rule);
    rule.per_channel = true;  // ONNX Runtime takes what reads a scale of its own for a layer to quantize
    q_.tables[node.name] = weight_steps(*constant_input(graph_, node, 0), kColumns, rule);
    // Of a table that several take rows of, floats and codes in one file would be more than floats alone.
    const auto [known, is_new] = table_groups_.emplace(node.inputs[0], q_.groups.size());
    if (is_new) q_.groups.push_back({node.name, {}});
    q_.groups[known->second].members.push_back(node.name);
  }

  Status correct_bias(const Node& node) {
    const auto input = statistics_.values.find(node.inputs[0]);
    if (input == statistics_.values.end() || input->second.channel_means.empty()) return unknown(node.inputs[0]);
    const WeightParams& weights = *q_.layers[node.name].weights;
    auto bias = corrected_bias(graph_, types_, node, weights, input->second.channel_means,
                               params_.threshold.value_or(kFastThreshold));
    if (bias && with_room_for_bias(weights, *bias, input_scale(node)) == weights) {
      q_.bias_edits[node.name] = std::move(*bias);
    }
    return {};
  }

  static tl::unexpected<Error> unknown(const std::string& value) {
    return fail(Cause::InvalidInput, "the calibration statistics know too little about '{}'", printable(value));
  }

  const Graph& graph_;
  GraphIndex index_;
  const ValueTypes& types_;
  const Placement& placement_;
  const Statistics& statistics_;
  const QuantizationParams& params_;
  const RangeRules& rules_;
  std::set<std::string, std::less<>> widened_;
  Quantization q_{};
  std::map<std::string, std::size_t> table_groups_{};  // positions in q_.groups, by what the table is called
};

}  // namespace

Result<StatisticsRequest> statistics_request(const QuantizerInputs& in, const QuantizationParams& params) {
  const auto rules = RangeRules::resolved(params, in.graph);
  if (!rules) return failed(rules);
  StatisticsRequest request;
  for (const auto& shared : in.placement.classes) {
    const ActivationRule rule = rules->activation(shared.values);
    for (const auto& source : shared.sources) ask_for(source, rule, request);
  }
  const GraphIndex index(in.graph);
  for (std::size_t at = 0; at < in.graph.nodes.size() && params.use_fast_bias; ++at) {
    if (!bias_corrected(in.graph, index, in.placement, at)) continue;
    const Node& node = in.graph.nodes[at];
    request.channel_means.insert(node.inputs[0]);
    if (node.op == "MatMul") request.last_axis.insert(node.inputs[0]);
  }
  return request;
}

Result<Quantization> quantized(const QuantizerInputs& in, const Statistics& statistics,
                               const QuantizationParams& params) {
  const auto rules = RangeRules::resolved(params, in.graph);
  if (!rules) return failed(rules);
  return Quantizer(in, statistics, params, *rules).result();
}

}  // namespace quantrail
